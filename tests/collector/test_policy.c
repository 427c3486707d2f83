// The decisions that need neither broker nor disk.
#include "collector/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_mac_policy_is_the_matrix_of_the_protocol(void **state)
{
    static const struct {
        ConfigMac require;
        bool has_key;
        WireMac mac;
        bool good;
    } rows[] = {
        {CONFIG_MAC_ENROLLED, true, WIRE_MAC_GOOD, true},
        {CONFIG_MAC_ENROLLED, true, WIRE_MAC_ABSENT, false},
        {CONFIG_MAC_ENROLLED, true, WIRE_MAC_BAD, false},
        {CONFIG_MAC_ENROLLED, false, WIRE_MAC_ABSENT, true},
        {CONFIG_MAC_ENROLLED, false, WIRE_MAC_BAD, false},
        {CONFIG_MAC_ALWAYS, true, WIRE_MAC_GOOD, true},
        {CONFIG_MAC_ALWAYS, true, WIRE_MAC_ABSENT, false},
        {CONFIG_MAC_ALWAYS, true, WIRE_MAC_BAD, false},
        {CONFIG_MAC_ALWAYS, false, WIRE_MAC_ABSENT, false},
        {CONFIG_MAC_ALWAYS, false, WIRE_MAC_BAD, false},
        {CONFIG_MAC_NEVER, true, WIRE_MAC_GOOD, true},
        {CONFIG_MAC_NEVER, true, WIRE_MAC_ABSENT, true},
        {CONFIG_MAC_NEVER, true, WIRE_MAC_BAD, false},
        {CONFIG_MAC_NEVER, false, WIRE_MAC_ABSENT, true},
        {CONFIG_MAC_NEVER, false, WIRE_MAC_BAD, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *reason = policy_mac(rows[i].require, rows[i].has_key, rows[i].mac);
        if (rows[i].good)
            assert_null(reason);
        else
            assert_string_equal(reason, "bad-mac");
    }
}

static void a_drained_line_waits_a_moment_for_more_under_a_flood(void **state)
{
    ConfigSite config = {.commit_events = 8192, .commit_millis = 200};

    (void)state;
    assert_true(policy_flush_due(&config, POLICY_BUSY_EVENTS - 1, 1000, 1000, true));
    assert_false(policy_flush_due(&config, POLICY_BUSY_EVENTS, 1000, 1000 + POLICY_GATHER_TIME - 1, true));
    assert_true(policy_flush_due(&config, POLICY_BUSY_EVENTS, 1000, 1000 + POLICY_GATHER_TIME, true));
    assert_true(policy_flush_due(&config, 8192, 1000, 1000, true));
}

static void test_flush_is_due_when_nothing_more_is_there(void **state)
{
    const ConfigSite config = {.commit_events = 1000, .commit_millis = 50};

    (void)state;
    assert_true(policy_flush_due(&config, 1, 0, 0, true));
    assert_false(policy_flush_due(&config, 1, 0, 0, false));
}

static void test_flush_is_due_at_the_number_of_events(void **state)
{
    const ConfigSite config = {.commit_events = 1000, .commit_millis = 50};

    (void)state;
    assert_false(policy_flush_due(&config, 999, 0, 0, false));
    assert_true(policy_flush_due(&config, 1000, 0, 0, false));
}

static void test_flush_is_due_after_the_time(void **state)
{
    const ConfigSite config = {.commit_events = 1000, .commit_millis = 50};

    (void)state;
    assert_false(policy_flush_due(&config, 1, 1000, 1000 + 49999, false));
    assert_true(policy_flush_due(&config, 1, 1000, 1000 + 50000, false));
}

static void test_serves_its_areas_and_no_other(void **state)
{
    char a[] = "a", b[] = "b", all[] = "*";
    char *const some[] = {a, b, NULL}, *const every[] = {all, NULL}, *const none[] = {NULL};

    (void)state;
    assert_true(policy_serves(some, "b"));
    assert_false(policy_serves(some, "c"));
    assert_true(policy_serves(every, "c"));
    assert_false(policy_serves(none, "a"));
}

static void test_fault_tells_a_full_disk_from_a_bad_one(void **state)
{
    (void)state;
    assert_string_equal(policy_fault(-ENOSPC), "disk-full");
    assert_string_equal(policy_fault(-EDQUOT), "disk-full");
    assert_string_equal(policy_fault(-EIO), "disk-error");
    assert_string_equal(policy_fault(-EUCLEAN), "disk-error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drained_line_waits_a_moment_for_more_under_a_flood),
        cmocka_unit_test(test_mac_policy_is_the_matrix_of_the_protocol),
        cmocka_unit_test(test_flush_is_due_when_nothing_more_is_there),
        cmocka_unit_test(test_flush_is_due_at_the_number_of_events),
        cmocka_unit_test(test_flush_is_due_after_the_time),
        cmocka_unit_test(test_serves_its_areas_and_no_other),
        cmocka_unit_test(test_fault_tells_a_full_disk_from_a_bad_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
