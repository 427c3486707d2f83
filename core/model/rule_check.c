// What a rule may say: for each kind its keys, the bounds of their values, and which of them a version needs.
// Checked when a file comes in, so that whoever reads a stored rule need not doubt it.
#include <string.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/attendance.h"
#include "core/model/rule.h"
#include "core/model/rule_grade.h"
#include "core/model/rule_worth.h"

#define GRACE_MAX_MINUTES 1440 // of a day
#define TARGET_MAX 100000      // minutes a year: more than a year of working days has
#define POINTS_MAX 1000        // points for one session

typedef struct NumberKey {
    const char *key;
    int32_t max;
} NumberKey;

static const NumberKey session_keys[] = {
    {"window-before", SESSION_WINDOW_MAX_MINUTES},
    {"window-after", SESSION_WINDOW_MAX_MINUTES},
    {"late-after", GRACE_MAX_MINUTES},
    {"early-before", GRACE_MAX_MINUTES},
    {"presence-permille", 1000},
    {"makeup-days", 366},
    {"pass-score", 100},
};
#define SESSION_KEY_COUNT (sizeof(session_keys) / sizeof(*session_keys))

static const char *number_check(const char *value, int32_t max, const char *reason)
{
    long long number;

    return text_parse_int64(value, 0, max, &number) ? NULL : reason;
}

static const char *bad_key(bool *ret_key_bad, const char *reason)
{
    *ret_key_bad = true;
    return reason;
}

static const char *check_session(const char *key, const char *value, bool *ret_key_bad)
{
    const char *at = strchr(key, '@');
    size_t size = at ? (size_t)(at - key) : strlen(key);
    SessionKind kind;

    for (size_t i = 0; i < SESSION_KEY_COUNT; i++) {
        if (strlen(session_keys[i].key) != size || memcmp(session_keys[i].key, key, size) != 0)
            continue;
        if (at && (!session_kind_parse(at + 1, &kind) || strcmp(session_kind_word(kind), at + 1) != 0))
            return bad_key(ret_key_bad, N_("after @ comes a kind of session, such as class"));
        return number_check(
            value, session_keys[i].max,
            N_("a whole number: minutes of a day at most, 1000 per mille, 366 days or a score "
               "of 100"));
    }
    return bad_key(ret_key_bad, N_("a key of session is one of window-before, window-after, late-after, "
                                   "early-before, presence-permille, makeup-days, pass-score"));
}

static const char *check_role(RuleKind kind, const char *key, const char *value, bool *ret_key_bad)
{
    MemberRole role;

    if (!member_role_parse(key, &role) || strcmp(member_role_word(role), key) != 0)
        return bad_key(ret_key_bad, N_("a key is one of member, secretary, committee"));
    if (kind == RULE_TARGET)
        return number_check(value, TARGET_MAX, N_("minutes are a whole number from 0 to 100000"));
    return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ? NULL : N_("yes or no");
}

static const char *check_cap(const char *key, const char *value, bool *ret_key_bad)
{
    SessionKind kind;

    if (strcmp(key, "makeup") != 0 &&
        (!session_kind_parse(key, &kind) || strcmp(session_kind_word(kind), key) != 0))
        return bad_key(ret_key_bad, N_("a key of cap is a kind of session, such as online, or makeup"));
    return strcmp(value, "none") == 0
               ? NULL
               : number_check(value, TARGET_MAX, N_("minutes a year from 0 to 100000, or none"));
}

static const char *check_points(const char *key, const char *value, bool *ret_key_bad)
{
    if (strcmp(key, "enabled") == 0)
        return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ? NULL : N_("yes or no");
    for (int status = STATUS_LATE; status <= STATUS_MAKEUP; status++)
        if (strcmp(key, status_word((Status)status)) == 0)
            return number_check(value, POINTS_MAX, N_("points are a whole number from 0 to 1000"));
    return bad_key(ret_key_bad, N_("a key of points is enabled, present, late, left-early, home or makeup"));
}

const char *rule_check_entry(RuleKind kind, const char *key, const char *value, bool *ret_key_bad)
{
    *ret_key_bad = false;
    switch (kind) {
    case RULE_SESSION:
        return check_session(key, value, ret_key_bad);
    case RULE_TARGET:
    case RULE_NEEDS_CLASS:
        return check_role(kind, key, value, ret_key_bad);
    case RULE_CONVERSION:
        return worth_check(key, value, ret_key_bad);
    case RULE_CAP:
        return check_cap(key, value, ret_key_bad);
    case RULE_GRADE:
        return grading_check(key, value, ret_key_bad);
    case RULE_POINTS:
        return check_points(key, value, ret_key_bad);
    case RULE_KIND_COUNT:
        break;
    }
    return bad_key(ret_key_bad, N_("no such kind of rule"));
}

static const char *missing_role(const Rule *rule)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (!rule_get(rule, member_role_word((MemberRole)role)))
            return member_role_word((MemberRole)role);
    return NULL;
}

const char *rule_check_whole(const Rule *rule)
{
    switch (rule->kind) {
    case RULE_SESSION:
        for (size_t i = 0; i < SESSION_KEY_COUNT; i++)
            if (!rule_get(rule, session_keys[i].key))
                return session_keys[i].key;
        return NULL;
    case RULE_TARGET:
    case RULE_NEEDS_CLASS:
        return missing_role(rule);
    case RULE_GRADE:
        return grading_missing(rule);
    case RULE_POINTS:
        return rule_get(rule, "enabled") ? NULL : "enabled";
    case RULE_CONVERSION:
    case RULE_CAP:
    case RULE_KIND_COUNT:
        break;
    }
    return NULL; // which units there are, and what is capped, is the site's own choice
}
