// The other payloads as we write them, byte for byte, and back. What is unreadable is for the vectors.
#include "tests/wire/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/wire/message.h"

#define AT ((Time)1793840400 * TIME_SECOND) // 2026-11-05T01:00:00Z
// A plan owns its strings when it was decoded; one that a test makes borrows them.
#define LITERAL(text) ((char *)(text))
#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void assert_line(const Text *line, const char *expected)
{
    assert_string_equal(text_cstr(line), expected);
    assert_int_equal(line->size, strlen(expected));
}

static void hello_encode_writes_all_that_is_set(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    const Hello hello = {.epoch = TEST_EPOCH,
                         .next = 1261,
                         .oldest = 900,
                         .clock = EVENT_CLOCK_NTP,
                         .software = "studyday 0.1.0",
                         .plan = "ab",
                         .at = AT,
                         .chain_error = 12};
    WireError error;
    Hello again;
    (void)state;

    hello_encode(&hello, &line);
    assert_line(&line, "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"next\":1261,\"oldest\":900,\"clock\":\"ntp\","
                       "\"software\":\"studyday 0.1.0\",\"plan\":\"ab\",\"at\":\"2026-11-05T01:00:00Z\","
                       "\"x-chain-error\":12}");
    assert_int_equal(hello_decode(line.data, line.size, &again, &error), 0);
    assert_int_equal(again.next, 1261);
    assert_int_equal(again.at, AT);
    assert_int_equal(again.chain_error, 12);
}

static void hello_encode_leaves_out_what_is_not_set(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    const Hello hello = {
        .epoch = TEST_EPOCH, .next = 1, .oldest = 1, .at = TIME_NONE, .chain_error = EVENT_NUMBER_NONE};
    (void)state;

    hello_encode(&hello, &line);
    assert_line(&line, "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"next\":1,\"oldest\":1}");
}

static Receipt make_receipt(void)
{
    Receipt receipt = {.epoch = TEST_EPOCH, .through = 1260, .store = TEST_STORE, .generation = 3, .at = AT};

    assert_true(hex_decode(HASH, strlen(HASH), receipt.chain, DIGEST_SIZE));
    return receipt;
}

static void receipt_encode_writes_the_keys_of_the_protocol_in_order(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    ReceiptRefusal refused[] = {{1233, "bad-minutes"}, {1240, "conflict"}};
    Receipt receipt = make_receipt();
    (void)state;

    receipt.also[0] = (StreamRange){1270, 1280};
    receipt.also[1] = (StreamRange){1290, 1290};
    receipt.also_count = 2;
    receipt.refused = refused;
    receipt.refused_count = 2;
    receipt_encode(&receipt, &line);
    assert_line(&line, "{\"v\":1,\"epoch\":\"" TEST_EPOCH "\",\"through\":1260,\"chain\":\"" HASH
                       "\",\"also\":[[1270,1280],[1290,1290]],"
                       "\"refused\":[[1233,\"bad-minutes\"],[1240,\"conflict\"]],\"store\":\"" TEST_STORE
                       "\",\"generation\":3,\"at\":\"2026-11-05T01:00:00Z\"}");
}

static void receipt_encode_writes_empty_lists(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    const Receipt receipt = make_receipt();
    (void)state;

    receipt_encode(&receipt, &line);
    assert_non_null(strstr(text_cstr(&line), "\"also\":[],\"refused\":[],"));
}

static void receipt_encode_fits_a_line_at_its_longest(void **state)
{
    static ReceiptRefusal refused[WIRE_REFUSED_MAX];
    CLEANUP(cleanup_text) Text line = {0};
    Receipt receipt = make_receipt(), again;
    WireError error;
    (void)state;

    receipt.through = (uint64_t)EVENT_NUMBER_MAX - 10000;
    for (unsigned i = 0; i < WIRE_ALSO_MAX; i++)
        receipt.also[i] = (StreamRange){receipt.through + 2 + 4 * i, receipt.through + 4 + 4 * i};
    receipt.also_count = WIRE_ALSO_MAX;
    for (unsigned i = 0; i < WIRE_REFUSED_MAX; i++)
        refused[i] = (ReceiptRefusal){(uint64_t)EVENT_NUMBER_MAX - i, "a-reason-of-31-bytes-----------"};
    receipt.refused = refused;
    receipt.refused_count = WIRE_REFUSED_MAX;
    receipt_encode(&receipt, &line);
    assert_true(line.size <= WIRE_LINE_MAX);
    assert_int_equal(receipt_decode(line.data, line.size, &again, &error), 0);
    assert_int_equal(again.also_count, WIRE_ALSO_MAX);
    assert_int_equal(again.refused_count, WIRE_REFUSED_MAX);
    assert_string_equal(again.refused[255].reason, "a-reason-of-31-bytes-----------");
    assert_memory_equal(again.chain, receipt.chain, DIGEST_SIZE);
    receipt_deinit(&again);
    assert_null(again.refused);
}

static void state_encode_writes_the_two_states(void **state)
{
    CLEANUP(cleanup_text) Text on = {0}, off = {0};
    (void)state;

    state_encode(true, &on);
    assert_line(&on, "{\"v\":1,\"online\":true}");
    state_encode(false, &off);
    assert_line(&off, "{\"v\":1,\"online\":false}");
}

static void collector_state_encode_writes_the_will_without_a_boot(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    const CollectorState will = {.at = TIME_NONE};
    (void)state;

    collector_state_encode(&will, &line);
    assert_line(&line, "{\"v\":1,\"online\":false}");
}

static void collector_state_encode_writes_all_of_a_running_one(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    CollectorState running = {.online = true,
                              .areas = {"lf-gy", "lf-ax"},
                              .area_count = 2,
                              .boot = TEST_EPOCH,
                              .store = TEST_STORE,
                              .generation = 3,
                              .at = AT,
                              .fault = "disk-full"};
    CollectorState again;
    WireError error;
    (void)state;

    collector_state_encode(&running, &line);
    assert_line(&line, "{\"v\":1,\"online\":true,\"areas\":[\"lf-gy\",\"lf-ax\"],\"boot\":\"" TEST_EPOCH
                       "\",\"store\":\"" TEST_STORE "\",\"generation\":3,\"at\":\"2026-11-05T01:00:00Z\","
                       "\"x-fault\":\"disk-full\"}");
    assert_int_equal(collector_state_decode(line.data, line.size, &again, &error), 0);
    assert_string_equal(again.fault, "disk-full");
    assert_int_equal(again.at, AT);
}

static void collector_state_serves_its_areas_or_all(void **state)
{
    const CollectorState some = {.areas = {"lf-gy", "lf-ax"}, .area_count = 2};
    const CollectorState all = {.areas = {"*"}, .area_count = 1};
    const CollectorState none = {0};
    (void)state;

    assert_true(collector_state_serves(&some, "lf-ax"));
    assert_false(collector_state_serves(&some, "lf"));
    assert_true(collector_state_serves(&all, "lf"));
    assert_false(collector_state_serves(&none, "lf"));
}

static void ask_encode_leaves_out_an_empty_member(void **state)
{
    CLEANUP(cleanup_text) Text record = {0}, plan = {0};
    const Ask ask_record = {"q1", "record", "0001"}, ask_plan = {"q2", "plan", ""};
    (void)state;

    ask_encode(&ask_record, &record);
    assert_line(&record, "{\"v\":1,\"id\":\"q1\",\"ask\":\"record\",\"member\":\"0001\"}");
    ask_encode(&ask_plan, &plan);
    assert_line(&plan, "{\"v\":1,\"id\":\"q2\",\"ask\":\"plan\"}");
}

static void answer_encode_joins_a_record_of_several_lines(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    char record[] = "{\r\n  \"member\": \"0001\",\n  \"note\": \"a\\nb\"\n}\n";
    const Answer answer = {.id = "q1", .record = record};
    WireError error;
    Answer again;
    (void)state;

    answer_encode(&answer, &line);
    assert_null(strchr(text_cstr(&line), '\n'));
    assert_int_equal(answer_decode(line.data, line.size, &again, &error), 0);
    assert_string_equal(again.record, "{\"member\":\"0001\",\"note\":\"a\\nb\"}");
    assert_string_equal(again.error, "");
    answer_deinit(&again);
}

static void answer_encode_writes_an_error(void **state)
{
    CLEANUP(cleanup_text) Text line = {0};
    const Answer answer = {.id = "q1", .error = "unknown-member"};
    (void)state;

    answer_encode(&answer, &line);
    assert_line(&line, "{\"v\":1,\"id\":\"q1\",\"error\":\"unknown-member\"}");
}

#define END (AT + 150 * TIME_MINUTE)

static void plan_seal_gives_the_known_digest_in_any_order(void **state)
{
    char *cards[] = {LITERAL("c2"), LITERAL("c1")};
    PlanSession sessions[] = {
        {LITERAL("A"), LITERAL(""), LITERAL("study-day"), AT + TIME_DAY, END + TIME_DAY},
        {LITERAL("b"), LITERAL("T"), LITERAL("study-day"), AT, END},
        {LITERAL("a"), LITERAL("\xe5\xad\xa6\xe4\xb9\xa0\xe6\x97\xa5"), LITERAL("study-day"), AT, END},
    };
    PlanMember members[] = {{LITERAL("0002"), LITERAL("\xe6\x9d\x8e\"\xe5\x9b\x9b"), NULL, 0},
                            {LITERAL("0001"), LITERAL("\xe7\x8e\x8b"), cards, 2}};
    Plan plan = {.sessions = sessions, .session_count = 3, .members = members, .member_count = 2};
    (void)state;

    plan_seal(&plan);
    // SHA-256 of the documented content, by another program.
    assert_string_equal(plan.digest, "f1be6fb828f6679aa7b202d73fda69f45800c9b6504c0b4f5f5389804f08ca85");
    assert_string_equal(sessions[0].session, "a");
    assert_string_equal(members[0].member, "0001");
    assert_string_equal(cards[0], "c1");
}

static void plan_seal_of_nothing_is_a_digest_too(void **state)
{
    Plan plan = {0};
    (void)state;

    plan_seal(&plan);
    assert_string_equal(plan.digest, "5fb8fbe3fa5b1ac47fdaae7a3b3aad53361680391041729785e7a73427f16efa");
}

static void free_lines(char **lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    free(lines);
}

static void plan_encode_pages_writes_one_page_for_nothing(void **state)
{
    Plan plan = {.digest = "d"};
    char **lines;
    size_t count;
    (void)state;

    plan_encode_pages(&plan, &lines, &count);
    assert_int_equal(count, 1);
    assert_string_equal(lines[0],
                        "{\"v\":1,\"plan\":\"d\",\"page\":1,\"pages\":1,\"sessions\":[],\"members\":[]}");
    free_lines(lines, count);
}

#define MEMBERS 3000

static void plan_encode_pages_keeps_everything_within_lines(void **state)
{
    static PlanMember members[MEMBERS];
    static char codes[MEMBERS][8];
    PlanSession session = {LITERAL("s"), LITERAL("T"), LITERAL("study-day"), AT, END};
    Plan plan = {.sessions = &session, .session_count = 1, .members = members, .member_count = MEMBERS};
    char *cards[] = {LITERAL("E0040150A1B2C3D4")};
    size_t count, seen = 0;
    char **lines;
    (void)state;

    for (int i = 0; i < MEMBERS; i++) {
        codes[i][0] = 'm';
        for (int d = 4, n = i; d > 0; d--, n /= 10)
            codes[i][d] = (char)('0' + n % 10);
        members[i] = (PlanMember){codes[i], LITERAL("\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e"), cards, 1};
    }
    plan_seal(&plan);
    plan_encode_pages(&plan, &lines, &count);
    assert_true(count > 1);
    for (size_t i = 0; i < count; i++) {
        WireError error;
        Plan page;

        assert_true(strlen(lines[i]) <= WIRE_LINE_MAX);
        if (i + 1 < count)
            assert_true(strlen(lines[i]) > WIRE_LINE_MAX - 256); // full, but for one item
        assert_int_equal(plan_decode(lines[i], strlen(lines[i]), &page, &error), 0);
        assert_string_equal(page.digest, plan.digest);
        assert_int_equal(page.page, i + 1);
        assert_int_equal(page.pages, count);
        assert_int_equal(page.session_count, i == 0 ? 1 : 0);
        for (size_t j = 0; j < page.member_count; j++)
            assert_string_equal(page.members[j].member, codes[seen++]);
        plan_deinit(&page);
    }
    assert_int_equal(seen, MEMBERS);
    free_lines(lines, count);
}

static void plan_encode_pages_writes_odd_and_long_names_readable(void **state)
{
    CLEANUP(cleanup_free) char *name = alloc_zero(2000), *token = alloc_zero(EVENT_CARD_SIZE_MAX + 1);
    char *cards[200];
    PlanMember members[] = {{LITERAL("1"), LITERAL("a\x1b[31m\xe2\x80\xae"), NULL, 0},
                            {LITERAL("2"), name, cards, 200}};
    Plan plan = {.members = members, .member_count = 2}, page;
    WireError error;
    char **lines;
    size_t count;
    (void)state;

    memset(name, '"', 1999);
    memset(token, '\\', EVENT_CARD_SIZE_MAX);
    for (size_t i = 0; i < 200; i++)
        cards[i] = token;
    plan_seal(&plan);
    plan_encode_pages(&plan, &lines, &count);
    assert_int_equal(count, 1);
    assert_true(strlen(lines[0]) <= WIRE_LINE_MAX);
    assert_int_equal(plan_decode(lines[0], strlen(lines[0]), &page, &error), 0);
    assert_string_equal(page.members[0].name, "a\\x1b[31m\\xe2\\x80\\xae");
    assert_int_equal(strlen(page.members[1].name), 512);
    assert_int_equal(page.members[1].card_count, 64);
    plan_deinit(&page);
    free_lines(lines, count);
}

static void plan_encode_pages_names_members_to_check_last_and_only_where_there_are_any(void **state)
{
    char *checks[] = {LITERAL("s2"), LITERAL("s1")};
    PlanMember members[] = {
        {.member = LITERAL("1"), .name = LITERAL("a")},
        {.member = LITERAL("2"), .name = LITERAL("b"), .checks = checks, .check_count = 2}};
    Plan plan = {.members = members, .member_count = 2};
    char digest[sizeof(plan.digest)], **lines;
    size_t count;
    (void)state;

    plan_seal(&plan);
    plan_encode_pages(&plan, &lines, &count);
    assert_non_null(strstr(lines[0],
                           "\"members\":[{\"cards\":[],\"member\":\"1\",\"name\":\"a\"},"
                           "{\"cards\":[],\"member\":\"2\",\"name\":\"b\",\"x-check\":[\"s1\",\"s2\"]}]"));
    free_lines(lines, count);
    memcpy(digest, plan.digest, sizeof(digest));
    members[1].check_count = 0;
    plan_seal(&plan);
    assert_string_not_equal(plan.digest, digest); // who is to be checked is content
}

static void plan_decode_reads_members_to_check(void **state)
{
    static const char line[] = "{\"v\":1,\"plan\":\"d\",\"page\":1,\"pages\":1,\"sessions\":[],\"members\":[{"
                               "\"member\":\"1\",\"name\":"
                               "\"a\",\"x-check\":[\"s1\",\"s2\"]},{\"member\":\"2\",\"name\":\"b\"}]}";
    WireError error;
    Plan page;
    (void)state;

    assert_int_equal(plan_decode(line, sizeof(line) - 1, &page, &error), 0);
    assert_int_equal(page.members[0].check_count, 2);
    assert_string_equal(page.members[0].checks[1], "s2");
    assert_int_equal(page.members[1].check_count, 0);
    plan_deinit(&page);
}

// Another collector may mean something else by its x- key: its plan is a plan all the same.
static void plan_decode_passes_over_another_meaning_of_the_key(void **state)
{
    static const char *const odd[] = {"true", "7", "\"s1\"", "{\"s1\":1}", "[1,[\"s1\"],\"a b\",null]"};
    (void)state;

    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
        CLEANUP(cleanup_text) Text line = {0};
        WireError error;
        Plan page;

        text_appendf(
            &line,
            "{\"v\":1,\"plan\":\"d\",\"page\":1,\"pages\":1,\"sessions\":[],\"members\":[{\"member\":\"1\","
            "\"name\":\"a\",\"x-check\":%s}]}",
            odd[i]);
        assert_int_equal(plan_decode(line.data, line.size, &page, &error), 0);
        assert_int_equal(page.member_count, 1);
        assert_int_equal(page.members[0].check_count, 0);
        plan_deinit(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_encode_writes_all_that_is_set),
        cmocka_unit_test(hello_encode_leaves_out_what_is_not_set),
        cmocka_unit_test(receipt_encode_writes_the_keys_of_the_protocol_in_order),
        cmocka_unit_test(receipt_encode_writes_empty_lists),
        cmocka_unit_test(receipt_encode_fits_a_line_at_its_longest),
        cmocka_unit_test(state_encode_writes_the_two_states),
        cmocka_unit_test(collector_state_encode_writes_the_will_without_a_boot),
        cmocka_unit_test(collector_state_encode_writes_all_of_a_running_one),
        cmocka_unit_test(collector_state_serves_its_areas_or_all),
        cmocka_unit_test(ask_encode_leaves_out_an_empty_member),
        cmocka_unit_test(answer_encode_joins_a_record_of_several_lines),
        cmocka_unit_test(answer_encode_writes_an_error),
        cmocka_unit_test(plan_seal_gives_the_known_digest_in_any_order),
        cmocka_unit_test(plan_seal_of_nothing_is_a_digest_too),
        cmocka_unit_test(plan_encode_pages_writes_one_page_for_nothing),
        cmocka_unit_test(plan_encode_pages_keeps_everything_within_lines),
        cmocka_unit_test(plan_encode_pages_writes_odd_and_long_names_readable),
        cmocka_unit_test(plan_encode_pages_names_members_to_check_last_and_only_where_there_are_any),
        cmocka_unit_test(plan_decode_reads_members_to_check),
        cmocka_unit_test(plan_decode_passes_over_another_meaning_of_the_key),
    };

    digest_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
