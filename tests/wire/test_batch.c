// Event batches: the values that come out, what is plain, what a terminal may put into its outbox. What is
// readable and what is refused, case by case, is for the vectors.
#include "tests/wire/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/wire/batch.h"

#define AT "2026-11-05T08:58:12+08:00"
#define AT_TIME ((Time)1793840292 * TIME_SECOND)
#define IN "{\"kind\":\"in\",\"session\":\"s1\",\"member\":\"0001\",\"at\":\"" AT "\",\"by\":\"card\"}"

// Decodes a batch of one event, which the caller gives back with batch_deinit().
static BatchEvent decode_one(const char *object, Batch *ret_batch)
{
    CLEANUP(cleanup_text) Text line = {0};
    WireError error = {0};

    batch_encode(TEST_EPOCH, 7, &object, 1, &line);
    assert_int_equal(batch_decode(line.data, line.size, ret_batch, &error), 0);
    assert_int_equal(ret_batch->count, 1);
    return ret_batch->events[0];
}

static bool is_plain(const char *object)
{
    Batch batch;
    BatchEvent event = decode_one(object, &batch);
    bool plain = event.plain;

    assert_null(event.refused);
    if (plain) {
        CLEANUP(cleanup_text) Text again = {0};

        event_canonical(&event.event, event.seq, &again);
        assert_int_equal(again.size, event.canonical_size);
        assert_memory_equal(again.data, event.canonical, again.size);
    }
    batch_deinit(&batch);
    return plain;
}

static void batch_decode_gives_the_values_of_an_in(void **state)
{
    Batch batch;
    BatchEvent item = decode_one("{\"kind\":\"in\",\"session\":\"s1\",\"member\":\"0001\",\"at\":\"" AT
                                 "\",\"by\":\"idcard\",\"mode\":\"lead\",\"clock\":\"rtc\"}",
                                 &batch);
    (void)state;

    assert_string_equal(batch.epoch, TEST_EPOCH);
    assert_int_equal(batch.first, 7);
    assert_int_equal(item.seq, 7);
    assert_null(item.refused);
    assert_int_equal(item.event.kind, EVENT_IN);
    assert_string_equal(item.event.session, "s1");
    assert_string_equal(item.event.member, "0001");
    assert_null(item.event.card);
    assert_string_equal(item.event.at_text, AT);
    assert_int_equal(item.event.at, AT_TIME);
    assert_int_equal(item.event.by, EVENT_BY_IDCARD);
    assert_int_equal(item.event.mode, EVENT_MODE_LEAD);
    assert_int_equal(item.event.clock, EVENT_CLOCK_RTC);
    assert_int_equal(item.event.minutes, EVENT_NUMBER_NONE);
    batch_deinit(&batch);
}

static void batch_decode_gives_the_values_of_the_other_kinds(void **state)
{
    Batch batch;
    BatchEvent item;
    (void)state;

    item = decode_one("{\"kind\":\"leave\",\"member\":\"1\",\"at\":\"" AT "\",\"reason\":\"ill\"}", &batch);
    assert_string_equal(item.event.reason, "ill");
    assert_null(item.event.session);
    batch_deinit(&batch);
    item = decode_one("{\"kind\":\"makeup\",\"card\":\"04A1\",\"at\":\"" AT "\",\"minutes\":90}", &batch);
    assert_int_equal(item.event.minutes, 90);
    assert_string_equal(item.event.card, "04A1");
    batch_deinit(&batch);
    item = decode_one("{\"kind\":\"home\",\"member\":\"1\",\"at\":\"" AT "\",\"visitor\":\"2\"}", &batch);
    assert_string_equal(item.event.visitor, "2");
    batch_deinit(&batch);
    item = decode_one("{\"kind\":\"check\",\"member\":\"1\",\"at\":\"" AT "\",\"found\":0,\"score\":60}",
                      &batch);
    assert_int_equal(item.event.found, 0);
    assert_int_equal(item.event.score, 60);
    batch_deinit(&batch);
    item = decode_one("{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3}", &batch);
    assert_int_equal(item.event.of, 3);
    batch_deinit(&batch);
    item = decode_one("{\"kind\":\"close\",\"session\":\"s\",\"at\":\"" AT "\",\"count\":12}", &batch);
    assert_int_equal(item.event.count, 12);
    batch_deinit(&batch);
}

static void batch_decode_calls_every_kind_plain(void **state)
{
    (void)state;
    assert_true(is_plain(IN));
    assert_true(is_plain("{\"kind\":\"out\",\"member\":\"1\",\"at\":\"" AT
                         "\",\"mode\":\"follow\",\"clock\":\"ntp\"}"));
    assert_true(
        is_plain("{\"kind\":\"leave\",\"member\":\"1\",\"at\":\"" AT "\",\"reason\":\"a \\\"b\\\\\"}"));
    assert_true(is_plain("{\"kind\":\"makeup\",\"card\":\"\xe5\x8d\xa1\",\"at\":\"" AT "\",\"minutes\":90}"));
    assert_true(is_plain("{\"kind\":\"home\",\"member\":\"1\",\"at\":\"" AT "\",\"visitor\":\"2\"}"));
    assert_true(is_plain("{\"kind\":\"check\",\"member\":\"1\",\"at\":\"" AT "\",\"found\":1,\"score\":0}"));
    assert_true(is_plain("{\"kind\":\"void\",\"member\":\"1\",\"at\":\"" AT "\",\"of\":9007199254740992}"));
    assert_true(is_plain("{\"kind\":\"close\",\"at\":\"" AT "\",\"count\":0}"));
}

static void batch_decode_calls_plain_whatever_the_spelling(void **state)
{
    (void)state;
    assert_true(is_plain(" { \"at\" : \"" AT "\" , \"m\\u0065mber\" : \"\\u0031\" ,\t\"kind\":\"in\" } "));
}

static void batch_decode_calls_unknown_keys_not_plain(void **state)
{
    (void)state;
    assert_false(is_plain("{\"kind\":\"in\",\"member\":\"1\",\"at\":\"" AT "\",\"x-a\":1}"));
    assert_false(is_plain("{\"kind\":\"in\",\"member\":\"1\",\"at\":\"" AT "\",\"minutes\":90}"));
    assert_false(is_plain("{\"kind\":\"close\",\"at\":\"" AT "\",\"count\":0,\"by\":\"card\"}"));
}

static void batch_decode_leaves_out_values_of_another_kind(void **state)
{
    Batch batch;
    BatchEvent item =
        decode_one("{\"kind\":\"in\",\"member\":\"1\",\"at\":\"" AT "\",\"minutes\":90}", &batch);
    (void)state;

    assert_int_equal(item.event.minutes, EVENT_NUMBER_NONE);
    batch_deinit(&batch);
}

static void batch_decode_says_what_could_be_read_of_a_refused_event(void **state)
{
    Batch batch;
    BatchEvent item;
    (void)state;

    item = decode_one("{\"kind\":\"dance\",\"session\":\"s\",\"member\":\"1\",\"at\":\"" AT "\"}", &batch);
    assert_string_equal(item.refused, "bad-kind");
    assert_int_equal(item.event.kind, EVENT_KIND_COUNT);
    assert_string_equal(item.event.session, "s");
    assert_string_equal(item.event.member, "1");
    assert_int_equal(item.event.at, AT_TIME);
    assert_false(item.plain);
    batch_deinit(&batch);
    item = decode_one("{\"kind\":\"in\",\"session\":null,\"member\":\"a\\u0000b\",\"at\":\"x\"}", &batch);
    assert_string_equal(item.refused, "bad-value");
    assert_null(item.event.session);
    assert_null(item.event.member);
    assert_int_equal(item.event.at, TIME_NONE);
    batch_deinit(&batch);
}

// What an event said whose values the chain cannot hold is for the operator to see, as it was sent.
static void expect_raw(const char *key, const char *object)
{
    CLEANUP(batch_deinit) Batch batch = {0};
    CLEANUP(cleanup_text) Text line = {0};
    WireError error;

    text_appendf(&line,
                 "{\"v\":1,\"x\":[[1],\"],\\\"\"],\"epoch\":\"" TEST_EPOCH
                 "\", \"first\" :1,%s : [ {} , %s ,{}]}",
                 key, object);
    assert_int_equal(batch_decode(line.data, line.size, &batch, &error), 0);
    assert_int_equal(batch.count, 3);
    assert_non_null(batch.events[1].raw);
    assert_int_equal(batch.events[1].raw_size, strlen(object));
    assert_memory_equal(batch.events[1].raw, object, strlen(object));
}

static void batch_decode_keeps_the_bytes_of_an_event_that_the_chain_cannot_hold(void **state)
{
    static const char *const objects[] = {
        "{\"kind\":\"in\",\"x\":1.5}",
        "{ \"x\" : [1e400, {\"]\":\"}\\\"\"}], \"kind\":\"in\" }",
        "{\"x\":123456789012345678901234567890}",
        "{\"x\":null,\"\\u0065vents\":[2.25]}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        expect_raw("\"events\"", objects[i]);
        expect_raw("\"\\u0065vents\"", objects[i]);
    }
}

static void batch_decode_writes_result_only_on_success(void **state)
{
    static const char line[] = "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"first\":1}";
    Batch batch = {.first = 99};
    WireError error = {0};
    (void)state;

    assert_int_equal(batch_decode(line, strlen(line), &batch, &error), WIRE_E_UNREADABLE);
    assert_int_equal(batch.first, 99);
    assert_string_equal(error.reason, "missing-key");
    assert_string_equal(error.path, "events");
}

static void batch_decode_does_not_read_beyond_its_size(void **state)
{
    static const char line[] = "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"first\":1,\"events\":[]}\nabc";
    WireError error = {0};
    Batch batch;
    (void)state;

    assert_int_equal(batch_decode(line, strlen(line) - 4, &batch, &error), 0);
    assert_int_equal(batch.count, 0);
    batch_deinit(&batch);
}

static void batch_encode_puts_events_side_by_side(void **state)
{
    const char *objects[] = {"{\"kind\":\"in\"}", "{}"};
    CLEANUP(cleanup_text) Text line = {0};
    (void)state;

    batch_encode(TEST_EPOCH, 1201, objects, 2, &line);
    assert_string_equal(text_cstr(&line), "{\"v\":1,\"epoch\":\"" TEST_EPOCH
                                          "\",\"first\":1201,\"events\":[{\"kind\":\"in\"},{}]}");
}

static void batch_encode_event_writes_what_decodes_to_the_same(void **state)
{
    CLEANUP(cleanup_text) Text object = {0};
    Event event = event_make(EVENT_CHECK);
    Batch batch;
    BatchEvent item;
    (void)state;

    event.session = "s1";
    event.card = "a\"b";
    event.at_text = AT;
    event.at = AT_TIME;
    event.found = 1;
    event.score = 100;
    event.clock = EVENT_CLOCK_UNSET;
    batch_encode_event(&event, &object);
    assert_string_equal(text_cstr(&object),
                        "{\"kind\":\"check\",\"session\":\"s1\",\"card\":\"a\\\"b\",\"at\":\"" AT
                        "\",\"found\":1,\"score\":100,\"clock\":\"unset\"}");
    item = decode_one(text_cstr(&object), &batch);
    assert_true(item.plain);
    assert_string_equal(item.event.card, "a\"b");
    assert_int_equal(item.event.score, 100);
    assert_int_equal(item.event.clock, EVENT_CLOCK_UNSET);
    batch_deinit(&batch);
}

static void batch_check_object_gives_the_collectors_canonical_bytes(void **state)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    Batch batch;
    BatchEvent item = decode_one(IN, &batch);
    (void)state;

    text_append(&canonical, "before ");
    assert_null(batch_check_object(IN, strlen(IN), 7, &canonical));
    assert_int_equal(canonical.size, strlen("before ") + item.canonical_size);
    assert_memory_equal(canonical.data + strlen("before "), item.canonical, item.canonical_size);
    batch_deinit(&batch);
}

static void batch_check_object_refuses_what_the_collector_would(void **state)
{
    static const struct {
        const char *object, *reason;
    } cases[] = {
        {"", "bad-json"},
        {"{", "bad-json"},
        {"[]", "not-an-object"},
        {IN IN, "trailing-bytes"},
        {IN "\n", "line-break"},
        {"{\"kind\":\"in\",\"kind\":\"in\"}", "duplicate-key"},
        {"{\"kind\":\"\xff\"}", "bad-utf8"},
        {"{\"x\":[[[[[[1]]]]]]}", "too-deep"}, // 8 deep by itself, but it will stand two deep in a batch
        {"{\"x\":[[[[[1]]]]]}", "bad-value"},
        {"{\"kind\":\"in\",\"member\":\"1\",\"at\":\"" AT "\",\"x\":1.5}", "bad-value"},
        {"{\"kind\":\"in\",\"member\":\"1\",\"at\":\"" AT "\",\"seq\":7}", "bad-seq"},
        {"{\"kind\":\"in\",\"member\":\"1\"}", "bad-at"},
        {"{\"kind\":\"in\",\"at\":\"" AT "\"}", "no-member"},
        {"{\"kind\":\"makeup\",\"member\":\"1\",\"at\":\"" AT "\"}", "bad-minutes"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP(cleanup_text) Text canonical = {0};

        assert_string_equal(batch_check_object(cases[i].object, strlen(cases[i].object), 7, &canonical),
                            cases[i].reason);
        assert_int_equal(canonical.size, 0);
    }
}

// Else a good message that finds no memory would be refused as a bad one, and for good.
static void json_without_memory_ends_the_process(void **state)
{
    json_malloc_t take;
    json_free_t give;
    int status;
    Batch batch;
    (void)state;

    decode_one(IN, &batch);
    batch_deinit(&batch);
    WireError error;
    assert_int_equal(batch_decode("{}", 2, &batch, &error), WIRE_E_UNREADABLE); // has gone through jansson
    json_get_alloc_funcs(&take, &give);
    pid_t child = fork();
    if (child == 0) {
        give(take(SIZE_MAX / 4));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// An event of `size` bytes, acceptable but for its size.
static void make_event(size_t size, Text *object)
{
    text_append(object, "{\"kind\":\"in\",\"member\":\"1\",\"at\":\"" AT "\",\"x\":\"");
    while (object->size < size - 2)
        text_append_char(object, 'x');
    text_append(object, "\"}");
}

static void batch_check_object_takes_only_what_fits_a_batch_line(void **state)
{
    CLEANUP(cleanup_text) Text fits = {0}, too_large = {0}, canonical = {0}, line = {0};
    size_t largest = WIRE_LINE_MAX;
    const char *object;
    (void)state;

    batch_encode(TEST_EPOCH, EVENT_NUMBER_MAX, NULL, 0, &line);
    largest -= line.size;
    make_event(largest, &fits);
    assert_null(batch_check_object(fits.data, fits.size, 7, &canonical));
    make_event(largest + 1, &too_large);
    assert_string_equal(batch_check_object(too_large.data, too_large.size, 7, &canonical), "too-large");
    text_clear(&line);
    object = fits.data;
    batch_encode(TEST_EPOCH, EVENT_NUMBER_MAX, &object, 1, &line);
    assert_int_equal(line.size, WIRE_LINE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_decode_gives_the_values_of_an_in),
        cmocka_unit_test(batch_decode_gives_the_values_of_the_other_kinds),
        cmocka_unit_test(batch_decode_calls_every_kind_plain),
        cmocka_unit_test(batch_decode_calls_plain_whatever_the_spelling),
        cmocka_unit_test(batch_decode_calls_unknown_keys_not_plain),
        cmocka_unit_test(batch_decode_leaves_out_values_of_another_kind),
        cmocka_unit_test(batch_decode_says_what_could_be_read_of_a_refused_event),
        cmocka_unit_test(batch_decode_keeps_the_bytes_of_an_event_that_the_chain_cannot_hold),
        cmocka_unit_test(batch_decode_writes_result_only_on_success),
        cmocka_unit_test(batch_decode_does_not_read_beyond_its_size),
        cmocka_unit_test(batch_encode_puts_events_side_by_side),
        cmocka_unit_test(batch_encode_event_writes_what_decodes_to_the_same),
        cmocka_unit_test(batch_check_object_gives_the_collectors_canonical_bytes),
        cmocka_unit_test(batch_check_object_refuses_what_the_collector_would),
        cmocka_unit_test(json_without_memory_ends_the_process),
        cmocka_unit_test(batch_check_object_takes_only_what_fits_a_batch_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
