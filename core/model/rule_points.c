// Points are counted by the version of the session's date, and only while that version says that they are
// enabled. A leave, an absence and what is not known earn nothing and cost nothing.
#include "core/model/rule_points.h"

#include <string.h>

#include "core/base/text.h"

static const Rule *rule_on(const Rules *rules, Date date)
{
    const Rule *rule = rules_at(rules, RULE_POINTS, NULL, date);
    const char *enabled = rule && rule->from <= date ? rule_get(rule, "enabled") : NULL;

    return enabled && strcmp(enabled, "yes") == 0 ? rule : NULL;
}

bool points_enabled(const Rules *rules, Date date)
{
    return rule_on(rules, date) != NULL;
}

int32_t points_earned(const Rules *rules, Date date, Status status)
{
    const Rule *rule = rule_on(rules, date);
    const char *value = rule ? rule_get(rule, status_word(status)) : NULL;
    long long points;

    return value && text_parse_int64(value, 0, INT32_MAX, &points) ? (int32_t)points : 0;
}

Date points_begin(const Rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].kind == RULE_POINTS)
            return rules->rules[i].from; // versions come in order
    return DATE_NONE;
}
