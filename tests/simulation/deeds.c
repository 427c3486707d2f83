#include "tests/simulation/deeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/wire/message.h"
#include "terminal/recorder.h"
#include "terminal/scan.h"
#include "tests/support/support.h"

#define SCAN_LINES_MAX 3

Deeds deeds;

int deeds_some_offset(void)
{
    static const int offsets[] = {-140, -50, -24, -4, 1, 4, 6, 17, 32, 36, 53, 71, 86, 94, 123, 171};

    return offsets[world_dice(sizeof(offsets) / sizeof(*offsets))];
}

EventKind deeds_some_kind(void)
{
    static const EventKind kinds[] = {
        EVENT_IN,  EVENT_IN,    EVENT_IN,     EVENT_IN,     EVENT_IN,   EVENT_IN,    EVENT_OUT,  EVENT_OUT,
        EVENT_OUT, EVENT_LEAVE, EVENT_MAKEUP, EVENT_MAKEUP, EVENT_HOME, EVENT_CHECK, EVENT_VOID, EVENT_CLOSE};

    return kinds[world_dice(sizeof(kinds) / sizeof(*kinds))];
}

Deed *deeds_new(Time at)
{
    if (deeds.count == DEEDS_MAX)
        return NULL;
    Deed *deed = &deeds.list[deeds.count++];
    *deed = (Deed){.epoch = -1, .session = -1, .member = -1, .at = at - at % TIME_SECOND + deeds.count};
    return deed;
}

Deed *deeds_find(Time at)
{
    Time number = at % TIME_SECOND;

    if (number >= 1 && number <= deeds.count && deeds.list[number - 1].at == at)
        return &deeds.list[number - 1];
    for (int i = 0; i < deeds.count; i++) {
        if (deeds.list[i].natural && deeds.list[i].at == at)
            return &deeds.list[i];
    }
    return NULL;
}

static void scan_append_who(const Deed *deed, Text *line)
{
    if (deed->kind == EVENT_CLOSE)
        text_append(line, " -");
    else if (deed->member < 0)
        text_append(line, world_dice(2) ? " stranger" : " card:c99");
    else if (deed->member < SITE_MEMBERS && world_once_in(3))
        text_appendf(line, " card:c%d", deed->member + 1);
    else
        text_appendf(line, " m%d", deed->member + 1);
}

// The session may be left out where the time alone says which it is (R1).
static bool scan_may_guess(const Deed *deed)
{
    Time starts, ends;

    site_session_times(deed->session, &starts, &ends);
    return deed->kind <= EVENT_OUT && deed->at > starts + SITE_MOVE_MAX && deed->at < ends - SITE_MOVE_MAX;
}

// What is left of an event is its line; the deed remembers what the rules ask of it.
static void scan_append(const Deed *deed, Text *line)
{
    char at[CLOCK_TEXT_SIZE];

    time_format_zone(deed->at, at);
    text_append(line, event_kind_word(deed->kind));
    if (deed->kind == EVENT_VOID)
        text_appendf(line, " of=%llu", (unsigned long long)deed->of);
    else
        scan_append_who(deed, line);
    if (deed->kind != EVENT_VOID && !(scan_may_guess(deed) && world_once_in(4)))
        text_appendf(line, " S%d", deed->session + 1);
    if (!deed->natural)
        text_appendf(line, " at=%s clock=%s", at, deed->unset ? "unset" : "ntp");
    if (deed->kind == EVENT_MAKEUP)
        text_appendf(line, " minutes=%d", deed->minutes);
    if (deed->kind == EVENT_HOME)
        text_append(line, " visitor=m1");
    if (deed->kind == EVENT_CHECK)
        text_appendf(line, " found=%u", world_dice(2));
    if (deed->kind == EVENT_CLOSE)
        text_appendf(line, " count=%u", world_dice(4));
    if (world_once_in(5))
        text_append(line, " x-note=made-up");
}

static Time scan_time(EventKind kind, int session)
{
    static const int days_after[] = {0, 3, 12, 28, 33, 45};
    Time starts, ends, at;

    site_session_times(session, &starts, &ends);
    at = starts + deeds_some_offset() * TIME_MINUTE;
    return kind == EVENT_MAKEUP || kind == EVENT_HOME ? at + days_after[world_dice(6)] * TIME_DAY : at;
}

// The terminal's clock as it goes into an event.
static Time scan_second(void)
{
    Time now = clock_now();

    return now - now % TIME_SECOND;
}

static Deed *scan_make_up(int terminal, uint64_t seq, bool natural, Text *line)
{
    int session = (int)world_dice(SITE_SESSIONS);
    EventKind kind = deeds_some_kind();
    Deed *deed = deeds_new(scan_time(kind, session));

    if (!deed)
        return NULL;
    deed->terminal = terminal;
    deed->epoch = deeds.epoch_of[terminal];
    deed->seq = seq;
    deed->kind = kind;
    deed->session = kind == EVENT_VOID ? -1 : session;
    deed->member = world_once_in(15) ? -1 : (int)world_dice(SITE_MEMBERS_ALL);
    deed->unset = world_once_in(12);
    deed->minutes = 20 + (int)world_dice(6) * 30;
    deed->of = 1 + world_dice((unsigned)seq + 2);
    if (natural) {
        deed->natural = true;
        deed->at = scan_second();
        deed->unset = scan_clock_quality(deed->at) == EVENT_CLOCK_UNSET;
    }
    scan_append(deed, line);
    return deed;
}

static DeedState scan_outcome(const char *reply)
{
    if (strncmp(reply, "OK ", 3) == 0)
        return DEED_DONE;
    return strncmp(reply, "REFUSED unsure", 14) == 0 ? DEED_UNSURE : DEED_NOT;
}

static void scan_record(Post *post, Outbox *outbox)
{
    unsigned count = 1 + world_dice(SCAN_LINES_MAX);
    Deed *made[SCAN_LINES_MAX];
    const char *lines[SCAN_LINES_MAX];
    Text texts[SCAN_LINES_MAX] = {0}, replies = {0};
    bool natural = count == 1 && !deeds_find(scan_second()) && world_dice(2);
    uint64_t next;

    if (outbox_refresh(outbox) < 0)
        return; // the machine is dead already
    next = outbox_get_head(outbox)->next;
    for (unsigned i = 0; i < count; i++) {
        made[i] = scan_make_up(post->number, next + i, natural, &texts[i]);
        if (!made[i])
            count = i;
        else
            lines[i] = text_cstr(&texts[i]);
    }
    recorder_record(outbox, lines, count, &replies);
    char *rest = replies.data;
    for (unsigned i = 0; i < count; i++) {
        const char *reply = strsep(&rest, "\n");

        made[i]->state = post->machine.dead ? DEED_UNSURE : scan_outcome(reply ? reply : "");
        world_note("%s scans %s: %s", post->machine.name, lines[i], post->machine.dead ? "(dead)" : reply);
        if (made[i]->state == DEED_NOT && post->machine.fault == DISK_WELL)
            world_fail("a sound line is refused on a sound disk: %s: %s", lines[i], reply);
    }
    for (unsigned i = 0; i < SCAN_LINES_MAX; i++)
        text_deinit(&texts[i]);
    text_deinit(&replies);
}

void deeds_scan(Post *post)
{
    const ConfigTerminal *config = site.stations[post->number].config;
    Outbox *outbox = post->outbox;

    machine_run(&post->machine);
    if (post->up || outbox_open(config->outbox, config->terminal, OUTBOX_WRITE, &outbox) == 0) {
        scan_record(post, outbox);
        if (!post->up)
            outbox_close(outbox);
    }
    machine_leave();
    if (post->machine.dead)
        post_bury(post);
    else if (post->up)
        post_nudge(post);
}

void deeds_renew(int terminal)
{
    const Outbox *outbox = programs.posts[terminal].outbox;
    DeedEpoch *epoch = &deeds.epochs[deeds.epoch_count];

    if (deeds.epoch_count == DEEDS_EPOCHS_MAX)
        support_die("more epochs than a play has room for");
    for (int i = 0; i < deeds.count; i++)
        deeds.list[i].kept &= deeds.list[i].terminal != terminal;
    if (deeds.epoch_of[terminal] >= 0)
        deeds.epochs[deeds.epoch_of[terminal]].retired = true;
    *epoch = (DeedEpoch){.terminal = terminal};
    snprintf(epoch->ulid, sizeof(epoch->ulid), "%s", outbox_get_head(outbox)->epoch);
    deeds.epoch_of[terminal] = deeds.epoch_count++;
}

static int epoch_find(const char *ulid)
{
    for (int i = 0; i < deeds.epoch_count; i++) {
        if (strncmp(deeds.epochs[i].ulid, ulid, ULID_SIZE - 1) == 0)
            return i;
    }
    return -1;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), tail = strlen(end);

    return size >= tail && strcmp(text + size - tail, end) == 0;
}

static void watch_sent(const Machine *machine, const char *topic, const void *payload, size_t size)
{
    WireError error;
    Receipt receipt;

    if (machine != &programs.hub.machine || !ends_with(topic, "/receipt"))
        return;
    const char *end = memchr(payload, '\n', size);
    if (receipt_decode(payload, end ? (size_t)(end - (const char *)payload) : size, &receipt, &error) != 0) {
        world_fail("a receipt that cannot be read: %s", error.reason);
        return;
    }
    int epoch = epoch_find(receipt.epoch);
    world_note("collector tells %s %llu", topic, (unsigned long long)receipt.through);
    if (epoch >= 0 && deeds.epochs[epoch].told < receipt.through)
        deeds.epochs[epoch].told = receipt.through;
    receipt_deinit(&receipt);
}

// The batch is one of ours, so its form is known; the payload ends with a NUL.
static void watch_acked(const char *topic, const void *payload, size_t size)
{
    const char *text = payload, *epoch = strstr(text, "\"epoch\":\""), *first = strstr(text, "\"first\":");
    unsigned count = 0;
    (void)size;

    if (!ends_with(topic, "/event") || !epoch || !first || deeds.acked_count == DEEDS_ACKED_MAX)
        return;
    for (const char *at = text; (at = strstr(at, "\"kind\":")); at++)
        count++;
    DeedAck ack = {epoch_find(epoch + 9), strtoull(first + 8, NULL, 10), count};
    world_note("collector acknowledges %s %llu+%u", topic, (unsigned long long)ack.first, count);
    if (ack.epoch >= 0)
        deeds.acked[deeds.acked_count++] = ack;
}

void deeds_begin(void)
{
    deeds.count = deeds.epoch_count = 0;
    deeds.acked_count = 0;
    deeds.snapshot = -1;
    deeds.made_anew = false;
    line_watch = (LineWatch){watch_acked, watch_sent};
    for (int i = 0; i < WORLD_TERMINALS; i++) {
        deeds.epoch_of[i] = -1;
        deeds_renew(i);
    }
}

void deeds_forget_since_snapshot(void)
{
    for (int i = 0; i < deeds.epoch_count; i++)
        deeds.epochs[i].told = 0;
    deeds.acked_count = 0;
    for (int i = 0; i < deeds.count; i++) {
        if (deeds.list[i].terminal == DEEDS_OFFICE && i >= deeds.snapshot)
            deeds.list[i].state = DEED_NOT;
        if (deeds.list[i].undone != DEED_NOT)
            deeds.list[i].undone = DEED_UNSURE; // it may have been undone after the snapshot
    }
}
