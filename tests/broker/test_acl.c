// Who may say and hear what: the whole matrix against a real broker with the rendered rules.
#include "tests/broker/rendered.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"

#define COLLECTOR "studyday-collector"
#define COLLECTOR_STATE ("studyday/1/collector/" COLLECTOR) // in a list: no comma was forgotten
#define OWN "studyday/1/qh-01/t-1/"
#define OTHER "studyday/1/qh-01/t-2/"

static Rendered *rendered;
static Line *collector, *terminal;

static void listen_to(Line *line, const char *filter)
{
    assert_int_equal(mqtt_subscribe(line->mqtt, filter, 1, NULL), 0);
    line_until(line, &line->subscribed, line->subscribed + 1);
    assert_int_equal(line->granted, 1); // mosquitto grants any filter; what it delivers is another matter
}

/// The broker's answer to a publish.
static uint8_t say(Line *line, const char *topic)
{
    assert_int_equal(mqtt_publish(line->mqtt, topic, "{}", 2, 1, false, NULL), 0);
    line_until(line, &line->published, line->published + 1);
    return line->published_reason;
}

static int set_up(void **state)
{
    char listener[32];

    (void)state;
    if (!broker_is_installed())
        return 0;
    rendered = rendered_new();
    snprintf(listener, sizeof(listener), "127.0.0.1:%d", rendered->broker->port);
    const char *const arguments[] = {"--listener", listener, "--user", getpwuid(geteuid())->pw_name, NULL};
    assert_int_equal(rendered_run(rendered, arguments), 0);
    rendered_add_user(rendered, COLLECTOR);
    rendered_add_user(rendered, "t-1");
    rendered_add_user(rendered, "t-2");
    rendered_start(rendered);
    collector = rendered_line(rendered, COLLECTOR);
    terminal = rendered_line(rendered, "t-1");
    line_connect(collector);
    line_connect(terminal);
    assert_int_equal(collector->connected, 1);
    assert_int_equal(terminal->connected, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    collector = line_free(collector);
    terminal = line_free(terminal);
    rendered = rendered_free(rendered);
    return 0;
}

static void need_broker(void)
{
    if (!rendered)
        skip();
}

static void terminal_writes_its_own_topics_and_the_collector_reads_them(void **state)
{
    static const char *const leaves[] = {"event", "hello", "state", "ask"};

    (void)state;
    need_broker();
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        CLEANUP(cleanup_text) Text topic = {0}, filter = {0};

        text_appendf(&topic, OWN "%s", leaves[i]);
        text_appendf(&filter, "studyday/1/+/+/%s", leaves[i]);
        listen_to(collector, filter.data);
        assert_int_equal(say(terminal, topic.data), MQTT_REASON_SUCCESS);
        line_until_messages(collector, i + 1);
        assert_string_equal(collector->last_topic.data, topic.data);
    }
}

static void terminal_reads_its_own_topics_and_the_collectors_state(void **state)
{
    static const char *const topics[] = {OWN "receipt", OWN "plan", OWN "answer", COLLECTOR_STATE};

    (void)state;
    need_broker();
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        listen_to(terminal, topics[i]);
        assert_int_equal(say(collector, topics[i]), MQTT_REASON_SUCCESS);
        line_until_messages(terminal, i + 1);
        assert_string_equal(terminal->last_topic.data, topics[i]);
    }
}

static void terminal_may_write_nothing_else(void **state)
{
    static const char *const topics[] = {
        OTHER "event",
        OTHER "hello",
        OTHER "state",
        OTHER "ask",
        OTHER "receipt",
        OWN "receipt",
        OWN "plan",
        OWN "answer",
        OWN "event/more",
        COLLECTOR_STATE,
        "studyday/1/collector/t-1",
        "studyday/2/qh-01/t-1/event",
        "elsewhere",
        "$SYS/broker/version",
    };

    (void)state;
    need_broker();
    listen_to(collector, "#"); // what the rules let through would be more than "no subscribers"
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        uint8_t reason = say(terminal, topics[i]);

        if (reason != MQTT_REASON_NOT_AUTHORIZED)
            fail_msg("%s: 0x%02x", topics[i], reason);
    }
    assert_int_equal(collector->messages, 0);
}

static void terminal_hears_nothing_else_whatever_it_subscribes_to(void **state)
{
    static const char *const filters[] = {"#", "$SYS/#", "studyday/1/+/+/receipt", OTHER "receipt",
                                          OTHER "event"};
    Line *other = rendered_line(rendered, "t-2");

    (void)state;
    need_broker();
    line_connect(other);
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
        listen_to(terminal, filters[i]);
    say(other, OTHER "event");
    say(other, OTHER "ask");
    say(collector, OTHER "receipt");
    say(collector, OTHER "plan");
    say(collector, OTHER "answer");
    say(collector, OWN "receipt"); // comes last, so nothing is still under way when it is there
    line_until_messages(terminal, 1);
    line_settle(terminal); // `#` and its own filter may both bring it
    assert_string_equal(terminal->last_topic.data, OWN "receipt");
    assert_in_range(terminal->messages, 1, 2);
    line_free(other);
}

static void collector_may_not_write_events(void **state)
{
    static const char *const topics[] = {OWN "event", OWN "hello", OWN "state", OWN "ask",
                                         "studyday/1/collector/x"};

    (void)state;
    need_broker();
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
        assert_int_equal(say(collector, topics[i]), MQTT_REASON_NOT_AUTHORIZED);
}

static void nobody_comes_in_without_a_name(void **state)
{
    Line *line;

    (void)state;
    need_broker();
    line = rendered_line(rendered, NULL);
    line_connect(line);
    assert_int_equal(line->connected, 0);
    line_free(line);
}

static void nobody_comes_in_with_a_wrong_password(void **state)
{
    Line *line;

    (void)state;
    need_broker();
    line = rendered_line(rendered, "t-1");
    line->options.password = "fedcba9876543210";
    line_connect(line);
    assert_int_equal(line->connected, 0);
    line_free(line);
}

// The trap behind "MQTT 5 where the broker speaks it": it looks like a success, and is none.
static void mqtt311_is_told_success_for_what_is_denied(void **state)
{
    Line *line;

    (void)state;
    need_broker();
    listen_to(collector, "#");
    line = rendered_line(rendered, "t-2");
    line->options.protocol = 4;
    line_connect(line);
    assert_int_equal(say(line, OWN "event"), MQTT_REASON_SUCCESS);
    assert_int_equal(say(line, OTHER "event"), MQTT_REASON_SUCCESS);
    line_until_messages(collector, 1);
    assert_string_equal(collector->last_topic.data, OTHER "event");
    line_free(line);
}

static void payload_beyond_the_protocol_still_reaches_the_collector(void **state)
{
    static const char large[200 * 1024];

    (void)state;
    need_broker();
    listen_to(collector, "studyday/1/+/+/event");
    assert_int_equal(mqtt_publish(terminal->mqtt, OWN "event", large, sizeof(large), 1, false, NULL), 0);
    line_until(terminal, &terminal->published, 1);
    line_until_messages(collector, 1);
}

int main(void)
{
#define IN_TURN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_TURN(terminal_writes_its_own_topics_and_the_collector_reads_them),
        IN_TURN(terminal_reads_its_own_topics_and_the_collectors_state),
        IN_TURN(terminal_may_write_nothing_else),
        IN_TURN(terminal_hears_nothing_else_whatever_it_subscribes_to),
        IN_TURN(collector_may_not_write_events),
        IN_TURN(nobody_comes_in_without_a_name),
        IN_TURN(nobody_comes_in_with_a_wrong_password),
        IN_TURN(mqtt311_is_told_success_for_what_is_denied),
        IN_TURN(payload_beyond_the_protocol_still_reaches_the_collector),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
