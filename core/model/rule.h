#pragma once
// Rules as data (studyday-rules(7), RULES AS DATA): versions of named rules, each from a date on until the
// next version, with what they say as keys and values, and where that is written. Pure: the store keeps the
// rows, the office imports them, everybody asks here what holds on a date.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/model/roster.h"
#include "core/model/session.h"

typedef enum RuleKind {
    RULE_SESSION,     // window, grace, presence, make-up, pass score
    RULE_TARGET,      // minutes a year, by role
    RULE_NEEDS_CLASS, // whether a role also needs one `class` a year
    RULE_CONVERSION,  // what a day, a class hour, … is worth in minutes
    RULE_CAP,         // minutes a year that one source of credit counts at most
    RULE_GRADE,       // bands of organisations; the only kind of which there may be several by name
    RULE_POINTS,      // points for taking part; none unless a site brings them
    RULE_KIND_COUNT
} RuleKind;
const char *rule_kind_word(RuleKind kind);  // "session", "needs-class", ...
const char *rule_kind_title(RuleKind kind); // for people, N_()
bool rule_kind_parse(const char *word, RuleKind *ret_kind);
/// Whether all versions of the kind bear its own word as their name; a grading has a name of the site's
/// choice.
bool rule_kind_is_single(RuleKind kind);

#define RULE_NAME_MAX 32   // bytes of a name
#define RULE_KEY_MAX 64    // bytes of a key
#define RULE_VALUE_MAX 200 // bytes of a value, a source or a note
#define RULE_VERSION_MAX 9999
#define RULE_BEGINNING ((Date)0) // `from` of a version that holds from the beginning

typedef struct RuleEntry {
    char *key, *value, *source, *note; // note may be NULL
} RuleEntry;
typedef struct Rule {
    char *name;
    int32_t version;
    RuleKind kind;
    Date from;
    RuleEntry *entries; // in the order in which they were added
    size_t entry_count;
} Rule;
typedef struct Rules {
    Rule *rules; // by kind, name, version
    size_t count;
} Rules;

void rules_deinit(Rules *rules);
/// The version as it is, or a new one. Pointers to rules live until the next rules_add().
Rule *rules_add(Rules *rules, const char *name, int32_t version, RuleKind kind, Date from);
/// Copies.
void rule_add_entry(Rule *rule, const char *key, const char *value, const char *source, const char *note);
Rule *rules_find(const Rules *rules, const char *name, int32_t version); // NULL: there is none
/// The version after `rule`, or NULL.
const Rule *rules_next(const Rules *rules, const Rule *rule);
/// The version that holds on `date`: the latest whose `from` has come; before all of them the first. `name`
/// NULL: the kind's own. NULL where there is no such rule.
const Rule *rules_at(const Rules *rules, RuleKind kind, const char *name, Date date);
const char *rule_get(const Rule *rule, const char *key); // NULL: it says nothing of that
bool rule_same(const Rule *a, const Rule *b);            // in every word, whatever the order

/// Whether a rule of the kind may say that. NULL if fine, otherwise why not, N_(); `ret_key_bad` tells which
/// of the two is wrong.
const char *rule_check_entry(RuleKind kind, const char *key, const char *value, bool *ret_key_bad);
/// Whether the version says all that its kind needs: a version stands for itself, nothing is taken from the
/// one before. NULL if fine, otherwise the key, or the sort of key, that is missing.
const char *rule_check_whole(const Rule *rule);

// What a session's columns are by the rules (R1, R9, R14, R26), in minutes, per mille and days.
typedef struct SessionDefaults {
    int32_t version;
    int32_t window_before, window_after, late_after, early_before;
    int32_t presence_permille, makeup_days, pass_score;
} SessionDefaults;
/// A key may be said for one kind of session alone (late-after@class), which goes before the general one.
SessionDefaults rules_session(const Rules *rules, SessionKind kind, Date date);

// R17, on the day of the question.
typedef struct Targets {
    int32_t minutes[ROLE_COUNT];
    bool needs_class[ROLE_COUNT];
} Targets;
Targets rules_targets(const Rules *rules, Date date);
