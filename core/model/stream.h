#pragma once
// A stream is one epoch of one terminal: sequence numbers 1, 2, 3, ... This is the rule of what is new, old,
// ahead of a gap, or too far ahead (studyday-protocol(7), receipt and C2), with no I/O.
#include <stdbool.h>
#include <stdint.h>

#define STREAM_AHEAD_MAX 4096 // events taken beyond `through`; what lies further is deferred
#define STREAM_ALSO_MAX 16    // ranges told in a receipt

typedef enum StreamVerdict {
    STREAM_NEW,      // not stored yet, take it
    STREAM_KNOWN,    // stored already: compare the bytes (number 0, which does not exist, is told as known)
    STREAM_DEFERRED, // too far ahead: leave it for a later send
} StreamVerdict;

typedef struct StreamRange {
    uint64_t first, last; // inclusive
} StreamRange;

// Which sequence numbers are stored: 1..through, and a bit for each of the next STREAM_AHEAD_MAX, allocated
// only while there is a gap.
typedef struct StreamHead {
    uint64_t through;
    uint64_t *ahead; // NULL: nothing beyond `through`; bit i stands for through + 1 + i
    uint32_t ahead_count;
} StreamHead;

void stream_deinit(StreamHead *head);
StreamVerdict stream_judge(const StreamHead *head, uint64_t seq);
/// Notes `seq` (judged STREAM_NEW) as stored. Returns how far `through` moved: 0 when there is a gap before
/// it.
uint64_t stream_take(StreamHead *head, uint64_t seq);
/// Ranges stored beyond `through`, lowest first, at most STREAM_ALSO_MAX; returns how many.
unsigned stream_also(const StreamHead *head, StreamRange ret_ranges[static STREAM_ALSO_MAX]);
