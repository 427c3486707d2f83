// How a connection comes about, is kept and ends, against a broker that misbehaves on demand. Time-outs are
// reached by pushing the clock, not by waiting.
#include "tests/net/line.h"

#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/net/loop.h"
#include "tests/support/fake_clock.h"
#include "tests/support/support.h"

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

static void broker_that_refuses_ends_with_its_reason(void **state)
{
    Line *line = *state;

    line->broker->connect_reason = MQTT_REASON_NOT_AUTHORIZED;
    line_connect(line);
    assert_int_equal(line->connected, 0);
    assert_int_equal(line->disconnected, 1);
    assert_string_equal(line->reason.data, "refused: Not authorized");
    assert_false(mqtt_is_open(line->mqtt));
}

static void broker_that_refuses_mqtt311_ends_with_its_reason(void **state)
{
    Line *line = *state;

    line->options.protocol = 4;
    line->broker->connect_reason = 4; // bad user name or password
    line_connect(line);
    assert_int_equal(line->connected, 0);
    assert_non_null(strstr(line->reason.data, "refused: Connection Refused: bad user name or password"));
}

static void broker_that_does_not_speak_mqtt5_is_told(void **state)
{
    static const char old_connack[] = {0x20, 2, 0, 1};
    Line *line = *state;

    line->broker->answers_connect = false;
    line_connect_only(line);
    line_until_packets(line, FAKE_CONNECT, 1);
    fake_broker_send(line->broker, old_connack, sizeof old_connack);
    line_until(line, &line->disconnected, 1);
    assert_string_equal(line->reason.data, "refused: Unsupported Protocol Version");
}

static void broker_that_closes_ends_the_line(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_close(line->broker);
    line_until(line, &line->disconnected, 1);
    line_settle(line);
    assert_int_equal(line->disconnected, 1);
    assert_int_equal(mqtt_fd(line->mqtt), -1);
    assert_true(mqtt_tick(line->mqtt) == LOOP_NEVER);
}

static void broker_that_resets_ends_the_line(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_reset(line->broker);
    line_until(line, &line->disconnected, 1);
    assert_true(line->reason.size > 0);
}

static void broker_that_closes_while_acks_are_held_ends_the_line(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_send_event(line->broker, TOPIC, "e", 1);
    line_until_messages(line, 1);
    fake_broker_reset(line->broker);
    line_until(line, &line->disconnected, 1);
}

static void broker_that_says_disconnect_is_quoted(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_disconnect(line->broker, 0x8e);
    line_until(line, &line->disconnected, 1);
    line_settle(line);
    assert_int_equal(line->disconnected, 1);
    assert_string_equal(line->reason.data, "closed by the broker: Session taken over");
}

static void broker_that_sends_rubbish_ends_the_line(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_send(line->broker, "\xf0\xff\xff\xff\xff\xff", 6);
    line_until(line, &line->disconnected, 1);
}

static void broker_that_closes_before_connack_ends_the_attempt(void **state)
{
    Line *line = *state;

    line->broker->answers_connect = false;
    line_connect_only(line);
    line_until_packets(line, FAKE_CONNECT, 1);
    fake_broker_close(line->broker);
    line_until(line, &line->disconnected, 1);
    assert_int_equal(line->connected, 0);
}

static void port_where_nobody_listens_ends_the_attempt(void **state)
{
    Line *line = *state;

    line->options.port = support_free_port();
    line_connect(line);
    assert_int_equal(line->disconnected, 1);
    assert_string_equal(line->reason.data, "Connection refused");
}

static void host_that_is_no_address_ends_the_attempt_at_the_tick(void **state)
{
    Line *line = *state;

    line->options.host = "::ffff::1"; // no name, so nothing is looked up; no address either
    line_connect_only(line);
    assert_int_equal(line->disconnected, 0);
    mqtt_tick(line->mqtt);
    assert_int_equal(line->disconnected, 1);
    assert_true(line->reason.size > 0);
}

static void broker_that_never_accepts_times_out(void **state)
{
    Line *line = *state;
    int port, full = support_listen_full(&port);

    line->options.port = port;
    line_connect_only(line);
    line_turn(line, 20);
    assert_int_equal(line->disconnected, 0);
    assert_true(mqtt_is_open(line->mqtt));
    fake_clock_advance((MQTT_CONNECT_SECONDS + 1) * TIME_SECOND);
    mqtt_tick(line->mqtt);
    assert_int_equal(line->disconnected, 1);
    assert_string_equal(line->reason.data, "no answer in time");
    close(full);
}

static void broker_that_accepts_and_is_silent_times_out(void **state)
{
    Line *line = *state;

    line->broker->answers_connect = false;
    line_connect_only(line);
    line_until_packets(line, FAKE_CONNECT, 1);
    fake_clock_advance((MQTT_CONNECT_SECONDS + 1) * TIME_SECOND);
    mqtt_tick(line->mqtt);
    assert_int_equal(line->disconnected, 1);
}

static void idle_line_is_kept_alive_by_pings(void **state)
{
    Line *line = *state;

    line_connect(line);
    for (size_t i = 1; i <= 3; i++) {
        fake_clock_advance(61 * TIME_SECOND);
        line_until_packets(line, FAKE_PINGREQ, i);
        line_settle(line);
    }
    assert_int_equal(line->disconnected, 0);
}

static void half_open_line_ends_after_two_keepalives(void **state)
{
    Line *line = *state;

    line->broker->answers_ping = false;
    line_connect(line);
    fake_clock_advance(61 * TIME_SECOND);
    line_until_packets(line, FAKE_PINGREQ, 1);
    line_settle(line);
    assert_int_equal(line->disconnected, 0);
    fake_clock_advance(61 * TIME_SECOND);
    line_until(line, &line->disconnected, 1);
    assert_string_equal(line->reason.data, "no answer to a ping");
}

static void tick_asks_to_be_called_within_a_quarter_keepalive(void **state)
{
    Line *line = *state;
    Time next;

    line_connect(line);
    next = mqtt_tick(line->mqtt) - clock_monotonic();
    assert_true(next > 0 && next <= 15 * TIME_SECOND);
}

static void goodbye_leaves_last_and_closes(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_send_event(line->broker, TOPIC, "e", 1);
    line_until_messages(line, 1);
    mqtt_publish(line->mqtt, "state", "off", 3, 1, true, NULL);
    mqtt_disconnect(line->mqtt);
    assert_int_equal(mqtt_publish(line->mqtt, "late", "", 0, 1, false, NULL), MQTT_E_OFFLINE);
    mqtt_write(line->mqtt);
    line_until(line, &line->disconnected, 1);
    assert_true(fake_broker_wait_end(line->broker));
    assert_int_equal(line->broker->count, 4);
    assert_int_equal(line->broker->packets[1].type, FAKE_PUBACK);
    assert_int_equal(line->broker->packets[2].type, FAKE_PUBLISH);
    assert_int_equal(line->broker->packets[3].type, FAKE_DISCONNECT);
    assert_string_equal(line->reason.data, "goodbye said");
}

static void goodbye_survives_a_message_that_comes_meanwhile(void **state)
{
    Line *line = *state;

    line_connect(line);
    mqtt_disconnect(line->mqtt);
    fake_broker_send_event(line->broker, TOPIC, "e", 1);
    line_until(line, &line->disconnected, 1);
    assert_true(fake_broker_wait(line->broker, FAKE_DISCONNECT, 1));
    assert_int_equal(line->messages, 0);
}

static void goodbye_to_a_broker_that_does_not_read_ends_in_time(void **state)
{
    static const char filler[64 * 1024];
    Line *line = *state;

    line_connect(line);
    line->broker->reads = false;
    for (int i = 0; i < 400 && !(mqtt_events(line->mqtt) & POLLOUT); i++) {
        for (int j = 0; j < 100; j++)
            mqtt_publish(line->mqtt, "filler", filler, sizeof filler, 0, false, NULL);
        mqtt_write(line->mqtt);
    }
    mqtt_disconnect(line->mqtt);
    mqtt_write(line->mqtt);
    assert_int_equal(line->disconnected, 0);
    fake_clock_advance((MQTT_CONNECT_SECONDS + 1) * TIME_SECOND);
    mqtt_tick(line->mqtt);
    assert_int_equal(line->disconnected, 1);
}

static void goodbye_before_connack_gives_up(void **state)
{
    Line *line = *state;

    line->broker->answers_connect = false;
    line_connect_only(line);
    line_until_packets(line, FAKE_CONNECT, 1);
    mqtt_disconnect(line->mqtt);
    mqtt_tick(line->mqtt);
    assert_int_equal(line->disconnected, 1);
    assert_string_equal(line->reason.data, "given up");
}

static void reconnect_after_an_end_works(void **state)
{
    Line *line = *state;

    line_connect(line);
    fake_broker_close(line->broker);
    line_until(line, &line->disconnected, 1);
    line_connect(line);
    assert_int_equal(line->connected, 2);
    assert_int_equal(fake_broker_count(line->broker, FAKE_CONNECT), 2);
}

static int count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void line_takes_one_descriptor(void **state)
{
    Line *line = *state;
    int before, during;

    line_connect(line); // the broker's end is one as well
    during = count_descriptors();
    mqtt_drop(line->mqtt);
    fake_broker_close(line->broker);
    before = count_descriptors();
    assert_int_equal(during - before, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(broker_that_refuses_ends_with_its_reason),
        CASE(broker_that_refuses_mqtt311_ends_with_its_reason),
        CASE(broker_that_does_not_speak_mqtt5_is_told),
        CASE(broker_that_closes_ends_the_line),
        CASE(broker_that_resets_ends_the_line),
        CASE(broker_that_closes_while_acks_are_held_ends_the_line),
        CASE(broker_that_says_disconnect_is_quoted),
        CASE(broker_that_sends_rubbish_ends_the_line),
        CASE(broker_that_closes_before_connack_ends_the_attempt),
        CASE(port_where_nobody_listens_ends_the_attempt),
        CASE(host_that_is_no_address_ends_the_attempt_at_the_tick),
        CASE(broker_that_never_accepts_times_out),
        CASE(broker_that_accepts_and_is_silent_times_out),
        CASE(idle_line_is_kept_alive_by_pings),
        CASE(half_open_line_ends_after_two_keepalives),
        CASE(tick_asks_to_be_called_within_a_quarter_keepalive),
        CASE(goodbye_leaves_last_and_closes),
        CASE(goodbye_survives_a_message_that_comes_meanwhile),
        CASE(goodbye_to_a_broker_that_does_not_read_ends_in_time),
        CASE(goodbye_before_connack_gives_up),
        CASE(reconnect_after_an_end_works),
        CASE(line_takes_one_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
