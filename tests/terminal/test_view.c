// The live view as text.
#include <string.h>

#include "core/base/clock.h"
#include "terminal/view.h"
#include "tests/terminal/test.h"

#define START INT64_C(1793840400000000) // 2026-11-05T09:00 in Shanghai

typedef struct Show {
    View *view;
    Alarms alarms;
    ViewFrame frame;
    Text screen;
} Show;

static int set_up(void **state)
{
    static Show show;
    const OutboxSession session = {"S1", "学习日", "study-day", START, START + 2 * TIME_HOUR};

    show = (Show){.view = view_new()};
    view_add_session(show.view, &session);
    view_add_member(show.view, "001", "张三");
    view_add_member(show.view, "002", "李四");
    view_add_member(show.view, "003", "王五");
    show.frame = (ViewFrame){.now = START + TIME_MINUTE,
                             .station = "lf-gy / t1",
                             .alarms = &show.alarms,
                             .reply = "",
                             .columns = 80,
                             .rows = 24};
    *state = &show;
    return 0;
}

static int tear_down(void **state)
{
    Show *show = *state;

    view_free(show->view);
    text_deinit(&show->screen);
    return 0;
}

static void note(Show *show, uint64_t seq, const char *kind, const char *member)
{
    const OutboxEvent event = {.seq = seq, .kind = kind, .member = member, .at = START};

    view_note(show->view, &event, NULL);
}

static const char *render(Show *show)
{
    text_clear(&show->screen);
    view_render(show->view, &show->frame, &show->screen);
    return text_cstr(&show->screen);
}

static void expect_has(Show *show, const char *text)
{
    if (!strstr(render(show), text))
        fail_msg("no \"%s\" in:\n%s", text, text_cstr(&show->screen));
}

static void expect_lacks(Show *show, const char *text)
{
    if (strstr(render(show), text))
        fail_msg("\"%s\" in:\n%s", text, text_cstr(&show->screen));
}

static void test_render_counts_who_has_come_and_names_who_is_missing(void **state)
{
    Show *show = *state;

    note(show, 1, "in", "001");
    note(show, 2, "out", "001");
    expect_has(show, "come 1 of 3, missing 2, guests 0");
    expect_has(show, "Missing:  李四  王五");
}

static void test_render_counts_a_guest_once_and_apart(void **state)
{
    Show *show = *state;

    note(show, 1, "in", "999");
    note(show, 2, "out", "999");
    expect_has(show, "come 0 of 3, missing 3, guests 1");
}

static void test_render_does_not_count_what_a_void_takes_back(void **state)
{
    Show *show = *state;
    const OutboxEvent taken_back = {.seq = 2, .kind = "void", .of = 1, .at = START};

    note(show, 1, "in", "001");
    view_note(show->view, &taken_back, NULL);
    expect_has(show, "come 0 of 3");
}

static void test_render_does_not_count_scans_of_another_session(void **state)
{
    Show *show = *state;
    const OutboxEvent other = {.seq = 1, .kind = "in", .member = "001", .session = "S0", .at = START};

    view_note(show->view, &other, NULL);
    expect_has(show, "come 0 of 3");
}

static void test_render_names_who_is_to_be_checked(void **state)
{
    Show *show = *state;

    expect_lacks(show, "To be checked");
    view_add_check(show->view, "S1", "001");
    view_add_check(show->view, "S1", "003");
    view_add_check(show->view, "S1", "999"); // of no member of the plan
    view_add_check(show->view, "S2", "002"); // of another session
    expect_has(show, "To be checked:  张三  王五\n");
}

static void test_render_takes_away_who_has_been_checked(void **state)
{
    Show *show = *state;
    const OutboxEvent taken_back = {.seq = 2, .kind = "void", .of = 1, .at = START};

    view_add_check(show->view, "S1", "001");
    view_add_check(show->view, "S1", "003");
    note(show, 1, "check", "001");
    expect_has(show, "To be checked:  王五\n");
    view_note(show->view, &taken_back, NULL);
    expect_has(show, "To be checked:  张三  王五\n");
    note(show, 3, "check", "001");
    note(show, 4, "check", "001");
    note(show, 5, "check", "003");
    expect_lacks(show, "To be checked");
}

static void test_clear_plan_forgets_who_is_to_be_checked(void **state)
{
    Show *show = *state;
    const OutboxSession session = {"S1", "学习日", "study-day", START, START + 2 * TIME_HOUR};

    view_add_check(show->view, "S1", "001");
    view_clear_plan(show->view);
    view_add_session(show->view, &session);
    view_add_member(show->view, "001", "张三");
    expect_lacks(show, "To be checked");
}

static void test_render_marks_recorded_sent_and_received(void **state)
{
    Show *show = *state;

    note(show, 1, "in", "001");
    show->frame.recorded = 1;
    expect_has(show, "·  09:00  came  001 张三");
    show->frame.sent = 1;
    expect_has(show, "✓  09:00  came  001 张三");
    show->frame.through = 1;
    expect_has(show, "✓✓ 09:00  came  001 张三");
}

static void test_render_shows_the_line_and_the_centre(void **state)
{
    Show *show = *state;

    expect_has(show, "line: down");
    show->frame.connected = true;
    expect_has(show, "centre: away");
    show->frame.collector_online = true;
    expect_has(show, "centre: there");
}

static void test_render_shows_the_line_on_a_phone_as_well(void **state)
{
    Show *show = *state;

    show->frame.columns = 30;
    show->frame.connected = show->frame.collector_online = true;
    expect_has(show, "line: up, centre: there");
}

static void test_render_shows_alarms(void **state)
{
    Show *show = *state;

    alarms_raise(&show->alarms, ALARM_OVERDUE, "from 7");
    expect_has(show, "! The centre is there but has not confirmed what was sent (from 7)");
}

static void test_render_without_a_session_shows_the_scans_of_the_day(void **state)
{
    Show *show = *state;

    note(show, 1, "in", "001");
    view_clear_plan(show->view);
    expect_has(show, "No session today by the plan");
    expect_has(show, "came  001");
    show->frame.now += TIME_DAY;
    expect_lacks(show, "came  001");
}

static void test_render_keeps_within_every_size(void **state)
{
    Show *show = *state;

    for (uint64_t i = 1; i <= 40; i++)
        note(show, i, "in", i % 2 ? "001" : "张三张三张三张三张三张三张三张三张三张三张三张三张三张三");
    show->frame.typed = "in 00000000000000000000000000000000000000000000000000";
    for (show->frame.columns = 3; show->frame.columns < 90; show->frame.columns++) {
        for (show->frame.rows = 1; show->frame.rows < 30; show->frame.rows++) {
            const char *line = render(show);
            int rows = 1;

            for (const char *end = strchr(line, '\n'); end;
                 line = end + 1, end = strchr(line, '\n'), rows++) {
                char copy[1024] = {0};

                memcpy(copy, line, (size_t)(end - line));
                assert_true((int)text_width(copy) <= show->frame.columns);
            }
            assert_true((int)text_width(line) <= show->frame.columns);
            assert_true(rows <= show->frame.rows);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_render_counts_who_has_come_and_names_who_is_missing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_render_counts_a_guest_once_and_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_does_not_count_what_a_void_takes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_does_not_count_scans_of_another_session, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_render_names_who_is_to_be_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_takes_away_who_has_been_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clear_plan_forgets_who_is_to_be_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_marks_recorded_sent_and_received, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_shows_the_line_and_the_centre, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_shows_the_line_on_a_phone_as_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_shows_alarms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_render_without_a_session_shows_the_scans_of_the_day, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_render_keeps_within_every_size, set_up, tear_down),
    };

    zone_set("Asia/Shanghai");
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
