#pragma once
// One direction of a line: bytes come in, are cut into packets, suffer what the dice say, and go out in their
// time. No sockets here: the owner reads and writes.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/faults.h"

#define LANE_ROOM (1 << 20) // bytes that wait to go out: then the sender has to wait, as with a slow line
#define LANE_DELAY_MAX (60 * TIME_SECOND / 1000) // of one delay
#define LANE_HOLD_MAX (50 * TIME_SECOND / 1000)  // a packet to be swapped waits so long for another
#define LANE_PIECES_MAX 8                        // of a packet that is split

typedef struct LanePiece {
    struct LanePiece *next;
    uint8_t *data;
    size_t size, sent;
    Time due;
} LanePiece;

typedef struct Lane {
    Text in;                 // not a whole packet yet
    LanePiece *first, *last; // to go out, in this order
    size_t waiting;          // bytes in them
    LanePiece *held;         // a packet that lets the next one overtake
    Time held_until;
    Time clear;  // nothing goes out before
    bool opaque; // no MQTT: passed on as it comes
} Lane;

/// What befell the line as a whole; the owner sees to it.
typedef enum LaneFate { LANE_WELL, LANE_CUT, LANE_MUTE, LANE_ABANDON } LaneFate;

void lane_deinit(Lane *lane);
/// Takes bytes that came. `counts` (FAULT_COUNT of them) are moved on for each fault that struck.
LaneFate lane_take(Lane *lane, const void *data, size_t size, const Odds *odds, Dice *dice, Time now,
                   unsigned long *counts);
/// What may go out now: NULL, or the piece at the front.
LanePiece *lane_front(Lane *lane, Time now);
/// `size` bytes of the front have gone.
void lane_sent(Lane *lane, size_t size);
/// When to look again: a due time, or INT64_MAX.
Time lane_due(const Lane *lane);
bool lane_is_full(const Lane *lane);
bool lane_is_empty(const Lane *lane);
