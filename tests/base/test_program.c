#include "core/base/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build-config.h"
#include "core/base/cleanup.h"
#include "tests/base/capture.h"
#include "tests/base/test.h"

static const ProgramOption own_options[] = {
    {"format", 'f', "FORMAT", "text, csv or json"},
    {"dry-run", 0, NULL, "change nothing"},
    {0},
};

static void program_init_ignores_sigpipe(void **state)
{
    struct sigaction action;

    (void)state;
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_ptr_equal(action.sa_handler, SIG_IGN);
}

static void program_init_forbids_core_files(void **state)
{
    struct rlimit limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
}

static void program_init_keeps_memory_from_others(void **state)
{
    (void)state;
    assert_int_equal(prctl(PR_GET_DUMPABLE), PROGRAM_DUMPABLE);
}

static void program_init_keeps_files_from_others(void **state)
{
    mode_t mask = umask(0);

    (void)state;
    umask(mask);
    assert_int_equal(mask, 027);
}

static void start_without_descriptors(void)
{
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    program_init("studyday-test");
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            _exit(1);
    }
    _exit(open("/dev/null", O_RDONLY | O_CLOEXEC) > STDERR_FILENO ? 0 : 2);
}

static void program_init_fills_closed_descriptors(void **state)
{
    int status = capture_child(start_without_descriptors);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void program_print_version_is_one_line(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;
    int code;

    (void)state;
    capture_init(&capture, STDOUT_FILENO);
    code = program_print_version("studyday");
    said = capture_deinit(&capture);
    assert_int_equal(code, EX_OK);
    assert_string_equal(said, "studyday " STUDYDAY_VERSION "\n");
}

static void program_print_help_lists_common_and_own_options(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;
    int code;

    (void)state;
    capture_init(&capture, STDOUT_FILENO);
    code = program_print_help("studyday report [OPTION]", "Prints a report.", own_options);
    said = capture_deinit(&capture);
    assert_int_equal(code, EX_OK);
    assert_string_equal(said, "Usage: studyday report [OPTION]\n"
                              "\n"
                              "Prints a report.\n"
                              "\n"
                              "      --config FILE      configuration to use\n"
                              "      --check-config     check the configuration and exit\n"
                              "      --lang LANG        language of messages, such as zh_CN or en\n"
                              "      --log-level LEVEL  error, warning, info or debug (default: info)\n"
                              "  -h, --help             show this help and exit\n"
                              "      --version          show the version and exit\n"
                              "  -f, --format FORMAT    text, csv or json\n"
                              "      --dry-run          change nothing\n");
}

static void program_print_help_without_own_options_ends_with_the_common_ones(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Capture capture;

    (void)state;
    capture_init(&capture, STDOUT_FILENO);
    program_print_help("studyday", "Does things.", NULL);
    said = capture_deinit(&capture);
    assert_non_null(strstr(said, "--version          show the version and exit\n"));
    assert_null(strstr(said, "--format"));
}

static void program_finish_passes_the_code(void **state)
{
    (void)state;
    assert_int_equal(program_finish(EX_DATAERR), EX_DATAERR);
}

static void print_into_a_full_disk(void)
{
    dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    puts("a report");
    _exit(program_finish(EX_OK));
}

static void program_finish_notices_a_full_disk(void **state)
{
    int status = capture_child(print_into_a_full_disk);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EX_IOERR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_init_ignores_sigpipe),
        cmocka_unit_test(program_init_forbids_core_files),
        cmocka_unit_test(program_init_keeps_memory_from_others),
        cmocka_unit_test(program_init_keeps_files_from_others),
        cmocka_unit_test(program_init_fills_closed_descriptors),
        cmocka_unit_test(program_print_version_is_one_line),
        cmocka_unit_test(program_print_help_lists_common_and_own_options),
        cmocka_unit_test(program_print_help_without_own_options_ends_with_the_common_ones),
        cmocka_unit_test(program_finish_passes_the_code),
        cmocka_unit_test(program_finish_notices_a_full_disk),
    };

    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    unsetenv("LANGUAGE");
    program_init("studyday-test");
    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
