// retention run|set: what has been kept long enough goes, by rules that the office states. Each run and each
// change of a rule is an entry of the audit log. Nothing that a figure is made of is touched: of members who
// have left, name and cards go as by `person erase`.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/person.h"
#include "core/store/retention.h"
#include "core/store/roster.h"
#include "office/detail.h"
#include "office/operation.h"
#include "office/person.h"

#define RETENTION_RULES_MAX 8     // kinds that the table may come to have
#define RETENTION_PERSONS_MAX 100 // in one run: each of them searches all that is stored

const ProgramOption office_retention_options[] = {
    {"dry-run", 0, NULL, N_("run: tell what would go, and leave it")},
    {"source", 0, "TEXT", N_("set: where the rule comes from")},
    {"why", 0, "TEXT", N_("set: the reason, for the audit log")},
    {"format", 'f', "FORMAT", N_("show: text, csv, json or jsonl (default: text)")},
    {0},
};

// The rules, before anything changes under them.
typedef struct KeptRules {
    struct {
        char what[32];
        int64_t days, due;
    } items[RETENTION_RULES_MAX];
    size_t count;
} KeptRules;

static int take_rule(void *user, const RetentionRule *rule)
{
    KeptRules *rules = user;

    if (rules->count < RETENTION_RULES_MAX) {
        snprintf(rules->items[rules->count].what, sizeof(rules->items[0].what), "%s", rule->what);
        rules->items[rules->count].days = rule->days;
        rules->items[rules->count++].due = rule->due;
    }
    return 0;
}

static int erase_former(Office *office, int64_t days, int64_t *ret_count)
{
    char code[65];
    int r = 0;

    for (*ret_count = 0; *ret_count < RETENTION_PERSONS_MAX; ++*ret_count) {
        r = retention_former(office->store, days, office->now, code);
        if (r != 0)
            return r < 0 ? error_trace(r) : 0;
        r = person_erase_noted(office, code, "retention");
        if (r < 0 || office->reply->exit_code != EX_OK)
            return error_trace(r);
    }
    return 0;
}

static int run_rule(Office *office, const char *what, int64_t days)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    int64_t count = 0;
    int r = strcmp(what, "former-members") == 0
                ? erase_former(office, days, &count)
                : retention_apply(office->store, what, days, office->now, &count);

    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    detail_number(&is, "days", days);
    detail_number(&is, "gone", count);
    r = detail_audit(office, "retention-run", what, "", &was, &is);
    office->commit = office->wipe = office->reply->roster_changed = true;
    text_appendf(&office->reply->out, _("%s: older than %" PRId64 " days: %" PRId64 ", gone\n"), what, days,
                 count);
    return error_trace(r);
}

static int retention_run_all(Office *office)
{
    bool dry = options_has(&office->options, "dry-run");
    RosterSettled settled = {0};
    KeptRules rules = {0};
    int r = retention_each(office->store, office->now, take_rule, &rules);

    for (size_t i = 0; i < rules.count && r == 0 && office->reply->exit_code == EX_OK; i++) {
        if (dry && rules.items[i].days != RETENTION_FOR_EVER)
            text_appendf(&office->reply->out, _("%s: older than %" PRId64 " days: %" PRId64 ", would go\n"),
                         rules.items[i].what, rules.items[i].days, rules.items[i].due);
        else if (!dry && rules.items[i].due > 0)
            r = run_rule(office, rules.items[i].what, rules.items[i].days);
    }
    if (r == 0 && office->commit)
        r = roster_settle(office->store, office->now, &settled);
    if (r == 0 && !office->commit && !dry && office->reply->exit_code == EX_OK)
        text_append(&office->reply->out, _("Nothing has been kept for too long.\n"));
    return error_trace(r);
}

static int retention_set_one(Office *office, const char *what, const char *given)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    const char *why = office_why(office), *source;
    long long days = RETENTION_FOR_EVER;

    if (!why)
        return 0;
    source = office_words(office, "source", _("--source is needed: where does the rule come from?"));
    if (!source)
        return 0;
    if (strcmp(given, "never") != 0 && !text_parse_int64(given, 1, RETENTION_DAYS_MAX, &days))
        return office_refuse(office, EX_USAGE, _("%s: a number of days, or never"), given);
    int r = retention_set(office->store, what, days, source);
    if (r == RETENTION_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no rule about %s; `retention show` lists them"),
                             what);
    if (days == RETENTION_FOR_EVER)
        detail_text(&is, "days", NULL);
    else
        detail_number(&is, "days", days);
    detail_text(&is, "source", source);
    if (r == 0)
        r = detail_audit(office, "retention-set", what, why, &was, &is);
    office->commit = true;
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, _("%s: %s\n"), what, given);
    return 0;
}

static int retention_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count == 1 && strcmp(options->operands[0], "run") == 0)
        return error_trace(retention_run_all(office));
    if (options->operand_count == 3 && strcmp(options->operands[0], "set") == 0)
        return error_trace(retention_set_one(office, options->operands[1], options->operands[2]));
    return office_refuse(office, EX_USAGE, _("show, run or set WHAT DAYS|never"));
}

const OfficeOperation office_retention = {
    .name = "retention", .options = office_retention_options, .run = retention_run};
