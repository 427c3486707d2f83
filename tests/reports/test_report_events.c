// One event as a JSON line.
#include "tests/reports/test.h"

#include "reports/report_events.h"

static void check(const EventRow *event, const char *expected)
{
    Text text = {0};
    report_events_append(event, &text);
    assert_string_equal(text_cstr(&text), expected);
    text_deinit(&text);
}

static void event_has_the_keys_of_the_contract(void **state)
{
    EventRow event = {.terminal = "t-0031",
                      .epoch = "01JC000000000000000000000A",
                      .seq = 12,
                      .kind = "in",
                      .session = "2026-11-05",
                      .member = "1310020001234",
                      .point = "P-0031",
                      .at = (Time)date_from_civil(2026, 11, 5) * TIME_DAY + TIME_HOUR,
                      .received_at = (Time)date_from_civil(2026, 11, 5) * TIME_DAY + 2 * TIME_HOUR + 1500000,
                      .state = EVENT_COUNTED};
    (void)state;
    check(&event,
          "{\"terminal\":\"t-0031\",\"epoch\":\"01JC000000000000000000000A\",\"seq\":12,\"kind\":\"in\","
          "\"session\":\"2026-11-05\",\"member\":\"1310020001234\",\"at\":\"2026-11-05T09:00:00+08:00\","
          "\"received_at\":\"2026-11-05T02:00:01.500000Z\",\"state\":\"counted\",\"reason\":null,"
          "\"point\":\"P-0031\"}");
}

static void what_could_not_be_read_is_null(void **state)
{
    EventRow event = {.terminal = "t",
                      .epoch = "E",
                      .seq = 1,
                      .at = TIME_NONE,
                      .state = EVENT_QUARANTINED,
                      .reason = "bad-kind"};
    (void)state;
    check(&event,
          "{\"terminal\":\"t\",\"epoch\":\"E\",\"seq\":1,\"kind\":null,\"session\":null,\"member\":null,"
          "\"at\":null,\"received_at\":\"1970-01-01T00:00:00Z\",\"state\":\"quarantined\","
          "\"reason\":\"bad-kind\",\"point\":null}");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_has_the_keys_of_the_contract),
        cmocka_unit_test(what_could_not_be_read_is_null),
    };
    if (!zone_set("Asia/Shanghai"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
