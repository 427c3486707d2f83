// Reads a case of tests/model/fold and tells an outcome in the same words. Expectation and outcome are both
// brought into one line with every key in one order, so that a failing test shows what differs as text.
#include "tests/model/fold_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"

#define LINE_SIZE 512
#define DATE_OF_CASES "2026-11-05T00:00:00+08:00" // any date would do: the fold knows no calendar

static const char *const expected_keys[] = {"status", "shown",   "silent", "mode",  "point", "in",
                                            "out",    "minutes", "credit", "flags", "check", "took-part"};
#define EXPECTED_KEY_COUNT (sizeof(expected_keys) / sizeof(expected_keys[0]))

static Time day_of_cases(void)
{
    Time day = 0;
    int offset = 0;
    return time_parse_rfc3339(DATE_OF_CASES, strlen(DATE_OF_CASES), &day, &offset) ? day : TIME_NONE;
}

/// HH:MM[:SS], +Nd/HH:MM[:SS] or -Nd/HH:MM[:SS].
static bool parse_time(const char *word, Time *ret_time)
{
    int days = 0, hour, minute, second = 0, used = 0;
    if (*word == '+' || *word == '-') {
        if (sscanf(word, "%dd/%n", &days, &used) != 1 || used == 0)
            return false;
        word += used;
    }
    if (sscanf(word, "%2d:%2d:%2d", &hour, &minute, &second) < 2)
        return false;
    *ret_time =
        day_of_cases() + days * TIME_DAY + hour * TIME_HOUR + minute * TIME_MINUTE + second * TIME_SECOND;
    return true;
}

static void describe_time(Time t, Text *text)
{
    if (t == TIME_NONE) {
        text_append(text, "-");
        return;
    }
    Time since = t - day_of_cases();
    Time days = since / TIME_DAY - (since % TIME_DAY < 0);
    Time rest = since - days * TIME_DAY;
    if (days)
        text_appendf(text, "%+dd/", (int)days);
    text_appendf(text, "%02d:%02d", (int)(rest / TIME_HOUR), (int)(rest % TIME_HOUR / TIME_MINUTE));
    if (rest % TIME_MINUTE)
        text_appendf(text, ":%02d", (int)(rest % TIME_MINUTE / TIME_SECOND));
}

/// Splits KEY=VALUE; a bare word has the value "".
static char *split(char *word)
{
    char *equals = strchr(word, '=');
    if (!equals)
        return word + strlen(word);
    *equals = '\0';
    return equals + 1;
}

static bool parse_session(char *rest, SessionRules *session)
{
    for (char *save, *word = strtok_r(rest, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *value = split(word);
        int number = atoi(value);
        if (strcmp(word, "starts") == 0) {
            if (!parse_time(value, &session->starts))
                return false;
        } else if (strcmp(word, "ends") == 0) {
            if (!parse_time(value, &session->ends))
                return false;
        } else if (strcmp(word, "minutes") == 0)
            session->minutes = number;
        else if (strcmp(word, "window") == 0)
            session->window_before = session->window_after = number * TIME_MINUTE;
        else if (strcmp(word, "late") == 0)
            session->late_after = number * TIME_MINUTE;
        else if (strcmp(word, "early") == 0)
            session->early_before = number * TIME_MINUTE;
        else if (strcmp(word, "makeup") == 0)
            session->makeup_end = day_of_cases() + (number + 1) * TIME_DAY;
        else if (strcmp(word, "presence") == 0)
            session->presence_permille = number;
        else if (strcmp(word, "pass") == 0)
            session->pass_score = number;
        else
            return false;
    }
    return true;
}

static bool parse_duty(const char *word, Duty *duty)
{
    static const char *const words[DUTY_COUNT] = {"none", "expected", "exempt"};
    for (int i = 0; i < DUTY_COUNT; i++) {
        if (strcmp(word, words[i]) == 0) {
            *duty = (Duty)i;
            return true;
        }
    }
    return false;
}

static bool parse_fact(const char *kind, char *rest, FoldCase *fold_case)
{
    if (fold_case->count == FOLD_CASE_FACTS_MAX)
        return false;
    char *point = fold_case->points[fold_case->count];
    Fact *fact = &fold_case->facts[fold_case->count++];
    *fact = (Fact){.score = -1};
    char *save;
    char *word = strtok_r(rest, " ", &save);
    if (!event_kind_parse(kind, &fact->kind) || !word || !parse_time(word, &fact->at))
        return false;

    while ((word = strtok_r(NULL, " ", &save))) {
        char *value = split(word);
        bool fine = true;
        if (strcmp(word, "point") == 0) {
            snprintf(point, FOLD_CASE_POINT_SIZE, "%s", value);
            fact->point = point;
            fact->point_key = atoi(value + 1);
        } else if (strcmp(word, "mode") == 0)
            fine = event_mode_parse(value, &fact->mode);
        else if (strcmp(word, "clock") == 0)
            fine = event_clock_parse(value, &fact->clock);
        else if (strcmp(word, "minutes") == 0)
            fact->minutes = atoi(value);
        else if (strcmp(word, "found") == 0)
            fact->found = *value == '1';
        else if (strcmp(word, "score") == 0)
            fact->score = (int16_t)atoi(value);
        else if (strcmp(word, "void") == 0)
            fact->is_void = true;
        else
            fine = false;
        if (!fine)
            return false;
    }
    return true;
}

/// Brings the expectation into the order of expected_keys, with the defaults of the README.
static bool parse_expected(char *rest, FoldCase *fold_case)
{
    const char *values[EXPECTED_KEY_COUNT] = {"none", NULL, NULL, "-", "-",    "-",
                                              "-",    "0",  "0",  "-", "none", NULL};
    for (char *save, *word = strtok_r(rest, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *value = split(word);
        size_t i = 0;
        while (i < EXPECTED_KEY_COUNT && strcmp(word, expected_keys[i]) != 0)
            i++;
        if (i == EXPECTED_KEY_COUNT)
            return false;
        values[i] = value;
    }
    if (!values[1])
        values[1] = values[0];
    if (!values[2])
        values[2] = values[1];
    if (!values[11])
        values[11] = strcmp(values[0], "none") != 0 || strcmp(values[8], "0") != 0 ? "yes" : "no";

    size_t used = 0;
    for (size_t i = 0; i < EXPECTED_KEY_COUNT; i++) {
        size_t left = sizeof(fold_case->expected) - used;
        used += (size_t)snprintf(fold_case->expected + used, left, "%s%s=%s", i ? " " : "", expected_keys[i],
                                 values[i]);
        if (used >= sizeof(fold_case->expected))
            return false;
    }
    return true;
}

static bool parse_line(char *line, FoldCase *fold_case)
{
    line[strcspn(line, "\n")] = '\0';
    if (*line == '#' || *line == '\0')
        return true;
    char *rest = line + strcspn(line, " ");
    if (*rest)
        *rest++ = '\0';

    if (strcmp(line, "session") == 0)
        return parse_session(rest, &fold_case->session);
    if (strcmp(line, "duty") == 0)
        return parse_duty(rest, &fold_case->duty);
    if (strcmp(line, "expect") == 0)
        return parse_expected(rest, fold_case);
    return parse_fact(line, rest, fold_case);
}

bool fold_case_load(const char *path, FoldCase *ret_case)
{
    CLEANUP(cleanup_file) FILE *file = fopen(path, "re");
    if (!file) {
        perror(path);
        return false;
    }
    *ret_case = (FoldCase){
        .session = {.starts = day_of_cases() + 9 * TIME_HOUR,
                    .ends = day_of_cases() + 11 * TIME_HOUR,
                    .minutes = 120,
                    .makeup_end = day_of_cases() + (SESSION_MAKEUP_DAYS + 1) * TIME_DAY,
                    .window_before = SESSION_WINDOW_MINUTES * TIME_MINUTE,
                    .window_after = SESSION_WINDOW_MINUTES * TIME_MINUTE,
                    .late_after = SESSION_LATE_MINUTES * TIME_MINUTE,
                    .early_before = SESSION_EARLY_MINUTES * TIME_MINUTE,
                    .presence_permille = SESSION_PRESENCE_PERMILLE,
                    .pass_score = SESSION_PASS_SCORE},
        .duty = DUTY_EXPECTED,
    };
    char line[LINE_SIZE];
    for (int number = 1; fgets(line, sizeof(line), file); number++) {
        if (!parse_line(line, ret_case)) {
            fprintf(stderr, "%s:%d: not understood\n", path, number);
            return false;
        }
    }
    if (!*ret_case->expected)
        fprintf(stderr, "%s: no line `expect`\n", path);
    return *ret_case->expected != '\0';
}

static void describe_flags(uint32_t flags, Text *text)
{
    const char *separator = "";
    for (int i = 0; i < ATTENDANCE_FLAG_COUNT; i++) {
        if (!(flags & 1u << i))
            continue;
        text_appendf(text, "%s%s", separator, attendance_flag_word((AttendanceFlag)(1u << i)));
        separator = ",";
    }
    if (!flags)
        text_append(text, "-");
}

static const char *check_word(const Attendance *attendance)
{
    if (attendance->passed)
        return attendance->not_found ? "passed-and-not-found" : "passed";
    if (attendance->not_found)
        return "not-found";
    return attendance->checked ? "failed" : "none";
}

void fold_case_describe(const FoldCase *fold_case, const Attendance *attendance, Text *text)
{
    Status shown = attendance_status_shown(fold_case->duty, attendance->status, false);
    Status silent = attendance_status_shown(fold_case->duty, attendance->status, true);
    const char *mode = event_mode_word(attendance->mode);
    text_appendf(text, "status=%s shown=%s silent=%s mode=%s point=", status_word(attendance->status),
                 status_word(shown), status_word(silent), mode ? mode : "-");
    if (attendance->point_key)
        text_appendf(text, "P%d in=", (int)attendance->point_key);
    else
        text_append(text, "- in=");
    describe_time(attendance->first_in, text);
    text_append(text, " out=");
    describe_time(attendance->last_out, text);
    text_appendf(text, " minutes=%d credit=%d flags=", (int)attendance->minutes, (int)attendance->credit);
    describe_flags(attendance->flags, text);
    text_appendf(text, " check=%s took-part=%s", check_word(attendance),
                 attendance->took_part ? "yes" : "no");
}
