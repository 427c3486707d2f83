#pragma once
// The window: what a terminal sends next (studyday-protocol(7) T4, T6). A pure state machine over sequence
// numbers: no I/O, no clock and no chance of its own. Its owner keeps the events, tells what happens, asks
// window_next() what to send and reports what it sent. The agent and the simulator both stand on it.
//
// Times are any steady count of microseconds (clock_monotonic()); `random` is 32 uniform bits.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/model/stream.h"

#define WINDOW_EVENTS_MAX 256                 // T4: unreceipted in flight
#define WINDOW_BATCH_MAX 128                  // half of it, so that one batch travels while another is stored
#define WINDOW_RETRY_FIRST (10 * TIME_SECOND) // T4: first wait for a receipt, doubling ...
#define WINDOW_RETRY_MAX (5 * TIME_MINUTE)    // ... up to this, each +-50 %
#define WINDOW_SENDS_WHOLE 3                  // T4: after so many sends in vain a batch is taken apart
#define WINDOW_OVERDUE (5 * TIME_MINUTE) // T6: unreceipted for so long while the collector is online: alarm
#define WINDOW_HELLO_PERIOD \
    (60 * TIME_MINUTE) // a hello now and then brings a changed plan to a line that never drops
#define WINDOW_SPREAD \
    (2 * TIME_SECOND) // a new boot is answered within it: a whole fleet sees it at one moment
#define WINDOW_STANDING (2 * TIME_SECOND) // a retained state within it was there before we came

typedef struct WindowFlight {
    uint64_t first;
    uint32_t count;
    uint32_t sends;
    bool single; // taken apart: goes alone, and one at a time
    Time first_sent;
    Time due;       // when it is sent again
    uint64_t heard; // receipts that had come by the last send
} WindowFlight;

// Only window_* functions change it; the fields down to `generation` may be read.
typedef struct Window {
    uint64_t last;    // highest sequence number recorded, 0 none
    uint64_t oldest;  // lowest one still kept
    uint64_t through; // as the last receipt said
    bool connected;
    bool collector_online;
    uint32_t in_flight;    // events sent and not receipted
    char store[ULID_SIZE]; // "" none yet
    int64_t generation;

    StreamRange also[STREAM_ALSO_MAX];
    unsigned also_count;
    uint64_t cursor;       // next event that was never sent
    WindowFlight *flights; // in the order of their numbers
    size_t flight_count, flight_capacity;
    uint64_t receipts;
    Time hello_due;       // TIME_NONE while disconnected
    uint32_t hello_sends; // since the last answer
    Time online_since, connected_since;
    bool state_seen;   // a state of the collector came over this connection
    Time single_until; // no other single before it, TIME_NONE free
    uint64_t single_seq;
    char boot[ULID_SIZE]; // of the collector's state
    char state_store[ULID_SIZE];
    int64_t state_generation;
} Window;

typedef struct WindowReceipt {
    uint64_t through;
    const StreamRange *also;
    unsigned also_count;
    const char *store;
    int64_t generation;
} WindowReceipt;

typedef struct WindowCollector {
    bool online;
    const char *boot, *store; // "" when offline
    int64_t generation;
} WindowCollector;

typedef enum WindowStep {
    WINDOW_IDLE,  // nothing until window_wake() or until something happens
    WINDOW_HELLO, // send a hello, then call window_sent_hello()
    WINDOW_BATCH, // send events first .. first + count - 1, then call window_sent_batch()
} WindowStep;

typedef enum WindowVerdict {
    WINDOW_ACCEPTED,
    WINDOW_WENT_BACK, // accepted: a lower `through`, or another database
    WINDOW_OLD,       // ignored: of an older generation
    WINDOW_AHEAD,     // ignored: says more than was ever recorded here
} WindowVerdict;

/// `through`, `store` ("" none) and `generation` as the last accepted receipt said, `oldest` the first event
/// still kept.
void window_init(Window *window, uint64_t last, uint64_t oldest, uint64_t through, const char *store,
                 int64_t generation);
void window_deinit(Window *window);

/// Events up to `last` are on the owner's disk.
void window_recorded(Window *window, uint64_t last);
/// Events below `oldest` are no longer kept.
void window_pruned(Window *window, uint64_t oldest);
/// Subscribed and able to publish: hello and everything unreceipted go again.
void window_connected(Window *window, Time now);
void window_disconnected(Window *window);
/// The state of the collector that serves us. A new boot, generation or store, or its return, makes it all go
/// again; not so the retained state that a fresh subscription brings, since all has just gone.
void window_collector(Window *window, const WindowCollector *collector, bool retained, Time now,
                      uint32_t random);
/// A receipt of our epoch with the right MAC. The owner compares the chain itself; one that differs still
/// counts here, since the terminal goes on sending (T3).
WindowVerdict window_receipt(Window *window, const WindowReceipt *receipt, Time now, uint32_t random);

WindowStep window_next(Window *window, Time now, uint64_t *ret_first, uint32_t *ret_count);
void window_sent_hello(Window *window, Time now, uint32_t random);
/// `count` may be less than was asked for (what fits into one payload), but at least 1.
void window_sent_batch(Window *window, uint64_t first, uint32_t count, Time now, uint32_t random);
/// A hello as soon as possible.
void window_ask_hello(Window *window, Time now);
/// When window_next() will have something if nothing happens before; TIME_NONE: never.
Time window_wake(Window *window, Time now);
/// T6: the first event without a receipt for WINDOW_OVERDUE while line and collector were there, or 0.
uint64_t window_overdue(const Window *window, Time now);

/// The wait after the `sends`-th send in vain.
Time window_retry_wait(uint32_t sends, uint32_t random);
