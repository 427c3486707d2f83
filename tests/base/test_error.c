#include "core/base/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "tests/base/capture.h"
#include "tests/base/test.h"

static void error_origin_returns_its_argument(void **state)
{
    (void)state;
    assert_int_equal(error_origin(-EIO), -EIO);
}

static void error_trace_passes_named_outcomes_silently(void **state)
{
    Capture capture;
    char *said;
    int r;

    (void)state;
    log_set_level(LOG_LEVEL_DEBUG);
    capture_init(&capture, STDERR_FILENO);
    r = error_trace(3);
    said = capture_deinit(&capture);
    log_set_level(LOG_LEVEL_INFO);
    assert_int_equal(r, 3);
    assert_string_equal(said, "");
    free(said);
}

static void error_origin_names_the_place_at_debug_level(void **state)
{
    Capture capture;
    char *said;

    (void)state;
    log_set_level(LOG_LEVEL_DEBUG);
    capture_init(&capture, STDERR_FILENO);
    error_origin(-ENOSPC);
    said = capture_deinit(&capture);
    log_set_level(LOG_LEVEL_INFO);
    assert_non_null(strstr(said, "error origin at="));
    assert_non_null(strstr(said, "test_error.c:"));
    assert_non_null(strstr(said, "in=error_origin_names_the_place_at_debug_level"));
    free(said);
}

static void error_trace_is_silent_below_debug_level(void **state)
{
    Capture capture;
    char *said;

    (void)state;
    capture_init(&capture, STDERR_FILENO);
    error_trace(-EIO);
    said = capture_deinit(&capture);
    assert_string_equal(said, "");
    free(said);
}

static void error_origin_leaves_errno(void **state)
{
    (void)state;
    errno = ENOTTY;
    error_origin(-EIO);
    assert_int_equal(errno, ENOTTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_origin_returns_its_argument),
        cmocka_unit_test(error_trace_passes_named_outcomes_silently),
        cmocka_unit_test(error_origin_names_the_place_at_debug_level),
        cmocka_unit_test(error_trace_is_silent_below_debug_level),
        cmocka_unit_test(error_origin_leaves_errno),
    };

    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
