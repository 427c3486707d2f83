// C1 to C3 and the receipt: what is told, and when.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/model/chain.h"
#include "core/store/query.h"
#include "tests/collector/site.h"
#include "tests/support/support.h"

#define EVENT_TOPIC "studyday/1/a/t1/event"
#define CANONICAL_M1 \
    "{\"at\":\"2026-11-05T08:58:12+08:00\",\"kind\":\"in\",\"member\":\"M1\",\"seq\":1,\"session\":\"S1\"}"

static int set_up(void **state)
{
    Site *site = site_new("", 5);

    site_start(site, NULL);
    *state = site;
    return 0;
}

static int set_up_stopped(void **state)
{
    *state = site_new("", 5);
    return 0;
}

static int tear_down(void **state)
{
    *state = site_free(*state);
    return 0;
}

static int64_t count_streams(const Site *site)
{
    CLEANUP(cleanup_store) Store *store = site_store(site);
    StoreCounts counts;

    assert_int_equal(store_counts(store, &counts), 0);
    return counts.streams;
}

static size_t count_acks(const Site *site)
{
    return fake_broker_count(site->broker, FAKE_PUBACK);
}

static void test_c1_every_acknowledged_event_is_in_the_database(void **state)
{
    Site *site = *state;
    const size_t messages = 300;

    for (size_t i = 0; i < messages; i++)
        site_send_batch(site, "t1", SITE_EPOCH, i + 1, SITE_IN("M1"));
    for (size_t acks = 0; acks < messages;) {
        site_pump(site, 1);
        acks = count_acks(site); // read before the database: what is added meanwhile does not matter
        assert_true((size_t)site_count_events(site) >= acks);
    }
}

static void test_c1_the_puback_leaves_before_the_receipt_and_both_after_the_commit(void **state)
{
    Site *site = *state;
    const FakePacket *receipt;
    int mid = site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));

    receipt = site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    assert_int_equal(site_count_events(site), 1);
    assert_true(site_has_ack(site, mid));
    assert_true(fake_broker_find(site->broker, FAKE_PUBACK, count_acks(site) - 1)->offset < receipt->offset);
    assert_int_equal(receipt->qos, 0);
    assert_false(receipt->retain);
}

#define KILL_ROUNDS 12
#define KILL_EVENTS \
    400 // a round, which is an epoch; one message each, numbered through by its packet identifier

static int mark_seq(void *user, const EventRow *event)
{
    bool *stored = user;

    stored[strtoul(event->epoch + ULID_SIZE - 3, NULL, 10) * KILL_EVENTS + event->seq] = true;
    return 0;
}

static void test_c1_sigkill_at_any_moment_loses_nothing_acknowledged(void **state)
{
    static bool stored[KILL_ROUNDS * KILL_EVENTS + 1];
    Site *site = *state;
    CLEANUP(cleanup_store) Store *store = NULL;
    const EventFilter all = {0};
    size_t acks = 0;

    for (int round = 0; round < KILL_ROUNDS; round++) {
        char epoch[ULID_SIZE];

        snprintf(epoch, sizeof(epoch), "%.24s%02d", SITE_EPOCH, round);
        site_start(site, NULL);
        for (int i = 0; i < KILL_EVENTS; i++)
            site_send_batch(site, "t1", epoch, (uint64_t)i + 1, SITE_IN("M1"));
        site_pump(site, 3 * round); // from at once to when all is done
        site_end(site, SIGKILL);
    }
    store = site_store(site);
    assert_int_equal(query_events(store, &all, mark_seq, stored), 0);
    for (int mid = 1; mid <= site->next_mid; mid++) {
        if (!site_has_ack(site, mid))
            continue;
        acks++;
        if (!stored[mid])
            fail_msg("event %d was acknowledged and is not in the database", mid);
    }
    assert_true(acks > 0);
}

static int find_line(char *const *lines, size_t count, size_t from, const char *a, const char *b)
{
    for (size_t i = from; i < count; i++) {
        if (strstr(lines[i], a) && strstr(lines[i], b))
            return (int)i;
    }
    return -1;
}

// The system calls in their order: the message comes in, fdatasync() returns, only then a byte goes out.
static void test_c1_fsync_comes_between_the_message_and_the_puback(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text trace = {0}, path = {0};
    char *lines[20000], *rest;
    size_t count = 0;
    int came, synced, sent;

    text_appendf(&path, "%s/trace", site->folder);
    const char *const strace[] = {
        "strace", "-D",
        "-f", // the collector is our child, and strace our child's
        "-s",     "4096",
        "-o",     text_cstr(&path),
        "-e",     "trace=read,recvfrom,recvmsg,sendto,sendmsg,write,writev,fsync,fdatasync",
        NULL};
    const char *const probe[] = {"strace", "-D", "-o", "/dev/null", "true", NULL};

    if (!support_has_program("strace") || support_end(support_spawn(probe, "/dev/null"), 0) != 0) {
        print_message("skipped: strace is not here or may not trace\n");
        skip();
    }
    site_start(site, strace);
    site_settle(site);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    site_end(site, SIGTERM);
    do { // strace writes its last line after the collector's end
        text_clear(&trace);
        assert_int_equal(file_read(text_cstr(&path), 64 << 20, &trace), 0);
    } while (!strstr(text_cstr(&trace), "+++ exited"));
    for (char *line = strtok_r(trace.data, "\n", &rest); line && count < 20000;
         line = strtok_r(NULL, "\n", &rest))
        lines[count++] = line;
    came = find_line(lines, count, 0, "\\\"member\\\":\\\"M1\\\"", "= ");
    assert_true(came >= 0);
    synced = find_line(lines, count, (size_t)came, "sync(", "= 0");
    sent = find_line(lines, count, (size_t)came, "sendto(", "@\\2"); // 0x40 0x02: a PUBACK
    if (sent < 0)
        sent = find_line(lines, count, (size_t)came, "write(", "@\\2");
    assert_true(synced > came);
    assert_true(sent > synced);
}

static void test_c1_receipt_has_through_chain_store_and_generation(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_store) Store *store = NULL;
    StoreIdentity identity;
    uint8_t chain[DIGEST_SIZE];
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    receipt = site_receipt(site, "t1", 0);
    chain_start("t1", SITE_EPOCH, chain);
    chain_advance(chain, CANONICAL_M1, strlen(CANONICAL_M1));
    store = site_store(site);
    assert_int_equal(store_identity(store, &identity), 0);
    assert_string_equal(receipt.epoch, SITE_EPOCH);
    assert_int_equal(receipt.through, 1);
    assert_memory_equal(receipt.chain, chain, sizeof(chain));
    assert_string_equal(receipt.store, identity.store);
    assert_int_equal(receipt.generation, identity.generation);
    assert_true(llabs(receipt.at - clock_now()) < 60 * TIME_SECOND);
    receipt_deinit(&receipt);
}

static void test_c2_a_duplicate_is_answered_and_counts_once(void **state)
{
    Site *site = *state;
    Receipt first, again;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1") "," SITE_IN("M2"));
    first = site_receipt(site, "t1", 0);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1") "," SITE_IN("M2"));
    again = site_receipt(site, "t1", 1);
    assert_int_equal(again.through, 2);
    assert_int_equal(again.refused_count, 0);
    assert_memory_equal(again.chain, first.chain, sizeof(first.chain));
    assert_int_equal(site_count_events(site), 2);
    assert_int_equal(site_status(site, "duplicate"), 2);
    assert_int_equal(site_status(site, "stored"), 2);
    receipt_deinit(&first);
    receipt_deinit(&again);
}

static void test_c2_the_same_bytes_in_another_order_of_keys_are_a_duplicate(void **state)
{
    Site *site = *state;
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_send_batch(site, "t1", SITE_EPOCH, 1,
                    "{ \"at\":\"2026-11-05T08:58:12+08:00\", "
                    "\"member\":\"M1\",\"session\":\"\\u00531\",\"kind\":\"in\"}");
    receipt = site_receipt(site, "t1", 0);
    receipt_deinit(&receipt);
    site_settle(site);
    assert_int_equal(site_status(site, "duplicate"), 1);
    assert_int_equal(site_status(site, "quarantined"), 0);
}

static void test_c2_other_bytes_under_the_same_key_are_a_conflict(void **state)
{
    Site *site = *state;
    Receipt first, second;
    char *reasons;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    first = site_receipt(site, "t1", 0);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M2"));
    second = site_receipt(site, "t1", 1);
    assert_int_equal(second.through, 1);
    assert_memory_equal(second.chain, first.chain, sizeof(first.chain));
    assert_int_equal(second.refused_count, 1);
    assert_int_equal(second.refused[0].seq, 1);
    assert_string_equal(second.refused[0].reason, "conflict");
    reasons = site_quarantine(site);
    assert_string_equal(reasons, "conflict ");
    assert_int_equal(site_count_events(site), 1);
    assert_true(site_status(site, "alarms") > 0);
    free(reasons);
    receipt_deinit(&first);
    receipt_deinit(&second);
}

static void test_c2_an_epoch_replayed_after_a_restart_is_known(void **state)
{
    Site *site = *state;
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1") "," SITE_IN("M2"));
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    assert_int_equal(site_end(site, SIGTERM), 0);
    site_start(site, NULL);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1") "," SITE_IN("M2"));
    receipt = site_receipt(site, "t1", 1);
    assert_int_equal(receipt.through, 2);
    assert_int_equal(site_count_events(site), 2);
    assert_int_equal(site_status(site, "duplicate"), 2);
    receipt_deinit(&receipt);
}

static void test_receipt_names_what_is_committed_beyond_a_gap(void **state)
{
    Site *site = *state;
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 3, SITE_IN("M1") "," SITE_IN("M2"));
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.through, 0);
    assert_int_equal(receipt.also_count, 1);
    assert_int_equal(receipt.also[0].first, 3);
    assert_int_equal(receipt.also[0].last, 4);
    receipt_deinit(&receipt);
    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M3") "," SITE_IN("M1"));
    receipt = site_receipt(site, "t1", 1);
    assert_int_equal(receipt.through, 4);
    assert_int_equal(receipt.also_count, 0);
    receipt_deinit(&receipt);
}

static void test_receipt_deferred_beyond_4096_is_left_for_later(void **state)
{
    Site *site = *state;
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 4096, SITE_IN("M1") "," SITE_IN("M2"));
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.also_count, 1);
    assert_int_equal(receipt.also[0].first, 4096);
    assert_int_equal(receipt.also[0].last, 4096);
    assert_int_equal(site_count_events(site), 1);
    assert_int_equal(site_status(site, "deferred"), 1);
    assert_int_equal(site_status(site, "received"), 2);
    receipt_deinit(&receipt);
}

static void test_deferred_batch_has_no_receipt_and_makes_no_stream(void **state)
{
    Site *site = *state;
    int64_t streams = count_streams(site);

    site_send_batch(site, "t1", SITE_EPOCH, 4097, SITE_IN("M1"));
    site_settle(site);
    assert_int_equal(site_status(site, "deferred"), 1);
    assert_false(fake_broker_find_topic(site->broker, "studyday/1/a/t1/receipt", 0));
    assert_int_equal(count_streams(site), streams);
}

static void test_receipt_answers_an_empty_batch(void **state)
{
    Site *site = *state;
    uint8_t chain[DIGEST_SIZE];
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 1, "");
    receipt = site_receipt(site, "t1", 0);
    chain_start("t1", SITE_EPOCH, chain);
    assert_int_equal(receipt.through, 0);
    assert_memory_equal(receipt.chain, chain, sizeof(chain));
    assert_int_equal(site_status(site, "received"), 0);
    receipt_deinit(&receipt);
}

static void test_receipt_tells_at_most_256_refusals_each(void **state)
{
    Site *site = *state;
    CLEANUP(cleanup_text) Text events = {0}, packets = {0};
    unsigned told = 0;

    for (int i = 0; i < 200; i++)
        text_append(&events, i ? ",{\"kind\":\"no\"}" : "{\"kind\":\"no\"}");
    // Both in one write, so that they are likely to be committed together; either way each is told once.
    for (unsigned first = 1; first <= 201; first += 200) {
        CLEANUP(cleanup_text) Text line = {0};
        FakePublish publish = {.topic = EVENT_TOPIC, .qos = 1, .mid = (int)first};
        text_appendf(&line, "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"first\":%u,\"events\":[%s]}", first,
                     text_cstr(&events));
        publish.payload = line.data;
        publish.size = line.size;
        fake_codec_publish(&packets, 5, &publish);
    }
    fake_broker_send(site->broker, packets.data, packets.size);
    for (size_t i = 0; told < 400; i++) {
        Receipt receipt = site_receipt(site, "t1", i);
        assert_true(receipt.refused_count <= 256);
        told += receipt.refused_count;
        receipt_deinit(&receipt);
    }
    assert_int_equal(told, 400);
}

static void test_hello_of_an_unknown_epoch_is_answered_with_the_start(void **state)
{
    Site *site = *state;
    int64_t streams = count_streams(site);
    uint8_t chain[DIGEST_SIZE];
    Receipt receipt;

    site_send(site, "studyday/1/a/t1/hello",
              "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1}");
    receipt = site_receipt(site, "t1", 0);
    chain_start("t1", SITE_EPOCH, chain);
    assert_int_equal(receipt.through, 0);
    assert_memory_equal(receipt.chain, chain, sizeof(chain));
    assert_int_equal(count_streams(site), streams);
    receipt_deinit(&receipt);
}

static void test_hello_is_answered_with_the_stream_as_committed(void **state)
{
    Site *site = *state;
    Receipt receipt;

    site_send_batch(site, "t1", SITE_EPOCH, 1, SITE_IN("M1"));
    site_send(site, "studyday/1/a/t1/hello",
              "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":2,\"oldest\":1}");
    site_settle(site);
    receipt = site_receipt(site, "t1", 0);
    assert_int_equal(receipt.through, 1);
    receipt_deinit(&receipt);
}

static void test_hello_with_an_old_plan_is_answered_with_the_plan(void **state)
{
    Site *site = *state;
    const FakePacket *packet;
    WireError error;
    Plan plan = {0};
    Text hello = {0};

    site_send(site, "studyday/1/a/t1/hello",
              "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1,\"plan\":\"old\"}");
    packet = site_wait_topic(site, "studyday/1/a/t1/plan", 0);
    assert_int_equal(packet->qos, 1);
    assert_int_equal(plan_decode((const char *)packet->payload, packet->payload_size, &plan, &error), 0);
    assert_int_equal(plan.member_count, 3);
    assert_string_equal(plan.members[0].member, "M1");
    assert_string_equal(plan.members[0].cards[0], "C1");
    // With that plan nothing more is sent.
    text_appendf(&hello, "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1,\"plan\":\"%s\"}",
                 plan.digest);
    site_send(site, "studyday/1/a/t1/hello", text_cstr(&hello));
    site_settle(site);
    site_settle(site);
    assert_null(fake_broker_find_topic(site->broker, "studyday/1/a/t1/plan", 1));
    text_deinit(&hello);
    plan_deinit(&plan);
}

static void test_hello_that_reports_a_chain_error_is_an_alarm(void **state)
{
    Site *site = *state;

    site_send(site, "studyday/1/a/t1/hello",
              "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1,\"x-chain-error\":7}");
    site_wait_topic(site, "studyday/1/a/t1/receipt", 0);
    site_wait_log(site, "reason=chain-error");
    assert_int_equal(site_status(site, "alarms"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_c1_every_acknowledged_event_is_in_the_database),
        TEST(test_c1_the_puback_leaves_before_the_receipt_and_both_after_the_commit),
        cmocka_unit_test_setup_teardown(test_c1_fsync_comes_between_the_message_and_the_puback,
                                        set_up_stopped, tear_down),
        cmocka_unit_test_setup_teardown(test_c1_sigkill_at_any_moment_loses_nothing_acknowledged,
                                        set_up_stopped, tear_down),
        TEST(test_c1_receipt_has_through_chain_store_and_generation),
        TEST(test_c2_a_duplicate_is_answered_and_counts_once),
        TEST(test_c2_the_same_bytes_in_another_order_of_keys_are_a_duplicate),
        TEST(test_c2_other_bytes_under_the_same_key_are_a_conflict),
        TEST(test_c2_an_epoch_replayed_after_a_restart_is_known),
        TEST(test_receipt_names_what_is_committed_beyond_a_gap),
        TEST(test_receipt_deferred_beyond_4096_is_left_for_later),
        TEST(test_deferred_batch_has_no_receipt_and_makes_no_stream),
        TEST(test_receipt_answers_an_empty_batch),
        TEST(test_receipt_tells_at_most_256_refusals_each),
        TEST(test_hello_of_an_unknown_epoch_is_answered_with_the_start),
        TEST(test_hello_is_answered_with_the_stream_as_committed),
        TEST(test_hello_with_an_old_plan_is_answered_with_the_plan),
        TEST(test_hello_that_reports_a_chain_error_is_an_alarm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
