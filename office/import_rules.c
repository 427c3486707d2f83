// rules: versions of rules, a line for each key. A version is checked as a whole once all its lines are
// there, and put in one piece.
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/model/rule.h"
#include "core/store/rules.h"
#include "office/detail.h"
#include "office/import.h"

typedef struct RuleLine {
    const char *name, *key, *value, *source, *note;
    int kind;
    int32_t version;
    Date from;
} RuleLine;
_Static_assert(sizeof(RuleLine) <= IMPORT_LINE_SIZE, "fits");

enum {
    COLUMN_NAME,
    COLUMN_VERSION,
    COLUMN_KEY,
    COLUMN_KIND,
    COLUMN_VALUE,
    COLUMN_FROM,
    COLUMN_SOURCE,
    COLUMN_NOTE,
    COLUMN_COUNT
};

// On which line a version was named first.
typedef struct FirstLine {
    const char *name; // of the version in `stated`, whose names stay where they are
    int32_t version;
    uint64_t line;
} FirstLine;

typedef struct RulesImport {
    Rules known, stated;
    FirstLine *lines;
    size_t line_count;
} RulesImport;

static const char *cell_rule_name(const char *cell, size_t size, void *ret_value)
{
    if (!code_valid(cell, size) || size > RULE_NAME_MAX)
        return N_("a name is 1 to 32 characters of printable ASCII without space, / + # \" \\");
    *(const char **)ret_value = cell;
    return NULL;
}

static const char *cell_version(const char *cell, size_t size, void *ret_value)
{
    long long version;

    (void)size;
    if (!text_parse_int64(cell, 1, RULE_VERSION_MAX, &version))
        return N_("a version is a whole number from 1 to 9999");
    *(int32_t *)ret_value = (int32_t)version;
    return NULL;
}

static const char *cell_rule_kind(const char *cell, size_t size, void *ret_value)
{
    RuleKind kind;

    (void)size;
    if (!rule_kind_parse(cell, &kind))
        return N_("a kind is one of session, target, needs-class, conversion, cap, grade, points");
    *(int *)ret_value = (int)kind;
    return NULL;
}

static const Column columns[] = {
    [COLUMN_NAME] = {"name", {"规则", "规则名称", "名称"}, false, cell_rule_name, offsetof(RuleLine, name)},
    [COLUMN_VERSION] = {"version", {"版本"}, false, cell_version, offsetof(RuleLine, version)},
    [COLUMN_KEY] = {"key", {"项", "项目", "键"}, false, cell_text, offsetof(RuleLine, key)},
    [COLUMN_KIND] = {"kind", {"类型", "规则类型"}, false, cell_rule_kind, offsetof(RuleLine, kind)},
    [COLUMN_VALUE] = {"value", {"值", "取值"}, false, cell_text, offsetof(RuleLine, value)},
    [COLUMN_FROM] = {"from", {"起始日期", "生效日期", "起"}, true, cell_date, offsetof(RuleLine, from)},
    [COLUMN_SOURCE] = {"source", {"依据", "来源", "文件依据"}, false, cell_text, offsetof(RuleLine, source)},
    [COLUMN_NOTE] = {"note", {"备注", "说明"}, true, cell_text, offsetof(RuleLine, note)},
};

static int import_rules_begin(Import *import)
{
    RulesImport *state = alloc_zero(sizeof(*state));

    import->state = state;
    return error_trace(rules_load(import->office->store, &state->known));
}

static void import_rules_deinit(Import *import)
{
    RulesImport *state = import->state;

    if (!state)
        return;
    rules_deinit(&state->known);
    rules_deinit(&state->stated);
    free(state->lines);
    free(state);
    import->state = NULL;
}

static const FirstLine *first_line(const RulesImport *state, const char *name, int32_t version)
{
    for (size_t i = 0; i < state->line_count; i++)
        if (state->lines[i].version == version && strcmp(state->lines[i].name, name) == 0)
            return &state->lines[i];
    return NULL;
}

// A name belongs to one kind: a kind of which there is one rule has its own word as the name.
static bool name_fits(Import *import, const RuleLine *line)
{
    RuleKind kind = (RuleKind)line->kind, other;

    if (rule_kind_is_single(kind) && strcmp(line->name, rule_kind_word(kind)) != 0)
        import_error(import, COLUMN_NAME, _("a rule of the kind %s is called %s"), rule_kind_word(kind),
                     rule_kind_word(kind));
    else if (!rule_kind_is_single(kind) && rule_kind_parse(line->name, &other))
        import_error(import, COLUMN_NAME, _("%s is the name of another kind of rule"), line->name);
    else
        return true;
    return false;
}

// What a version says of itself has to be the same on each of its lines. NULL after having said what is not.
static Rule *version_of(Import *import, const RuleLine *line)
{
    RulesImport *state = import->state;
    Date from = line->from == DATE_NONE ? RULE_BEGINNING : line->from;
    const FirstLine *first = first_line(state, line->name, line->version);
    Rule *rule = first ? rules_find(&state->stated, line->name, line->version) : NULL;

    if (rule && rule->kind != (RuleKind)line->kind) {
        import_error(import, COLUMN_KIND, _("another kind than in line %" PRIu64 ", of the same version"),
                     first->line);
        return NULL;
    }
    if (rule && rule->from != from) {
        import_error(import, COLUMN_FROM, _("another day than in line %" PRIu64 ", of the same version"),
                     first->line);
        return NULL;
    }
    if (rule)
        return rule;
    rule = rules_add(&state->stated, line->name, line->version, (RuleKind)line->kind, from);
    state->lines = alloc_resize(state->lines, state->line_count + 1, sizeof(*state->lines));
    state->lines[state->line_count++] =
        (FirstLine){.name = rule->name, .version = line->version, .line = import->line};
    return rule;
}

static int import_rules_put(Import *import, const void *data)
{
    const RuleLine *line = data;
    bool key_bad = false;
    const char *reason = rule_check_entry((RuleKind)line->kind, line->key, line->value, &key_bad);

    if (!name_fits(import, line))
        return 0;
    if (reason) {
        import_error(import, key_bad ? COLUMN_KEY : COLUMN_VALUE, "%s", _(reason));
        return 0;
    }
    Rule *rule = version_of(import, line);
    if (rule)
        rule_add_entry(rule, line->key, line->value, line->source, line->note);
    return 0;
}

// The version that goes before `rule` when the file's versions have taken the place of the known ones.
static const Rule *version_before(const RulesImport *state, const Rule *rule)
{
    const Rules *sets[] = {&state->stated, &state->known};
    const Rule *before = NULL;

    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < sets[s]->count; i++) {
            const Rule *other = &sets[s]->rules[i];
            if (strcmp(other->name, rule->name) == 0 && other->version < rule->version &&
                (!before || other->version > before->version))
                before = other;
        }
    }
    return before;
}

// Days rise with the versions, so that a version ends where the next one begins.
static void check_order(Import *import, const Rule *rule, uint64_t line)
{
    RulesImport *state = import->state;
    const Rule *before = version_before(state, rule);
    char day[CLOCK_TEXT_SIZE];

    if (before && before->from >= rule->from) {
        date_format(before->from, day);
        import_error_at(import, line, COLUMN_FROM,
                        _("version %d has to hold from a day after %s, version %d's"), rule->version,
                        before->from == RULE_BEGINNING ? _("the beginning") : day, before->version);
    }
    for (size_t i = 0; i < state->known.count; i++) {
        const Rule *after = &state->known.rules[i];
        if (strcmp(after->name, rule->name) != 0 || after->version <= rule->version ||
            after->from > rule->from || first_line(state, after->name, after->version))
            continue;
        date_format(after->from, day);
        import_error_at(import, line, COLUMN_FROM,
                        _("version %d has to hold from a day before %s, version %d's"), rule->version, day,
                        after->version);
    }
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const RuleEntry *)a)->key, ((const RuleEntry *)b)->key);
}

// {"from":"2026-07-01","values":{...}}, the keys in order; nothing of no version.
static void describe(const Rule *rule, Text *object)
{
    CLEANUP(cleanup_text) Text values = {0};
    CLEANUP(cleanup_free) RuleEntry *sorted = NULL;
    char day[CLOCK_TEXT_SIZE];

    if (!rule)
        return;
    sorted = alloc_copy(rule->entries, rule->entry_count * sizeof(*sorted));
    qsort(sorted, rule->entry_count, sizeof(*sorted), compare_entries);
    text_append_char(&values, '{');
    for (size_t i = 0; i < rule->entry_count; i++) {
        text_append(&values, i ? "," : "");
        text_append_json(&values, sorted[i].key, strlen(sorted[i].key));
        text_append_char(&values, ':');
        text_append_json(&values, sorted[i].value, strlen(sorted[i].value));
    }
    text_append_char(&values, '}');
    date_format(rule->from, day);
    detail_text(object, "from", rule->from == RULE_BEGINNING ? NULL : day);
    detail_json(object, "values", text_cstr(&values));
}

// Key by key what is other than in the version before, or in what the version said until now.
static void tell(Import *import, const Rule *rule, const Rule *old)
{
    Text *out = &import->office->reply->out;
    const Rule *with = old ? old : version_before(import->state, rule);

    for (size_t i = 0; i < rule->entry_count; i++) {
        const RuleEntry *entry = &rule->entries[i];
        const char *was = with ? rule_get(with, entry->key) : NULL;
        if (!was || strcmp(was, entry->value) != 0)
            text_appendf(out, "%s/%d: %s: %s -> %s\n", rule->name, rule->version, entry->key, was ? was : "-",
                         entry->value);
    }
    for (size_t i = 0; with && i < with->entry_count; i++)
        if (!rule_get(rule, with->entries[i].key))
            text_appendf(out, "%s/%d: %s: %s -> -\n", rule->name, rule->version, with->entries[i].key,
                         with->entries[i].value);
}

static int put_version(Import *import, const Rule *rule, uint64_t line)
{
    CLEANUP(cleanup_text) Text subject = {0};
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    RulesImport *state = import->state;
    const Rule *old = rules_find(&state->known, rule->name, rule->version);
    RosterChange change;
    int r = rules_put(import->office->store, rule, &change);

    if (r == RULES_E_CLOSED) {
        import_error_at(
            import, line, COLUMN_VERSION,
            _("a month in the days of version %d has been closed, so it stays as it is; what is new "
              "is a new version"),
            rule->version);
        return 0;
    }
    if (r == RULES_E_TOO_LATE) {
        import_error_at(
            import, line, COLUMN_FROM,
            _("a month from that day on has been closed; its grading stays, so version %d can only begin "
              "after it"),
            rule->version);
        return 0;
    }
    if (r < 0)
        return error_trace(r);
    import_count(import, change);
    if (change == ROSTER_SAME)
        return 0;
    tell(import, rule, old);
    text_appendf(&subject, "%s/%d", rule->name, rule->version);
    describe(old, &was);
    describe(rule, &is);
    return error_trace(
        detail_audit(import->office, "rule-put", text_cstr(&subject), rule->entries[0].source, &was, &is));
}

// Of a version that the file states.
static uint64_t line_of(const RulesImport *state, const Rule *rule)
{
    const FirstLine *first = first_line(state, rule->name, rule->version);

    return first ? first->line : 0;
}

static int import_rules_end(Import *import)
{
    RulesImport *state = import->state;
    int r = 0;

    for (size_t i = 0; i < state->stated.count && !import->errors; i++) {
        const Rule *rule = &state->stated.rules[i];
        uint64_t line = line_of(state, rule);
        const char *missing = rule_check_whole(rule);
        if (missing)
            import_error_at(import, line, COLUMN_KEY, _("version %d lacks %s"), rule->version, _(missing));
        else
            check_order(import, rule, line);
    }
    for (size_t i = 0; i < state->stated.count && r == 0 && !import->errors; i++) {
        const Rule *rule = &state->stated.rules[i];
        r = put_version(import, rule, line_of(state, rule));
    }
    return error_trace(r);
}

const ImportKind import_rules = {
    .name = "rules",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = 3,
    .line_size = sizeof(RuleLine),
    .blank = &(const RuleLine){.from = DATE_NONE},
    .is_roster = true,
    .begin = import_rules_begin,
    .put = import_rules_put,
    .end = import_rules_end,
    .deinit = import_rules_deinit,
};
