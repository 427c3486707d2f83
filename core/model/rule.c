// The rules of a site, held in memory: a few dozen versions, searched from the front. Every question has an
// answer: a date before the first version gets the first version, and what a version does not say (which
// rule_check_whole() keeps from happening) has the shipped default.
#include "core/model/rule.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/words.h"

// Words of the model are the names of the kinds; the Chinese terms are accepted in files.
static const Word kinds[RULE_KIND_COUNT] = {
    [RULE_SESSION] = {"session", N_("session"), {"场次", "场次规则"}},
    [RULE_TARGET] = {"target", N_("yearly target"), {"学时要求"}},
    [RULE_NEEDS_CLASS] = {"needs-class", N_("training class needed"), {"集中培训", "培训班要求"}},
    [RULE_CONVERSION] = {"conversion", N_("conversion"), {"折算", "学时折算"}},
    [RULE_CAP] = {"cap", N_("cap"), {"上限", "学时上限"}},
    [RULE_GRADE] = {"grade", N_("grading"), {"分级", "评级"}},
    [RULE_POINTS] = {"points", N_("points scheme"), {"积分", "积分规则"}},
};

const char *rule_kind_word(RuleKind kind)
{
    return words_get(kinds, RULE_KIND_COUNT, (size_t)kind);
}

const char *rule_kind_title(RuleKind kind)
{
    return words_get_title(kinds, RULE_KIND_COUNT, (size_t)kind);
}

bool rule_kind_parse(const char *word, RuleKind *ret_kind)
{
    size_t index;

    if (!words_find(kinds, RULE_KIND_COUNT, word, &index))
        return false;
    *ret_kind = (RuleKind)index;
    return true;
}

bool rule_kind_is_single(RuleKind kind)
{
    return kind != RULE_GRADE;
}

void rules_deinit(Rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        Rule *rule = &rules->rules[i];
        for (size_t k = 0; k < rule->entry_count; k++) {
            free(rule->entries[k].key);
            free(rule->entries[k].value);
            free(rule->entries[k].source);
            free(rule->entries[k].note);
        }
        free(rule->entries);
        free(rule->name);
    }
    free(rules->rules);
    *rules = (Rules){0};
}

/// By kind, name, version.
static int compare(const Rule *a, RuleKind kind, const char *name, int32_t version)
{
    if (a->kind != kind)
        return a->kind < kind ? -1 : 1;
    int order = strcmp(a->name, name);
    if (order)
        return order;
    return a->version < version ? -1 : a->version > version;
}

Rule *rules_add(Rules *rules, const char *name, int32_t version, RuleKind kind, Date from)
{
    size_t at = 0;

    while (at < rules->count && compare(&rules->rules[at], kind, name, version) < 0)
        at++;
    if (at < rules->count && compare(&rules->rules[at], kind, name, version) == 0)
        return &rules->rules[at];
    rules->rules = alloc_resize(rules->rules, rules->count + 1, sizeof(*rules->rules));
    memmove(&rules->rules[at + 1], &rules->rules[at], (rules->count - at) * sizeof(*rules->rules));
    rules->count++;
    rules->rules[at] = (Rule){.name = alloc_string(name), .version = version, .kind = kind, .from = from};
    return &rules->rules[at];
}

void rule_add_entry(Rule *rule, const char *key, const char *value, const char *source, const char *note)
{
    rule->entries = alloc_resize(rule->entries, rule->entry_count + 1, sizeof(*rule->entries));
    rule->entries[rule->entry_count++] = (RuleEntry){
        .key = alloc_string(key),
        .value = alloc_string(value),
        .source = alloc_string(source),
        .note = alloc_string(note),
    };
}

Rule *rules_find(const Rules *rules, const char *name, int32_t version)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].version == version && strcmp(rules->rules[i].name, name) == 0)
            return &rules->rules[i];
    return NULL;
}

const Rule *rules_next(const Rules *rules, const Rule *rule)
{
    const Rule *next = rule + 1;

    if (next == rules->rules + rules->count || next->kind != rule->kind ||
        strcmp(next->name, rule->name) != 0)
        return NULL;
    return next;
}

const Rule *rules_at(const Rules *rules, RuleKind kind, const char *name, Date date)
{
    const Rule *found = NULL;

    if (!name)
        name = rule_kind_word(kind);
    for (size_t i = 0; i < rules->count; i++) {
        const Rule *rule = &rules->rules[i];
        if (rule->kind == kind && strcmp(rule->name, name) == 0 && (!found || rule->from <= date))
            found = rule; // they come by version, and later versions from later days
    }
    return found;
}

static const RuleEntry *entry_find(const Rule *rule, const char *key)
{
    for (size_t i = 0; rule && i < rule->entry_count; i++)
        if (strcmp(rule->entries[i].key, key) == 0)
            return &rule->entries[i];
    return NULL;
}

const char *rule_get(const Rule *rule, const char *key)
{
    const RuleEntry *entry = entry_find(rule, key);

    return entry ? entry->value : NULL;
}

bool rule_same(const Rule *a, const Rule *b)
{
    if (a->kind != b->kind || a->from != b->from || a->entry_count != b->entry_count)
        return false;
    for (size_t i = 0; i < a->entry_count; i++) {
        const RuleEntry *x = &a->entries[i], *y = entry_find(b, x->key);
        if (!y || strcmp(x->value, y->value) != 0 || !text_equal(x->source, y->source) ||
            !text_equal(x->note, y->note))
            return false;
    }
    return true;
}

static int32_t number_of(const Rule *rule, const char *key, int32_t otherwise)
{
    const char *value = rule_get(rule, key);
    long long number;

    return value && text_parse_int64(value, 0, INT32_MAX, &number) ? (int32_t)number : otherwise;
}

// What is said for the kind of session alone goes before what is said of all.
static int32_t session_number(const Rule *rule, const char *key, SessionKind kind, int32_t otherwise)
{
    CLEANUP(cleanup_text) Text own = {0};

    text_appendf(&own, "%s@%s", key, session_kind_word(kind));
    return number_of(rule, text_cstr(&own), number_of(rule, key, otherwise));
}

SessionDefaults rules_session(const Rules *rules, SessionKind kind, Date date)
{
    const Rule *rule = rules_at(rules, RULE_SESSION, NULL, date);

    return (SessionDefaults){
        .version = rule ? rule->version : 1,
        .window_before = session_number(rule, "window-before", kind, SESSION_WINDOW_MINUTES),
        .window_after = session_number(rule, "window-after", kind, SESSION_WINDOW_MINUTES),
        .late_after = session_number(rule, "late-after", kind, SESSION_LATE_MINUTES),
        .early_before = session_number(rule, "early-before", kind, SESSION_EARLY_MINUTES),
        .presence_permille = session_number(rule, "presence-permille", kind, SESSION_PRESENCE_PERMILLE),
        .makeup_days = session_number(rule, "makeup-days", kind, SESSION_MAKEUP_DAYS),
        .pass_score = session_number(rule, "pass-score", kind, SESSION_PASS_SCORE),
    };
}

Targets rules_targets(const Rules *rules, Date date)
{
    const Rule *minutes = rules_at(rules, RULE_TARGET, NULL, date);
    const Rule *classes = rules_at(rules, RULE_NEEDS_CLASS, NULL, date);
    Targets targets = {0};

    for (int role = 0; role < ROLE_COUNT; role++) {
        const char *word = member_role_word((MemberRole)role), *needs = rule_get(classes, word);
        targets.minutes[role] = number_of(minutes, word, target_minutes((MemberRole)role));
        targets.needs_class[role] = needs ? strcmp(needs, "yes") == 0 : target_needs_class((MemberRole)role);
    }
    return targets;
}
