// What mqtt_new() refuses, rather than letting a daemon run that can never connect or that connects otherwise
// than its configuration says.
#include "tests/net/line.h"

#include "core/base/log.h"

static const MqttCallbacks silent = {0};

static int set_up(void **state)
{
    *state = line_new_at(1883);
    log_set_level(LOG_LEVEL_ERROR);
    return 0;
}

static int tear_down(void **state)
{
    *state = line_free(*state);
    return 0;
}

static void check_refused(const Line *line)
{
    Mqtt *mqtt = NULL;

    assert_int_equal(mqtt_new(&line->options, &silent, NULL, &mqtt), MQTT_E_OPTIONS);
    assert_null(mqtt);
}

static void options_that_are_complete_are_taken(void **state)
{
    Line *line = *state;

    assert_int_equal(mqtt_new(&line->options, &silent, NULL, &line->mqtt), 0);
    assert_false(mqtt_is_open(line->mqtt));
    assert_int_equal(mqtt_fd(line->mqtt), -1);
}

static void options_are_copied(void **state)
{
    Line *line = *state;
    char host[] = "127.0.0.1";

    line->options.host = host;
    assert_int_equal(mqtt_new(&line->options, &silent, NULL, &line->mqtt), 0);
    host[0] = 'x';
    mqtt_connect(line->mqtt);
    assert_true(mqtt_fd(line->mqtt) >= 0);
}

static void no_host_is_refused(void **state)
{
    Line *line = *state;

    line->options.host = "";
    check_refused(line);
}

static void port_zero_is_refused(void **state)
{
    Line *line = *state;

    line->options.port = 0; // libmosquitto would take the host for a Unix socket
    check_refused(line);
}

static void protocol_3_is_refused(void **state)
{
    Line *line = *state;

    line->options.protocol = 3;
    check_refused(line);
}

static void keepalive_below_the_least_is_refused(void **state)
{
    Line *line = *state;

    line->options.keepalive = MQTT_KEEPALIVE_MIN - 1;
    check_refused(line);
}

static void lasting_session_without_client_id_is_refused(void **state)
{
    Line *line = *state;

    line->options.clean_start = false;
    line->options.client_id = NULL;
    check_refused(line);
}

static void password_without_user_is_refused(void **state)
{
    Line *line = *state;

    line->options.password = "secret";
    check_refused(line);
}

static void ca_file_that_is_missing_is_refused(void **state)
{
    Line *line = *state;

    line->options.ca_file = "/nonexistent/ca.crt";
    check_refused(line);
}

static void certificate_without_key_is_refused(void **state)
{
    Line *line = *state;

    line->options.ca_file = line->options.cert_file = "/etc/passwd";
    check_refused(line);
}

static void certificate_without_ca_is_refused(void **state)
{
    Line *line = *state;

    line->options.cert_file = line->options.key_file = "/etc/passwd";
    check_refused(line); // it would connect without TLS
}

static void key_that_others_can_read_is_refused(void **state)
{
    Line *line = *state;

    line->options.ca_file = line->options.cert_file = line->options.key_file = "/etc/passwd";
    check_refused(line);
}

static void will_to_a_filter_is_refused(void **state)
{
    Line *line = *state;

    line->options.will_topic = "a/#";
    check_refused(line);
}

static void receive_maximum_beyond_the_protocol_is_refused(void **state)
{
    Line *line = *state;

    line->options.receive_maximum = 65536;
    check_refused(line);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(options_that_are_complete_are_taken),
        CASE(options_are_copied),
        CASE(no_host_is_refused),
        CASE(port_zero_is_refused),
        CASE(protocol_3_is_refused),
        CASE(keepalive_below_the_least_is_refused),
        CASE(lasting_session_without_client_id_is_refused),
        CASE(password_without_user_is_refused),
        CASE(ca_file_that_is_missing_is_refused),
        CASE(certificate_without_key_is_refused),
        CASE(certificate_without_ca_is_refused),
        CASE(key_that_others_can_read_is_refused),
        CASE(will_to_a_filter_is_refused),
        CASE(receive_maximum_beyond_the_protocol_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
