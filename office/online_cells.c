// What is understood is a closed list, like everywhere: a state that nobody knows is told and not taken for
// "not finished". A dash is an empty cell.
#include "office/online_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/i18n.h"
#include "core/base/text.h"

#define YEAR_MIN 1970 // a year of two digits is none
#define YEAR_MAX 9999
#define PARTS_MAX 6         // year to second
#define NUMBER_DIGITS_MAX 6 // of any number in a cell: more is no length of a course
#define TENTHS_MAX 10000

static const char *const dashes[] = {"-", "--", "—", "——", "/"};
static const char *const done[] = {"已完成", "完成", "已学完",   "已通过",    "通过",
                                   "合格",   "是",   "finished", "completed", "complete",
                                   "passed", "done", "yes",      "1",         "100%"};
static const char *const not_done[] = {
    "未完成", "学习中",     "进行中",     "未开始",      "未学习",      "未通过", "不合格", "否",
    "failed", "incomplete", "unfinished", "in progress", "not started", "no",     "0",      "0%"};

static bool is_one_of(const char *cell, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(cell, words[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(cell, words) is_one_of(cell, words, sizeof(words) / sizeof((words)[0]))

// The numbers of the cell in a row; false if there are more than `max`, or a longer one.
static bool take_numbers(const char *cell, int *numbers, int max, int *ret_count)
{
    int count = 0;

    for (const char *at = cell; *at;) {
        size_t digits = strspn(at, "0123456789");
        if (!digits) {
            at++;
            continue;
        }
        if (count == max || digits > NUMBER_DIGITS_MAX)
            return false;
        numbers[count++] = atoi(at);
        at += digits;
    }
    *ret_count = count;
    return true;
}

// Whether everything but digits is one of the separators.
static bool has_only(const char *cell, const char *const *separators, size_t count)
{
    while (*cell) {
        size_t size = strspn(cell, "0123456789");
        for (size_t i = 0; i < count && !size; i++)
            if (strncmp(cell, separators[i], strlen(separators[i])) == 0)
                size = strlen(separators[i]);
        if (!size)
            return false;
        cell += size;
    }
    return true;
}

const char *online_time(const char *cell, size_t size, void *ret_value)
{
    static const char *const separators[] = {"-",  "/",  ".",  " ",  ":",  "T",
                                             "年", "月", "日", "时", "分", "秒"};
    int parts[PARTS_MAX] = {0}, count = 0;
    char text[CLOCK_TEXT_SIZE];

    (void)size;
    if (IS_ONE_OF(cell, dashes) || time_parse_local(cell, ret_value))
        return NULL;
    if (has_only(cell, separators, sizeof(separators) / sizeof(separators[0])) &&
        take_numbers(cell, parts, PARTS_MAX, &count) && count != 4 && count >= 3 && parts[0] >= YEAR_MIN &&
        parts[0] <= YEAR_MAX) {
        snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d", parts[0], parts[1], parts[2], parts[3],
                 parts[4], parts[5]);
        if (time_parse_local(text, ret_value))
            return NULL;
    }
    return N_("a time is YYYY-MM-DD HH:MM or a date, also with / . or 年月日 between");
}

// "90", "90分钟", "1小时30分", "1:30:00", "45.5".
const char *online_minutes(const char *cell, size_t size, void *ret_value)
{
    static const char *const clock[] = {":"}, *const minutes[] = {"分钟", "分", "min", "m", " "},
                             *const point[] = {".", "分钟", "分"}, *const words[] = {"小时", "时", "h",
                                                                                     "分钟", "分", "min",
                                                                                     "m",    "秒", "s",
                                                                                     " "};
    int parts[3] = {0}, count = 0;
    int64_t value;

    (void)size;
    if (IS_ONE_OF(cell, dashes))
        return NULL;
    if (!take_numbers(cell, parts, 3, &count) || count == 0)
        return N_("minutes are a number, or a time such as 1:30:00 or 1小时30分");
    if (has_only(cell, clock, 1) && count == 3 && parts[1] < 60 &&
        parts[2] < 60) // two: of hours, or of minutes?
        value = (int64_t)parts[0] * 60 + parts[1];
    else if ((count == 1 && has_only(cell, minutes, 5)) || (count == 2 && has_only(cell, point, 3)))
        value = parts[0];
    else if (has_only(cell, words, sizeof(words) / sizeof(words[0])) &&
             (strstr(cell, "时") || strchr(cell, 'h')))
        value = (int64_t)parts[0] * 60 + parts[1];
    else if (has_only(cell, words, sizeof(words) / sizeof(words[0])) && count == 2)
        value = parts[0]; // minutes and seconds
    else
        return N_("minutes are a number, or a time such as 1:30:00 or 1小时30分");
    if (value > CELL_MINUTES_MAX)
        return N_("minutes are a whole number from 0 to 100000");
    *(int32_t *)ret_value = (int32_t)value;
    return NULL;
}

const char *online_lessons(const char *cell, size_t size, void *ret_value)
{
    static const char *const words[] = {".", "课时", "节", "个", "讲", "学时"};
    int parts[2] = {0}, count = 0;

    (void)size;
    if (IS_ONE_OF(cell, dashes))
        return NULL;
    if (!has_only(cell, words, sizeof(words) / sizeof(words[0])) || !take_numbers(cell, parts, 2, &count) ||
        count == 0 || parts[1] > 9 || (count == 2) != (strchr(cell, '.') != NULL) || parts[0] > TENTHS_MAX)
        return N_("lessons are a number, with one decimal at most");
    *(int32_t *)ret_value = 10 * parts[0] + parts[1];
    return NULL;
}

const char *online_state(const char *cell, size_t size, void *ret_value)
{
    (void)size;
    if (IS_ONE_OF(cell, dashes))
        return NULL;
    if (!IS_ONE_OF(cell, done) && !IS_ONE_OF(cell, not_done))
        return N_(
            "neither finished nor unfinished: 已完成, 未完成, finished, unfinished and the like are known");
    *(int *)ret_value = IS_ONE_OF(cell, done) ? ONLINE_DONE : ONLINE_NOT_DONE;
    return NULL;
}

const char *online_progress(const char *cell, size_t size, void *ret_value)
{
    static const char *const words[] = {".", "%", "％"};
    int parts[2] = {0}, count = 0;

    (void)size;
    if (IS_ONE_OF(cell, dashes))
        return NULL;
    if (!has_only(cell, words, 3) || !take_numbers(cell, parts, 2, &count) || count == 0 || parts[0] > 100)
        return N_("progress is a number from 0 to 100");
    *(int *)ret_value = parts[0] == 100 ? ONLINE_DONE : ONLINE_NOT_DONE;
    return NULL;
}
