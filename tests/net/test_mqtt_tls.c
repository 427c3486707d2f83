// TLS: the handshake's ways to fail, and that nothing stays behind in the decrypted buffer that poll() cannot
// see.
#include "tests/net/line.h"

#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tests/support/broker.h"
#include "tests/support/support.h"

#define TOPIC "studyday/1/a/t/event"
#define BURST 3000 // small messages, many to a TLS record

static Broker *broker;
static Line *one, *other;
static Text ca_file, cert_file, key_file, stranger_file;

/// A self-signed certificate, its own authority. True if openssl could make it.
static bool make_certificate(const char *key, const char *cert)
{
    const char *const argv[] = {"openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:prime256v1",
                                "-nodes",
                                "-subj",
                                "/CN=localhost",
                                "-addext",
                                "subjectAltName=DNS:localhost,IP:127.0.0.1",
                                "-days",
                                "2",
                                "-keyout",
                                key,
                                "-out",
                                cert,
                                NULL};

    return support_end(support_spawn(argv, "/dev/null"), 0) == 0;
}

static int group_set_up(void **state)
{
    CLEANUP(cleanup_text) Text config = {0};
    CLEANUP(cleanup_text) Text stranger_key = {0};

    (void)state;
    if (!broker_is_installed() || !support_has_program("openssl"))
        return 0;
    broker = broker_new();
    text_appendf(&cert_file, "%s/cert.pem", broker->folder);
    text_appendf(&key_file, "%s/key.pem", broker->folder);
    text_appendf(&stranger_file, "%s/stranger.pem", broker->folder);
    text_appendf(&stranger_key, "%s/stranger-key.pem", broker->folder);
    text_append(&ca_file, cert_file.data);
    if (!make_certificate(key_file.data, cert_file.data) ||
        !make_certificate(stranger_key.data, stranger_file.data))
        return -1;
    text_appendf(&config,
                 "listener %d 127.0.0.1\n%sallow_anonymous true\ncertfile %s\nkeyfile %s\n"
                 "max_queued_messages 0\nmax_inflight_messages 0\n",
                 broker->port, geteuid() == 0 ? "user root\n" : "", cert_file.data, key_file.data);
    broker_run(broker, config.data);
    return 0;
}

static int group_tear_down(void **state)
{
    (void)state;
    broker = broker_free(broker);
    text_deinit(&ca_file);
    text_deinit(&cert_file);
    text_deinit(&key_file);
    text_deinit(&stranger_file);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    if (!broker)
        return 0;
    one = line_new_at(broker->port);
    one->options.ca_file = ca_file.data;
    other = line_new_at(broker->port);
    other->options.client_id = "other";
    other->options.ca_file = ca_file.data;
    other->options.hold_acks = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (!broker)
        return 0;
    one = line_free(one);
    other = line_free(other);
    return 0;
}

static void need_broker(void)
{
    if (!broker)
        skip();
}

static void burst_arrives_whole_without_a_second_wake_up(void **state)
{
    Time deadline = clock_monotonic() + 20 * TIME_SECOND;

    (void)state;
    need_broker();
    line_connect(one);
    assert_int_equal(one->connected, 1);
    mqtt_subscribe(one->mqtt, TOPIC, 1, NULL);
    line_until(one, &one->subscribed, 1);
    line_connect(other);
    for (int i = 0; i < BURST; i++)
        mqtt_publish(other->mqtt, TOPIC, "event", 5, 1, false, NULL);
    while (one->messages < BURST) {
        assert_true(clock_monotonic() < deadline);
        line_turn(other, 1);
        line_turn(one, 1);
        mqtt_write(one->mqtt);
    }
    line_until(other, &other->published, BURST);
}

static void large_message_arrives_whole(void **state)
{
    static char large[400 * 1024]; // many TLS records
    Time deadline = clock_monotonic() + 20 * TIME_SECOND;

    (void)state;
    need_broker();
    memset(large, 'x', sizeof large);
    line_connect(one);
    mqtt_subscribe(one->mqtt, TOPIC, 1, NULL);
    line_until(one, &one->subscribed, 1);
    line_connect(other);
    mqtt_publish(other->mqtt, TOPIC, large, sizeof large, 1, false, NULL);
    while (one->messages < 1) {
        assert_true(clock_monotonic() < deadline);
        line_turn(other, 1);
        line_turn(one, 1);
    }
    assert_int_equal(one->last.size, sizeof large);
}

static void drop_over_tls_acknowledges_nothing(void **state)
{
    Time deadline = clock_monotonic() + 20 * TIME_SECOND;

    (void)state;
    need_broker();
    one->options.clean_start = false;
    one->options.session_expiry = 60;
    line_connect(one);
    mqtt_subscribe(one->mqtt, TOPIC, 1, NULL);
    line_until(one, &one->subscribed, 1);
    line_connect(other);
    mqtt_publish(other->mqtt, TOPIC, "e", 1, 1, false, NULL);
    line_until(other, &other->published, 1);
    line_until_messages(one, 1);
    mqtt_drop(one->mqtt);
    line_connect(one);
    while (one->messages < 2) {
        assert_true(clock_monotonic() < deadline);
        line_turn(one, 1000);
    }
}

static void certificate_of_a_stranger_is_refused_with_the_reason(void **state)
{
    (void)state;
    need_broker();
    one->options.ca_file = stranger_file.data;
    line_connect(one);
    assert_int_equal(one->connected, 0);
    assert_non_null(strstr(one->reason.data, "certificate verify failed"));
}

/// A line whose TLS handshake is under way: the broker has accepted it and answers nothing (a ClientHello is
/// no MQTT).
static Line *new_line_in_handshake(void)
{
    Line *line = line_new();

    line->options.ca_file = ca_file.data;
    line->broker->reads = false;
    line_connect_only(line);
    while (line->broker->connections == 0 || mqtt_events(line->mqtt) == POLLOUT)
        line_turn(line, 1000);
    return line;
}

static void broker_without_tls_ends_the_attempt(void **state)
{
    Line *line;

    (void)state;
    need_broker();
    line = new_line_in_handshake();
    fake_broker_send(line->broker, "\x20\x02\x00\x00\x20\x02\x00\x00", 8);
    line_until(line, &line->disconnected, 1);
    assert_true(line->reason.size > 0);
    line_free(line);
}

static void broker_that_closes_during_the_handshake_ends_the_attempt(void **state)
{
    Line *line;

    (void)state;
    need_broker();
    line = new_line_in_handshake();
    fake_broker_close(line->broker);
    line_until(line, &line->disconnected, 1);
    assert_true(line->reason.size > 0);
    line_free(line);
}

static void broker_that_resets_during_the_handshake_ends_the_attempt(void **state)
{
    Line *line;

    (void)state;
    need_broker();
    line = new_line_in_handshake();
    fake_broker_reset(line->broker);
    line_until(line, &line->disconnected, 1);
    assert_string_not_equal(line->reason.data, "no answer in time");
    line_free(line);
}

static void client_without_tls_ends_at_a_broker_that_wants_it(void **state)
{
    (void)state;
    need_broker();
    one->options.ca_file = NULL;
    line_connect(one);
    assert_int_equal(one->connected, 0);
    assert_int_equal(one->disconnected, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(burst_arrives_whole_without_a_second_wake_up),
        CASE(large_message_arrives_whole),
        CASE(drop_over_tls_acknowledges_nothing),
        CASE(certificate_of_a_stranger_is_refused_with_the_reason),
        CASE(broker_without_tls_ends_the_attempt),
        CASE(broker_that_closes_during_the_handshake_ends_the_attempt),
        CASE(broker_that_resets_during_the_handshake_ends_the_attempt),
        CASE(client_without_tls_ends_at_a_broker_that_wants_it),
    };

    return cmocka_run_group_tests(tests, group_set_up, group_tear_down);
}
