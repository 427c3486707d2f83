// What the window sends next: what is due again first, then what was never sent.
//
// A batch that was sent WINDOW_SENDS_WHOLE times in vain, while receipts show that the collector answers,
// holds something that cannot be digested: it is taken apart into singles. These go one at a time, each
// waiting for its receipt or for WINDOW_RETRY_FIRST, and a lost line does not make them due at once: even an
// event that makes the broker hang up costs the others no more than a moment. With the third send goes a
// hello, whose answer is the proof of life where no other events are about.
#include <string.h>

#include "terminal/window_private.h"

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
