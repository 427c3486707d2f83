// The sending window of a terminal.
//
// Model. Events 1 .. last are recorded. The collector has 1 .. through and the ranges `also`. Of the others,
// those below `cursor` are in flight: sent, and owed a receipt; they stand in `flights`, cut as they were
// sent, so that the sends of a batch can be counted. Invariant: each number in (through, cursor) that is
// still kept is in exactly one of `also` and `flights`; `in_flight` is the sum of the flights and never above
// WINDOW_EVENTS_MAX.
//
// A batch that was sent WINDOW_SENDS_WHOLE times in vain, while receipts show that the collector answers,
// holds something that cannot be digested: it is taken apart into singles. These go one at a time, each
// waiting for its receipt or for WINDOW_RETRY_FIRST, and a lost line does not make them due at once: even an
// event that makes the broker hang up costs the others no more than a moment. With the third send goes a
// hello, whose answer is the proof of life where no other events are about.
//
// It refuses to forget: only a receipt takes an event out of flight. The state of a collector is not
// authenticated, so it never changes `through`, `store` or `generation`; it only makes things go again.
#include "terminal/window.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

#define WINDOW_SHIFT_MAX 6 // 10 s << 6 is beyond WINDOW_RETRY_MAX

static Time window_spread(Time whole, uint32_t random)
{
    return (Time)(((uint64_t)whole * random) >> 32);
}

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

static WindowFlight *window_flight_add(Window *window)
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

static bool window_undigested(const Window *window, const WindowFlight *flight)
{
    return flight->count > 1 && flight->sends >= WINDOW_SENDS_WHOLE && window->receipts > flight->heard;
}

/// Replaces flight `index` by one single for each of its events, due at once.
static void window_take_apart(Window *window, size_t index)
{
    WindowFlight whole = window->flights[index];

    for (uint32_t i = 1; i < whole.count; i++)
        window_flight_add(window);
    size_t behind = window->flight_count - (index + whole.count);
    memmove(&window->flights[index + whole.count], &window->flights[index + 1],
            behind * sizeof(window->flights[0]));
    for (uint32_t i = 0; i < whole.count; i++)
        window->flights[index + i] = (WindowFlight){.first = whole.first + i,
                                                    .count = 1,
                                                    .single = true,
                                                    .first_sent = whole.first_sent,
                                                    .due = whole.due};
}

/// The flight to send again now, or NULL. Of singles the one that has waited longest.
static WindowFlight *window_due_flight(Window *window, Time now)
{
    WindowFlight *single = NULL;

    for (size_t i = 0; i < window->flight_count; i++) {
        WindowFlight *flight = &window->flights[i];

        if (flight->due > now)
            continue;
        if (!flight->single && window_undigested(window, flight)) {
            window_take_apart(window, i);
            single = NULL; // the array may have moved: look again from the start
            i = (size_t)-1;
            continue;
        }
        if (!flight->single)
            return flight;
        if (!single || flight->due < single->due)
            single = flight;
    }
    return window->single_until == TIME_NONE || window->single_until <= now ? single : NULL;
}

/// Events that were never sent and may go now; moves the cursor over what need not.
static uint32_t window_fresh(Window *window)
{
    if (window->cursor < window->oldest)
        window->cursor = window->oldest;
    uint64_t end = window->last + 1;
    if (end > window->through + STREAM_AHEAD_MAX + 1)
        end = window->through + STREAM_AHEAD_MAX + 1;
    for (unsigned i = 0; i < window->also_count; i++) {
        StreamRange range = window->also[i];

        if (window->cursor >= range.first && window->cursor <= range.last)
            window->cursor = range.last + 1;
        else if (range.first > window->cursor && range.first < end)
            end = range.first;
    }
    if (window->cursor >= end)
        return 0;
    uint64_t count = end - window->cursor;
    uint32_t room = WINDOW_EVENTS_MAX - window->in_flight;
    if (count > room)
        count = room;
    return (uint32_t)(count < WINDOW_BATCH_MAX ? count : WINDOW_BATCH_MAX);
}

WindowStep window_next(Window *window, Time now, uint64_t *ret_first, uint32_t *ret_count)
{
    if (!window->connected)
        return WINDOW_IDLE;
    if (window->hello_due <= now)
        return WINDOW_HELLO;
    const WindowFlight *flight = window_due_flight(window, now);
    if (flight) {
        *ret_first = flight->first;
        *ret_count = flight->count;
        return WINDOW_BATCH;
    }
    uint32_t count = window_fresh(window);
    if (count == 0)
        return WINDOW_IDLE;
    *ret_first = window->cursor;
    *ret_count = count;
    return WINDOW_BATCH;
}

void window_sent_hello(Window *window, Time now, uint32_t random)
{
    window->hello_sends++;
    window->hello_due = now + window_retry_wait(window->hello_sends, random);
}

void window_ask_hello(Window *window, Time now)
{
    if (window->connected && window->hello_sends == 0)
        window->hello_due = now;
}

static WindowFlight *window_find(Window *window, uint64_t first)
{
    for (size_t i = 0; i < window->flight_count; i++) {
        if (window->flights[i].first == first)
            return &window->flights[i];
    }
    return NULL;
}

/// Fewer events than the flight holds fitted into the payload: the rest becomes a flight of its own.
static WindowFlight *window_cut(Window *window, WindowFlight *flight, uint32_t count)
{
    size_t index = (size_t)(flight - window->flights);
    WindowFlight rest = *flight;

    rest.first += count;
    rest.count -= count;
    window_flight_add(window);
    memmove(&window->flights[index + 2], &window->flights[index + 1],
            (window->flight_count - index - 2) * sizeof(window->flights[0]));
    window->flights[index + 1] = rest;
    window->flights[index].count = count;
    return &window->flights[index];
}

void window_sent_batch(Window *window, uint64_t first, uint32_t count, Time now, uint32_t random)
{
    WindowFlight *flight = window_find(window, first);

    if (!flight) {
        flight = window_flight_add(window);
        *flight = (WindowFlight){.first = first, .count = count, .first_sent = now};
        window->in_flight += count;
        window->cursor = first + count;
    } else if (count < flight->count) {
        flight = window_cut(window, flight, count);
    }
    flight->sends++;
    flight->heard = window->receipts;
    flight->due = now + window_retry_wait(flight->sends, random);
    if (flight->single) {
        window->single_seq = first;
        window->single_until = now + WINDOW_RETRY_FIRST;
    } else if (flight->sends >= WINDOW_SENDS_WHOLE) {
        window_ask_hello(window, now);
    }
}

Time window_wake(Window *window, Time now)
{
    uint64_t first;
    uint32_t count;

    if (!window->connected)
        return TIME_NONE;
    if (window_next(window, now, &first, &count) != WINDOW_IDLE)
        return now;
    Time wake = window->hello_due;
    for (size_t i = 0; i < window->flight_count; i++) {
        const WindowFlight *flight = &window->flights[i];
        Time due = flight->due;

        if (flight->single && window->single_until != TIME_NONE && due < window->single_until)
            due = window->single_until;
        if (due < wake)
            wake = due;
    }
    return wake;
}

uint64_t window_overdue(const Window *window, Time now)
{
    if (!window->connected || !window->collector_online)
        return 0;
    for (size_t i = 0; i < window->flight_count; i++) {
        Time since = window->flights[i].first_sent;

        if (since < window->online_since)
            since = window->online_since;
        if (since < window->connected_since)
            since = window->connected_since;
        if (now - since >= WINDOW_OVERDUE)
            return window->flights[i].first;
    }
    return 0;
}
