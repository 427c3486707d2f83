// A worth is a count of units. A unit is worth so many minutes, or goes by steps: the highest step that has
// been reached says what all of it is worth, and less than the first step is worth nothing.
#include "core/model/rule_worth.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/words.h"

#define COUNT_MAX 100000 // units: as many as there may be minutes
static_assert(COUNT_MAX <= WORTH_MINUTES_MAX, "what count_read() takes is not too many minutes");
#define TENTHS 10

enum { UNIT_DAY, UNIT_HALF_DAY, UNIT_CLOCK_HOUR, UNIT_CLASS_HOUR, UNIT_ONLINE_LESSON, UNIT_COUNT };

// 学时 is the hour of credit, which the record shows: 60 minutes (docs/terms.md), unlike the 课时 of a
// timetable.
static const Word units[UNIT_COUNT] = {
    [UNIT_DAY] = {"day", NULL, {"天", "日", "全天", "整天", "days"}},
    [UNIT_HALF_DAY] = {"half-day", NULL, {"半天", "半日", "half-days"}},
    [UNIT_CLOCK_HOUR] = {"clock-hour", NULL, {"小时", "学时", "个小时", "hour", "hours", "clock-hours"}},
    [UNIT_CLASS_HOUR] = {"class-hour", NULL, {"课时", "节", "节课", "class-hours"}},
    [UNIT_ONLINE_LESSON] = {"online-lesson", NULL, {"网课", "节网课", "网络课", "online-lessons"}},
};

// Reads "12" or "1.5" in tenths. Moves `*rest` behind it; false where no number begins.
static bool count_read(const char **rest, int32_t *ret_tenths)
{
    const char *p = *rest;
    int64_t count = 0;

    if (*p < '0' || *p > '9')
        return false;
    while (*p >= '0' && *p <= '9' && count <= COUNT_MAX)
        count = count * 10 + (*p++ - '0');
    count *= TENTHS;
    if (*p == '.') {
        if (p[1] < '0' || p[1] > '9')
            return false;
        count += p[1] - '0';
        p += 2;
    }
    if (count > (int64_t)COUNT_MAX * TENTHS || (*p >= '0' && *p <= '9'))
        return false;
    *rest = p;
    *ret_tenths = (int32_t)count;
    return true;
}

static bool unit_read(const char *name, char *ret_unit)
{
    size_t index, size = strlen(name);

    if (words_find(units, UNIT_COUNT, name, &index)) {
        snprintf(ret_unit, WORTH_UNIT_MAX + 1, "%s", units[index].word);
        return true;
    }
    if (size == 0 || size > WORTH_UNIT_MAX || strpbrk(name, " :;@") || !text_is_clean(name, size))
        return false;
    memcpy(ret_unit, name, size + 1);
    return true;
}

bool worth_parse(const char *text, Worth *ret_worth)
{
    Worth worth = {.tenths = TENTHS};
    const char *rest = text;
    bool counted = count_read(&rest, &worth.tenths);

    if (!counted && ((*text >= '0' && *text <= '9') || *text == '-' || *text == '.'))
        return false;
    while (*rest == ' ')
        rest++;
    if (*rest == '\0' && (!counted || worth.tenths % TENTHS != 0)) // there are no tenths of a minute
        return false;
    if (*rest && !unit_read(rest, worth.unit))
        return false;
    *ret_worth = worth;
    return true;
}

int32_t worth_minutes(const Worth *worth)
{
    return *worth->unit ? 0 : worth->tenths / TENTHS;
}

bool worth_same(const Worth *a, const Worth *b)
{
    return a->tenths == b->tenths && strcmp(a->unit, b->unit) == 0;
}

void worth_format(const Worth *worth, char ret_text[static WORTH_UNIT_MAX + 16])
{
    int length = snprintf(ret_text, 16, "%d", worth->tenths / TENTHS);

    if (worth->tenths % TENTHS)
        length += snprintf(ret_text + length, 4, ".%d", worth->tenths % TENTHS);
    if (*worth->unit)
        snprintf(ret_text + length, WORTH_UNIT_MAX + 2, " %s", worth->unit);
}

// One step "N:MINUTES" or a bare "MINUTES", which is no step. Moves `*rest` on; 0 at the end, negative if
// malformed.
static int step_read(const char **rest, int32_t *ret_from, int64_t *ret_minutes)
{
    int32_t number;

    *ret_from = -1;
    if (**rest == '\0')
        return 0;
    if (!count_read(rest, &number))
        return -1;
    if (**rest == ':') {
        ++*rest;
        *ret_from = number;
        if (!count_read(rest, &number))
            return -1;
    }
    if (number % TENTHS != 0 || (**rest != '\0' && **rest != ';'))
        return -1;
    *ret_minutes = number / TENTHS;
    if (**rest == ';')
        ++*rest;
    return 1;
}

const char *worth_check(const char *key, const char *value, bool *ret_key_bad)
{
    const char *rest = value;
    char unit[WORTH_UNIT_MAX + 1];
    int32_t from, before = -1;
    int64_t minutes;
    int steps = 0, r;

    *ret_key_bad = !unit_read(key, unit) || strcmp(unit, key) != 0;
    if (*ret_key_bad)
        return N_("a unit is day, half-day, clock-hour, class-hour, online-lesson, or a word of at most 32 "
                  "bytes of your own");
    while ((r = step_read(&rest, &from, &minutes)) > 0) {
        bool bare = from < 0 && steps == 0 && *rest == '\0';
        if (!bare && from <= before) {
            r = -1;
            break;
        }
        before = from;
        steps++;
    }
    return r < 0 || steps == 0 ? N_("minutes, or steps such as 1:30;2:60 with rising counts") : NULL;
}

int rules_worth(const Rules *rules, const Worth *worth, Date date, int32_t *ret_minutes, int32_t *ret_version)
{
    const Rule *rule = *worth->unit ? rules_at(rules, RULE_CONVERSION, NULL, date) : NULL;
    const char *rest = *worth->unit ? rule_get(rule, worth->unit) : "1";
    int64_t minutes = 0, step;
    int32_t from;

    if (!rest)
        return WORTH_E_UNIT;
    while (step_read(&rest, &from, &step) > 0) {
        if (from < 0)
            minutes = (worth->tenths * step + TENTHS / 2) / TENTHS;
        else if (worth->tenths >= from)
            minutes = step;
    }
    if (minutes > WORTH_MINUTES_MAX)
        return WORTH_E_RANGE;
    *ret_minutes = (int32_t)minutes;
    *ret_version = rule ? rule->version : 0;
    return 0;
}
