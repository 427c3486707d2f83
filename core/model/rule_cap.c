// Credits are taken one by one in the order of their sessions, and each is measured by the cap of its
// session's date: so a cap that comes into force in July takes nothing back from the months before.
#include "core/model/rule_cap.h"

#include <string.h>

#include "core/base/text.h"

static int32_t cap_of(const Rule *rule, const char *key)
{
    const char *value = rule_get(rule, key);
    long long minutes;

    return value && text_parse_int64(value, 0, INT32_MAX, &minutes) ? (int32_t)minutes : CAP_NONE;
}

CapLimits caps_at(const Rules *rules, SessionKind kind, Date date)
{
    const Rule *rule = rules_at(rules, RULE_CAP, NULL, date);

    if (!rule || rule->from > date) // before the first version there is no cap
        return (CapLimits){CAP_NONE, CAP_NONE};
    return (CapLimits){cap_of(rule, session_kind_word(kind)), cap_of(rule, "makeup")};
}

bool rules_have_caps(const Rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].kind == RULE_CAP && rules->rules[i].entry_count > 0)
            return true;
    return false;
}

static int32_t at_most(int32_t credit, int32_t limit, int32_t used)
{
    if (limit == CAP_NONE || credit <= limit - used)
        return credit;
    return limit > used ? limit - used : 0;
}

int32_t cap_take(CapUse *use, const CapLimits *limits, SessionKind kind, bool made_up, int32_t credit)
{
    int32_t counted = at_most(credit, limits->kind, use->by_kind[kind]);

    if (made_up)
        counted = at_most(counted, limits->makeup, use->by_makeup);
    use->by_kind[kind] += counted;
    use->by_makeup += made_up ? counted : 0;
    return counted;
}
