// What is said on a connection that stands: CONNECT's options, subscriptions, messages, publishes and the
// answers to them.
#include "tests/net/line.h"

#define TOPIC "studyday/1/a/t/event"

static int set_up(void **state)
{
    *state = line_new();
    return 0;
}

static int tear_down(void **state)
{
    *state = line_free(*state);
    return 0;
}

static void connect_mqtt5_carries_all_options(void **state)
{
    Line *line = *state;
    const FakePacket *packet;

    line->options.clean_start = false;
    line->options.session_expiry = MQTT_SESSION_FOREVER;
    line->options.username = "t-01";
    line->options.password = "\xff secret";
    line->options.will_topic = "studyday/1/a/t/state";
    line->options.will_payload = "{}";
    line->options.will_size = 2;
    line->options.will_retain = true;
    line_connect(line);
    packet = fake_broker_find(line->broker, FAKE_CONNECT, 0);
    assert_int_equal(packet->protocol, 5);
    assert_int_equal(packet->connect_flags,
                     0x80 | 0x40 | 0x20 | 0x08 | 0x04); // user, password, Will: retained, QoS 1
    assert_int_equal(packet->keepalive, 60);
    assert_int_equal(packet->session_expiry, MQTT_SESSION_FOREVER);
    assert_int_equal(packet->receive_maximum, 65535);
    assert_string_equal(packet->client_id, "tester");
    assert_string_equal(packet->username, "t-01");
    assert_string_equal(packet->password, "\xff secret");
    assert_string_equal(packet->topic, "studyday/1/a/t/state");
    assert_int_equal(packet->payload_size, 2);
    assert_memory_equal(packet->payload, "{}", 2);
}

static void connect_mqtt311_is_clean_and_has_no_properties(void **state)
{
    Line *line = *state;
    const FakePacket *packet;

    line->options.protocol = 4;
    line->options.session_expiry = 100;
    line_connect(line);
    assert_int_equal(line->connected, 1);
    packet = fake_broker_find(line->broker, FAKE_CONNECT, 0);
    assert_int_equal(packet->protocol, 4);
    assert_int_equal(packet->connect_flags, 0x02); // clean session
}

static void connect_without_client_id_lets_the_broker_choose(void **state)
{
    Line *line = *state;

    line->options.client_id = "";
    line_connect(line);
    assert_int_equal(line->connected, 1);
    assert_string_equal(fake_broker_find(line->broker, FAKE_CONNECT, 0)->client_id, "");
}

static void connect_tells_of_a_session_that_is_present(void **state)
{
    Line *line = *state;

    line->options.clean_start = false;
    line->broker->session_present = true;
    line_connect(line);
    assert_true(line->session_present);
    assert_true(mqtt_is_connected(line->mqtt));
}

static void subscribe_mqtt5_asks_for_retain_as_published(void **state)
{
    Line *line = *state;
    const FakePacket *packet;

    line_connect(line);
    assert_int_equal(mqtt_subscribe(line->mqtt, "studyday/1/+/+/event", 1, NULL), 0);
    line_until(line, &line->subscribed, 1);
    packet = fake_broker_find(line->broker, FAKE_SUBSCRIBE, 0);
    assert_string_equal(packet->topic, "studyday/1/+/+/event");
    assert_int_equal(packet->options, 0x08 | 1); // Retain As Published, QoS 1
    assert_int_equal(line->granted, 1);
}

static void subscribe_mqtt311_has_the_qos_alone(void **state)
{
    Line *line = *state;

    line->options.protocol = 4;
    line_connect(line);
    mqtt_subscribe(line->mqtt, "a/+", 1, NULL);
    line_until(line, &line->subscribed, 1);
    assert_int_equal(fake_broker_find(line->broker, FAKE_SUBSCRIBE, 0)->options, 1);
}

static void message_keeps_topic_payload_qos_and_retain(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_publish(
        line->broker,
        &(FakePublish){
            .topic = TOPIC, .payload = "a\0b", .size = 3, .qos = 1, .mid = 9, .retain = true, .dup = true});
    line_until_messages(line, 1);
    assert_string_equal(line->last_topic.data, TOPIC);
    assert_int_equal(line->payloads.size, 4);
    assert_memory_equal(line->payloads.data, "a\0b;", 4);
    assert_int_equal(line->last.qos, 1);
    assert_true(line->last.retain);
}

static void message_without_payload_has_a_pointer_still(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_publish(line->broker, &(FakePublish){.topic = TOPIC});
    line_until_messages(line, 1);
    assert_int_equal(line->last.size, 0);
    assert_non_null(line->last.payload);
}

static void ready_stops_at_its_limit(void **state)
{
    Line *line = *state;
    size_t got;

    line_connect(line);
    for (int mid = 1; mid <= 10; mid++)
        fake_broker_send_event(line->broker, TOPIC, "e", mid);
    got = mqtt_ready(line->mqtt, POLLIN, 4);
    assert_int_equal(got, 4);
    assert_int_equal(line->messages, 4);
    line_until_messages(line, 10);
}

static void check_refusal(Line *line, uint8_t reason)
{
    int mid;

    line->broker->publish_reason = reason;
    line_connect(line);
    assert_int_equal(mqtt_publish(line->mqtt, TOPIC, "{}", 2, 1, false, &mid), 0);
    line_until(line, &line->published, 1);
    assert_int_equal(line->published_mid, mid);
    assert_int_equal(line->published_reason, reason);
}

static void puback_success_reaches_published(void **state)
{
    check_refusal(*state, MQTT_REASON_SUCCESS);
}

static void puback_no_subscribers_reaches_published(void **state)
{
    check_refusal(*state, MQTT_REASON_NO_SUBSCRIBERS);
}

static void puback_not_authorized_reaches_published(void **state)
{
    check_refusal(*state, MQTT_REASON_NOT_AUTHORIZED);
}

static void puback_quota_exceeded_reaches_published(void **state)
{
    check_refusal(*state, MQTT_REASON_QUOTA_EXCEEDED);
}

static void puback_payload_invalid_reaches_published(void **state)
{
    check_refusal(*state, MQTT_REASON_PAYLOAD_INVALID);
}

static void publish_qos0_is_not_told_as_published(void **state)
{
    Line *line = *state;

    line_connect(line);
    mqtt_publish(line->mqtt, TOPIC, "{}", 2, 0, false, NULL);
    line_until_packets(line, FAKE_PUBLISH, 1);
    line_settle(line);
    assert_int_equal(line->published, 0);
}

static void publish_keeps_its_order_and_flags(void **state)
{
    Line *line = *state;
    const FakePacket *first, *second;

    line_connect(line);
    mqtt_publish(line->mqtt, "one", "1", 1, 1, true, NULL);
    mqtt_publish(line->mqtt, "two", "2", 1, 0, false, NULL);
    line_until_packets(line, FAKE_PUBLISH, 2);
    first = fake_broker_find(line->broker, FAKE_PUBLISH, 0);
    second = fake_broker_find(line->broker, FAKE_PUBLISH, 1);
    assert_string_equal(first->topic, "one");
    assert_int_equal(first->qos, 1);
    assert_true(first->retain);
    assert_false(first->dup);
    assert_string_equal(second->topic, "two");
    assert_int_equal(second->qos, 0);
    assert_false(second->retain);
}

static void publish_without_a_line_is_refused(void **state)
{
    Line *line = *state;

    line_connect(line);
    mqtt_drop(line->mqtt);
    assert_int_equal(mqtt_publish(line->mqtt, TOPIC, "", 0, 1, false, NULL), MQTT_E_OFFLINE);
    assert_int_equal(mqtt_subscribe(line->mqtt, TOPIC, 1, NULL), MQTT_E_OFFLINE);
}

static void publish_to_a_filter_is_refused(void **state)
{
    Line *line = *state;

    line_connect(line);
    assert_int_equal(mqtt_publish(line->mqtt, "a/+", "", 0, 1, false, NULL), MQTT_E_TOPIC);
    assert_int_equal(mqtt_subscribe(line->mqtt, "a/#/b", 1, NULL), MQTT_E_TOPIC);
}

static void publish_unanswered_is_not_sent_again_on_a_new_line(void **state)
{
    Line *line = *state;

    line->broker->answers_publish = false;
    line_connect(line);
    mqtt_publish(line->mqtt, TOPIC, "{}", 2, 1, false, NULL);
    line_until_packets(line, FAKE_PUBLISH, 1);
    fake_broker_close(line->broker);
    line_until(line, &line->disconnected, 1);
    line_connect(line);
    assert_int_equal(line->connected, 2);
    line_settle(line);
    assert_int_equal(fake_broker_count(line->broker, FAKE_PUBLISH), 1);
}

static void say_hello(Line *line)
{
    assert_int_equal(mqtt_subscribe(line->mqtt, "down", 1, NULL), 0);
    assert_int_equal(mqtt_publish(line->mqtt, "hello", "", 0, 1, false, NULL), 0);
}

static void connected_callback_may_subscribe_and_publish(void **state)
{
    Line *line = *state;

    line->on_connected = say_hello;
    line_connect(line);
    line_until(line, &line->subscribed, 1);
    line_until(line, &line->published, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(connect_mqtt5_carries_all_options),
        CASE(connect_mqtt311_is_clean_and_has_no_properties),
        CASE(connect_without_client_id_lets_the_broker_choose),
        CASE(connect_tells_of_a_session_that_is_present),
        CASE(subscribe_mqtt5_asks_for_retain_as_published),
        CASE(subscribe_mqtt311_has_the_qos_alone),
        CASE(message_keeps_topic_payload_qos_and_retain),
        CASE(message_without_payload_has_a_pointer_still),
        CASE(ready_stops_at_its_limit),
        CASE(puback_success_reaches_published),
        CASE(puback_no_subscribers_reaches_published),
        CASE(puback_not_authorized_reaches_published),
        CASE(puback_quota_exceeded_reaches_published),
        CASE(puback_payload_invalid_reaches_published),
        CASE(publish_qos0_is_not_told_as_published),
        CASE(publish_keeps_its_order_and_flags),
        CASE(publish_without_a_line_is_refused),
        CASE(publish_to_a_filter_is_refused),
        CASE(publish_unanswered_is_not_sent_again_on_a_new_line),
        CASE(connected_callback_may_subscribe_and_publish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
