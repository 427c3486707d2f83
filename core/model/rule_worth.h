#pragma once
// What training is worth in minutes: a number of units (a day, two class hours, three online lessons), by the
// conversion rule of the session's date.
#include "core/model/rule.h"

#define WORTH_UNIT_MAX 32        // bytes of a unit's name
#define WORTH_MINUTES_MAX 100000 // the bound of minutes everywhere

typedef struct Worth {
    char unit[WORTH_UNIT_MAX + 1]; // "": minutes, said outright
    int32_t tenths;                // how many, in tenths: 1.5 days are 15
} Worth;

/// "90" (minutes), "2 class-hour", "1.5 day", "3课时", "半天" (one of them). Chinese names of the shipped
/// units become theirs. False if it is none of these.
bool worth_parse(const char *text, Worth *ret_worth);
/// The minutes that were said outright; 0 of a count of units, which only a rule can convert.
int32_t worth_minutes(const Worth *worth);
bool worth_same(const Worth *a, const Worth *b);
/// "2 class-hour"; minutes as a bare number.
void worth_format(const Worth *worth, char ret_text[static WORTH_UNIT_MAX + 16]);

enum {
    WORTH_E_UNIT = 1, // the rule of that date does not have the unit
    WORTH_E_RANGE,    // more than WORTH_MINUTES_MAX
};
/// Minutes, rounded half up, and the version of the rule that said so (0 for minutes said outright).
int rules_worth(const Rules *rules, const Worth *worth, Date date, int32_t *ret_minutes,
                int32_t *ret_version);

/// rule_check_entry() of a conversion: a unit; minutes, or steps: "1:30;2:60" is 30 minutes from one unit on
/// and 60 from two.
const char *worth_check(const char *key, const char *value, bool *ret_key_bad);
