// The sending window of a terminal.
//
// Model. Events 1 .. last are recorded. The collector has 1 .. through and the ranges `also`. Of the others,
// those below `cursor` are in flight: sent, and owed a receipt; they stand in `flights`, cut as they were
// sent, so that the sends of a batch can be counted. Invariant: each number in (through, cursor) that is
// still kept is in exactly one of `also` and `flights`; `in_flight` is the sum of the flights and never above
// WINDOW_EVENTS_MAX.
//
// It refuses to forget: only a receipt takes an event out of flight. The state of a collector is not
// authenticated, so it never changes `through`, `store` or `generation`; it only makes things go again.
#include "terminal/window.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "terminal/window_private.h"

#define WINDOW_SHIFT_MAX 6 // 10 s << 6 is beyond WINDOW_RETRY_MAX

Time window_retry_wait(uint32_t sends, uint32_t random)
{
    uint32_t shift = sends > 0 ? sends - 1 : 0;
    Time wait = WINDOW_RETRY_FIRST << (shift < WINDOW_SHIFT_MAX ? shift : WINDOW_SHIFT_MAX);

    if (wait > WINDOW_RETRY_MAX)
        wait = WINDOW_RETRY_MAX;
    return wait / 2 + window_spread(wait, random);
}

static void window_copy_ulid(char target[static ULID_SIZE], const char *ulid)
{
    size_t size = strnlen(ulid, ULID_SIZE - 1);

    memcpy(target, ulid, size);
    target[size] = '\0';
}

void window_init(Window *window, uint64_t last, uint64_t oldest, uint64_t through, const char *store,
                 int64_t generation)
{
    *window = (Window){
        .last = last,
        .oldest = oldest,
        .through = through,
        .generation = generation,
        .cursor = through + 1,
        .hello_due = TIME_NONE,
        .single_until = TIME_NONE,
    };
    window_copy_ulid(window->store, store);
}

void window_deinit(Window *window)
{
    free(window->flights);
    *window = (Window){0};
}

void window_recorded(Window *window, uint64_t last)
{
    if (last > window->last)
        window->last = last;
}

void window_pruned(Window *window, uint64_t oldest)
{
    window->oldest = oldest;
}

// Singles keep their own time: one of them may be what made the line drop.
static void window_flights_due(Window *window, Time when)
{
    for (size_t i = 0; i < window->flight_count; i++) {
        WindowFlight *flight = &window->flights[i];

        if (!flight->single && flight->due > when)
            flight->due = when;
    }
}

void window_connected(Window *window, Time now)
{
    window->connected = true;
    window->connected_since = now;
    window->state_seen = false;
    window->hello_due = now;
    window->hello_sends = 0;
    window_flights_due(window, now);
}

void window_disconnected(Window *window)
{
    window->connected = false;
    window->hello_due = TIME_NONE;
    window->single_until = TIME_NONE;
}

/// Forgets what was sent, never what was recorded: all beyond `through` goes again.
static void window_rewind(Window *window, uint64_t through)
{
    window->through = through;
    window->cursor = through + 1;
    window->also_count = 0;
    window->flight_count = 0;
    window->in_flight = 0;
    window->single_until = TIME_NONE;
}

void window_collector(Window *window, const WindowCollector *collector, bool retained, Time now,
                      uint32_t random)
{
    bool known = window->boot[0] != '\0';
    bool returned = collector->online && !window->collector_online;
    bool standing = retained && !window->state_seen && now - window->connected_since < WINDOW_STANDING;

    window->state_seen = true;
    window->collector_online = collector->online;
    if (returned)
        window->online_since = now;
    if (!collector->online)
        return; // its Will names neither boot nor store
    bool other_boot = known && strcmp(window->boot, collector->boot) != 0;
    bool other_data = known && (strcmp(window->state_store, collector->store) != 0 ||
                                window->state_generation != collector->generation);
    window_copy_ulid(window->boot, collector->boot);
    window_copy_ulid(window->state_store, collector->store);
    window->state_generation = collector->generation;
    if (standing || !window->connected || !(returned || other_boot || other_data))
        return;
    if (other_data)
        window_rewind(window, window->through);
    Time when = now + window_spread(WINDOW_SPREAD, random);
    window_flights_due(window, when);
    if (window->hello_due > when)
        window->hello_due = when;
}

WindowFlight *window_flight_add(Window *window)
{
    if (window->flight_count == window->flight_capacity) {
        size_t capacity = window->flight_capacity ? 2 * window->flight_capacity : 4;

        window->flights = alloc_resize(window->flights, capacity, sizeof(window->flights[0]));
        window->flight_capacity = capacity;
    }
    return &window->flights[window->flight_count++];
}

static void window_add_piece(Window *window, const WindowFlight *whole, uint64_t first, uint64_t end)
{
    WindowFlight piece = *whole;

    piece.first = first;
    piece.count = (uint32_t)(end - first);
    *window_flight_add(window) = piece;
    window->in_flight += piece.count;
}

/// Adds what neither `through` nor `also` covers of a flight, cut where they cut it.
static void window_add_rest(Window *window, const WindowFlight *flight)
{
    uint64_t first = flight->first;
    uint64_t end = flight->first + flight->count;

    if (first <= window->through)
        first = window->through + 1;
    for (unsigned i = 0; i < window->also_count && first < end; i++) {
        StreamRange range = window->also[i];

        if (range.last < first || range.first >= end)
            continue;
        if (range.first > first)
            window_add_piece(window, flight, first, range.first);
        first = range.last + 1;
    }
    if (first < end)
        window_add_piece(window, flight, first, end);
}

static void window_settle(Window *window)
{
    WindowFlight *flights = window->flights;
    size_t count = window->flight_count;
    bool single_waits = false;

    window->flights = NULL;
    window->flight_count = 0;
    window->flight_capacity = 0;
    window->in_flight = 0;
    for (size_t i = 0; i < count; i++)
        window_add_rest(window, &flights[i]);
    free(flights);
    for (size_t i = 0; i < window->flight_count; i++)
        single_waits |= window->flights[i].single && window->flights[i].first == window->single_seq;
    if (!single_waits)
        window->single_until = TIME_NONE;
}

WindowVerdict window_receipt(Window *window, const WindowReceipt *receipt, Time now, uint32_t random)
{
    bool first = window->store[0] == '\0';
    bool same_store = strcmp(window->store, receipt->store) == 0;
    WindowVerdict verdict = WINDOW_ACCEPTED;

    if (same_store && receipt->generation < window->generation)
        return WINDOW_OLD;
    if (receipt->through > window->last)
        return WINDOW_AHEAD;
    bool other = !first && (!same_store || receipt->generation != window->generation);
    if (other || receipt->through < window->through) {
        window_rewind(window, receipt->through);
        verdict = WINDOW_WENT_BACK;
    }
    window->through = receipt->through;
    if (window->cursor <= window->through)
        window->cursor = window->through + 1;
    window->also_count = receipt->also_count < STREAM_ALSO_MAX ? receipt->also_count : STREAM_ALSO_MAX;
    memcpy(window->also, receipt->also, window->also_count * sizeof(window->also[0]));
    window_copy_ulid(window->store, receipt->store);
    window->generation = receipt->generation;
    window->receipts++;
    if (window->connected && window->hello_sends > 0) {
        window->hello_sends = 0;
        window->hello_due = now + WINDOW_HELLO_PERIOD / 2 + window_spread(WINDOW_HELLO_PERIOD, random);
    }
    window_settle(window);
    return verdict;
}
