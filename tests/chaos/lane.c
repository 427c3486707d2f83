// Invariants: pieces go out in their order, each not before its time, and the times never decrease; so
// without drop, repeat and swap the bytes that go out are those that came in. Only whole packets are dropped,
// repeated and swapped: what arrives is MQTT, unless the line breaks.
#include "tests/chaos/lane.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "tests/chaos/packet.h"

#define LANE_SPLIT_PAUSE (2 * TIME_SECOND / 1000) // between two pieces, at most

static LanePiece *piece_new(const uint8_t *data, size_t size)
{
    LanePiece *piece = alloc_zero(sizeof(*piece));

    piece->data = alloc_copy(data, size);
    piece->size = size;
    return piece;
}

static void piece_free(LanePiece *piece)
{
    if (!piece)
        return;
    free(piece->data);
    free(piece);
}

void lane_deinit(Lane *lane)
{
    for (LanePiece *piece = lane->first, *next; piece; piece = next) {
        next = piece->next;
        piece_free(piece);
    }
    piece_free(lane->held);
    text_deinit(&lane->in);
    *lane = (Lane){0};
}

static void lane_queue(Lane *lane, LanePiece *piece, Time due)
{
    if (lane->clear < due)
        lane->clear = due;
    piece->due = lane->clear;
    if (lane->last)
        lane->last->next = piece;
    else
        lane->first = piece;
    lane->last = piece;
    lane->waiting += piece->size;
}

static void lane_release(Lane *lane, Time now)
{
    LanePiece *held = lane->held;

    lane->held = NULL;
    if (held)
        lane_queue(lane, held, now);
}

static void lane_split(Lane *lane, LanePiece *piece, Dice *dice, Time now)
{
    Time due = now;
    size_t at = 0;

    for (int i = 1; i < LANE_PIECES_MAX && piece->size - at > 1; i++) {
        size_t size = 1 + dice_below(dice, (uint32_t)(piece->size - at - 1));

        lane_queue(lane, piece_new(piece->data + at, size), due);
        at += size;
        due = lane->clear + dice_below(dice, LANE_SPLIT_PAUSE);
    }
    lane_queue(lane, piece_new(piece->data + at, piece->size - at), due);
    piece_free(piece);
}

static void lane_repeat(Lane *lane, const LanePiece *piece, Time now)
{
    LanePiece *copy = piece_new(piece->data, piece->size);

    packet_mark_repeated(copy->data);
    lane_queue(lane, copy, now);
}

// A whole packet that breaks no line.
static void lane_pass(Lane *lane, LanePiece *piece, const Odds *odds, Dice *dice, Time now,
                      unsigned long *counts)
{
    int type = packet_type(piece->data);
    bool hit[FAULT_COUNT];

    for (Fault fault = 0; fault < FAULT_CUT; fault++)
        hit[fault] = dice_hits(dice, odds->permille[fault]);
    hit[FAULT_DROP] = hit[FAULT_DROP] && (type == PACKET_PUBLISH || type == PACKET_PUBACK);
    hit[FAULT_REPEAT] = hit[FAULT_REPEAT] && type == PACKET_PUBLISH && !hit[FAULT_DROP];
    hit[FAULT_SWAP] = hit[FAULT_SWAP] && type == PACKET_PUBLISH && !lane->held && !hit[FAULT_DROP];
    for (Fault fault = 0; fault < FAULT_CUT; fault++)
        counts[fault] += hit[fault];

    if (hit[FAULT_DROP]) {
        piece_free(piece);
        return;
    }
    if (hit[FAULT_DELAY])
        lane->clear = (lane->clear > now ? lane->clear : now) + dice_below(dice, LANE_DELAY_MAX);
    if (hit[FAULT_SWAP]) {
        lane->held = piece;
        lane->held_until = now + LANE_HOLD_MAX;
        return;
    }
    LanePiece *again = hit[FAULT_REPEAT] ? piece_new(piece->data, piece->size) : NULL;
    if (hit[FAULT_SPLIT])
        lane_split(lane, piece, dice, now);
    else
        lane_queue(lane, piece, now);
    if (again)
        lane_repeat(lane, again, now);
    piece_free(again);
    if (lane->held && (type == PACKET_PUBLISH || now >= lane->held_until))
        lane_release(lane, now);
}

// Does the line itself break at this packet? Half of it still goes out.
static LaneFate lane_fate(Lane *lane, const uint8_t *data, size_t size, const Odds *odds, Dice *dice,
                          Time now, unsigned long *counts)
{
    static const struct {
        Fault fault;
        LaneFate fate;
    } ends[] = {{FAULT_CUT, LANE_CUT}, {FAULT_MUTE, LANE_MUTE}, {FAULT_ABANDON, LANE_ABANDON}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (!dice_hits(dice, odds->permille[ends[i].fault]))
            continue;
        counts[ends[i].fault]++;
        if (size > 1)
            lane_queue(lane, piece_new(data, 1 + dice_below(dice, (uint32_t)size - 1)), now);
        return ends[i].fate;
    }
    return LANE_WELL;
}

LaneFate lane_take(Lane *lane, const void *data, size_t size, const Odds *odds, Dice *dice, Time now,
                   unsigned long *counts)
{
    LaneFate fate = LANE_WELL;
    size_t at = 0;

    text_append_bytes(&lane->in, data, size);
    while (at < lane->in.size && fate == LANE_WELL) {
        const uint8_t *packet = (const uint8_t *)lane->in.data + at;
        size_t left = lane->in.size - at;
        long whole = lane->opaque ? -1 : packet_size(packet, left);

        if (whole < 0 || whole > LANE_ROOM) {
            lane->opaque = true;
            lane_queue(lane, piece_new(packet, left), now);
            at += left;
            break;
        }
        if (whole == 0 || (size_t)whole > left)
            break;
        fate = lane_fate(lane, packet, (size_t)whole, odds, dice, now, counts);
        if (fate == LANE_WELL)
            lane_pass(lane, piece_new(packet, (size_t)whole), odds, dice, now, counts);
        at += (size_t)whole;
    }
    if (at > 0) {
        memmove(lane->in.data, lane->in.data + at, lane->in.size - at);
        lane->in.size -= at;
    }
    return fate;
}

LanePiece *lane_front(Lane *lane, Time now)
{
    if (lane->held && now >= lane->held_until)
        lane_release(lane, now);
    return lane->first && lane->first->due <= now ? lane->first : NULL;
}

void lane_sent(Lane *lane, size_t size)
{
    LanePiece *piece = lane->first;

    piece->sent += size;
    lane->waiting -= size;
    if (piece->sent < piece->size)
        return;
    lane->first = piece->next;
    if (!lane->first)
        lane->last = NULL;
    piece_free(piece);
}

Time lane_due(const Lane *lane)
{
    Time due = lane->first ? lane->first->due : INT64_MAX;

    return lane->held && lane->held_until < due ? lane->held_until : due;
}

bool lane_is_full(const Lane *lane)
{
    return lane->waiting + lane->in.size >= LANE_ROOM;
}

bool lane_is_empty(const Lane *lane)
{
    return !lane->first && !lane->held;
}
