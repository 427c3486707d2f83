// Every file of tests/model/watch is a test of R25; see the README there.
#include "tests/model/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/model/watch.h"

#define SESSIONS_MAX 32 // the longest case has thirteen

typedef struct CaseSession {
    Month month;
    Duty duty;
    Status status;
} CaseSession;

typedef struct WatchCase {
    CaseSession sessions[SESSIONS_MAX];
    size_t count;
    char expected[64]; // "MONTH MISSED SINCE LISTED"
} WatchCase;

static Duty duty_parse(const char *word)
{
    if (strcmp(word, "expected") == 0)
        return DUTY_EXPECTED;
    assert_true(strcmp(word, "exempt") == 0 || strcmp(word, "none") == 0);
    return strcmp(word, "exempt") == 0 ? DUTY_EXEMPT : DUTY_NONE;
}

static Status status_parse(const char *word)
{
    if (strcmp(word, "nothing") == 0)
        return STATUS_NOTHING;
    for (int status = STATUS_NOTHING + 1; status < STATUS_ABSENT; status++)
        if (strcmp(status_word((Status)status), word) == 0)
            return (Status)status;
    fail_msg("no status %s", word);
    return STATUS_NOTHING;
}

static void load(const char *path, WatchCase *ret_case)
{
    FILE *file = fopen(path, "r");
    char line[256], month[16], duty[16], status[16];

    *ret_case = (WatchCase){0};
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        if (strncmp(line, "expect ", strlen("expect ")) == 0) {
            snprintf(ret_case->expected, sizeof(ret_case->expected), "%.63s", line + strlen("expect "));
            continue;
        }
        assert_true(ret_case->count < SESSIONS_MAX);
        CaseSession *session = &ret_case->sessions[ret_case->count++];
        assert_int_equal(sscanf(line, "%15s %15s %15s", month, duty, status), 3);
        assert_true(month_parse(month, &session->month));
        session->duty = duty_parse(duty);
        session->status = status_parse(status);
    }
    fclose(file);
    assert_true(ret_case->expected[0]);
}

static WatchMonth month_of(const WatchCase *watch_case, Month month, bool backwards)
{
    WatchMonth what = WATCH_NO_DUTY;

    for (size_t i = 0; i < watch_case->count; i++) {
        const CaseSession *session = &watch_case->sessions[backwards ? watch_case->count - 1 - i : i];
        if (session->month == month)
            what = watch_month_add(what, session->duty, session->status);
    }
    return what;
}

static void check(const WatchCase *watch_case, bool backwards)
{
    char month_text[CLOCK_TEXT_SIZE], since[CLOCK_TEXT_SIZE] = "-", outcome[128];
    WatchRun run = {0};
    Month asked;

    snprintf(month_text, sizeof(month_text), "%.7s", watch_case->expected);
    assert_true(month_parse(month_text, &asked));
    for (int back = 0; back < WATCH_MONTHS_BACK; back++)
        watch_run_add(&run, asked - back, month_of(watch_case, asked - back, backwards));
    if (run.missed)
        month_format(run.since, since);
    snprintf(outcome, sizeof(outcome), "%s %d %s %s", month_text, run.missed, since,
             watch_run_is_listed(&run) ? "yes" : "no");
    assert_string_equal(outcome, watch_case->expected);
}

static void run_case(void **state)
{
    WatchCase watch_case;

    load(*state, &watch_case);
    check(&watch_case, false);
    check(&watch_case, true);
}

int main(int argc, char **argv)
{
    char pattern[4096];
    glob_t found;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    snprintf(pattern, sizeof(pattern), "%s/*.txt", argv[1]);
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "%s: no cases\n", argv[1]);
        return 1;
    }
    struct CMUnitTest *tests = alloc_zero(found.gl_pathc * sizeof(*tests));
    for (size_t i = 0; i < found.gl_pathc; i++) {
        tests[i].name = strrchr(found.gl_pathv[i], '/') + 1;
        tests[i].test_func = run_case;
        tests[i].initial_state = found.gl_pathv[i];
    }
    int failed = _cmocka_run_group_tests("watch list cases", tests, found.gl_pathc, NULL, NULL);
    free(tests);
    globfree(&found);
    return failed;
}
