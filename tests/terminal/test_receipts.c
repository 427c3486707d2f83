// The real agent before a broker that records bytes: what it believes of what comes down.
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

static int tear_down(void **state)
{
    *state = rig_free(*state);
    return 0;
}

static void test_t2_a_puback_alone_marks_nothing(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0); // acknowledged by the fake broker
    rig_record(rig, "in 002");
    rig_wait(rig, "event", 1);
    rig_expect_status(rig, "\"through\":0,\"pending\":2");
}

static void test_t2_a_receipt_with_our_chain_marks_as_received(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_record(rig, "in 002 x-note=a");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 2, 1);
    rig_wait_status(rig, "\"through\":2,\"pending\":0");
    rig_expect_status(rig, "\"oldest\":1"); // nothing is deleted
}

static void test_t2_a_receipt_without_the_right_mac_is_ignored(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_chain(rig, 1, chain);
    rig_make_receipt(rig, 1, chain, 1, &line);
    rig_send_raw(rig, RIG_TOPIC("receipt"), text_cstr(&line), false);
    rig_wait_status(rig, "bad-mac");
    rig_expect_status(rig, "\"through\":0");
    rig_send(rig, "receipt", &line);
    rig_wait_status(rig, "\"through\":1");
}

static void test_a_receipt_of_another_epoch_is_ignored(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];
    char epoch[ULID_SIZE];

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_chain(rig, 1, chain);
    memcpy(epoch, rig->epoch, sizeof(epoch));
    memcpy(rig->epoch, RIG_STORE, sizeof(epoch));
    rig_make_receipt(rig, 1, chain, 1, &line);
    memcpy(rig->epoch, epoch, sizeof(epoch));
    rig_send(rig, "receipt", &line);
    rig_record(rig, "in 002");
    rig_wait(rig, "event", 1);
    rig_expect_status(rig, "\"through\":0");
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

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 1);
    rig_wait_status(rig, "chain-differs: at 1");
    rig_expect_status(rig, "\"through\":0,\"pending\":1");
    rig_expect_payload(rig_wait(rig, "hello", 1), "\"x-chain-error\":1");
}

static void test_t3_goes_on_after_another_chain(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 1);
    rig_wait_status(rig, "chain-differs");
    rig_record(rig, "in 002");
    rig_expect_payload(rig_wait(rig, "event", 1), "\"first\":2");
}

static void test_t3_the_alarm_survives_a_restart_and_ends_with_the_right_chain(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 1);
    rig_wait_status(rig, "chain-differs");
    assert_int_equal(rig_end(rig, SIGTERM), 0);
    rig_start(rig);
    rig_expect_status(rig, "chain-differs");
    rig_send_receipt(rig, 1, 1);
    rig_wait_status(rig, "\"alarms\":[]");
}

#define STATE(boot, generation)                                                                \
    "{\"v\":1,\"online\":true,\"areas\":[\"lf-gy\"],\"boot\":\"01JD3Z6Y8Q4N7W2K9T5B0C1D2" boot \
    "\",\"store\":\"" RIG_STORE "\",\"generation\":" generation ",\"at\":\"2026-11-05T01:00:00Z\"}"

static void test_t4_sends_again_on_a_new_boot(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_raw(rig, RIG_COLLECTOR, STATE("A", "1"), true);
    rig_send_raw(rig, RIG_COLLECTOR, STATE("B", "1"), true);
    rig_wait(rig, "hello", 1);
    rig_expect_payload(rig_wait(rig, "event", 1), "\"first\":1");
}

static void test_t4_obeys_a_lower_through(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_record(rig, "in 002");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 2, 1);
    rig_wait_status(rig, "\"through\":2");
    rig_send_receipt(rig, 1, 1);
    rig_expect_payload(rig_wait(rig, "event", 1), "\"first\":2");
    rig_expect_status(rig, "\"through\":1,\"pending\":1");
}

static void test_t4_obeys_a_new_generation_and_ignores_the_older_one(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_record(rig, "in 002");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    rig_send_receipt(rig, 2, 3);
    rig_wait_status(rig, "\"through\":2");
    rig_send_receipt(rig, 0, 4);
    rig_expect_payload(rig_wait(rig, "event", 1), "\"first\":1");
    rig_send_receipt(rig, 2, 3);
    rig_record(rig, "in 003");
    rig_wait(rig, "event", 2);
    rig_expect_status(rig, "\"through\":0,\"pending\":3");
}

static void test_a_receipt_for_more_than_was_recorded_is_an_alarm(void **state)
{
    Rig *rig = *state;

    rig_record(rig, "in 001");
    rig_start(rig);
    rig_wait(rig, "event", 0);
    send_wrong_chain(rig, 9);
    rig_wait_status(rig, "collector-ahead: through 9, recorded 1");
    rig_expect_status(rig, "\"through\":0");
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
        rig_record(rig, "in 001");
        rig_wait_status(rig, cases[i].shown);
    }
    rig->broker->publish_reason = 0;
    rig_expect_status(rig, "\"pending\":4"); // never dropped
    rig_send_receipt(rig, 4, 1);
    rig_wait_status(rig, "\"alarms\":[]");
}

static void test_refused_events_are_shown_and_count_as_received(void **state)
{
    Rig *rig = *state;
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];

    rig_record(rig, "in 001");
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
    rig_expect_status(rig, "\"through\":1,\"pending\":0");
}

#define AGENT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define KEYED_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_keyed, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AGENT_TEST(test_t2_a_puback_alone_marks_nothing),
        AGENT_TEST(test_t2_a_receipt_with_our_chain_marks_as_received),
        KEYED_TEST(test_t2_a_receipt_without_the_right_mac_is_ignored),
        AGENT_TEST(test_a_receipt_of_another_epoch_is_ignored),
        AGENT_TEST(test_t3_another_chain_is_an_alarm_and_told_in_the_next_hello),
        AGENT_TEST(test_t3_goes_on_after_another_chain),
        AGENT_TEST(test_t3_the_alarm_survives_a_restart_and_ends_with_the_right_chain),
        AGENT_TEST(test_t4_sends_again_on_a_new_boot),
        AGENT_TEST(test_t4_obeys_a_lower_through),
        AGENT_TEST(test_t4_obeys_a_new_generation_and_ignores_the_older_one),
        AGENT_TEST(test_a_receipt_for_more_than_was_recorded_is_an_alarm),
        AGENT_TEST(test_t6_refusals_of_the_broker_are_shown),
        AGENT_TEST(test_refused_events_are_shown_and_count_as_received),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("receipts", tests, NULL, NULL);
}
