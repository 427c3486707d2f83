// A study day at a point. Most come before the start, some late; most leave at the end and scan their card
// again, some do not, a few leave early; some are on leave and make up later, some are visited at home, some
// do not come and say nothing. About one in a hundred is checked. The shares give a centralised rate near
// the 87.6 % of docs/terms.md.
//
// The members' dice are their own: how many others there are changes nothing for anybody.
#include "simulate/day.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "simulate/dice.h"

// What a member does, in per mille, added up.
#define DAY_PRESENT 832
#define DAY_LATE 862
#define DAY_EARLY 886
#define DAY_LEAVE 926
#define DAY_HOME 948
#define DAY_MAKEUP 962 // the rest is absent

#define DAY_EXEMPT_COMES 120         // of those without a card (town_files.c), in per mille
#define DAY_NO_OUT 150               // go without a second scan
#define DAY_TWICE 40                 // scan once more a moment later
#define DAY_CHECKED 12               // of those who are there
#define DAY_NOT_FOUND 40             // of those checked
#define DAY_WRONG 60                 // of the absent: scanned by mistake, taken back
#define DAY_EDGE 300                 // of the late and early: within seconds of the grace
#define DAY_CLOSE (10 * TIME_MINUTE) // after the end the organiser closes

typedef struct Day {
    const DayPoint *point;
    DayScan *scans;
    size_t count, capacity;
    int32_t seen; // members on site
} Day;

static DayScan *day_add(Day *day, EventKind kind, uint32_t member, Time at)
{
    if (day->count == day->capacity) {
        day->capacity = day->capacity ? 2 * day->capacity : 64;
        day->scans = alloc_resize(day->scans, day->capacity, sizeof(*day->scans));
    }
    DayScan *scan = &day->scans[day->count];
    *scan = (DayScan){.at = at - at % TIME_SECOND,
                      .id = (uint32_t)day->count,
                      .member = member,
                      .number = -1,
                      .kind = kind};
    day->count++;
    return scan;
}

static void day_choose_by(Dice *dice, const DayMember *member, DayScan *scan)
{
    uint32_t roll = dice_below(dice, 100);

    if (!member->card)
        scan->by = EVENT_BY_MANUAL;
    else if (roll < 70)
        scan->by = EVENT_BY_CARD, scan->by_card = true;
    else
        scan->by = roll < 80 ? EVENT_BY_QR : roll < 95 ? EVENT_BY_IDCARD : EVENT_BY_FACE;
}

static void day_check(Day *day, Dice *dice, uint32_t member)
{
    const SessionRules *rules = day->point->rules;
    bool found = !dice_chance(dice, DAY_NOT_FOUND);
    DayScan *scan = day_add(day, EVENT_CHECK, member, rules->starts + (rules->ends - rules->starts) / 2);

    scan->found = found;
    if (found)
        scan->number = (int32_t)dice_between(dice, 45, 100);
}

/// By how much somebody is late, or leaves early: more than the grace, or just about it.
static Time day_offence(Dice *dice, bool edge)
{
    Time grace = SESSION_LATE_MINUTES * TIME_MINUTE;

    return edge ? grace + dice_between(dice, -5, 5) * TIME_SECOND
                : grace + dice_between(dice, 1, 45) * TIME_MINUTE;
}

static void day_attend(Day *day, Dice *dice, uint32_t member, uint32_t roll)
{
    const SessionRules *rules = day->point->rules;
    Time in = rules->starts - dice_between(dice, 60, 40 * 60) * TIME_SECOND;
    Time out = rules->ends + dice_between(dice, -120, 9 * 60) * TIME_SECOND;

    bool edge = dice_chance(dice, DAY_EDGE);

    if (roll >= DAY_LATE)
        out = rules->ends - day_offence(dice, edge);
    else if (roll >= DAY_PRESENT)
        in = rules->starts + day_offence(dice, edge);
    DayScan *scan = day_add(day, EVENT_IN, member, in);
    day_choose_by(dice, &day->point->members[member], scan);
    DayScan first = *scan;
    if (dice_chance(dice, DAY_TWICE)) {
        scan = day_add(day, EVENT_IN, member, in + 3 * TIME_SECOND);
        scan->by = first.by;
        scan->by_card = first.by_card;
    }
    if (!dice_chance(dice, DAY_NO_OUT)) {
        scan = day_add(day, EVENT_OUT, member, out);
        scan->by = first.by;
        scan->by_card = first.by_card;
    }
    if (dice_chance(dice, DAY_CHECKED))
        day_check(day, dice, member);
    day->seen++;
}

static void day_make_up(Day *day, Dice *dice, uint32_t member)
{
    const SessionRules *rules = day->point->rules;
    Time at =
        rules->ends + dice_between(dice, 1, 12) * TIME_DAY + dice_between(dice, 0, 5 * 3600) * TIME_SECOND;
    DayScan *scan = day_add(day, EVENT_MAKEUP, member, at);

    scan->number = dice_chance(dice, 800) ? rules->minutes : rules->minutes / 2;
}

/// Scanned instead of somebody else, and taken back half a minute later.
static void day_mistake(Day *day, Dice *dice, uint32_t member)
{
    Time at = day->point->rules->starts - dice_between(dice, 60, 1500) * TIME_SECOND;
    DayScan *wrong = day_add(day, EVENT_IN, member, at);
    uint32_t id = wrong->id;

    wrong->by = EVENT_BY_MANUAL;
    day_add(day, EVENT_VOID, DAY_NOBODY, at + 30 * TIME_SECOND)->of = id;
}

static void day_live(Day *day, uint32_t index)
{
    const DayMember *member = &day->point->members[index];
    const SessionRules *rules = day->point->rules;
    CLEANUP(cleanup_text) Text name = {0};
    Dice dice;

    text_appendf(&name, "%s %s", day->point->session, member->code);
    dice = dice_for(day->point->seed, "day", name.data);
    uint32_t roll = dice_below(&dice, 1000);
    if (member->guest)
        roll %= DAY_EARLY; // who has come so far stays
    else if (!member->card)
        roll = roll < DAY_EXEMPT_COMES ? 0 : 999;
    if (roll < DAY_EARLY) {
        day_attend(day, &dice, index, roll);
    } else if (roll < DAY_LEAVE) {
        day_add(day, EVENT_LEAVE, index,
                rules->starts - dice_between(&dice, 1, 2) * TIME_DAY +
                    dice_between(&dice, 0, 8 * 60) * TIME_MINUTE);
        if (dice_chance(&dice, 500))
            day_make_up(day, &dice, index);
    } else if (roll < DAY_HOME) {
        day_add(day, EVENT_HOME, index, rules->ends + dice_between(&dice, 3 * 60, 7 * 60) * TIME_MINUTE);
    } else if (roll < DAY_MAKEUP) {
        day_make_up(day, &dice, index);
    } else if (day->point->voids && dice_chance(&dice, DAY_WRONG)) {
        day_mistake(day, &dice, index);
    }
}

static int day_compare(const void *a, const void *b)
{
    const DayScan *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/// Turns the ids that voids name into places, now that the places are known.
static void day_settle_voids(Day *day)
{
    uint32_t *places = alloc_zero(day->capacity * sizeof(*places));

    for (size_t i = 0; i < day->count; i++)
        places[day->scans[i].id] = (uint32_t)i;
    for (size_t i = 0; i < day->count; i++) {
        if (day->scans[i].kind == EVENT_VOID)
            day->scans[i].of = places[day->scans[i].of];
    }
    free(places);
}

void day_make(const DayPoint *point, DayScan **ret_scans, size_t *ret_count)
{
    Day day = {.point = point};

    for (uint32_t i = 0; i < point->member_count; i++)
        day_live(&day, i);
    day_add(&day, EVENT_CLOSE, DAY_NOBODY, point->rules->ends + DAY_CLOSE)->number = day.seen;
    qsort(day.scans, day.count, sizeof(*day.scans), day_compare);
    while (day.count > 0 && day.scans[day.count - 1].at > point->now)
        day.count--;
    if (day.count > 0)
        day_settle_voids(&day);
    *ret_scans = day.scans;
    *ret_count = day.count;
}

Event day_event(const DayPoint *point, const DayScan *scan, uint64_t first,
                char at_text[static CLOCK_TEXT_SIZE])
{
    const DayMember *member = scan->member == DAY_NOBODY ? NULL : &point->members[scan->member];
    Event event = event_make(scan->kind);

    time_format_zone(scan->at, at_text);
    event.at = scan->at;
    event.at_text = at_text;
    event.session = point->session;
    event.by = scan->by;
    if (member && scan->by_card)
        event.card = member->card;
    else if (member)
        event.member = member->code;
    if (point->lead && (scan->kind == EVENT_IN || scan->kind == EVENT_OUT))
        event.mode = EVENT_MODE_LEAD;
    if (scan->kind == EVENT_LEAVE)
        event.reason = "sick";
    if (scan->kind == EVENT_HOME)
        event.visitor = point->members[0].code;
    if (scan->kind == EVENT_MAKEUP)
        event.minutes = scan->number;
    if (scan->kind == EVENT_CLOSE)
        event.count = scan->number;
    if (scan->kind == EVENT_VOID)
        event.of = (int64_t)(first + scan->of);
    if (scan->kind == EVENT_CHECK)
        event.found = scan->found;
    if (scan->kind == EVENT_CHECK && scan->number >= 0)
        event.score = scan->number;
    return event;
}

static void day_append_number(Text *text, const char *key, int64_t number)
{
    if (number != EVENT_NUMBER_NONE)
        text_appendf(text, " %s=%" PRId64, key, number);
}

void day_append_line(const DayPoint *point, const DayScan *scan, uint64_t first, Text *text)
{
    char at_text[CLOCK_TEXT_SIZE];
    Event event = day_event(point, scan, first, at_text);

    text_append(text, event_kind_word(event.kind));
    if (event.card)
        text_appendf(text, " card:%s", event.card);
    else
        text_appendf(text, " %s", event.member ? event.member : "-");
    text_appendf(text, " %s", event.session);
    if (event.by != EVENT_BY_NONE)
        text_appendf(text, " by=%s", event_by_word(event.by));
    if (event.mode != EVENT_MODE_NONE)
        text_appendf(text, " mode=%s", event_mode_word(event.mode));
    day_append_number(text, "minutes", event.minutes);
    day_append_number(text, "of", event.of);
    day_append_number(text, "count", event.count);
    day_append_number(text, "found", event.found);
    day_append_number(text, "score", event.score);
    if (event.reason)
        text_appendf(text, " reason=%s", event.reason);
    if (event.visitor)
        text_appendf(text, " visitor=%s", event.visitor);
    text_appendf(text, " at=%s\n", event.at_text);
}
