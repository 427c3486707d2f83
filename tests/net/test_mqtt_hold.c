// Rule C1's half that belongs to the connection: what is acknowledged on the wire, and when.
#include "tests/net/line.h"

#include <string.h>
#include <sys/socket.h>

#define TOPIC "studyday/1/a/t/event"
#define RECEIPT "studyday/1/a/t/receipt"

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

static void send_events(Line *line, int count)
{
    for (int mid = 1; mid <= count; mid++)
        fake_broker_send_event(line->broker, TOPIC, "e", mid);
}

static void hold_sends_no_puback_before_write(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 3);
    line_until_messages(line, 3);
    line_settle(line);
    assert_int_equal(fake_broker_count(line->broker, FAKE_PUBACK), 0);
    assert_int_equal(line->broker->count, 1); // CONNECT alone
    assert_int_equal(mqtt_held(line->mqtt), 3);
}

static void write_sends_pubacks_in_order_of_arrival(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 50);
    line_until_messages(line, 50);
    mqtt_write(line->mqtt);
    line_until_packets(line, FAKE_PUBACK, 50);
    for (int i = 0; i < 50; i++)
        assert_int_equal(fake_broker_find(line->broker, FAKE_PUBACK, (size_t)i)->mid, i + 1);
    assert_int_equal(mqtt_held(line->mqtt), 0);
}

static void publish_while_holding_follows_the_pubacks(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 2);
    line_until_messages(line, 2);
    assert_int_equal(mqtt_publish(line->mqtt, RECEIPT, "r", 1, 0, false, NULL), 0);
    line_settle(line);
    assert_int_equal(line->broker->count, 1);
    mqtt_write(line->mqtt);
    line_until_packets(line, FAKE_PUBLISH, 1);
    assert_int_equal(line->broker->packets[1].type, FAKE_PUBACK);
    assert_int_equal(line->broker->packets[2].type, FAKE_PUBACK);
    assert_int_equal(line->broker->packets[3].type, FAKE_PUBLISH);
    assert_string_equal(line->broker->packets[3].topic, RECEIPT);
}

static void publish_in_message_callback(Line *line)
{
    assert_int_equal(mqtt_publish(line->mqtt, RECEIPT, "r", 1, 0, false, NULL), 0);
}

static void publish_in_callback_waits_as_well(void **state)
{
    Line *line = *state;

    line->on_message = publish_in_message_callback;
    line_connect(line);
    send_events(line, 1);
    line_until_messages(line, 1);
    line_settle(line);
    assert_int_equal(line->broker->count, 1);
    mqtt_write(line->mqtt);
    line_until_packets(line, FAKE_PUBLISH, 1);
    assert_int_equal(line->broker->packets[1].type, FAKE_PUBACK);
}

static void publish_without_anything_held_leaves_by_itself(void **state)
{
    Line *line = *state;

    line_connect(line);
    assert_int_equal(mqtt_publish(line->mqtt, RECEIPT, "r", 1, 0, false, NULL), 0);
    line_until_packets(line, FAKE_PUBLISH, 1);
}

static void qos0_message_holds_nothing(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_publish(line->broker, &(FakePublish){.topic = TOPIC, .payload = "e", .size = 1});
    line_until_messages(line, 1);
    assert_int_equal(mqtt_held(line->mqtt), 0);
    mqtt_publish(line->mqtt, RECEIPT, "r", 1, 0, false, NULL);
    line_until_packets(line, FAKE_PUBLISH, 1);
}

static void poll_is_not_asked_for_writing_while_holding(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 1);
    line_until_messages(line, 1);
    mqtt_publish(line->mqtt, RECEIPT, "r", 1, 1, false, NULL);
    line_settle(line);
    assert_int_equal(mqtt_events(line->mqtt), POLLIN);
    assert_int_equal(line->broker->count, 1);
}

static void ready_to_write_by_an_old_poll_releases_nothing(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 1);
    line_until_messages(line, 1);
    mqtt_ready(line->mqtt, POLLOUT, LINE_LIMIT); // asked for before the message came
    line_settle(line);
    assert_int_equal(line->broker->count, 1);
}

static void qos2_message_is_delivered_once_and_its_pubcomp_held(void **state)
{
    Line *line = *state;
    FakePublish publish = {.topic = TOPIC, .payload = "two", .size = 3, .qos = 2, .mid = 7};

    line_connect(line);
    fake_broker_publish(line->broker, &publish);
    line_until_packets(line, FAKE_PUBREC, 1);
    assert_int_equal(line->messages, 0);
    fake_broker_ack(line->broker, FAKE_PUBREL, 7, 0);
    line_until_messages(line, 1);
    line_settle(line);
    assert_int_equal(line->messages, 1);
    assert_int_equal(line->last.qos, 2);
    assert_int_equal(fake_broker_count(line->broker, FAKE_PUBCOMP), 0);
    mqtt_write(line->mqtt);
    line_until_packets(line, FAKE_PUBCOMP, 1);
}

static void without_hold_pubacks_leave_by_themselves(void **state)
{
    Line *line = *state;

    line->options.hold_acks = false;
    line_connect(line);
    send_events(line, 3);
    line_until_packets(line, FAKE_PUBACK, 3);
    assert_int_equal(line->messages, 3);
}

static void drop_sends_nothing(void **state)
{
    Line *line = *state;
    size_t bytes;

    line_connect(line);
    bytes = line->broker->received.size;
    send_events(line, 20);
    line_until_messages(line, 20);
    mqtt_publish(line->mqtt, RECEIPT, "r", 1, 0, false, NULL);
    mqtt_drop(line->mqtt);
    assert_true(fake_broker_wait_end(line->broker));
    assert_int_equal(line->broker->received.size, bytes);
    assert_int_equal(line->disconnected, 0);
    assert_int_equal(mqtt_fd(line->mqtt), -1);
}

static void drop_in_message_callback(Line *line)
{
    mqtt_drop(line->mqtt);
}

static void drop_in_callback_delivers_and_sends_no_more(void **state)
{
    Line *line = *state;
    size_t bytes;

    line->on_message = drop_in_message_callback;
    line_connect(line);
    bytes = line->broker->received.size;
    send_events(line, 20);
    line_until_messages(line, 1);
    assert_true(fake_broker_wait_end(line->broker));
    assert_int_equal(line->messages, 1);
    assert_int_equal(line->broker->received.size, bytes);
    assert_false(mqtt_is_open(line->mqtt));
}

static void free_sends_nothing(void **state)
{
    Line *line = *state;
    size_t bytes;

    line_connect(line);
    bytes = line->broker->received.size;
    send_events(line, 20);
    line_until_messages(line, 20);
    line->mqtt = mqtt_free(line->mqtt);
    assert_true(fake_broker_wait_end(line->broker));
    assert_int_equal(line->broker->received.size, bytes);
}

static void new_connection_does_not_inherit_held_acks(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 5);
    line_until_messages(line, 5);
    mqtt_drop(line->mqtt);
    line_connect(line);
    mqtt_write(line->mqtt);
    line_settle(line);
    assert_int_equal(fake_broker_count(line->broker, FAKE_PUBACK), 0);
    assert_int_equal(mqtt_held(line->mqtt), 0);
}

/// Publishes until the socket takes no more.
static void fill_the_line(Line *line)
{
    static const char filler[64 * 1024];

    line->broker->reads = false;
    for (int i = 0; i < 400 && !(mqtt_events(line->mqtt) & POLLOUT); i++) {
        for (int j = 0; j < 100; j++)
            mqtt_publish(line->mqtt, RECEIPT, filler, sizeof filler, 0, false, NULL);
        mqtt_write(line->mqtt);
    }
    assert_true(mqtt_events(line->mqtt) & POLLOUT);
}

static void rest_of_a_write_does_not_take_later_pubacks_along(void **state)
{
    Line *line = *state;

    line_connect(line);
    send_events(line, 1);
    line_until_messages(line, 1);
    fill_the_line(line);
    // Half of what was released is still here when another message comes and is held.
    fake_broker_send_event(line->broker, TOPIC, "late", 2);
    line_until_messages(line, 2);
    assert_int_equal(mqtt_events(line->mqtt), POLLIN);
    line->broker->reads = true;
    line_settle(line);
    assert_int_equal(fake_broker_count(line->broker, FAKE_PUBACK), 1);
    assert_int_equal(fake_broker_find(line->broker, FAKE_PUBACK, 0)->mid, 1);
    mqtt_write(line->mqtt);
    line_until_packets(line, FAKE_PUBACK, 2);
    assert_int_equal(line->broker->packets[line->broker->count - 1].mid, 2);
}

static void rest_of_a_write_follows_when_nothing_is_held(void **state)
{
    Line *line = *state;
    size_t written;

    line_connect(line);
    fill_the_line(line);
    assert_int_equal(mqtt_publish(line->mqtt, "last", "", 0, 0, false, NULL), 0);
    line->broker->reads = true;
    for (written = 0; !fake_broker_find_topic(line->broker, "last", 0) && written < 100000; written++)
        line_turn(line, 1000);
    assert_non_null(fake_broker_find_topic(line->broker, "last", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hold_sends_no_puback_before_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(write_sends_pubacks_in_order_of_arrival, set_up, tear_down),
        cmocka_unit_test_setup_teardown(publish_while_holding_follows_the_pubacks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(publish_in_callback_waits_as_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(publish_without_anything_held_leaves_by_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(qos0_message_holds_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(poll_is_not_asked_for_writing_while_holding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ready_to_write_by_an_old_poll_releases_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(qos2_message_is_delivered_once_and_its_pubcomp_held, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_hold_pubacks_leave_by_themselves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drop_sends_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drop_in_callback_delivers_and_sends_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(free_sends_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_connection_does_not_inherit_held_acks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rest_of_a_write_does_not_take_later_pubacks_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rest_of_a_write_follows_when_nothing_is_held, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
