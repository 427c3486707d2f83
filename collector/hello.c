// A hello changes nothing in the database: an epoch that nothing is known of is answered with through 0 and
// the chain's start, and its stream is made by its first event. The receipt waits for the end of the
// transaction that may be open, since the stream's head already counts what is not committed yet.
#include "collector/hello.h"

#include <stdio.h>
#include <string.h>

#include "collector/collector.h"
#include "core/base/error.h"
#include "core/wire/message.h"

static void hello_check(Collector *collector, const RegisterEntry *entry, const Hello *hello,
                        const LedgerStream *stream)
{
    char detail[64];

    if (hello->chain_error != EVENT_NUMBER_NONE) {
        snprintf(detail, sizeof(detail), "seq=%lld", (long long)hello->chain_error);
        alarm_raise(collector, "chain-error", entry->terminal.name, detail);
    }
    // Numbers that we have, and the terminal will give out once more: its outbox is an old copy.
    if (stream && hello->next <= ledger_stream_head(stream)->through) {
        snprintf(detail, sizeof(detail), "next=%llu through=%llu", (unsigned long long)hello->next,
                 (unsigned long long)ledger_stream_head(stream)->through);
        alarm_raise(collector, "terminal-behind", entry->terminal.name, detail);
    }
}

int hello_take(Collector *collector, RegisterEntry *entry, const char *line, size_t size,
               WireError *ret_error)
{
    LedgerStream *stream = NULL;
    Hello hello;
    int r;

    if (hello_decode(line, size, &hello, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    r = ledger_stream_find(collector->ledger, &entry->terminal, hello.epoch, &stream);
    if (r < 0)
        return error_trace(r);
    collector->counters.hellos++;
    entry->online = true;
    entry->wants_plan = true;
    entry->next = hello.next;
    entry->chain_error = hello.chain_error;
    entry->clock_skew_seconds = hello.at == TIME_NONE ? 0 : (hello.at - clock_now()) / TIME_SECOND;
    memcpy(entry->software, hello.software, sizeof(entry->software));
    memcpy(entry->plan_held, hello.plan, sizeof(entry->plan_held));
    hello_check(collector, entry, &hello, stream);
    flush_note(collector, entry, stream, hello.epoch);
    jobs_add_plan(collector, entry);
    return 0;
}
