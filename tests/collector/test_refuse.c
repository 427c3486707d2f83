// C4: what cannot be read is kept whole, what can be read but not accepted is refused under its key, and what
// names something unknown is stored and waits. C5: the order makes no difference. Ask.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/store/query.h"
#include "core/store/roster.h"
#include "tests/collector/site.h"

#define EVENT_TOPIC "studyday/1/a/t1/event"
#define AT "\"at\":\"2026-11-05T08:58:12+08:00\""
#define ENVELOPE(events) "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[" events "]}"

static int set_up(void **state)
{
    Site *site = site_new("", 5);

    site_start(site, NULL);
    *state = site;
    return 0;
}

static int tear_down(void **state)
{
    *state = site_free(*state);
    return 0;
}

static void test_c4_what_cannot_be_read_is_quarantined_whole(void **state)
{
    static const struct {
        const char *payload, *reason;
    } rows[] = {
        {"", "bad-json"},
        {"hello", "bad-json"},
        {"[]", "not-an-object"},
        {"{\"v\":1", "bad-json"},
        {ENVELOPE(SITE_IN("M1")) "x", "trailing-bytes"},
        {"{\"v\":1,\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[]}", "duplicate-key"},
        {"{\"v\":2,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[]}", "bad-version"},
        {"{\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[]}", "missing-key"},
        {"{\"v\":1,\"first\":1,\"events\":[]}", "missing-key"},
        {"{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"events\":[]}", "missing-key"},
        {"{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1}", "missing-key"},
        {"{\"v\":1,\"epoch\":\"short\",\"first\":1,\"events\":[]}", "bad-value"},
        {"{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":0,\"events\":[]}", "bad-value"},
        {"{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":{}}", "bad-value"},
        {ENVELOPE("7"), NULL},
        {"{\"v\":1,\"x\":[[[[[[[[1]]]]]]]],\"epoch\":\"" SITE_EPOCH "\",\"first\":1,\"events\":[]}",
         "too-deep"},
        {"\xff\xfe", "bad-utf8"},
    };
    Site *site = *state;
    size_t count = sizeof(rows) / sizeof(rows[0]);
    char *reasons, *rest = NULL, *word;

    for (size_t i = 0; i < count; i++)
        site_wait_ack(site, site_send(site, EVENT_TOPIC, rows[i].payload));
    reasons = site_quarantine(site);
    word = strtok_r(reasons, " ", &rest);
    for (size_t i = 0; i < count; i++, word = strtok_r(NULL, " ", &rest)) {
        assert_non_null(word);
        if (rows[i].reason && strcmp(word, rows[i].reason) != 0)
            fail_msg("%s: %s, expected %s", rows[i].payload, word, rows[i].reason);
    }
    assert_null(word);
    assert_int_equal(site_count_events(site), 0);
    assert_int_equal(site_status(site, "received"), (long)count);
    assert_int_equal(site_status(site, "quarantined"), (long)count);
    assert_null(fake_broker_find_topic(site->broker, "studyday/1/a/t1/receipt", 0));
    free(reasons);
}

static void test_c4_a_payload_that_is_too_large_is_quarantined_whole(void **state)
{
    Site *site = *state;
    size_t size = WIRE_PAYLOAD_MAX + 1;
    char *payload = alloc_zero(size + 1), *reasons;

    memset(payload, ' ', size);
    memcpy(payload, "{\"v\":1", 6);
    site_wait_ack(site, site_send(site, EVENT_TOPIC, payload));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "too-large ");
    free(reasons);
    free(payload);
}

static void test_c4_the_same_bytes_again_are_counted_and_kept_once(void **state)
{
    Site *site = *state;
    char *reasons;

    for (int i = 0; i < 3; i++)
        site_wait_ack(site, site_send(site, EVENT_TOPIC, "nonsense"));
    site_wait_ack(site, site_send(site, EVENT_TOPIC, "other nonsense"));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "bad-json bad-json ");
    assert_int_equal(site_status(site, "quarantined"), 4);
    assert_int_equal(site_status(site, "received"), 4);
    free(reasons);
}

static int keep_entry(void *user, const QuarantineEntry *entry)
{
    Text *text = user;

    text_appendf(text, "%s %s %s %.*s\n", entry->topic, entry->terminal, entry->state, (int)entry->size,
                 (const char *)entry->payload);
    return 0;
}

static void test_c4_the_quarantine_keeps_topic_and_bytes(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_text) Text text = {0};

    site_wait_ack(site, site_send(site, EVENT_TOPIC, "nonsense"));
    store = site_store(site);
    assert_int_equal(quarantine_each(store, true, keep_entry, &text), 0);
    assert_string_equal(text_cstr(&text), EVENT_TOPIC " t1 open nonsense\n");
}

static void test_c4_what_can_be_read_but_not_accepted_is_refused_under_its_key(void **state)
{
    static const char *const events[] = {
        "{\"kind\":\"fly\",\"session\":\"S1\",\"member\":\"M1\"," AT "}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\"}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\",\"at\":\"yesterday\"}",
        "{\"kind\":\"in\",\"session\":\"S1\"," AT "}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\",\"card\":\"C1\"," AT "}",
        "{\"kind\":\"in\",\"session\":\"S 1\",\"member\":\"M1\"," AT "}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"by\":\"magic\"}",
        "{\"kind\":\"makeup\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"minutes\":-1}",
        "{\"kind\":\"makeup\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"minutes\":1.5}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":null," AT "}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"x-a\":true}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"x-a\":{}}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"x-a\":[]}",
        "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"seq\":1}",
        "{\"kind\":\"check\",\"session\":\"S1\",\"member\":\"M1\"," AT ",\"found\":2}",
        "{}",
    };
    Site *site = *state;
    size_t count = sizeof(events) / sizeof(events[0]);

    for (size_t i = 0; i < count; i++) {
        Receipt receipt;
        site_send_batch(site, "t1", SITE_EPOCH, i + 1, events[i]);
        receipt = site_receipt(site, "t1", i);
        if (receipt.through != i + 1 || receipt.refused_count != 1 || receipt.refused[0].seq != i + 1)
            fail_msg("%s: through %llu, %u refused", events[i], (unsigned long long)receipt.through,
                     receipt.refused_count);
        receipt_deinit(&receipt);
    }
    assert_int_equal(site_status(site, "quarantined"), (long)count);
    assert_int_equal(site_status(site, "stored"), 0);
}

static void test_c4_a_refused_event_is_told_again_when_it_is_sent_again(void **state)
{
    Site *site = *state;

    for (size_t i = 0; i < 2; i++) {
        Receipt receipt;
        site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1") ",{\"kind\":\"fly\"}");
        receipt = site_receipt(site, "t1", i);
        assert_int_equal(receipt.through, 2);
        assert_int_equal(receipt.refused_count, 1);
        assert_int_equal(receipt.refused[0].seq, 2);
        assert_string_equal(receipt.refused[0].reason, "bad-kind");
        receipt_deinit(&receipt);
    }
    assert_int_equal(site_status(site, "duplicate"), 2);
}

static void test_c4_the_quarantine_shows_what_a_nested_event_said(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_text) Text text = {0};

    site_send_batch(site, "t1", SITE_EPOCH, 1, "{\"kind\":\"in\",\"x-a\":{\"deep\":[1]}}");
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    store = site_store(site);
    assert_int_equal(quarantine_each(store, true, keep_entry, &text), 0);
    assert_non_null(strstr(text_cstr(&text), "{\"kind\":\"in\",\"x-a\":{\"deep\":[1]}}"));
}

static int note_state(void *user, const EventRow *event)
{
    text_appendf(user, "%s ", event_state_word(event->state));
    return 0;
}

static char *event_states(const Site *site)
{
    CLEANUP(cleanup_store) Store *store = site_store(site);
    const EventFilter all = {0};
    Text states = {0};

    assert_int_equal(query_events(store, &all, note_state, &states), 0);
    return text_take(&states);
}

static void test_c4_unknown_member_card_and_session_are_parked_not_refused(void **state)
{
    Site *site = *state;
    Receipt receipt;
    char *states;

    site_send_batch(site, "t1", SITE_EPOCH, 1,
                    SITE_IN("M9") ",{\"kind\":\"in\",\"session\":\"S1\",\"card\":\"C9\"," AT "},"
                                  "{\"kind\":\"in\",\"session\":\"S9\",\"member\":\"M1\"," AT "}");
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.through, 3);
    assert_int_equal(receipt.refused_count, 0);
    states = event_states(site);
    assert_string_equal(states, "parked parked parked ");
    assert_int_equal(site_status(site, "stored"), 3);
    assert_int_equal(site_status(site, "parked"), 3);
    free(states);
    receipt_deinit(&receipt);
}

static void test_c4_a_parked_event_counts_once_a_roster_names_its_member(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_store) Store *store = NULL;
    MemberPut member = {.code = "M9",
                        .name = "Nine",
                        .org = "LF-1",
                        .from = date_from_civil(2026, 1, 1),
                        .to = DATE_NONE,
                        .exempt_from = DATE_NONE,
                        .exempt_to = DATE_NONE};
    RosterSettled settled;
    RosterChange change;
    char *states;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M9"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    site_end(site, SIGTERM);
    assert_int_equal(store_open(site->database, STORE_WRITE, &store), 0);
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(roster_put_member(store, &member, &change), 0);
    assert_int_equal(roster_settle(store, clock_now(), &settled), 0);
    assert_int_equal(settled.unparked, 1);
    assert_int_equal(store_commit(store), 0);
    states = event_states(site);
    assert_string_equal(states, "counted ");
    free(states);
}

static void test_c4_a_bad_hello_is_quarantined_and_counted_apart(void **state)
{
    Site *site = *state;
    char *reasons;

    site_wait_ack(site, site_send(site, "studyday/1/a/t1/hello", "{\"v\":1}"));
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "missing-key ");
    assert_int_equal(site_status(site, "unreadable"), 1);
    assert_int_equal(site_status(site, "received"), 0);
    free(reasons);
}

static void test_c4_the_collector_lives_on_and_the_next_good_event_counts(void **state)
{
    Site *site = *state;
    Receipt receipt;

    site_send(site, EVENT_TOPIC, "\x01\x02\x03");
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.through, 1);
    receipt_deinit(&receipt);
}

static int note_attendance(void *user, const RecordEntry *entry)
{
    const Attendance *a = &entry->attendance;

    text_appendf(user, "%s %d %d %lld %lld %d %d %u\n", entry->session->code, (int)a->status, a->on_site,
                 (long long)a->first_in, (long long)a->last_out, a->minutes, a->credit, a->flags);
    return 0;
}

static char *attendance_of(const Site *site)
{
    static const char *const members[] = {"M1", "M2", "M3"};
    CLEANUP(cleanup_store) Store *store = site_store(site);
    Text text = {0};

    for (size_t i = 0; i < 3; i++) {
        MemberRow member;
        assert_int_equal(query_member(store, members[i], date_from_civil(2026, 11, 5), &member), 0);
        assert_int_equal(query_record(store, &member, 2026, clock_now(), note_attendance, &text), 0);
        member_row_deinit(&member);
    }
    return text_take(&text);
}

static const char *const history[] = {
    "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\",\"at\":\"2026-11-05T09:20:00+08:00\"}",
    "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"M1\",\"at\":\"2026-11-05T08:50:00+08:00\"}",
    "{\"kind\":\"out\",\"session\":\"S1\",\"member\":\"M1\",\"at\":\"2026-11-05T10:00:00+08:00\"}",
    "{\"kind\":\"void\",\"session\":\"S1\",\"member\":\"M1\",\"at\":\"2026-11-05T10:01:00+08:00\",\"of\":3}",
    "{\"kind\":\"leave\",\"session\":\"S1\",\"member\":\"M2\",\"at\":\"2026-11-05T08:00:00+08:00\","
    "\"reason\":\"ill\"}",
    "{\"kind\":\"makeup\",\"session\":\"S1\",\"member\":\"M2\",\"at\":\"2026-11-12T08:00:00+08:00\","
    "\"minutes\":60}",
    "{\"kind\":\"home\",\"session\":\"S1\",\"member\":\"M3\",\"at\":\"2026-11-06T08:00:00+08:00\","
    "\"visitor\":\"M1\"}",
};
#define HISTORY (sizeof(history) / sizeof(history[0]))

static void send_history(Site *site, const size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        site_send_batch(site, "t1", SITE_EPOCH, order[i] + 1, history[order[i]]);
    site_settle(site);
}

static void test_c5_order_and_duplicates_make_no_difference(void **state)
{
    static const size_t forward[] = {0, 1, 2, 3, 4, 5, 6}, mixed[] = {6, 3, 3, 0, 5, 2, 6, 1, 4, 0};
    Site *site = *state, *other = site_new("", 5);
    char *first, *second;

    site_start(other, NULL);
    send_history(site, forward, HISTORY);
    send_history(other, mixed, sizeof(mixed) / sizeof(mixed[0]));
    first = attendance_of(site);
    second = attendance_of(other);
    assert_true(strlen(first) > 0);
    assert_string_equal(first, second);
    free(first);
    free(second);
    site_free(other);
}

static Answer answer(Site *site, size_t index)
{
    const FakePacket *packet = site_wait_topic(site, "studyday/1/a/t1/answer", index);
    Answer answer = {0};
    WireError error;

    assert_int_equal(packet->qos, 1);
    assert_int_equal(answer_decode((const char *)packet->payload, packet->payload_size, &answer, &error), 0);
    return answer;
}

static void test_ask_for_the_record_of_a_member_of_the_plan(void **state)
{
    Site *site = *state;
    Answer got;

    site_send(site, "studyday/1/a/t1/ask", "{\"v\":1,\"id\":\"q1\",\"ask\":\"record\",\"member\":\"M1\"}");
    got = answer(site, 0);
    assert_string_equal(got.id, "q1");
    assert_string_equal(got.error, "");
    assert_non_null(strstr(got.record, "\"member\":\"M1\""));
    answer_deinit(&got);
}

static void test_ask_for_anybody_else_is_not_allowed(void **state)
{
    static const char *const members[] = {"M9", "nobody"};
    Site *site = *state;

    for (size_t i = 0; i < 2; i++) {
        CLEANUP(cleanup_text) Text ask = {0};
        Answer got;
        text_appendf(&ask, "{\"v\":1,\"id\":\"q%zu\",\"ask\":\"record\",\"member\":\"%s\"}", i, members[i]);
        site_send(site, "studyday/1/a/t1/ask", text_cstr(&ask));
        got = answer(site, i);
        assert_string_equal(got.error, "not-allowed");
        assert_null(got.record);
        answer_deinit(&got);
    }
}

static void test_ask_for_the_plan_sends_it(void **state)
{
    Site *site = *state;
    Answer got;

    site_send(site, "studyday/1/a/t1/ask", "{\"v\":1,\"id\":\"q\",\"ask\":\"plan\"}");
    got = answer(site, 0);
    assert_string_equal(got.error, "");
    assert_non_null(fake_broker_find_topic(site->broker, "studyday/1/a/t1/plan", 0));
    answer_deinit(&got);
}

static void test_ask_for_something_unknown_fails_with_a_word(void **state)
{
    Site *site = *state;
    Answer got;

    site_send(site, "studyday/1/a/t1/ask", "{\"v\":1,\"id\":\"q\",\"ask\":\"weather\"}");
    got = answer(site, 0);
    assert_string_equal(got.error, "bad-ask");
    answer_deinit(&got);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_c4_what_cannot_be_read_is_quarantined_whole),
        TEST(test_c4_a_payload_that_is_too_large_is_quarantined_whole),
        TEST(test_c4_the_same_bytes_again_are_counted_and_kept_once),
        TEST(test_c4_the_quarantine_keeps_topic_and_bytes),
        TEST(test_c4_what_can_be_read_but_not_accepted_is_refused_under_its_key),
        TEST(test_c4_the_quarantine_shows_what_a_nested_event_said),
        TEST(test_c4_a_refused_event_is_told_again_when_it_is_sent_again),
        TEST(test_c4_unknown_member_card_and_session_are_parked_not_refused),
        TEST(test_c4_a_parked_event_counts_once_a_roster_names_its_member),
        TEST(test_c4_a_bad_hello_is_quarantined_and_counted_apart),
        TEST(test_c4_the_collector_lives_on_and_the_next_good_event_counts),
        TEST(test_c5_order_and_duplicates_make_no_difference),
        TEST(test_ask_for_the_record_of_a_member_of_the_plan),
        TEST(test_ask_for_anybody_else_is_not_allowed),
        TEST(test_ask_for_the_plan_sends_it),
        TEST(test_ask_for_something_unknown_fails_with_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
