#include "core/base/progress.h"

#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "tests/base/capture.h"
#include "tests/base/test.h"

#define CLEAR_LINE "\r\033[K" // what ends it
#define READ_MILLIS 2000      // longer than the system takes to pass on what was drawn

// What was drawn up to the clearing of the line. The system passes it on piece by piece, and in its own time.
static void read_drawn(int master, char ret_drawn[static 4096])
{
    struct pollfd wait = {.fd = master, .events = POLLIN};
    size_t size = 0;

    ret_drawn[0] = '\0';
    while (size < 4095 && !strstr(ret_drawn, CLEAR_LINE) && poll(&wait, 1, READ_MILLIS) > 0) {
        ssize_t got = read(master, ret_drawn + size, 4095 - size);

        assert_true(got > 0);
        size += (size_t)got;
        ret_drawn[size] = '\0';
    }
    assert_true(size > 0);
}

// Runs to the half of `total` with stderr on a terminal; what was drawn comes back.
static void draw_on_a_terminal(uint64_t total, char ret_drawn[static 4096])
{
    int master, slave, saved = dup(STDERR_FILENO);
    Progress progress;

    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    fflush(stderr);
    dup2(slave, STDERR_FILENO);
    progress_init(&progress, "rows", total);
    progress_update(&progress, 50);
    progress_update(&progress, 51); // within the same tenth of a second: not drawn
    progress_deinit(&progress);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    read_drawn(master, ret_drawn);
    close(slave);
    close(master);
}

static void progress_update_is_silent_without_a_terminal(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    Progress progress;
    Capture capture;

    (void)state;
    capture_init(&capture, STDERR_FILENO);
    progress_init(&progress, "rows", 10);
    progress_update(&progress, 5);
    progress_deinit(&progress);
    said = capture_deinit(&capture);
    assert_string_equal(said, "");
}

static void progress_update_draws_the_share(void **state)
{
    char drawn[4096];

    (void)state;
    draw_on_a_terminal(100, drawn);
    assert_non_null(strstr(drawn, "rows [###############               ]  50%"));
}

static void progress_update_counts_where_the_total_is_unknown(void **state)
{
    char drawn[4096];

    (void)state;
    draw_on_a_terminal(0, drawn);
    assert_non_null(strstr(drawn, "\rrows 50"));
}

static void progress_update_draws_ten_times_a_second_at_most(void **state)
{
    char drawn[4096];

    (void)state;
    draw_on_a_terminal(0, drawn);
    assert_null(strstr(drawn, "rows 51"));
}

static void progress_deinit_clears_the_line(void **state)
{
    static const char clear[] = CLEAR_LINE;
    char drawn[4096];

    (void)state;
    draw_on_a_terminal(100, drawn);
    assert_string_equal(drawn + strlen(drawn) - strlen(clear), clear);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress_update_is_silent_without_a_terminal),
        cmocka_unit_test(progress_update_draws_the_share),
        cmocka_unit_test(progress_update_counts_where_the_total_is_unknown),
        cmocka_unit_test(progress_update_draws_ten_times_a_second_at_most),
        cmocka_unit_test(progress_deinit_clears_the_line),
    };

    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
