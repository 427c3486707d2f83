// studyday rules: the rules by which a site counts, with their versions, dates and sources. `import` is an
// office operation (office/rules.c); listing and showing only look.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/rules.h"
#include "core/store/store.h"
#include "office/office.h"

enum { NAME, VERSION, KIND, FROM, TO, KEY, VALUE, SOURCE, NOTE, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [NAME] = {"name", N_("Rule"), REPORT_TEXT, REPORT_EVERYWHERE},
    [VERSION] = {"version", N_("Version"), REPORT_COUNT, REPORT_EVERYWHERE},
    [KIND] = {"kind", N_("Kind"), REPORT_WORD, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [FROM] = {"from", N_("From"), REPORT_DATE, REPORT_EVERYWHERE},
    [TO] = {"to", N_("To"), REPORT_DATE, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [KEY] = {"key", N_("Item"), REPORT_TEXT, REPORT_EVERYWHERE},
    [VALUE] = {"value", N_("Value"), REPORT_TEXT, REPORT_EVERYWHERE},
    [SOURCE] = {"source", N_("Source"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [NOTE] = {"note", N_("Note"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static void add_rule(Report *report, const Rules *rules, const Rule *rule)
{
    const Rule *next = rules_next(rules, rule);

    for (size_t i = 0; i < rule->entry_count; i++) {
        const RuleEntry *entry = &rule->entries[i];
        ReportCell *cells = report_row(report, 0);
        cells[NAME] = report_text(rule->name);
        cells[VERSION] = report_number(rule->version);
        cells[KIND].word = (ReportWord){rule_kind_word(rule->kind), rule_kind_title(rule->kind)};
        cells[FROM] = report_number(rule->from == RULE_BEGINNING ? REPORT_NULL : rule->from);
        cells[TO] = report_number(next ? next->from - 1 : REPORT_NULL);
        cells[KEY] = report_text(entry->key);
        cells[VALUE] = report_text(entry->value);
        cells[SOURCE] = report_text(entry->source);
        cells[NOTE] = report_text(entry->note);
    }
}

static Report *list_rules(const Rules *rules, Date at)
{
    Report *report = report_new("rules", _("Rules"), "rules", columns, COLUMN_COUNT);

    for (size_t i = 0; i < rules->count; i++) {
        const Rule *rule = &rules->rules[i];
        if (at == DATE_NONE || rules_at(rules, rule->kind, rule->name, at) == rule)
            add_rule(report, rules, rule);
    }
    return report;
}

// "NAME", the version of the day, or "NAME/VERSION". NULL: there is none.
static const Rule *find_rule(const Rules *rules, const char *text, Date at)
{
    CLEANUP(cleanup_free) char *name = strdup(text);
    char *slash = name ? strchr(name, '/') : NULL;
    long long version = 0;

    if (slash) {
        *slash = '\0';
        return text_parse_int64(slash + 1, 1, RULE_VERSION_MAX, &version)
                   ? rules_find(rules, name, (int32_t)version)
                   : NULL;
    }
    for (size_t i = 0; name && i < rules->count; i++)
        if (strcmp(rules->rules[i].name, name) == 0)
            return rules_at(rules, rules->rules[i].kind, name, at);
    return NULL;
}

static Report *show_rule(const Rules *rules, const char *text, Date at)
{
    CLEANUP(cleanup_text) Text title = {0};
    const Rule *rule = find_rule(rules, text, at == DATE_NONE ? zone_date(clock_now()) : at);

    if (!rule)
        return NULL;
    text_appendf(&title, _("Rule %s, version %d"), rule->name, rule->version);
    Report *report = report_new("rules", text_cstr(&title), "rules", columns, COLUMN_COUNT);
    add_rule(report, rules, rule);
    return report;
}

static void cleanup_rules(Rules *rules)
{
    rules_deinit(rules);
}

static int rules_print(CommandContext *context, const Options *options)
{
    const char *given = options_get(options, "at"),
               *shown = strcmp(options->operands[0], "show") == 0 ? options->operands[1] : NULL;
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_rules) Rules rules = {0};
    Date at = DATE_NONE;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    if (given && !date_parse(given, &at)) {
        fprintf(stderr, _("studyday: rules: --at %s: a date is YYYY-MM-DD, of a day that exists\n"), given);
        return EX_USAGE;
    }
    store = command_open_read(context, &code);
    if (!store)
        return code;
    int r = rules_load(store, &rules);
    if (r < 0) {
        fprintf(stderr, _("studyday: rules: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    report = shown ? show_rule(&rules, shown, at) : list_rules(&rules, at);
    if (!report) {
        fprintf(stderr, _("studyday: rules: there is no rule %s\n"), shown);
        return EX_DATAERR;
    }
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_rules_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_rules_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: rules: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    const char *what = options.operand_count > 0 ? options.operands[0] : "";
    bool list = strcmp(what, "list") == 0 && options.operand_count == 1;
    bool show = strcmp(what, "show") == 0 && options.operand_count == 2;
    if (list || show) {
        if (options_has(&options, "dry-run")) {
            fputs(_("studyday: rules: --dry-run is for import\n"), stderr);
            return EX_USAGE;
        }
        return rules_print(context, &options);
    }
    if (strcmp(what, "import") != 0 || options.operand_count != 2) {
        fputs(_("studyday: rules: list, show NAME[/VERSION] or import FILE\n"), stderr);
        return EX_USAGE;
    }
    return command_office(context, argc, argv, options.operands[1]);
}

const Command cmd_rules = {
    .name = "rules",
    .usage = N_("rules list [--at DATE] [--format text|csv|json|jsonl]\n"
                "rules show NAME[/VERSION] [--at DATE] [--format text|csv|json|jsonl]\n"
                "rules import FILE [--dry-run]"),
    .summary = N_("the rules by which a site counts, with their versions and sources"),
    .options = office_rules_options,
    .run = cmd_rules_run,
};
