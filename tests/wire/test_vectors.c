// Runs the test vectors of vectors/ (their README says what they hold): each folder is a test of its own.
// Every payload goes the way it goes in a program: topic, MAC, decoder of the topic's leaf. What came of it
// is printed in the format of `expected`, and the two texts must be equal.
#include "tests/wire/test.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/model/chain.h"
#include "core/wire/batch.h"
#include "core/wire/message.h"
#include "core/wire/topic.h"
#include "core/wire/wire.h"

#define VECTOR_FILE_MAX (1024 * 1024)
#define VECTOR_CASES_MAX 1000

static bool read_case_file(const char *folder, const char *name, Text *text)
{
    CLEANUP(cleanup_text) Text path = {0};

    text_appendf(&path, "%s/%s", folder, name);
    return file_read(text_cstr(&path), VECTOR_FILE_MAX, text) == 0;
}

static void put_quoted(Text *out, const char *name, const char *value)
{
    text_appendf(out, "%s ", name);
    text_append_json(out, value, strlen(value));
    text_append_char(out, '\n');
}

static void put_time(Text *out, Time time)
{
    char text[CLOCK_TEXT_SIZE] = "-";

    if (time != TIME_NONE)
        time_format_utc(time, text);
    text_append(out, text);
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static int describe_batch(const Topic *topic, const char *line, size_t size, Text *out, WireError *ret_error)
{
    uint8_t chain[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    Batch batch;
    int r;

    r = batch_decode(line, size, &batch, ret_error);
    if (r != 0)
        return r;
    chain_start(topic->terminal, batch.epoch, chain);
    for (size_t i = 0; i < batch.count; i++) {
        const BatchEvent *event = &batch.events[i];

        text_appendf(out, "%" PRIu64 " %s ", event->seq, event->refused ? event->refused : "ok");
        text_append_bytes(out, event->canonical, event->canonical_size);
        text_append_char(out, '\n');
        chain_advance(chain, event->canonical, event->canonical_size);
    }
    hex_encode(chain, sizeof(chain), hex);
    if (batch.first == 1)
        text_appendf(out, "chain %s\n", hex);
    batch_deinit(&batch);
    return 0;
}

static int describe_hello(const char *line, size_t size, Text *out, WireError *ret_error)
{
    Hello hello;
    int r = hello_decode(line, size, &hello, ret_error);

    if (r != 0)
        return r;
    text_appendf(out, "epoch %s\nnext %" PRIu64 "\noldest %" PRIu64 "\nclock %s\n", hello.epoch, hello.next,
                 hello.oldest, event_clock_word(hello.clock));
    put_quoted(out, "software", hello.software);
    put_quoted(out, "plan", hello.plan);
    text_append(out, "at ");
    put_time(out, hello.at);
    text_append_char(out, '\n');
    if (hello.chain_error != EVENT_NUMBER_NONE)
        text_appendf(out, "x-chain-error %" PRId64 "\n", hello.chain_error);
    return 0;
}

static int describe_receipt(const char *line, size_t size, Text *out, WireError *ret_error)
{
    char hex[DIGEST_HEX_SIZE];
    Receipt receipt;
    int r = receipt_decode(line, size, &receipt, ret_error);

    if (r != 0)
        return r;
    hex_encode(receipt.chain, DIGEST_SIZE, hex);
    text_appendf(out, "epoch %s\nthrough %" PRIu64 "\nchain %s\nalso", receipt.epoch, receipt.through, hex);
    for (unsigned i = 0; i < receipt.also_count; i++)
        text_appendf(out, " %" PRIu64 "-%" PRIu64, receipt.also[i].first, receipt.also[i].last);
    text_append(out, "\nrefused");
    for (unsigned i = 0; i < receipt.refused_count; i++)
        text_appendf(out, " %" PRIu64 "=%s", receipt.refused[i].seq, receipt.refused[i].reason);
    text_appendf(out, "\nstore %s\ngeneration %" PRId64 "\n", receipt.store, receipt.generation);
    receipt_deinit(&receipt);
    return 0;
}

static int describe_state(const char *line, size_t size, Text *out, WireError *ret_error)
{
    bool online;
    int r = state_decode(line, size, &online, ret_error);

    if (r == 0)
        text_appendf(out, "online %s\n", online ? "true" : "false");
    return r;
}

static int describe_collector(const char *line, size_t size, Text *out, WireError *ret_error)
{
    CollectorState state;
    int r = collector_state_decode(line, size, &state, ret_error);

    if (r != 0)
        return r;
    text_appendf(out, "online %s\nareas", state.online ? "true" : "false");
    for (unsigned i = 0; i < state.area_count; i++)
        text_appendf(out, " %s", state.areas[i]);
    text_appendf(out, "\nboot %s\nstore %s\ngeneration %" PRId64 "\n", or_dash(state.boot),
                 or_dash(state.store), state.generation);
    return 0;
}

static int describe_plan(const char *line, size_t size, Text *out, WireError *ret_error)
{
    Plan plan;
    int r = plan_decode(line, size, &plan, ret_error);

    if (r != 0)
        return r;
    text_appendf(out, "plan %s\npage %" PRId64 " of %" PRId64 "\n", plan.digest, plan.page, plan.pages);
    for (size_t i = 0; i < plan.session_count; i++) {
        text_appendf(out, "session %s ", plan.sessions[i].session);
        put_time(out, plan.sessions[i].starts);
        text_append_char(out, ' ');
        put_time(out, plan.sessions[i].ends);
        text_append_char(out, ' ');
        put_quoted(out, plan.sessions[i].kind, plan.sessions[i].title);
    }
    for (size_t i = 0; i < plan.member_count; i++) {
        text_appendf(out, "member %s ", plan.members[i].member);
        text_append_json(out, plan.members[i].name, strlen(plan.members[i].name));
        for (size_t j = 0; j < plan.members[i].card_count; j++)
            text_appendf(out, " %s", plan.members[i].cards[j]);
        text_append_char(out, '\n');
    }
    plan_deinit(&plan);
    return 0;
}

static int describe_ask(const char *line, size_t size, Text *out, WireError *ret_error)
{
    Ask ask;
    int r = ask_decode(line, size, &ask, ret_error);

    if (r != 0)
        return r;
    put_quoted(out, "id", ask.id);
    text_appendf(out, "ask %s\nmember %s\n", ask.ask, or_dash(ask.member));
    return 0;
}

static int describe_answer(const char *line, size_t size, Text *out, WireError *ret_error)
{
    Answer answer;
    int r = answer_decode(line, size, &answer, ret_error);

    if (r != 0)
        return r;
    put_quoted(out, "id", answer.id);
    text_appendf(out, "error %s\nrecord %s\n", or_dash(answer.error), or_dash(answer.record));
    answer_deinit(&answer);
    return 0;
}

static int describe(const Topic *topic, const char *line, size_t size, Text *out, WireError *ret_error)
{
    switch (topic->leaf) {
    case TOPIC_EVENT:
        return describe_batch(topic, line, size, out, ret_error);
    case TOPIC_HELLO:
        return describe_hello(line, size, out, ret_error);
    case TOPIC_RECEIPT:
        return describe_receipt(line, size, out, ret_error);
    case TOPIC_STATE:
        return describe_state(line, size, out, ret_error);
    case TOPIC_COLLECTOR:
        return describe_collector(line, size, out, ret_error);
    case TOPIC_PLAN:
        return describe_plan(line, size, out, ret_error);
    case TOPIC_ASK:
        return describe_ask(line, size, out, ret_error);
    case TOPIC_ANSWER:
        return describe_answer(line, size, out, ret_error);
    case TOPIC_LEAF_COUNT:
        break;
    }
    return -EINVAL;
}

static void strip_line_end(Text *text)
{
    if (text->size > 0 && text->data[text->size - 1] == '\n')
        text->data[--text->size] = '\0';
}

// What a program makes of the case: its values, or "REASON PATH".
static void judge(const char *folder, Text *out)
{
    CLEANUP(cleanup_text) Text payload = {0}, topic_text = {0}, key_text = {0};
    uint8_t key[DIGEST_SIZE];
    WireError error = {0};
    bool has_key;
    Topic topic;
    size_t size;

    assert_true(read_case_file(folder, "payload", &payload));
    assert_true(read_case_file(folder, "topic", &topic_text));
    strip_line_end(&topic_text);
    has_key = read_case_file(folder, "key", &key_text);
    strip_line_end(&key_text);
    if (has_key)
        assert_true(hex_decode(text_cstr(&key_text), key_text.size, key, sizeof(key)));
    if (!topic_parse(text_cstr(&topic_text), &topic)) {
        text_append(out, "bad-topic -\n");
        return;
    }
    if (wire_mac_check(has_key ? key : NULL, text_cstr(&topic_text), text_cstr(&payload), payload.size,
                       &size) != (has_key ? WIRE_MAC_GOOD : WIRE_MAC_ABSENT)) {
        text_append(out, "bad-mac -\n");
        return;
    }
    int r = describe(&topic, text_cstr(&payload), size, out, &error);
    assert_true(r >= 0);
    if (r > 0) {
        text_clear(out);
        text_appendf(out, "%s %s\n", error.reason, or_dash(error.path));
    }
}

// Whether a line "SEQ VERDICT CANONICAL" has a verdict other than ok.
static bool refuses_something(const char *text)
{
    for (; text && *text; text = strchr(text, '\n'), text += text != NULL) {
        size_t digits = strspn(text, "0123456789");

        if (digits > 0 && strncmp(text + digits, " ok ", 4) != 0)
            return true;
    }
    return false;
}

static void test_case(void **state)
{
    CLEANUP(cleanup_text) Text expected = {0}, actual = {0};
    const char *folder = *state;

    assert_true(read_case_file(folder, "expected", &expected));
    judge(folder, &actual);
    assert_string_equal(text_cstr(&actual), text_cstr(&expected));
    // The group must say what the case is.
    if (strstr(folder, "/refused/"))
        assert_true(refuses_something(text_cstr(&actual)));
    if (strstr(folder, "/valid/"))
        assert_false(refuses_something(text_cstr(&actual)));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

static size_t add_group(const char *root, const char *group, struct CMUnitTest *tests, size_t count)
{
    CLEANUP(cleanup_text) Text folder = {0};
    struct dirent *entry;
    DIR *dir;

    text_appendf(&folder, "%s/%s", root, group);
    dir = opendir(text_cstr(&folder));
    if (!dir)
        return count;
    while (count < VECTOR_CASES_MAX && (entry = readdir(dir))) {
        Text name = {0}, path = {0};

        if (entry->d_name[0] == '.')
            continue;
        text_appendf(&name, "%s/%s", group, entry->d_name);
        text_appendf(&path, "%s/%s", text_cstr(&folder), entry->d_name);
        tests[count++] = (struct CMUnitTest){
            .name = text_take(&name),
            .test_func = test_case,
            .initial_state = text_take(&path),
        };
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[VECTOR_CASES_MAX];
    static const char *const groups[] = {"valid", "refused", "invalid"};
    size_t count = 0;
    int failed;

    if (argc != 2) {
        fprintf(stderr, "Usage: %s VECTORS\n", argv[0]);
        return 2;
    }
    digest_init();
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        size_t before = count;

        count = add_group(argv[1], groups[i], tests, count);
        if (count == before || count == VECTOR_CASES_MAX) {
            fprintf(stderr, "%s/%s: no cases, or too many\n", argv[1], groups[i]);
            return 2;
        }
    }
    qsort(tests, count, sizeof(tests[0]), compare_names);
    failed = _cmocka_run_group_tests("vectors", tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        free((char *)tests[i].name);
        free(tests[i].initial_state);
    }
    return failed != 0;
}
