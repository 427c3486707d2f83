// The real agent before a broker that records bytes: what it says, and what it believes.
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

static void scan(const Rig *rig, const char *line)
{
    int code;
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, line, &code);

    if (code != 0)
        fail_msg("%s: %s", line, reply);
}

static void expect_payload(const FakePacket *packet, const char *text)
{
    CLEANUP(cleanup_text) Text payload = {0};

    text_append_bytes(&payload, packet->payload, packet->payload_size);
    if (!strstr(text_cstr(&payload), text))
        fail_msg("no %s in %s", text, text_cstr(&payload));
}

static void expect_status(const Rig *rig, const char *text)
{
    CLEANUP(cleanup_free) char *status = rig_status(rig);

    if (!strstr(status, text))
        fail_msg("no %s in %s", text, status);
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
    expect_payload(online, "{\"v\":1,\"online\":true}");
}

static void test_hello_says_what_there_is(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    const FakePacket *hello = rig_wait(rig, "hello", 0);
    expect_payload(hello, rig->epoch);
    expect_payload(hello, "\"next\":2,\"oldest\":1");
    expect_payload(hello, "\"software\":\"studyday-terminal ");
    assert_int_equal(hello->qos, 1);
}

static void test_sends_what_was_recorded_without_a_line(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001 S1 at=2026-11-05T08:58:12+08:00 clock=ntp");
    scan(rig, "out card:C1 S1 at=2026-11-05T10:58:12+08:00 clock=ntp");
    rig_start(rig);
    const FakePacket *event = rig_wait(rig, "event", 0);
    expect_payload(event, "\"first\":1,\"events\":[{");
    expect_payload(event, "\"member\":\"001\"");
    expect_payload(event, "\"card\":\"C1\"");
    assert_int_equal(event->qos, 1);
}

static void test_sends_at_once_what_another_process_records(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    scan(rig, "in 001");
    expect_payload(rig_wait(rig, "event", 0), "\"first\":1");
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

static void test_t2_a_puback_alone_marks_nothing(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0); // acknowledged by the fake broker
    scan(rig, "in 002");
    rig_wait(rig, "event", 1);
    expect_status(rig, "\"through\":0,\"pending\":2");
}

static void test_t2_a_receipt_with_our_chain_marks_as_received(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    scan(rig, "in 002 x-note=a");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 2, 1);
    rig_wait_status(rig, "\"through\":2,\"pending\":0");
    expect_status(rig, "\"oldest\":1"); // nothing is deleted
}

static void test_t2_a_receipt_without_the_right_mac_is_ignored(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_chain(rig, 1, chain);
    rig_make_receipt(rig, 1, chain, 1, &line);
    rig_send_raw(rig, RIG_TOPIC("receipt"), text_cstr(&line), false);
    rig_wait_status(rig, "bad-mac");
    expect_status(rig, "\"through\":0");
    rig_send(rig, "receipt", &line);
    rig_wait_status(rig, "\"through\":1");
}

static void test_everything_it_says_carries_its_mac_where_it_has_a_key(void **state)
{
    static const char *const leaves[] = {"hello", "event", "state"};
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        const FakePacket *packet = rig_wait(rig, leaves[i], 0);
        size_t size;

        assert_int_equal(
            wire_mac_check(rig->key, packet->topic, packet->payload, packet->payload_size, &size),
            WIRE_MAC_GOOD);
    }
}

static void test_a_receipt_of_another_epoch_is_ignored(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];
    char epoch[ULID_SIZE];

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_chain(rig, 1, chain);
    memcpy(epoch, rig->epoch, sizeof(epoch));
    memcpy(rig->epoch, RIG_STORE, sizeof(epoch));
    rig_make_receipt(rig, 1, chain, 1, &line);
    memcpy(rig->epoch, epoch, sizeof(epoch));
    rig_send(rig, "receipt", &line);
    scan(rig, "in 002");
    rig_wait(rig, "event", 1);
    expect_status(rig, "\"through\":0");
}

static void send_wrong_chain(Rig *rig, uint64_t through)
{
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];

    memset(chain, 'a', sizeof(chain) - 1);
    chain[sizeof(chain) - 1] = '\0';
    rig_make_receipt(rig, through, chain, 1, &line);
    rig_send(rig, "receipt", &line);
}

static void test_t3_another_chain_is_an_alarm_and_told_in_the_next_hello(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 1);
    rig_wait_status(rig, "chain-differs: at 1");
    expect_status(rig, "\"through\":0,\"pending\":1");
    expect_payload(rig_wait(rig, "hello", 1), "\"x-chain-error\":1");
}

static void test_t3_goes_on_after_another_chain(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 1);
    rig_wait_status(rig, "chain-differs");
    scan(rig, "in 002");
    expect_payload(rig_wait(rig, "event", 1), "\"first\":2");
}

static void test_t3_the_alarm_survives_a_restart_and_ends_with_the_right_chain(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 1);
    rig_wait_status(rig, "chain-differs");
    assert_int_equal(rig_end(rig, SIGTERM), 0);
    rig_start(rig);
    expect_status(rig, "chain-differs");
    rig_send_receipt(rig, 1, 1);
    rig_wait_status(rig, "\"alarms\":[]");
}

static void test_t4_sends_again_after_the_line_was_lost(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    fake_broker_reset(rig->broker);
    rig_wait(rig, "hello", 1);
    expect_payload(rig_wait(rig, "event", 1), "\"first\":1");
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
    expect_payload(rig_wait(rig, "event", before), "\"first\":1");
}

#define STATE(boot, generation)                                                                \
    "{\"v\":1,\"online\":true,\"areas\":[\"lf-gy\"],\"boot\":\"01JD3Z6Y8Q4N7W2K9T5B0C1D2" boot \
    "\",\"store\":\"" RIG_STORE "\",\"generation\":" generation ",\"at\":\"2026-11-05T01:00:00Z\"}"

static void test_t4_sends_again_on_a_new_boot(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_raw(rig, RIG_COLLECTOR, STATE("A", "1"), true);
    rig_send_raw(rig, RIG_COLLECTOR, STATE("B", "1"), true);
    rig_wait(rig, "hello", 1);
    expect_payload(rig_wait(rig, "event", 1), "\"first\":1");
}

static void test_t4_obeys_a_lower_through(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    scan(rig, "in 002");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 2, 1);
    rig_wait_status(rig, "\"through\":2");
    rig_send_receipt(rig, 1, 1);
    expect_payload(rig_wait(rig, "event", 1), "\"first\":2");
    expect_status(rig, "\"through\":1,\"pending\":1");
}

static void test_t4_obeys_a_new_generation_and_ignores_the_older_one(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    scan(rig, "in 002");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 2, 3);
    rig_wait_status(rig, "\"through\":2");
    rig_send_receipt(rig, 0, 4);
    expect_payload(rig_wait(rig, "event", 1), "\"first\":1");
    rig_send_receipt(rig, 2, 3);
    scan(rig, "in 003");
    rig_wait(rig, "event", 2);
    expect_status(rig, "\"through\":0,\"pending\":3");
}

static void test_a_receipt_for_more_than_was_recorded_is_an_alarm(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 9);
    rig_wait_status(rig, "collector-ahead: through 9, recorded 1");
    expect_status(rig, "\"through\":0");
}

static void test_t6_refusals_of_the_broker_are_shown(void **state)
{
    static const struct {
        uint8_t reason;
        const char *shown;
    } cases[] = {{0x10, "broker-refused: 0x10"},
                 {0x87, "broker-refused: 0x87"},
                 {0x97, "broker-refused: 0x97"},
                 {0x99, "broker-refused: 0x99"}};
    Rig *rig = *state;

    rig_start(rig);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rig->broker->publish_reason = cases[i].reason;
        scan(rig, "in 001");
        rig_wait_status(rig, cases[i].shown);
    }
    rig->broker->publish_reason = 0;
    expect_status(rig, "\"pending\":4"); // never dropped
    rig_send_receipt(rig, 4, 1);
    rig_wait_status(rig, "\"alarms\":[]");
}

static void test_refused_events_are_shown_and_count_as_received(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];

    scan(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_chain(rig, 1, chain);
    text_appendf(
        &line,
        "{\"v\":1,\"epoch\":\"%s\",\"through\":1,\"chain\":\"%s\",\"also\":[],\"refused\":[[1,\"bad-at\"]],"
        "\"store\":\"" RIG_STORE "\",\"generation\":1,\"at\":\"2026-11-05T01:00:00Z\"}",
        rig->epoch, chain);
    rig_send(rig, "receipt", &line);
    rig_wait_status(rig, "\"refused: 1\"");
    expect_status(rig, "\"through\":1,\"pending\":0");
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
    scan(rig, "in 001 at=2026-11-05T08:58:12+08:00");
    expect_payload(rig_wait(rig, "event", 0), "{\"kind\":\"in\",\"member\":\"001\"");
    expect_status(rig, "\"plan\":\"\"");
    send_plan_page(rig, "1", session, "");
    rig_wait_status(rig, "\"plan\":\"0000");
    scan(rig, "in 001 at=2026-11-05T08:58:12+08:00"); // from now on it knows which session that is
    expect_payload(rig_wait(rig, "event", 1), "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"001\"");
}

static void test_sigterm_says_goodbye_and_ends_with_0(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    rig_wait(rig, "state", 0);
    assert_int_equal(rig_end(rig, SIGTERM), 0);
    fake_broker_pump(rig->broker);
    expect_payload(rig_wait(rig, "state", 1), "\"online\":false");
    assert_int_equal(fake_broker_count(rig->broker, FAKE_DISCONNECT), 1);
    expect_status(rig, "\"online\":false");
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

static void test_end_of_input_does_not_end_the_agent(void **state)
{
    Rig *rig = *state;

    rig_start(rig);
    close(rig->in);
    rig->in = -1;
    scan(rig, "in 001");
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

    expect_status(rig, "\"online\":false");
    rig_start(rig);
    rig_wait_status(rig, "\"online\":true");
    rig_end(rig, SIGKILL);
    expect_status(rig, "\"online\":false");
}

static void test_works_over_mqtt_3_1_1(void **state)
{
    Rig *rig = *state;

    scan(rig, "in 001");
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
        AGENT_TEST(test_t2_a_puback_alone_marks_nothing),
        AGENT_TEST(test_t2_a_receipt_with_our_chain_marks_as_received),
        KEYED_TEST(test_t2_a_receipt_without_the_right_mac_is_ignored),
        KEYED_TEST(test_everything_it_says_carries_its_mac_where_it_has_a_key),
        AGENT_TEST(test_a_receipt_of_another_epoch_is_ignored),
        AGENT_TEST(test_t3_another_chain_is_an_alarm_and_told_in_the_next_hello),
        AGENT_TEST(test_t3_goes_on_after_another_chain),
        AGENT_TEST(test_t3_the_alarm_survives_a_restart_and_ends_with_the_right_chain),
        AGENT_TEST(test_t4_sends_again_after_the_line_was_lost),
        AGENT_TEST(test_t4_sends_again_after_sigkill),
        AGENT_TEST(test_t4_sends_again_on_a_new_boot),
        AGENT_TEST(test_t4_obeys_a_lower_through),
        AGENT_TEST(test_t4_obeys_a_new_generation_and_ignores_the_older_one),
        AGENT_TEST(test_a_receipt_for_more_than_was_recorded_is_an_alarm),
        AGENT_TEST(test_t6_refusals_of_the_broker_are_shown),
        AGENT_TEST(test_refused_events_are_shown_and_count_as_received),
        AGENT_TEST(test_plan_is_kept_once_all_its_pages_are_there),
        AGENT_TEST(test_sigterm_says_goodbye_and_ends_with_0),
        AGENT_TEST(test_sigterm_ends_it_while_the_broker_says_nothing),
        AGENT_TEST(test_until_received_ends_when_all_is_received),
        AGENT_TEST(test_end_of_input_does_not_end_the_agent),
        AGENT_TEST(test_a_second_agent_is_turned_away),
        AGENT_TEST(test_status_is_online_only_while_the_agent_has_a_line),
        cmocka_unit_test_setup_teardown(test_works_over_mqtt_3_1_1, set_up_old, tear_down),
        AGENT_TEST(test_no_name_stands_in_the_log),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("agent", tests, NULL, NULL);
}
