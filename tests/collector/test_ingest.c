// Taking a message in while the database fails: each read and each lock that a message costs fails in turn,
// in this process. Either the message was dealt with all the same, or the disk is said to have failed and
// nothing of the message is there. And what no broker would hand us is refused as well.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "collector/collector.h"
#include "collector/ingest.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/wire/wire.h"
#include "tests/collector/site.h"
#include "tests/support/fault_vfs.h"

#define SWEEP_MAX 400 // a sweep that does not end by then is itself a failure
#define FILE_MAX (16 * 1024 * 1024)
#define EVENT "studyday/1/a/t1/event"
#define BATCH_OF(first, events) \
    "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":" first ",\"events\":[" events "]}"
#define BATCH BATCH_OF("1", SITE_IN("M1"))

typedef struct Bench {
    Site *site;
    Text first; // the database as it was made
    Collector collector;
} Bench;

// What a message must have come to when nothing failed: events stored and entries of the quarantine.
typedef struct Case {
    const char *topic, *payload;
    bool is_signed; // with the key of "keyed"
    int events, quarantined;
} Case;

static const Case cases[] = {
    {EVENT, BATCH, false, 1, 0},
    {EVENT, BATCH_OF("1", SITE_IN("M1") "," SITE_IN("M2") "," SITE_IN("nobody")), false, 3, 0},
    {EVENT, BATCH_OF("1", "{\"kind\":\"in\"}"), false, 1, 1},
    {EVENT, BATCH_OF("1", ""), false, 0, 0},
    {EVENT, "no JSON", false, 0, 1},
    {"studyday/1/a/nobody/event", BATCH, false, 0, 1},
    {"studyday/1/a/gone/event", BATCH, false, 0, 1},
    {"studyday/1/a/keyed/event", BATCH, false, 0, 1},
    {"studyday/1/a/keyed/event", BATCH, true, 1, 0},
    {"studyday/1/a/t1/hello", "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1}", false, 0, 0},
    {"studyday/1/a/t1/hello", "{}", false, 0, 1},
    {"studyday/1/a/t1/state", "{\"v\":1,\"online\":true}", false, 0, 0},
    {"studyday/1/a/t1/ask", "{\"v\":1,\"id\":\"1\",\"ask\":\"record\",\"member\":\"M1\"}", false, 0, 0},
    {"studyday/1/a/keyed/state", "{\"v\":1,\"online\":true}", true, 0, 0},
};

static void open_collector(Bench *bench)
{
    ConfigSite *config;

    assert_int_equal(config_site_load(bench->site->config, &config), 0);
    assert_int_equal(collector_open(&bench->collector, config), EX_OK);
}

static void put_back(Bench *bench)
{
    static const char *const ends[] = {"-wal", "-shm"};
    CLEANUP(cleanup_free) char *heads = file_beside(bench->site->database, "studyday.heads");

    unlink(heads); // it would tell that the database is older
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        CLEANUP(cleanup_text) Text path = {0};
        text_appendf(&path, "%s%s", bench->site->database, ends[i]);
        unlink(text_cstr(&path));
    }
    assert_int_equal(
        file_write_atomic(bench->site->database, bench->first.data, bench->first.size, 0600, true), 0);
}

static int set_up(void **state)
{
    static Bench bench;
    Store *store;
    uint8_t fresh[DIGEST_SIZE];

    fault_vfs_install();
    bench = (Bench){.site = site_new("", 5)};
    // The key is another's by now, and the old one good for an hour: the first message under the new one ends
    // it.
    memset(fresh, 9, sizeof(fresh));
    assert_int_equal(store_open(bench.site->database, STORE_WRITE, &store), 0);
    assert_int_equal(terminal_rotate_key(store, "keyed", fresh, clock_now(), clock_now() + TIME_HOUR), 0);
    store_close(store);
    memcpy(bench.site->key, fresh, sizeof(fresh));
    assert_int_equal(file_read(bench.site->database, FILE_MAX, &bench.first), 0);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;

    text_deinit(&bench->first);
    site_free(bench->site);
    return 0;
}

static void take(Bench *bench, const char *topic, const char *payload, bool is_signed, bool retain)
{
    CLEANUP(cleanup_text) Text line = {0};

    text_append(&line, payload);
    if (is_signed)
        wire_mac_append(bench->site->key, topic, &line);
    MqttMessage message = {.topic = topic, .payload = line.data, .size = line.size, .retain = retain};
    ingest_message(&bench->collector, &message);
}

static int count_quarantine(const Site *site)
{
    char *reasons = site_quarantine(site);
    int count = 0;

    for (const char *p = reasons; *p; p++)
        count += *p == ' ';
    free(reasons);
    return count;
}

/// Whether the fault came.
static bool fail_at(Bench *bench, const Case *one, int number)
{
    bool struck, failed;

    open_collector(bench);
    fault_vfs_arm(number, false, FAULT_READ);
    take(bench, one->topic, one->payload, one->is_signed, false);
    flush_run(&bench->collector);
    jobs_run(&bench->collector);
    struck = fault_vfs_disarm();
    failed = bench->collector.disk.error != 0;
    collector_close(&bench->collector);
    assert_true(struck || !failed);
    assert_int_equal(site_count_events(bench->site), failed ? 0 : one->events);
    assert_int_equal(count_quarantine(bench->site), failed ? 0 : one->quarantined);
    put_back(bench);
    return struck;
}

static void c6_a_read_that_fails_leaves_nothing_of_a_message(void **state)
{
    int total = 0;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int number = 1;
        while (fail_at(*state, &cases[i], number)) {
            number++;
            assert_true(number < SWEEP_MAX);
        }
        total += number - 1;
    }
    print_message("# %d reads and locks failed\n", total);
    assert_true(total > 20);
}

/// Takes it, and looks what has become of it.
static void expect(Bench *bench, const char *topic, const char *payload, bool retain, const char *reasons)
{
    char *found;

    open_collector(bench);
    take(bench, topic, payload, false, retain);
    flush_run(&bench->collector);
    assert_int_equal(bench->collector.disk.error, 0);
    collector_close(&bench->collector);
    found = site_quarantine(bench->site);
    assert_string_equal(found, reasons);
    free(found);
    put_back(bench);
}

static void what_has_no_topic_of_ours_is_quarantined(void **state)
{
    expect(*state, "event", BATCH, false, "bad-topic ");
    expect(*state, "x", BATCH, false, "bad-topic ");
    expect(*state, "a/stranger/of/some/length", BATCH, false, "bad-topic ");
    expect(*state, "studyday/1/a/t1/some/event", BATCH, false, "bad-topic ");
}

static void c9_a_retained_state_is_ignored(void **state)
{
    expect(*state, "studyday/1/a/t1/state", "{\"v\":1,\"online\":true}", true, "");
    expect(*state, "studyday/1/a/nobody/state", "{\"v\":1,\"online\":true}", false, "");
}

static void c9_a_mac_of_neither_key_is_quarantined(void **state)
{
    Bench *bench = *state;

    bench->site->key[0]++;
    open_collector(bench);
    take(bench, "studyday/1/a/keyed/event", BATCH, true, false);
    flush_run(&bench->collector);
    collector_close(&bench->collector);
    char *found = site_quarantine(bench->site);
    assert_string_equal(found, "bad-mac ");
    free(found);
}

static void a_batch_of_nothing_leaves_a_known_stream_as_it_is(void **state)
{
    Bench *bench = *state;

    open_collector(bench);
    take(bench, EVENT, BATCH, false, false);
    take(bench, EVENT, BATCH_OF("2", ""), false, false);
    flush_run(&bench->collector);
    assert_int_equal(bench->collector.counters.events.received, 1);
    collector_close(&bench->collector);
    assert_int_equal(site_count_events(bench->site), 1);
}

static void an_event_of_a_foreign_area_is_left_to_its_collector(void **state)
{
    Bench *bench = *state;

    site_write_config(bench->site, "areas = {\"b\"}\n", 5);
    open_collector(bench);
    take(bench, EVENT, BATCH, false, false);
    flush_run(&bench->collector);
    assert_int_equal(bench->collector.counters.ignored, 1);
    collector_close(&bench->collector);
    assert_int_equal(site_count_events(bench->site), 0);
    assert_int_equal(count_quarantine(bench->site), 0);
}

static void c6_nothing_is_taken_while_the_disk_is_bad(void **state)
{
    Bench *bench = *state;

    open_collector(bench);
    disk_fail(&bench->collector, -EIO);
    take(bench, EVENT, BATCH, false, false);
    assert_int_equal(bench->collector.counters.messages, 0);
    collector_close(&bench->collector);
    assert_int_equal(site_count_events(bench->site), 0);
}

static void whoever_is_stopping_takes_nothing_more(void **state)
{
    Bench *bench = *state;

    open_collector(bench);
    bench->collector.stopping = true;
    take(bench, EVENT, BATCH, false, false);
    assert_int_equal(bench->collector.counters.messages, 0);
    collector_close(&bench->collector);
    assert_int_equal(site_count_events(bench->site), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(c6_a_read_that_fails_leaves_nothing_of_a_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_topic_of_ours_is_quarantined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(c9_a_retained_state_is_ignored, set_up, tear_down),
        cmocka_unit_test_setup_teardown(c9_a_mac_of_neither_key_is_quarantined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_of_nothing_leaves_a_known_stream_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_of_a_foreign_area_is_left_to_its_collector, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(c6_nothing_is_taken_while_the_disk_is_bad, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_is_stopping_takes_nothing_more, set_up, tear_down),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
