// The same connection against Debian's mosquitto: what only a real broker can say.
#include "tests/net/line.h"

#include <signal.h>
#include <string.h>

#include "tests/support/broker.h"

#define TOPIC "studyday/1/a/t/event"
#define BURST 500

static Broker *broker;
static Line *one, *other;

static int set_up(void **state)
{
    (void)state;
    if (!broker_is_installed())
        return 0;
    broker = broker_start("allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n");
    one = line_new_at(broker->port);
    other = line_new_at(broker->port);
    other->options.client_id = "other";
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (!broker)
        return 0;
    one = line_free(one);
    other = line_free(other);
    broker = broker_free(broker);
    return 0;
}

static void need_broker(void)
{
    if (!broker)
        skip();
}

/// Turns both until `line` has had so many messages.
static void turn_both_until(const Line *line, size_t messages)
{
    Time deadline = clock_monotonic() + 20 * TIME_SECOND;

    while (line->messages < messages) {
        assert_true(clock_monotonic() < deadline);
        line_turn(one, 1);
        line_turn(other, 1);
    }
}

static void subscribe(Line *line)
{
    assert_int_equal(mqtt_subscribe(line->mqtt, "studyday/1/+/+/event", 1, NULL), 0);
    line_until(line, &line->subscribed, line->subscribed + 1);
}

static void check_round_trip(int protocol)
{
    need_broker();
    one->options.protocol = other->options.protocol = protocol;
    line_connect(one);
    line_connect(other);
    assert_int_equal(one->connected, 1);
    subscribe(one);
    assert_int_equal(mqtt_publish(other->mqtt, TOPIC, "{}", 2, 1, false, NULL), 0);
    turn_both_until(one, 1);
    assert_string_equal(one->payloads.data, "{};");
    line_until(other, &other->published, 1);
    assert_int_equal(other->published_reason, MQTT_REASON_SUCCESS);
}

static void message_travels_by_mqtt5(void **state)
{
    (void)state;
    check_round_trip(5);
}

static void message_travels_by_mqtt311(void **state)
{
    (void)state;
    check_round_trip(4);
}

static void publish_that_nobody_subscribes_to_is_told(void **state)
{
    (void)state;
    need_broker();
    line_connect(one);
    mqtt_publish(one->mqtt, "nobody/hears", "{}", 2, 1, false, NULL);
    line_until(one, &one->published, 1);
    assert_int_equal(one->published_reason, MQTT_REASON_NO_SUBSCRIBERS);
}

static void retained_publish_keeps_its_flag_with_mqtt5(void **state)
{
    (void)state;
    need_broker();
    line_connect(one);
    line_connect(other);
    subscribe(one);
    mqtt_publish(other->mqtt, TOPIC, "{}", 2, 1, true, NULL);
    turn_both_until(one, 1);
    assert_true(one->last.retain); // Retain As Published: without it a live message never shows the flag
}

static void connect_as_lasting(Line *line)
{
    line->options.clean_start = false;
    line->options.session_expiry = MQTT_SESSION_FOREVER;
    line_connect(line);
}

static void dropped_messages_come_again_to_a_lasting_session(void **state)
{
    (void)state;
    need_broker();
    connect_as_lasting(one);
    subscribe(one);
    line_connect(other);
    for (int i = 0; i < 3; i++)
        mqtt_publish(other->mqtt, TOPIC, (char[]){(char)('a' + i)}, 1, 1, false, NULL);
    turn_both_until(one, 3);
    mqtt_drop(one->mqtt); // a COMMIT that failed
    line_connect(one);
    assert_true(one->session_present);
    turn_both_until(one, 6);
    assert_string_equal(one->payloads.data, "a;b;c;a;b;c;");
}

static void written_messages_do_not_come_again(void **state)
{
    (void)state;
    need_broker();
    connect_as_lasting(one);
    subscribe(one);
    line_connect(other);
    mqtt_publish(other->mqtt, TOPIC, "a", 1, 1, false, NULL);
    turn_both_until(one, 1);
    mqtt_write(one->mqtt);
    mqtt_disconnect(one->mqtt);
    line_until(one, &one->disconnected, 1);
    line_connect(one);
    mqtt_publish(other->mqtt, TOPIC, "b", 1, 1, false, NULL);
    turn_both_until(one, 2);
    assert_string_equal(one->payloads.data, "a;b;");
}

static void burst_arrives_whole_and_in_order_while_acks_are_held(void **state)
{
    (void)state;
    need_broker();
    line_connect(one);
    subscribe(one);
    other->options.hold_acks = false;
    line_connect(other);
    for (int i = 0; i < BURST; i++)
        mqtt_publish(other->mqtt, TOPIC, (char[]){(char)('a' + i % 26)}, 1, 1, false, NULL);
    turn_both_until(one, BURST);
    for (int i = 0; i < BURST; i++)
        assert_int_equal(one->payloads.data[2 * i], 'a' + i % 26);
    line_until(other, &other->published, BURST);
}

static void drop_makes_the_broker_send_the_will(void **state)
{
    (void)state;
    need_broker();
    other->options.will_topic = TOPIC;
    other->options.will_payload = "gone";
    other->options.will_size = 4;
    line_connect(one);
    subscribe(one);
    line_connect(other);
    mqtt_drop(other->mqtt);
    turn_both_until(one, 1);
    assert_string_equal(one->payloads.data, "gone;");
}

static void goodbye_makes_the_broker_forget_the_will(void **state)
{
    (void)state;
    need_broker();
    other->options.will_topic = TOPIC;
    line_connect(one);
    subscribe(one);
    line_connect(other);
    mqtt_disconnect(other->mqtt);
    line_until(other, &other->disconnected, 1);
    line_settle(one);
    assert_int_equal(one->messages, 0);
}

static void broker_that_is_killed_ends_the_line_and_takes_it_back(void **state)
{
    (void)state;
    need_broker();
    line_connect(one);
    broker_stop(broker, SIGKILL);
    line_until(one, &one->disconnected, 1);
    broker_resume(broker);
    line_connect(one);
    assert_int_equal(one->connected, 2);
}

static void second_client_of_the_same_name_ends_the_first(void **state)
{
    (void)state;
    need_broker();
    other->options.client_id = "tester";
    line_connect(one);
    line_connect(other);
    line_until(one, &one->disconnected, 1);
    assert_true(mqtt_is_connected(other->mqtt));
}

static void user_who_is_unknown_is_refused(void **state)
{
    (void)state;
    need_broker();
    broker = broker_free(broker);
    broker = broker_start("allow_anonymous false\n");
    one->options.port = broker->port;
    line_connect(one);
    assert_int_equal(one->connected, 0);
    assert_string_equal(one->reason.data, "refused: Not authorized");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(message_travels_by_mqtt5),
        CASE(message_travels_by_mqtt311),
        CASE(publish_that_nobody_subscribes_to_is_told),
        CASE(retained_publish_keeps_its_flag_with_mqtt5),
        CASE(dropped_messages_come_again_to_a_lasting_session),
        CASE(written_messages_do_not_come_again),
        CASE(burst_arrives_whole_and_in_order_while_acks_are_held),
        CASE(drop_makes_the_broker_send_the_will),
        CASE(goodbye_makes_the_broker_forget_the_will),
        CASE(broker_that_is_killed_ends_the_line_and_takes_it_back),
        CASE(second_client_of_the_same_name_ends_the_first),
        CASE(user_who_is_unknown_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
