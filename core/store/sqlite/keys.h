#pragma once
// Packed keys. The tables that an arriving event touches are ordered by one 63-bit integer, SQLite's fastest
// key: area first, then what today's rows have in common, then the row. The layout is part of the file
// format.
//
//   attendance, tally, coverage   area 8 | session 27 | member, org, point 28
//   credit                        area 8 | year 27    | member 28
//   parked, voided                area 8 | stream 24  | sequence number 31
//   event                         area 8 | segment 50 | offset 5
//
// An event's key (stream, sequence number) is not where it stands. A stream's events are laid in segments of
// 32, numbered as they are begun, so that the events of one day lie together however many years each stream
// has behind it. Ordered by their keys, every terminal had a page of its own to keep at hand: 15 MiB for
// 3,700 terminals where 4 suffice, and pages half full.
//
// That is room for 255 areas, 134 million sessions, 268 million members and 2 billion events of one epoch.
// Measured against keys of three columns: a third less time for each probe and each update.
#include <stdint.h>

#define KEY_AREA_MAX 255
#define KEY_ROW_BITS 28
#define KEY_ROW_MAX ((INT64_C(1) << KEY_ROW_BITS) - 1)
#define KEY_PLACE_BITS 27
#define KEY_PLACE_MAX ((INT64_C(1) << KEY_PLACE_BITS) - 1)
#define KEY_SEQ_BITS 31
#define KEY_SEQ_MAX ((INT64_C(1) << KEY_SEQ_BITS) - 1)
#define KEY_STREAM_BITS 24
#define KEY_STREAM_MAX ((INT64_C(1) << KEY_STREAM_BITS) - 1)

/// `place` is a session or a year; `row` a member, org or point.
static inline int64_t key_make(int64_t area, int64_t place, int64_t row)
{
    return area << (KEY_PLACE_BITS + KEY_ROW_BITS) | place << KEY_ROW_BITS | row;
}
static inline int32_t key_area(int64_t key)
{
    return (int32_t)(key >> (KEY_PLACE_BITS + KEY_ROW_BITS));
}
static inline int64_t key_place(int64_t key)
{
    return key >> KEY_ROW_BITS & KEY_PLACE_MAX;
}
static inline int32_t key_row(int64_t key)
{
    return (int32_t)(key & KEY_ROW_MAX);
}

#define SEGMENT_BITS 5 // longer ones spread a day over more pages, shorter ones cost a row each
#define SEGMENT_EVENTS (INT64_C(1) << SEGMENT_BITS)
#define SEGMENT_MAX ((INT64_C(1) << 50) - 1)

/// Where the segment `number` of an area begins in the log.
static inline int64_t segment_base(int64_t area, int64_t number)
{
    return area << (KEY_STREAM_BITS + KEY_SEQ_BITS) | number << SEGMENT_BITS;
}

// The same in SQL: an event's key from where it stands, and back; `g` is its segment.
#define EVENT_KEY "((g.base & ~36028797018963967) | (g.stream << 31) | (g.block << 5) | (e.place & 31))"
#define EVENT_PLACE(key)                                                                                \
    "(SELECT base | (" key " & 31) FROM segment WHERE stream = (" key " >> 31 & 16777215) AND block = " \
    "(" key " & 2147483647) >> 5)"
#define EVENTS_WITH_KEYS "event e JOIN segment g ON g.base = (e.place & ~31)"
#define EVENTS_OF_SEGMENTS "segment g CROSS JOIN event e ON e.place BETWEEN g.base AND g.base + 31"
// Events of stream `st` beyond its `through`: the range of keys begins behind it, so that a stream without a
// gap costs one probe and not the walk of its last segment.
#define EVENTS_BEYOND_THROUGH                                                                             \
    "segment g CROSS JOIN event e ON e.place > g.base + max(st.through - (g.block << 5), -1) AND e.place" \
    " <= g.base + 31 WHERE g.stream = st.stream AND g.block >= (st.through + 1) >> 5"

/// An event's key: which stream of which area, and its sequence number there.
typedef struct EventKey {
    int32_t area;
    int64_t stream;
    uint64_t seq;
} EventKey;

static inline int64_t event_key_pack(const EventKey *key)
{
    return (int64_t)key->area << (KEY_STREAM_BITS + KEY_SEQ_BITS) | key->stream << KEY_SEQ_BITS |
           (int64_t)key->seq;
}
static inline EventKey event_key_unpack(int64_t key)
{
    return (EventKey){(int32_t)(key >> (KEY_STREAM_BITS + KEY_SEQ_BITS)),
                      key >> KEY_SEQ_BITS & KEY_STREAM_MAX, (uint64_t)(key & KEY_SEQ_MAX)};
}
