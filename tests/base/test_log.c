#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "tests/base/capture.h"
#include "tests/base/test.h"

static void assert_matches(const char *text, const char *pattern)
{
    regex_t regex;
    int r;

    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    r = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    if (r)
        fail_msg("\"%s\" does not match %s", text, pattern);
}

static void log_write_names_time_program_level_and_module(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;

    (void)state;
    log_init("studyday-test");
    capture_init(&capture, STDERR_FILENO);
    log_warning("store", "full bytes=%d", 7);
    said = capture_deinit(&capture);
    assert_matches(said,
                   "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z studyday-test warning "
                   "store full bytes=7\n$");
}

static void log_write_to_the_journal_begins_with_a_priority(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    char stream[64];
    Capture capture;
    struct stat status;

    (void)state;
    capture_init(&capture, STDERR_FILENO);
    fstat(STDERR_FILENO, &status);
    snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_init("studyday-test");
    log_set_level(LOG_LEVEL_DEBUG);
    log_error("store", "one");
    log_warning("store", "two");
    log_info("store", "three");
    log_debug("store", "four");
    unsetenv("JOURNAL_STREAM");
    log_set_level(LOG_LEVEL_INFO);
    said = capture_deinit(&capture);
    assert_string_equal(said, "<3>store one\n<4>store two\n<6>store three\n<7>store four\n");
}

static void log_init_sees_that_stderr_does_not_lead_to_the_journal(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;

    (void)state;
    setenv("JOURNAL_STREAM", "1:1", 1);
    capture_init(&capture, STDERR_FILENO);
    log_init("studyday-test");
    log_error("store", "one");
    unsetenv("JOURNAL_STREAM");
    said = capture_deinit(&capture);
    assert_matches(said, "Z studyday-test error store one\n$");
}

static void log_write_escapes_controls(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;

    (void)state;
    log_init("studyday-test");
    capture_init(&capture, STDERR_FILENO);
    log_error("net", "topic=%s", "a\nb\x1b[2J");
    said = capture_deinit(&capture);
    assert_matches(said, "net topic=a\\\\x0ab\\\\x1b\\[2J\n$");
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void log_write_cuts_a_line_that_never_ends(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    CLEANUP(cleanup_free) char *huge = calloc(1, 100001);
    Capture capture;

    (void)state;
    memset(huge, 'x', 100000);
    log_init("studyday-test");
    capture_init(&capture, STDERR_FILENO);
    log_error("net", "%s", huge);
    said = capture_deinit(&capture);
    assert_true(strlen(said) < 5000);
    assert_string_equal(said + strlen(said) - 4, "...\n");
}

static void log_write_is_silent_above_the_level(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;

    (void)state;
    log_set_level(LOG_LEVEL_WARNING);
    capture_init(&capture, STDERR_FILENO);
    log_info("net", "nothing");
    log_debug("net", "nothing");
    said = capture_deinit(&capture);
    log_set_level(LOG_LEVEL_INFO);
    assert_string_equal(said, "");
}

// A descriptor that cannot be written to makes write() set errno.
static void log_write_that_fails_leaves_errno(void **state)
{
    int saved = dup(STDERR_FILENO), nowhere = open("/dev/null", O_RDONLY | O_CLOEXEC), after;

    (void)state;
    dup2(nowhere, STDERR_FILENO);
    errno = ENOTTY;
    log_error("net", "x");
    after = errno;
    dup2(saved, STDERR_FILENO);
    close(nowhere);
    close(saved);
    assert_int_equal(after, ENOTTY);
}

static void log_level_parse_knows_the_four(void **state)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};

    (void)state;
    for (int i = 0; i < LOG_LEVEL_COUNT; i++) {
        LogLevel level = LOG_LEVEL_COUNT;

        assert_true(log_level_parse(names[i], &level));
        assert_int_equal(level, i);
    }
}

static void log_level_parse_refuses_others(void **state)
{
    LogLevel level = LOG_LEVEL_INFO;

    (void)state;
    assert_false(log_level_parse("Error", &level));
    assert_false(log_level_parse("", &level));
    assert_false(log_level_parse("trace", &level));
    assert_int_equal(level, LOG_LEVEL_INFO);
}

static void log_limit_allow_counts_what_it_swallows(void **state)
{
    LogLimit limit = {0};
    unsigned long suppressed = 99;

    (void)state;
    assert_true(log_limit_allow(&limit, &suppressed));
    assert_int_equal(suppressed, 0);
    for (int i = 0; i < 5; i++)
        assert_false(log_limit_allow(&limit, &suppressed));
    limit.next_us = 1; // long past
    assert_true(log_limit_allow(&limit, &suppressed));
    assert_int_equal(suppressed, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_write_names_time_program_level_and_module),
        cmocka_unit_test(log_write_to_the_journal_begins_with_a_priority),
        cmocka_unit_test(log_init_sees_that_stderr_does_not_lead_to_the_journal),
        cmocka_unit_test(log_write_escapes_controls),
        cmocka_unit_test(log_write_cuts_a_line_that_never_ends),
        cmocka_unit_test(log_write_is_silent_above_the_level),
        cmocka_unit_test(log_write_that_fails_leaves_errno),
        cmocka_unit_test(log_level_parse_knows_the_four),
        cmocka_unit_test(log_level_parse_refuses_others),
        cmocka_unit_test(log_limit_allow_counts_what_it_swallows),
    };

    unsetenv("JOURNAL_STREAM");
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
