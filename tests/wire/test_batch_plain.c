// The decoder of the usual shape against the one of any shape: whatever the first accepts, the second accepts
// with the same values. Tried on every file of the test vectors, and on a great many lines that differ from
// good ones in a place or two. The argument is the folder of the vectors.
#include "tests/wire/test.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/wire/batch_plain.h"
#include "tests/wire/same.h"

#define AT "2026-11-05T08:58:12+08:00"
#define EVENT_CHECK_IN \
    "{\"kind\":\"in\",\"session\":\"2026-11-05\",\"member\":\"0001\",\"at\":\"" AT "\",\"by\":\"card\"}"
#define LINE(first, events) \
    "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"first\":" first ",\"events\":[" events "]}"
#define FILE_MAX (1024 * 1024)
#define MUTANTS 300000
#define MUTANT_ROOM 16 // bytes that changes may add

static const char *vectors;
static unsigned long compared, accepted;

// Every kind with all its keys.
static const char *const good[] = {
    LINE("1201", EVENT_CHECK_IN),
    LINE("1", EVENT_CHECK_IN "," EVENT_CHECK_IN),
    LINE("7", "{\"at\":\"2026-11-05T08:58:12Z\",\"kind\":\"out\",\"card\":\"A "
              "1\",\"mode\":\"lead\",\"clock\":\"rtc\"}"),
    LINE("2", "{\"kind\":\"leave\",\"session\":\"s\",\"member\":\"m\",\"at\":\"" AT "\",\"reason\":\"ill\"}"),
    LINE("3", "{\"kind\":\"makeup\",\"session\":\"s\",\"member\":\"m\",\"at\":\"" AT "\",\"minutes\":90}"),
    LINE("4", "{\"kind\":\"home\",\"session\":\"s\",\"member\":\"m\",\"at\":\"" AT "\",\"visitor\":\"v\"}"),
    LINE("5", "{\"kind\":\"check\",\"member\":\"m\",\"at\":\"" AT "\",\"found\":1,\"score\":0}"),
    LINE("6", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3}"),
    LINE("999999999999999",
         "{\"kind\":\"close\",\"session\":\"s\",\"at\":\"2026-11-05T08:58:12.25+08:00\",\"count\":0}"),
};

static bool compare(const char *line, size_t size)
{
    WireError error = {0};
    Batch plain, any;

    compared++;
    if (!batch_plain_decode(line, size, &plain))
        return false;
    accepted++;
    if (batch_decode_any(line, size, &any, &error) != 0)
        fail_msg("only the plain decoder takes (%s at \"%s\"): %.*s", error.reason, error.path, (int)size,
                 line);
    if (!same_batches(&plain, &any))
        fail_msg("other values: %.*s", (int)size, line);
    batch_deinit(&plain);
    batch_deinit(&any);
    return true;
}

static void batch_plain_decode_takes_what_terminals_send(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!compare(good[i], strlen(good[i])))
            fail_msg("declined: %s", good[i]);
    }
}

static void batch_plain_decode_takes_a_full_batch(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    const char *objects[WIRE_EVENTS_MAX];

    (void)state;
    for (size_t i = 0; i < WIRE_EVENTS_MAX; i++)
        objects[i] = EVENT_CHECK_IN;
    batch_encode(TEST_EPOCH, 1, objects, WIRE_EVENTS_MAX, &line);
    assert_true(compare(line.data, line.size));
}

static void batch_plain_decode_declines_what_is_unusual(void **state)
{
    static const char *const unusual[] = {
        "",
        "{}",
        LINE("1", ""),
        LINE("0", EVENT_CHECK_IN),
        LINE("01", EVENT_CHECK_IN),
        LINE("1.0", EVENT_CHECK_IN),
        LINE("9007199254740992", EVENT_CHECK_IN),
        LINE("1", EVENT_CHECK_IN ","),
        LINE("1", EVENT_CHECK_IN) " ",
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3,\"of\":3}"),
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":-3}"),
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3e1}"),
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":\"3\"}"),
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3,\"x-a\":1}"),
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3,\"seq\":1}"),
        LINE("1", "{\"kind\":\"void\",\"at\":\"" AT "\",\"of\":3,\"minutes\":1}"),
        LINE("1", "{\"kind\":\"in\",\"card\":\"\\u0041\",\"at\":\"" AT "\"}"),
        LINE("1", "{\"kind\":\"in\",\"card\":\"\x7f\",\"at\":\"" AT "\"}"),
        LINE("1", "{\"kind\":\"in\",\"card\":\"\xc3\xa9\",\"at\":\"" AT "\"}"),
        LINE("1", "{\"kind\":\"in\",\"card\":\"\t\",\"at\":\"" AT "\"}"),
        LINE("1", "{\"kind\":\"in\", \"card\":\"a\",\"at\":\"" AT "\"}"),
        LINE("1", "{\"kind\":\"in\",\"card\":\"a\",\"at\":\"yesterday\"}"),
        LINE("1", "{\"card\":\"a\",\"at\":\"" AT "\"}"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof(unusual) / sizeof(unusual[0]); i++) {
        if (compare(unusual[i], strlen(unusual[i])))
            fail_msg("taken: %s", unusual[i]);
    }
}

static void batch_plain_decode_declines_what_may_be_too_many_events(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};

    (void)state;
    text_append(&line,
                "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"first\":1,\"events\":[{\"kind\":\"in\",\"card\":\"");
    for (size_t i = 0; i < WIRE_EVENTS_MAX + 1; i++)
        text_append_char(&line, '{');
    text_append(&line, "\",\"at\":\"" AT "\"}]}");
    assert_false(compare(line.data, line.size));
}

static void batch_plain_decode_declines_a_nul(void **state)
{
    static const char behind[] = LINE("1", EVENT_CHECK_IN) "\0";

    (void)state;
    assert_false(compare(behind, sizeof(behind) - 1));
}

static int compare_file(const char *path, const struct stat *info, int type, struct FTW *where)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    const char *end;

    (void)info, (void)where;
    if (type != FTW_F || file_read(path, FILE_MAX, &bytes) != 0)
        return 0;
    compare(text_cstr(&bytes), bytes.size);
    end = memchr(text_cstr(&bytes), '\n', bytes.size);
    if (end) // without its MAC or its line's end
        compare(bytes.data, (size_t)(end - bytes.data));
    return 0;
}

static void batch_plain_decode_agrees_on_every_vector(void **state)
{
    unsigned long before = accepted;

    (void)state;
    assert_int_equal(nftw(vectors, compare_file, 16, FTW_PHYS), 0);
    assert_true(accepted - before >= 10); // or the vectors were not found
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u; // Numerical Recipes: the same mutants every time
    return *seed >> 8;
}

// One change: another byte, a byte more, a byte less, or two bytes exchanged.
static size_t mutate(char *line, size_t size, uint32_t *seed)
{
    static const char bytes[] = "\"\\{}[]:,0123456789.eE+-abinotcu \n\t\x7f\x80\xc3";
    size_t at = next_random(seed) % size, other = next_random(seed) % size;
    char byte = bytes[next_random(seed) % (sizeof(bytes) - 1)], kept = line[at];

    switch (next_random(seed) % 4) {
    case 0:
        line[at] = byte;
        return size;
    case 1:
        memmove(line + at + 1, line + at, size - at);
        line[at] = byte;
        return size + 1;
    case 2:
        memmove(line + at, line + at + 1, size - at - 1);
        return size - 1;
    default:
        line[at] = line[other];
        line[other] = kept;
        return size;
    }
}

static void batch_plain_decode_agrees_on_mutants(void **state)
{
    unsigned long before = accepted;
    uint32_t seed = 1;
    char line[512 + MUTANT_ROOM];

    (void)state;
    for (int i = 0; i < MUTANTS; i++) {
        const char *parent = good[next_random(&seed) % (sizeof(good) / sizeof(good[0]))];
        size_t size = strlen(parent);

        assert_true(size + MUTANT_ROOM <= sizeof(line));
        memcpy(line, parent, size);
        for (uint32_t changes = 1 + next_random(&seed) % 3; changes > 0; changes--)
            size = mutate(line, size, &seed);
        compare(line, size);
    }
    // Enough of them must still be good, or only declining was tried.
    assert_true(accepted - before > MUTANTS / 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_plain_decode_takes_what_terminals_send),
        cmocka_unit_test(batch_plain_decode_takes_a_full_batch),
        cmocka_unit_test(batch_plain_decode_declines_what_is_unusual),
        cmocka_unit_test(batch_plain_decode_declines_what_may_be_too_many_events),
        cmocka_unit_test(batch_plain_decode_declines_a_nul),
        cmocka_unit_test(batch_plain_decode_agrees_on_every_vector),
        cmocka_unit_test(batch_plain_decode_agrees_on_mutants),
    };

    if (argc != 2)
        return 64;
    vectors = argv[1];
    return cmocka_run_group_tests_name("batch_plain", tests, NULL, NULL);
}
