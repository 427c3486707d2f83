// Fuzzes topics, MACs and the decoders of all payloads but event batches. What is decoded and encoded again
// must be readable, and from then on stay the same.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/wire/message.h"
#include "core/wire/topic.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(condition)                                                           \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    digest_init();
    return 0;
}

static void expect_same(const Text *a, const Text *b)
{
    EXPECT(a->size == b->size && memcmp(a->data, b->data, a->size) == 0);
    EXPECT(!memchr(a->data, '\n', a->size));
}

static void try_hello(const char *line, size_t size)
{
    CLEANUP(cleanup_text) Text once = {0}, twice = {0};
    WireError error;
    Hello hello;

    if (hello_decode(line, size, &hello, &error) != 0)
        return;
    hello_encode(&hello, &once);
    EXPECT(hello_decode(once.data, once.size, &hello, &error) == 0);
    hello_encode(&hello, &twice);
    expect_same(&once, &twice);
}

static void try_receipt(const char *line, size_t size)
{
    CLEANUP(cleanup_text) Text once = {0}, twice = {0};
    Receipt receipt;
    WireError error;

    if (receipt_decode(line, size, &receipt, &error) != 0)
        return;
    if (receipt.at == TIME_NONE)
        receipt.at = 0;
    receipt_encode(&receipt, &once);
    receipt_deinit(&receipt);
    EXPECT(receipt_decode(once.data, once.size, &receipt, &error) == 0);
    receipt_encode(&receipt, &twice);
    receipt_deinit(&receipt);
    expect_same(&once, &twice);
}

static void try_states(const char *line, size_t size)
{
    CLEANUP(cleanup_text) Text once = {0}, twice = {0};
    CollectorState state;
    WireError error;
    bool online;

    (void)state_decode(line, size, &online, &error);
    if (collector_state_decode(line, size, &state, &error) != 0)
        return;
    collector_state_encode(&state, &once);
    EXPECT(collector_state_decode(once.data, once.size, &state, &error) == 0 || !state.store[0]);
    collector_state_encode(&state, &twice);
    expect_same(&once, &twice);
}

static void try_plan(const char *line, size_t size)
{
    char **lines;
    WireError error;
    size_t count;
    Plan plan;

    if (plan_decode(line, size, &plan, &error) != 0)
        return;
    plan_seal(&plan);
    plan_encode_pages(&plan, &lines, &count);
    plan_deinit(&plan);
    for (size_t i = 0; i < count; i++) {
        EXPECT(strlen(lines[i]) <= WIRE_LINE_MAX);
        EXPECT(plan_decode(lines[i], strlen(lines[i]), &plan, &error) == 0);
        plan_deinit(&plan);
        free(lines[i]);
    }
    free(lines);
}

static void try_ask(const char *line, size_t size)
{
    CLEANUP(cleanup_text) Text once = {0}, twice = {0};
    WireError error;
    Ask ask;

    if (ask_decode(line, size, &ask, &error) != 0)
        return;
    ask_encode(&ask, &once);
    EXPECT(ask_decode(once.data, once.size, &ask, &error) == 0);
    ask_encode(&ask, &twice);
    expect_same(&once, &twice);
}

static void try_answer(const char *line, size_t size)
{
    CLEANUP(cleanup_text) Text once = {0}, twice = {0};
    WireError error;
    Answer answer;

    if (answer_decode(line, size, &answer, &error) != 0)
        return;
    answer_encode(&answer, &once);
    answer_deinit(&answer);
    if (once.size > WIRE_LINE_MAX)
        return; // a number may be longer when it is written again
    EXPECT(answer_decode(once.data, once.size, &answer, &error) == 0);
    answer_encode(&answer, &twice);
    answer_deinit(&answer);
    expect_same(&once, &twice);
}

static void try_topic(const char *text)
{
    char again[TOPIC_SIZE];
    Topic topic;

    if (!topic_parse(text, &topic))
        return;
    topic_format(topic.leaf, topic.area, topic.terminal, again);
    EXPECT(strcmp(text, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[DIGEST_SIZE] = {1};
    CLEANUP(cleanup_text) Text text = {0};
    const char *line;
    size_t line_size;

    text_append_bytes(&text, data, size);
    try_topic(text_cstr(&text));
    (void)wire_mac_check(key, "studyday/1/a/t/receipt", data, size, &line_size);
    EXPECT(line_size <= size);
    line = (const char *)data;
    try_hello(line, line_size);
    try_receipt(line, line_size);
    try_states(line, line_size);
    try_plan(line, line_size);
    try_ask(line, line_size);
    try_answer(line, line_size);
    return 0;
}
