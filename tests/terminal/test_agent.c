// The real agent before a broker that records bytes: what it says and when, how it begins and ends.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tests/support/support.h"
#include "tests/terminal/rig.h"
#include "tests/terminal/test.h"

static int set_up(void **state)
{
    *state = rig_new(false, 5);
    return 0;
}

static int set_up_keyed(void **state)
{
    *state = rig_new(true, 5);
    return 0;
}

static int set_up_old(void **state)
{
    *state = rig_new(false, 4);
    return 0;
}

static int tear_down(void **state)
{
    *state = rig_free(*state);
    return 0;
}

static void test_connects_with_a_will_and_says_that_it_is_online(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    const FakePacket *connect = fake_broker_find(rig->broker, FAKE_CONNECT, 0);
    assert_string_equal(connect->client_id, RIG_TERMINAL);
    assert_string_equal(connect->topic, RIG_TOPIC("state"));
    assert_false(connect->retain);
    assert_true(connect->connect_flags & 2); // clean start
    assert_memory_equal(connect->payload, "{\"v\":1,\"online\":false}", connect->payload_size);
    const FakePacket *online = rig_wait(rig, "state", 0);
    assert_int_equal(online->qos, 1);
    assert_false(online->retain);
    rig_expect_payload(online, "{\"v\":1,\"online\":true}");
}

static void test_hello_says_what_there_is(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    const FakePacket *hello = rig_wait(rig, "hello", 0);
    rig_expect_payload(hello, rig->epoch);
    rig_expect_payload(hello, "\"next\":2,\"oldest\":1");
    rig_expect_payload(hello, "\"software\":\"studyday-terminal ");
    assert_int_equal(hello->qos, 1);
}

static void test_sends_what_was_recorded_without_a_line(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001 S1 at=2026-11-05T08:58:12+08:00 clock=ntp");
    rig_record(rig, "out card:C1 S1 at=2026-11-05T10:58:12+08:00 clock=ntp");
    rig_start(rig);
    const FakePacket *event = rig_wait(rig, "event", 0);
    rig_expect_payload(event, "\"first\":1,\"events\":[{");
    rig_expect_payload(event, "\"member\":\"001\"");
    rig_expect_payload(event, "\"card\":\"C1\"");
    assert_int_equal(event->qos, 1);
}

static void test_sends_at_once_what_another_process_records(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    rig_record(rig, "in 001");
    rig_expect_payload(rig_wait(rig, "event", 0), "\"first\":1");
}

static void test_run_takes_scans_on_standard_input(void **state)
{
    Rig *rig = *state;
    char expected[64];

    rig_start(rig);
    rig_write(rig, "in 001\nmakeup 002 S1\n");
    CLEANUP(cleanup_free) char *first = rig_read_line(rig);
    CLEANUP(cleanup_free) char *second = rig_read_line(rig);
    snprintf(expected, sizeof(expected), "OK %s:1", rig->epoch);
    assert_string_equal(first, expected);
    assert_string_equal(second, "REFUSED bad-minutes");
    rig_wait(rig, "event", 0);
}

static void test_everything_it_says_carries_its_mac_where_it_has_a_key(void **state)
{
    static const char *const leaves[] = {"hello", "event", "state"};
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        const FakePacket *packet = rig_wait(rig, leaves[i], 0);
        size_t size;

        assert_int_equal(
            wire_mac_check(rig->key, packet->topic, packet->payload, packet->payload_size, &size),
            WIRE_MAC_GOOD);
    }
}

static void test_t4_sends_again_after_the_line_was_lost(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    fake_broker_reset(rig->broker);
    rig_wait(rig, "hello", 1);
    rig_expect_payload(rig_wait(rig, "event", 1), "\"first\":1");
}

static void test_t4_sends_again_after_sigkill(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    rig_write(rig, "in 001\n");
    free(rig_read_line(rig));
    assert_int_equal(rig_end(rig, SIGKILL), -1);
    assert_true(fake_broker_wait_end(rig->broker));
    size_t before = rig_count(rig, "event");
    rig_start(rig);
    rig_expect_payload(rig_wait(rig, "event", before), "\"first\":1");
}

static void send_plan_page(Rig *rig, const char *page, const char *sessions, const char *members)
{
    CLEANUP(cleanup_text) Text line = {0};

    text_appendf(&line,
                 "{\"v\":1,\"plan\":\"%064d\",\"page\":%s,\"pages\":2,\"sessions\":[%s],\"members\":[%s]}", 7,
                 page, sessions, members);
    rig_send(rig, "plan", &line);
}

static void test_plan_is_kept_once_all_its_pages_are_there(void **state)
{
    static const char session[] =
        "{\"session\":\"S1\",\"title\":\"t\",\"starts\":\"2026-11-05T09:00:00+08:00\","
        "\"ends\":\"2026-11-05T11:00:00+08:00\",\"kind\":\"study-day\"}";
    Rig *rig = *state;

    rig_start(rig);
    send_plan_page(rig, "2", "", "{\"member\":\"001\",\"name\":\"张三\",\"cards\":[\"C1\"]}");
    rig_record(rig, "in 001 at=2026-11-05T08:58:12+08:00");
    rig_expect_payload(rig_wait(rig, "event", 0), "{\"kind\":\"in\",\"member\":\"001\"");
    rig_expect_status(rig, "\"plan\":\"\"");
    send_plan_page(rig, "1", session, "");
    rig_wait_status(rig, "\"plan\":\"0000");
    rig_record(rig, "in 001 at=2026-11-05T08:58:12+08:00"); // from now on it knows which session that is
    rig_expect_payload(rig_wait(rig, "event", 1), "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"001\"");
}

static void test_sigterm_says_goodbye_and_ends_with_0(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    rig_wait(rig, "state", 0);
    assert_int_equal(rig_end(rig, SIGTERM), 0);
    fake_broker_pump(rig->broker);
    rig_expect_payload(rig_wait(rig, "state", 1), "\"online\":false");
    assert_int_equal(fake_broker_count(rig->broker, FAKE_DISCONNECT), 1);
    rig_expect_status(rig, "\"online\":false");
}

static void test_sigterm_ends_it_while_the_broker_says_nothing(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    rig->broker->reads = false;
    assert_int_equal(rig_end(rig, SIGTERM), 0);
}

static void test_until_received_ends_when_all_is_received(void **state)
{
    Rig *rig = *state;

    rig_spawn(rig, "--until-received");
    rig_write(rig, "in 001");
    close(rig->in);
    rig->in = -1;
    rig_wait(rig, "event", 0);
    assert_false(support_has_ended(rig->pid, 100));
    rig_send_receipt(rig, 1, 1);
    assert_int_equal(rig_end(rig, 0), 0);
}

static void test_agent_whose_goodbye_is_said_ends_at_once(void **state)
{
    const Time goodbye = TIME_SECOND; // what it allows a line for it
    Rig *rig = *state;
    Time best = INT64_MAX;

    for (uint64_t seq = 1; seq <= 3; seq++) { // one of them is not held up by a loaded machine
        rig_spawn(rig, "--until-received");
        rig_write(rig, "in 001");
        close(rig->in);
        rig->in = -1;
        rig_wait(rig, "event", seq - 1);

        Time before = clock_monotonic();
        rig_send_receipt(rig, seq, 1);
        assert_int_equal(rig_end(rig, 0), 0);
        if (clock_monotonic() - before < best)
            best = clock_monotonic() - before;
    }
    assert_true(best < goodbye);
}

static void test_end_of_input_does_not_end_the_agent(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    close(rig->in);
    rig->in = -1;
    rig_record(rig, "in 001");
    rig_wait(rig, "event", 0);
    assert_false(support_has_ended(rig->pid, 0));
}

static void test_a_second_agent_is_turned_away(void **state)
{
    static const char *const arguments[] = {"run", NULL};
    Rig *rig = *state;
    Text out = {0};

    rig_start(rig);
    assert_int_equal(rig_command(rig, &out, arguments), 75);
    text_deinit(&out);
}

static void test_status_is_online_only_while_the_agent_has_a_line(void **state)
{
    Rig *rig = *state;

    rig_expect_status(rig, "\"online\":false");
    rig_start(rig);
    rig_wait_status(rig, "\"online\":true");
    rig_end(rig, SIGKILL);
    rig_expect_status(rig, "\"online\":false");
}

static void test_works_over_mqtt_3_1_1(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    assert_int_equal(fake_broker_find(rig->broker, FAKE_CONNECT, 0)->protocol, 4);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 1, 1);
    rig_wait_status(rig, "\"through\":1");
}

static void test_no_name_stands_in_the_log(void **state)
{
    Rig *rig = *state;
    static const char *const arguments[] = {"status", NULL};
    Text out = {0};

    rig_start(rig);
    send_plan_page(rig, "1", "", "{\"member\":\"001\",\"name\":\"Zhang-San\",\"cards\":[]}");
    send_plan_page(rig, "2", "", "");
    rig_wait_status(rig, "\"plan\":\"0000");
    rig_write(rig, "in 001\n");
    free(rig_read_line(rig));
    rig_end(rig, SIGTERM);
    assert_int_equal(rig_command(rig, &out, arguments), 0);
    text_deinit(&out);
    FILE *log = fopen(rig->log, "r");
    char line[4096];
    while (fgets(line, sizeof(line), log))
        assert_null(strstr(line, "Zhang-San"));
    fclose(log);
}

#define AGENT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define KEYED_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_keyed, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AGENT_TEST(test_connects_with_a_will_and_says_that_it_is_online),
        AGENT_TEST(test_hello_says_what_there_is),
        AGENT_TEST(test_sends_what_was_recorded_without_a_line),
        AGENT_TEST(test_sends_at_once_what_another_process_records),
        AGENT_TEST(test_run_takes_scans_on_standard_input),
        KEYED_TEST(test_everything_it_says_carries_its_mac_where_it_has_a_key),
        AGENT_TEST(test_t4_sends_again_after_the_line_was_lost),
        AGENT_TEST(test_t4_sends_again_after_sigkill),
        AGENT_TEST(test_plan_is_kept_once_all_its_pages_are_there),
        AGENT_TEST(test_sigterm_says_goodbye_and_ends_with_0),
        AGENT_TEST(test_sigterm_ends_it_while_the_broker_says_nothing),
        AGENT_TEST(test_until_received_ends_when_all_is_received),
        AGENT_TEST(test_agent_whose_goodbye_is_said_ends_at_once),
        AGENT_TEST(test_end_of_input_does_not_end_the_agent),
        AGENT_TEST(test_a_second_agent_is_turned_away),
        AGENT_TEST(test_status_is_online_only_while_the_agent_has_a_line),
        cmocka_unit_test_setup_teardown(test_works_over_mqtt_3_1_1, set_up_old, tear_down),
        AGENT_TEST(test_no_name_stands_in_the_log),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("agent", tests, NULL, NULL);
}
