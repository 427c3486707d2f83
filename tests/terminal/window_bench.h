#pragma once
// A window with a clock and chance of the test's own, and what it sent last.
#include "terminal/window.h"
#include "tests/terminal/test.h"

#define MIDDLE UINT32_C(0x80000000) // no jitter: a wait is exactly what it is meant to be
#define STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define OTHER_STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2F"
#define BOOT "01JD3Z6Y8Q4N7W2K9T5B0C1D2G"
#define OTHER_BOOT "01JD3Z6Y8Q4N7W2K9T5B0C1D2H"

typedef struct Sent {
    uint64_t first;
    uint32_t count;
} Sent;

typedef struct Bench {
    Window window;
    Time now;
    Sent sent[512];
    size_t sent_count, hellos;
} Bench;

static inline Bench bench_make(uint64_t last, uint64_t through)
{
    Bench bench = {.now = TIME_DAY};

    window_init(&bench.window, last, 1, through, "", 0);
    return bench;
}

/// Sends all that is due now; what was sent before is forgotten.
static inline void bench_send(Bench *bench)
{
    uint64_t first;
    uint32_t count;
    WindowStep step;

    bench->sent_count = 0;
    bench->hellos = 0;
    while ((step = window_next(&bench->window, bench->now, &first, &count)) != WINDOW_IDLE) {
        if (step == WINDOW_HELLO) {
            bench->hellos++;
            window_sent_hello(&bench->window, bench->now, MIDDLE);
            continue;
        }
        assert_true(bench->sent_count < sizeof(bench->sent) / sizeof(bench->sent[0]));
        bench->sent[bench->sent_count++] = (Sent){first, count};
        window_sent_batch(&bench->window, first, count, bench->now, MIDDLE);
        assert_true(bench->window.in_flight <= WINDOW_EVENTS_MAX);
    }
}

static inline void bench_connect(Bench *bench)
{
    window_connected(&bench->window, bench->now);
    bench_send(bench);
}

static inline void bench_later(Bench *bench, Time by)
{
    bench->now += by;
    bench_send(bench);
}

static inline WindowVerdict bench_receipt_also(Bench *bench, uint64_t through, const StreamRange *also,
                                               unsigned also_count)
{
    const WindowReceipt receipt = {through, also, also_count, STORE, 1};

    return window_receipt(&bench->window, &receipt, bench->now, MIDDLE);
}

static inline WindowVerdict bench_receipt(Bench *bench, uint64_t through)
{
    static const StreamRange none[1];

    return bench_receipt_also(bench, through, none, 0);
}

static inline WindowVerdict bench_receipt_of(Bench *bench, uint64_t through, const char *store,
                                             int64_t generation)
{
    static const StreamRange none[1];
    const WindowReceipt receipt = {through, none, 0, store, generation};

    return window_receipt(&bench->window, &receipt, bench->now, MIDDLE);
}

static inline void bench_collector(Bench *bench, bool online, const char *boot, int64_t generation,
                                   bool retained)
{
    const WindowCollector collector = {online, online ? boot : "", online ? STORE : "", generation};

    window_collector(&bench->window, &collector, retained, bench->now, MIDDLE);
}

static inline void bench_expect(const Bench *bench, size_t index, uint64_t first, uint32_t count)
{
    assert_true(index < bench->sent_count);
    assert_int_equal(bench->sent[index].first, first);
    assert_int_equal(bench->sent[index].count, count);
}
