// Hello: how a terminal stands when it connects. What a receipt depends on is required (epoch, next, oldest);
// what is shown to an operator may be absent, since a plain reader may know neither its software nor a plan.
#include <string.h>

#include "core/base/cleanup.h"
#include "core/wire/message.h"
#include "core/wire/wire_json.h"

static void read_clock(WireReader *reader, EventClock *ret_clock)
{
    const char *word = wire_read_string(reader, "clock", WIRE_OPTIONAL, 0, WIRE_LINE_MAX);

    if (word && !event_clock_parse(word, ret_clock))
        wire_reader_fail(reader, "bad-value", "clock");
}

int hello_decode(const char *line, size_t size, Hello *ret_hello, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    Hello hello = {.clock = EVENT_CLOCK_NTP, .at = TIME_NONE, .chain_error = EVENT_NUMBER_NONE};
    int64_t next = 1, oldest = 1;
    WireReader reader;

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    wire_read_ulid(&reader, "epoch", WIRE_REQUIRED, hello.epoch);
    wire_read_integer(&reader, "next", WIRE_REQUIRED, 1, WIRE_INTEGER_MAX, &next);
    wire_read_integer(&reader, "oldest", WIRE_REQUIRED, 1, next, &oldest);
    read_clock(&reader, &hello.clock);
    wire_read_cut(&reader, "software", WIRE_OPTIONAL, hello.software, sizeof(hello.software));
    wire_read_cut(&reader, "plan", WIRE_OPTIONAL, hello.plan, sizeof(hello.plan));
    wire_read_time(&reader, "at", WIRE_OPTIONAL, &hello.at);
    wire_read_integer(&reader, "x-chain-error", WIRE_OPTIONAL, 0, WIRE_INTEGER_MAX, &hello.chain_error);
    if (wire_reader_finish(&reader, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    hello.next = (uint64_t)next;
    hello.oldest = (uint64_t)oldest;
    *ret_hello = hello;
    return 0;
}

void hello_encode(const Hello *hello, Text *line)
{
    wire_put_start(line);
    wire_put_string(line, "epoch", hello->epoch);
    wire_put_number(line, "next", hello->next);
    wire_put_number(line, "oldest", hello->oldest);
    if (hello->clock != EVENT_CLOCK_NONE)
        wire_put_string(line, "clock", event_clock_word(hello->clock));
    if (hello->software[0])
        wire_put_string(line, "software", hello->software);
    if (hello->plan[0])
        wire_put_string(line, "plan", hello->plan);
    if (hello->at != TIME_NONE)
        wire_put_time(line, "at", hello->at);
    if (hello->chain_error != EVENT_NUMBER_NONE)
        wire_put_integer(line, "x-chain-error", hello->chain_error);
    text_append_char(line, '}');
}
