// C9 and the MACs: who is heard, and who is kept in quarantine.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "core/wire/wire.h"
#include "tests/collector/site.h"

#define BATCH "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[" SITE_IN("M1") "]}"

static int set_up_with(void **state, const char *keys)
{
    Site *site = site_new(keys, 5);

    site_start(site, NULL);
    *state = site;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(state, "");
}

static int set_up_always(void **state)
{
    return set_up_with(state, "require-mac = \"always\"\n");
}

static int set_up_never(void **state)
{
    return set_up_with(state, "require-mac = \"never\"\n");
}

static int set_up_area_b(void **state)
{
    return set_up_with(state, "areas = {\"b\"}\n");
}

static int tear_down(void **state)
{
    *state = site_free(*state);
    return 0;
}

static void expect_quarantined(Site *site, const char *topic, const char *reason)
{
    CLEANUP(cleanup_text) Text expected = {0};
    char *reasons;

    site_wait_ack(site, site_send(site, topic, BATCH));
    reasons = site_quarantine(site);
    text_appendf(&expected, "%s ", reason);
    assert_string_equal(reasons, text_cstr(&expected));
    assert_int_equal(site_count_events(site), 0);
    assert_int_equal(site_status(site, "received"), 1);
    assert_int_equal(site_status(site, "quarantined"), 1);
    assert_true(site_status(site, "alarms") > 0);
    free(reasons);
}

static void test_c9_an_unknown_terminal_is_quarantined(void **state)
{
    expect_quarantined(*state, "studyday/1/a/stranger/event", "unknown-terminal");
}

static void test_c9_the_name_of_the_office_is_no_terminal(void **state)
{
    Site *site = *state;
    char *reasons;

    site_wait_ack(site, site_send(site, "studyday/1/a/office/event", BATCH));
    reasons = site_quarantine(site);
    assert_true(strcmp(reasons, "unknown-terminal ") == 0 || strcmp(reasons, "bad-topic ") == 0);
    free(reasons);
}

static void test_c9_a_revoked_terminal_is_quarantined(void **state)
{
    expect_quarantined(*state, "studyday/1/a/gone/event", "revoked");
}

static void test_c9_a_terminal_in_an_area_not_its_own_is_quarantined(void **state)
{
    expect_quarantined(*state, "studyday/1/b/t1/event", "wrong-area");
}

static void test_c9_a_topic_with_an_impossible_name_is_quarantined(void **state)
{
    expect_quarantined(*state, "studyday/1/a/T1/event", "bad-topic");
}

static void test_c9_a_retained_event_is_quarantined(void **state)
{
    Site *site = *state;
    const FakePublish publish = {.topic = "studyday/1/a/t1/event",
                                 .payload = BATCH,
                                 .size = strlen(BATCH),
                                 .qos = 1,
                                 .mid = 77,
                                 .retain = true};
    char *reasons;

    fake_broker_publish(site->broker, &publish);
    site_wait_ack(site, 77);
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "retained ");
    assert_int_equal(site_count_events(site), 0);
    free(reasons);
}

static void test_c9_events_of_any_qos_are_taken(void **state)
{
    Site *site = *state;

    for (int qos = 0; qos <= 2; qos++) {
        CLEANUP(cleanup_text) Text line = {0};
        FakePublish publish = {.topic = "studyday/1/a/t1/event", .qos = qos, .mid = qos ? 50 + qos : 0};
        Receipt receipt;

        text_appendf(&line,
                     "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":%d,\"events\":[" SITE_IN("M1") "]}",
                     qos + 1);
        publish.payload = line.data;
        publish.size = line.size;
        fake_broker_publish(site->broker, &publish);
        if (qos == 2) {
            assert_true(fake_broker_wait(site->broker, FAKE_PUBREC, 1));
            fake_broker_ack(site->broker, FAKE_PUBREL, publish.mid, 0);
        }
        receipt = site_receipt(site, "t1", (size_t)qos);
        assert_int_equal(receipt.through, qos + 1);
        receipt_deinit(&receipt);
    }
}

static void test_c9_subscribes_with_retain_as_published(void **state)
{
    Site *site = *state;

    assert_int_equal(fake_broker_count(site->broker, FAKE_SUBSCRIBE), 4);
    for (size_t i = 0; i < 4; i++) {
        const FakePacket *packet = fake_broker_find(site->broker, FAKE_SUBSCRIBE, i);
        assert_int_equal(packet->options & 0x03, 1);
        assert_int_equal(packet->options & 0x08, 0x08);
    }
    assert_string_equal(fake_broker_find(site->broker, FAKE_SUBSCRIBE, 0)->topic, "studyday/1/+/+/event");
}

static void test_areas_are_subscribed_one_by_one_and_others_left_alone(void **state)
{
    Site *site = *state;

    assert_string_equal(fake_broker_find(site->broker, FAKE_SUBSCRIBE, 0)->topic, "studyday/1/b/+/event");
    site_wait_ack(site, site_send(site, "studyday/1/a/t1/event", BATCH));
    assert_int_equal(site_status(site, "received"), 0);
    assert_int_equal(site_status(site, "ignored"), 1);
    assert_int_equal(site_count_events(site), 0);
}

// Sends one batch of `terminal`, with a MAC by `key` if there is one.
static int send_signed(Site *site, const char *terminal, const uint8_t *key)
{
    CLEANUP(cleanup_text) Text payload = {0};
    char topic[64];

    snprintf(topic, sizeof(topic), "studyday/1/a/%s/event", terminal);
    text_append(&payload, BATCH);
    if (key)
        wire_mac_append(key, topic, &payload);
    return site_send(site, topic, text_cstr(&payload));
}

static void expect_mac(Site *site, const char *terminal, const uint8_t *key, bool good)
{
    char *reasons;

    site_wait_ack(site, send_signed(site, terminal, key));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, good ? "" : "bad-mac ");
    assert_int_equal(site_count_events(site), good ? 1 : 0);
    free(reasons);
}

static const uint8_t wrong_key[DIGEST_SIZE] = {9};

static void test_mac_right_of_an_enrolled_terminal_is_taken(void **state)
{
    Site *site = *state;

    expect_mac(site, "keyed", site->key, true);
}

static void test_mac_missing_of_an_enrolled_terminal_is_bad(void **state)
{
    expect_mac(*state, "keyed", NULL, false);
}

static void test_mac_wrong_of_an_enrolled_terminal_is_bad(void **state)
{
    expect_mac(*state, "keyed", wrong_key, false);
}

static void test_mac_of_a_terminal_without_a_key_is_bad(void **state)
{
    expect_mac(*state, "t1", wrong_key, false);
}

static void test_mac_missing_without_a_key_is_taken_where_enrolled(void **state)
{
    expect_mac(*state, "t1", NULL, true);
}

static void test_mac_missing_without_a_key_is_bad_where_always(void **state)
{
    expect_mac(*state, "t1", NULL, false);
}

static void test_mac_missing_with_a_key_is_taken_where_never(void **state)
{
    expect_mac(*state, "keyed", NULL, true);
}

static void test_mac_wrong_is_bad_where_never(void **state)
{
    expect_mac(*state, "keyed", wrong_key, false);
}

static void test_mac_of_another_topic_is_bad(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text payload = {0};
    char *reasons;

    text_append(&payload, BATCH);
    wire_mac_append(site->key, "studyday/1/a/keyed/hello", &payload);
    site_wait_ack(site, site_send(site, "studyday/1/a/keyed/event", text_cstr(&payload)));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "bad-mac ");
    free(reasons);
}

static void test_mac_stands_under_the_receipt_of_an_enrolled_terminal(void **state)
{
    Site *site = *state;
    const char *topic = "studyday/1/a/keyed/receipt";
    const FakePacket *packet;
    size_t size;

    send_signed(site, "keyed", site->key);
    packet = site_wait_topic(site, topic, 0);
    assert_int_equal(wire_mac_check(site->key, topic, packet->payload, packet->payload_size, &size),
                     WIRE_MAC_GOOD);
}

static void test_session_is_lasting_and_the_will_says_offline(void **state)
{
    Site *site = *state;
    const FakePacket *connect = fake_broker_find(site->broker, FAKE_CONNECT, 0);
    const FakePacket *announced = site_wait_topic(site, "studyday/1/collector/col", 0);
    CollectorState collector;
    WireError error;

    assert_string_equal(connect->client_id, "col");
    assert_int_equal(connect->connect_flags & 0x02, 0);
    assert_true(connect->session_expiry >= 86400);
    assert_string_equal(connect->topic, "studyday/1/collector/col");
    assert_true(connect->retain);
    assert_int_equal(connect->payload_size, strlen("{\"v\":1,\"online\":false}"));
    assert_memory_equal(connect->payload, "{\"v\":1,\"online\":false}", connect->payload_size);
    assert_true(announced->retain);
    assert_int_equal(announced->qos, 1);
    assert_int_equal(
        collector_state_decode((const char *)announced->payload, announced->payload_size, &collector, &error),
        0);
    assert_true(collector.online);
    assert_string_equal(collector.areas[0], "*");
    assert_int_equal(collector.generation, 1);
    assert_string_equal(collector.fault, "");
}

static void test_stop_drains_says_offline_and_exits_0(void **state)
{
    Site *site = *state;
    const FakePacket *last;
    size_t acks;

    for (uint64_t i = 1; i <= 50; i++)
        site_send_batch(site, "t1", SITE_EPOCH, i, SITE_IN("M1"));
    assert_int_equal(site_end(site, SIGTERM), 0);
    acks = fake_broker_count(site->broker, FAKE_PUBACK);
    assert_true((size_t)site_count_events(site) >= acks);
    last = site_wait_topic(site, "studyday/1/collector/col", 1);
    assert_memory_equal(last->payload, "{\"v\":1,\"online\":false}", last->payload_size);
    assert_int_equal(fake_broker_count(site->broker, FAKE_DISCONNECT), 1);
}

static void test_boot_is_new_at_each_start(void **state)
{
    Site *site = *state;
    CollectorState first, second;
    const FakePacket *packet;
    WireError error;

    packet = site_wait_topic(site, "studyday/1/collector/col", 0);
    assert_int_equal(
        collector_state_decode((const char *)packet->payload, packet->payload_size, &first, &error), 0);
    site_end(site, SIGKILL);
    site_start(site, NULL);
    packet = site_wait_topic(site, "studyday/1/collector/col", 1);
    assert_int_equal(
        collector_state_decode((const char *)packet->payload, packet->payload_size, &second, &error), 0);
    assert_string_not_equal(first.boot, second.boot);
    assert_string_equal(first.store, second.store);
}

static void test_line_that_breaks_is_made_again(void **state)
{
    Site *site = *state;
    Receipt receipt;

    fake_broker_reset(site->broker);
    site_wait_serving(site, 2);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.through, 1);
    receipt_deinit(&receipt);
}

static void test_reload_takes_the_new_mac_policy(void **state)
{
    Site *site = *state;

    site_write_config(site, "require-mac = \"always\"\n", 5);
    kill(site->pid, SIGHUP);
    site_wait_log(site, "reloaded");
    expect_mac(site, "t1", NULL, false);
}

static void test_reload_of_a_broken_configuration_keeps_the_old_one(void **state)
{
    Site *site = *state;

    site_write_config(site, "require-mac = \"perhaps\"\n", 5);
    kill(site->pid, SIGHUP);
    site_wait_log(site, "the old one stays");
    expect_mac(site, "t1", NULL, true);
}

static void test_mqtt_311_is_spoken_where_configured(void **state)
{
    Site *site = site_new("", 4);
    Receipt receipt;

    *state = site;
    site_start(site, NULL);
    assert_int_equal(fake_broker_find(site->broker, FAKE_CONNECT, 0)->protocol, 4);
    assert_int_equal(fake_broker_find(site->broker, FAKE_CONNECT, 0)->connect_flags & 0x02, 0);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.through, 1);
    receipt_deinit(&receipt);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_c9_an_unknown_terminal_is_quarantined),
        TEST(test_c9_the_name_of_the_office_is_no_terminal),
        TEST(test_c9_a_revoked_terminal_is_quarantined),
        TEST(test_c9_a_terminal_in_an_area_not_its_own_is_quarantined),
        TEST(test_c9_a_topic_with_an_impossible_name_is_quarantined),
        TEST(test_c9_a_retained_event_is_quarantined),
        TEST(test_c9_events_of_any_qos_are_taken),
        TEST(test_c9_subscribes_with_retain_as_published),
        cmocka_unit_test_setup_teardown(test_areas_are_subscribed_one_by_one_and_others_left_alone,
                                        set_up_area_b, tear_down),
        TEST(test_mac_right_of_an_enrolled_terminal_is_taken),
        TEST(test_mac_missing_of_an_enrolled_terminal_is_bad),
        TEST(test_mac_wrong_of_an_enrolled_terminal_is_bad),
        TEST(test_mac_of_a_terminal_without_a_key_is_bad),
        TEST(test_mac_missing_without_a_key_is_taken_where_enrolled),
        cmocka_unit_test_setup_teardown(test_mac_missing_without_a_key_is_bad_where_always, set_up_always,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_mac_missing_with_a_key_is_taken_where_never, set_up_never,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_mac_wrong_is_bad_where_never, set_up_never, tear_down),
        TEST(test_mac_of_another_topic_is_bad),
        TEST(test_mac_stands_under_the_receipt_of_an_enrolled_terminal),
        TEST(test_session_is_lasting_and_the_will_says_offline),
        TEST(test_stop_drains_says_offline_and_exits_0),
        TEST(test_boot_is_new_at_each_start),
        TEST(test_line_that_breaks_is_made_again),
        TEST(test_reload_takes_the_new_mac_policy),
        TEST(test_reload_of_a_broken_configuration_keeps_the_old_one),
        cmocka_unit_test_teardown(test_mqtt_311_is_spoken_where_configured, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
