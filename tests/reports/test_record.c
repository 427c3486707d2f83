// A member's record: one row of each kind against a golden file, and the outcomes.
#include "tests/reports/test.h"

#include "core/base/digest.h"
#include "reports/record.h"
#include "reports/render.h"
#include "tests/reports/fake_query.h"
#include "tests/reports/golden.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MEMBER "1310020001234"

static SessionRow lecture, course;
static char lecture_title[] = "学习日", course_title[] = "Course";
static FakeStore fake = {.record_member = MEMBER, .record_minutes = 585};

static Time at(int month, int day, int hour, int minute)
{
    return zone_day_start(date_from_civil(2026, month, day)) + hour * TIME_HOUR + minute * TIME_MINUTE;
}

static SessionRow session(const char *code, char *title, SessionKind kind, int month, int day)
{
    SessionRow row = {
        .title = title, .kind = kind, .date = date_from_civil(2026, month, day), .rule_version = 1};
    strcpy(row.code, code);
    row.rules = (SessionRules){.starts = at(month, day, 9, 0), .ends = at(month, day, 11, 0), .minutes = 90};
    row.makeup_until = row.date + SESSION_MAKEUP_DAYS;
    row.rules.makeup_end = zone_day_start(row.makeup_until + 1);
    return row;
}

static RecordEntry entry(const SessionRow *row, Duty duty, Attendance attendance)
{
    RecordEntry made = {.session = row, .duty = duty, .attendance = attendance};
    if (!attendance.first_in)
        made.attendance.first_in = TIME_NONE;
    if (!attendance.last_out)
        made.attendance.last_out = TIME_NONE;
    return made;
}

static Report *report_of(const RecordEntry *entries, size_t count, Time now)
{
    Report *report;
    fake.record = entries;
    fake.record_count = count;
    assert_int_equal(record_report(fake_store(&fake), MEMBER, 2026, now, &report), 0);
    return report;
}

static void one_row_of_each_kind_as_json_and_text(void **state)
{
    RecordEntry entries[] = {
        entry(&lecture, DUTY_EXPECTED,
              (Attendance){.status = STATUS_PRESENT,
                           .on_site = true,
                           .mode = EVENT_MODE_FOLLOW,
                           .first_in = at(11, 5, 8, 55),
                           .last_out = at(11, 5, 11, 2),
                           .minutes = 120,
                           .credit = 90}),
        entry(&lecture, DUTY_EXPECTED,
              (Attendance){.status = STATUS_LATE,
                           .on_site = true,
                           .mode = EVENT_MODE_LEAD,
                           .first_in = at(11, 5, 10, 30),
                           .minutes = 30,
                           .flags = FLAG_NO_OUT | FLAG_SHORT}),
        entry(&course, DUTY_EXPECTED, (Attendance){.status = STATUS_HOME, .credit = 90}),
        entry(&course, DUTY_EXPECTED, (Attendance){.status = STATUS_MAKEUP, .credit = 45}),
        entry(&course, DUTY_EXPECTED, (Attendance){.status = STATUS_LEAVE}),
        entry(&course, DUTY_EXPECTED, (Attendance){.status = STATUS_NOTHING}),
        entry(&course, DUTY_EXEMPT,
              (Attendance){.status = STATUS_PRESENT,
                           .on_site = true,
                           .mode = EVENT_MODE_FOLLOW,
                           .first_in = at(11, 19, 9, 0),
                           .minutes = 120,
                           .credit = 90}),
        entry(&course, DUTY_NONE,
              (Attendance){.status = STATUS_PRESENT,
                           .on_site = true,
                           .mode = EVENT_MODE_FOLLOW,
                           .last_out = at(11, 19, 11, 0),
                           .minutes = 120,
                           .credit = 90,
                           .flags = FLAG_NO_IN}),
    };
    static const RenderOptions options;
    Text text = {0};
    (void)state;
    strcpy(entries[0].point, "P-0031");
    entries[5].own_point_silent = true;

    Report *report = report_of(entries, COUNT_OF(entries), at(11, 21, 12, 0));
    render_json(report, &options, &text);
    golden_check("record.json", &text);
    text_clear(&text);
    render_text(report, &options, &text);
    golden_check("record.txt", &text);
    text_deinit(&text);
    report_free(report);
}

static void guest_with_nothing_is_left_out_and_one_with_a_credit_is_not(void **state)
{
    RecordEntry entries[] = {
        entry(&lecture, DUTY_NONE, (Attendance){.status = STATUS_NOTHING}),
        entry(&course, DUTY_NONE,
              (Attendance){.status = STATUS_NOTHING, .credit = 30, .flags = FLAG_LATE_MAKEUP}),
    };
    Report *report = report_of(entries, COUNT_OF(entries), at(12, 21, 12, 0));
    (void)state;
    assert_int_equal(report->row_count, 1);
    assert_string_equal(report->rows[0].cells[0].text, course.code);
    report_free(report);
}

/// makeup_until of the only row, REPORT_NULL if there is none.
static int64_t makeup_until(Duty duty, Status status, Time now)
{
    RecordEntry only = entry(&lecture, duty, (Attendance){.status = status});
    Report *report = report_of(&only, 1, now);
    size_t column = 0;
    while (strcmp(report->columns[column].key, "makeup_until") != 0)
        column++;
    int64_t date = report->rows[0].cells[column].number;
    report_free(report);
    return date;
}

static void makeup_until_is_told_while_it_can_still_be_made_up(void **state)
{
    (void)state;
    assert_int_equal(makeup_until(DUTY_EXPECTED, STATUS_LEAVE, at(11, 21, 0, 0)), lecture.makeup_until);
    assert_int_equal(makeup_until(DUTY_EXPECTED, STATUS_NOTHING, lecture.rules.makeup_end - 1),
                     lecture.makeup_until);
    assert_int_equal(makeup_until(DUTY_EXPECTED, STATUS_NOTHING, lecture.rules.makeup_end), REPORT_NULL);
    assert_int_equal(makeup_until(DUTY_EXPECTED, STATUS_PRESENT, at(11, 21, 0, 0)), REPORT_NULL);
    assert_int_equal(makeup_until(DUTY_EXEMPT, STATUS_NOTHING, at(11, 21, 0, 0)), REPORT_NULL);
    assert_int_equal(makeup_until(DUTY_NONE, STATUS_LEAVE, at(11, 21, 0, 0)), REPORT_NULL);
}

static void role_is_that_of_today_or_of_the_last_day_of_a_past_year(void **state)
{
    Text text = {0};
    (void)state;
    fake.record_count = 0;
    assert_int_equal(record_json(fake_store(&fake), MEMBER, 2026, at(11, 21, 0, 0), &text), 0);
    assert_int_equal(fake.record_asked, date_from_civil(2026, 11, 21));
    assert_int_equal(record_json(fake_store(&fake), MEMBER, 2025, at(11, 21, 0, 0), &text), 0);
    assert_int_equal(fake.record_asked, date_from_civil(2025, 12, 31));
    text_deinit(&text);
}

static void target_of_a_secretary_is_56_hours(void **state)
{
    Text text = {0};
    (void)state;
    fake.record_count = 0;
    fake.record_role = ROLE_SECRETARY;
    assert_int_equal(record_json(fake_store(&fake), MEMBER, 2026, at(11, 21, 0, 0), &text), 0);
    fake.record_role = ROLE_MEMBER;
    assert_non_null(strstr(text_cstr(&text), "\"target_minutes\":3360,\"sessions\":[]}"));
    text_deinit(&text);
}

static void unknown_member_and_future_year_are_outcomes_that_append_nothing(void **state)
{
    Text text = {0};
    (void)state;
    assert_int_equal(record_json(fake_store(&fake), "nobody", 2026, at(11, 21, 0, 0), &text),
                     RECORD_E_UNKNOWN);
    assert_int_equal(record_json(fake_store(&fake), MEMBER, 2027, at(12, 31, 23, 59), &text),
                     RECORD_E_FUTURE);
    assert_int_equal(text.size, 0);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_of_each_kind_as_json_and_text),
        cmocka_unit_test(guest_with_nothing_is_left_out_and_one_with_a_credit_is_not),
        cmocka_unit_test(makeup_until_is_told_while_it_can_still_be_made_up),
        cmocka_unit_test(role_is_that_of_today_or_of_the_last_day_of_a_past_year),
        cmocka_unit_test(target_of_a_secretary_is_56_hours),
        cmocka_unit_test(unknown_member_and_future_year_are_outcomes_that_append_nothing),
    };
    if (argc < 2 || !zone_set("Asia/Shanghai"))
        return 1;
    digest_init();
    golden_init(argv[1], argc > 2 && strcmp(argv[2], "--write") == 0);
    lecture = session("2026-11-05", lecture_title, SESSION_STUDY_DAY, 11, 5);
    course = session("2026-11-19", course_title, SESSION_CLASS, 11, 19);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
