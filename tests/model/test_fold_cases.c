// Every file of tests/model/fold is a test. Each case is folded as written, backwards, and with every event
// twice: the attendance is a function of the set.
#include "tests/model/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "tests/model/fold_case.h"

static void assert_outcome(const FoldCase *fold_case, const Fact *facts, size_t count)
{
    Attendance attendance;
    attendance_fold(&fold_case->session, fold_case->duty, facts, count, &attendance);
    CLEANUP(cleanup_text) Text outcome = {0};
    fold_case_describe(fold_case, &attendance, &outcome);
    assert_string_equal(text_cstr(&outcome), fold_case->expected);
    assert_int_equal(attendance.on_site, attendance.mode != EVENT_MODE_NONE);
}

static void run_case(void **state)
{
    FoldCase fold_case;
    assert_true(fold_case_load(*state, &fold_case));

    Fact facts[2 * FOLD_CASE_FACTS_MAX];
    assert_outcome(&fold_case, fold_case.facts, fold_case.count);
    for (size_t i = 0; i < fold_case.count; i++)
        facts[i] = fold_case.facts[fold_case.count - 1 - i];
    assert_outcome(&fold_case, facts, fold_case.count);
    for (size_t i = 0; i < fold_case.count; i++)
        facts[fold_case.count + i] = fold_case.facts[i];
    assert_outcome(&fold_case, facts, 2 * fold_case.count);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    char pattern[4096];
    snprintf(pattern, sizeof(pattern), "%s/*.txt", argv[1]);
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "%s: no cases\n", argv[1]);
        return 1;
    }

    struct CMUnitTest *tests = alloc_zero(found.gl_pathc * sizeof(*tests));
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *slash = strrchr(found.gl_pathv[i], '/');
        tests[i].name = slash ? slash + 1 : found.gl_pathv[i];
        tests[i].test_func = run_case;
        tests[i].initial_state = found.gl_pathv[i];
    }
    int failed = _cmocka_run_group_tests("fold cases", tests, found.gl_pathc, NULL, NULL);
    free(tests);
    globfree(&found);
    return failed;
}
