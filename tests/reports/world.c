#include "tests/reports/world.h"

#include "tests/reports/test.h"

#include "core/store/ledger.h"
#include "core/store/roster.h"

#define EPOCH "01JC000000000000000000000A"
#define AREA "area"
#define EVENTS_MAX (WORLD_MEMBERS_MAX * WORLD_SESSIONS_MAX * 3 + WORLD_POINTS_MAX * WORLD_SESSIONS_MAX * 2)
#define JOINED date_from_civil(2026, 1, 1)

// An event on its way: which terminal sends it. Voids follow what they take back.
typedef struct WorldEvent {
    int point, session, member; // member WORLD_NONE: a close
    EventKind kind;
    Time at;
    int number; // count of a close, found of a check
    int score;
    bool voided; // is taken back at once
} WorldEvent;

typedef struct WorldEvents {
    WorldEvent list[EVENTS_MAX];
    int count;
} WorldEvents;

static int below(World *world, int bound)
{
    world->random ^= world->random << 13; // xorshift64 (Marsaglia)
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return (int)((world->random >> 11) % (uint64_t)bound);
}

static bool chance(World *world, int percent)
{
    return below(world, 100) < percent;
}

int world_home(const World *world, int member, Date date)
{
    const WorldMember *m = &world->members[member];
    if (m->moves != DATE_NONE && date >= m->moves)
        return m->next_home;
    return m->home;
}

bool world_within(const World *world, int org, int ancestor)
{
    while (org != WORLD_NONE && org != ancestor)
        org = world->orgs[org].parent;
    return org != WORLD_NONE;
}

static void make_orgs(World *world)
{
    world->org_count = 3 + below(world, WORLD_ORGS_MAX - 3);
    for (int i = 0; i < world->org_count; i++) {
        snprintf(world->orgs[i].code, WORLD_CODE_SIZE, "O%02d", i);
        world->orgs[i].parent = i == 0 ? WORLD_NONE : below(world, i);
    }
    world->point_count = 1 + below(world, chance(world, 50) ? 3 : WORLD_POINTS_MAX);
    for (int i = 0; i < world->point_count; i++) {
        snprintf(world->points[i].code, WORLD_CODE_SIZE, "P%02d", i);
        snprintf(world->points[i].terminal, WORLD_CODE_SIZE, "t%02d", i);
        world->points[i].org = below(world, world->org_count);
        world->points[i].gap = chance(world, 15) ? 1 + below(world, 8) : 0;
    }
}

static void make_members(World *world)
{
    world->member_count = 5 + below(world, WORLD_MEMBERS_MAX - 5);
    for (int i = 0; i < world->member_count; i++) {
        WorldMember *member = &world->members[i];
        snprintf(member->code, WORLD_CODE_SIZE, "M%03d", i);
        member->home = below(world, world->org_count);
        member->role = chance(world, 30) ? ROLE_SECRETARY : ROLE_MEMBER;
        member->moves = member->exempt_from = member->exempt_to = DATE_NONE;
        if (chance(world, 25)) {
            member->moves = date_from_civil(2026, 11, 1 + below(world, 30));
            member->next_home = chance(world, 30) ? WORLD_NONE : below(world, world->org_count);
        }
        if (chance(world, 15)) {
            member->exempt_from = date_from_civil(2026, 11, 1 + below(world, 20));
            member->exempt_to = member->exempt_from + below(world, 10);
        }
    }
}

// The points from `busy` on see nobody: silent, or a nil return.
static void make_deeds(World *world, WorldSession *session)
{
    int busy = 1 + below(world, world->point_count);

    for (int i = 0; i < world->member_count; i++) {
        WorldDeed *deed = &session->deeds[i];
        deed->act = chance(world, 40) ? ACT_PRESENT : (WorldAct)below(world, ACT_COUNT);
        deed->point = below(world, busy);
        deed->check = chance(world, 10) ? below(world, 2) : WORLD_NONE;
        deed->score = chance(world, 50) ? below(world, 101) : WORLD_NONE;
    }
}

static void make_sessions(World *world)
{
    world->session_count = 1 + below(world, WORLD_SESSIONS_MAX);
    for (int i = 0; i < world->session_count; i++) {
        WorldSession *session = &world->sessions[i];
        snprintf(session->code, WORLD_CODE_SIZE, "S%d", i);
        session->kind = chance(world, 30) ? SESSION_CLASS : SESSION_STUDY_DAY;
        session->org = chance(world, 60) ? 0 : below(world, world->org_count);
        session->minutes = below(world, 2000);
        session->starts = zone_day_start(date_from_civil(2026, 11, 1 + below(world, 20))) + 9 * TIME_HOUR;
        session->lists_points = chance(world, 30);
        session->lists[below(world, world->point_count)] = true;
        for (int k = 0; k < world->point_count; k++)
            session->lists[k] = session->lists[k] || chance(world, 40);
        session->has_invitations = chance(world, 25);
        for (int k = 0; k < world->member_count; k++)
            session->invited[k] = chance(world, 40);
        session->invited[0] = true;
        make_deeds(world, session);
    }
}

void world_make(World *world, uint64_t seed)
{
    *world = (World){.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    make_orgs(world);
    make_members(world);
    make_sessions(world);
}

static void put_orgs(const World *world, Store *store)
{
    RosterChange change;
    for (int i = 0; i < world->org_count; i++) {
        int parent = world->orgs[i].parent;
        OrgPut put = {
            .code = world->orgs[i].code, .area = AREA, .name = world->orgs[i].code, .level = ORG_BRANCH};
        put.parent = parent == WORLD_NONE ? NULL : world->orgs[parent].code;
        assert_int_equal(roster_put_org(store, &put, &change), 0);
    }
    for (int i = 0; i < world->point_count; i++) {
        const WorldPoint *point = &world->points[i];
        PointPut put = {.code = point->code, .org = world->orgs[point->org].code, .name = point->code};
        TerminalPut terminal = {.name = point->terminal, .area = AREA, .point = point->code};
        assert_int_equal(roster_put_point(store, &put, &change), 0);
        assert_int_equal(roster_put_terminal(store, &terminal, &change), 0);
    }
}

static void put_member(const World *world, Store *store, const WorldMember *member)
{
    RosterChange change;
    bool leaves = member->moves != DATE_NONE && member->next_home == WORLD_NONE;
    MemberPut put = {.code = member->code,
                     .name = member->code,
                     .org = world->orgs[member->home].code,
                     .from = JOINED,
                     .to = leaves ? member->moves - 1 : DATE_NONE,
                     .role = member->role,
                     .role_stated = true,
                     .exempt_from = member->exempt_from,
                     .exempt_to = member->exempt_to,
                     .exempt_reason = member->exempt_from == DATE_NONE ? NULL : "ill"};
    assert_int_equal(roster_put_member(store, &put, &change), 0);
    if (member->moves == DATE_NONE || leaves)
        return;
    put.from = member->moves;
    put.org = world->orgs[member->next_home].code;
    put.exempt_from = put.exempt_to = DATE_NONE;
    put.exempt_reason = NULL;
    assert_int_equal(roster_put_member(store, &put, &change), 0);
}

static void put_session(const World *world, Store *store, const WorldSession *session)
{
    const char *points[WORLD_POINTS_MAX];
    RosterChange change;
    SessionPut put = {.code = session->code,
                      .title = session->code,
                      .org = world->orgs[session->org].code,
                      .kind = session->kind,
                      .starts = session->starts,
                      .ends = session->starts + WORLD_SESSION_MINUTES_LONG * TIME_MINUTE,
                      .minutes = session->minutes,
                      .makeup_until = DATE_NONE,
                      .points = points};
    for (int k = 0; session->lists_points && k < world->point_count; k++) {
        if (session->lists[k])
            points[put.point_count++] = world->points[k].code;
    }
    assert_int_equal(roster_put_session(store, &put, &change), 0);
    for (int k = 0; session->has_invitations && k < world->member_count; k++) {
        if (session->invited[k])
            assert_int_equal(roster_put_invitation(store, session->code, world->members[k].code, &change), 0);
    }
}

static void settle(Store *store, Time now)
{
    RosterSettled settled;
    assert_int_equal(roster_settle(store, now, &settled), 0);
    assert_int_equal(store_commit(store), 0);
}

static void put_people(const World *world, Store *store, Time now)
{
    assert_int_equal(store_begin(store), 0);
    put_orgs(world, store);
    for (int i = 0; i < world->member_count; i++)
        put_member(world, store, &world->members[i]);
    settle(store, now);
}

static void put_sessions(const World *world, Store *store, Time now)
{
    assert_int_equal(store_begin(store), 0);
    for (int i = 0; i < world->session_count; i++)
        put_session(world, store, &world->sessions[i]);
    settle(store, now);
}

static void push(WorldEvents *events, const WorldDeed *deed, int session, int member, EventKind kind, Time at)
{
    assert_true(events->count < EVENTS_MAX);
    events->list[events->count++] = (WorldEvent){.point = deed->point,
                                                 .session = session,
                                                 .member = member,
                                                 .kind = kind,
                                                 .at = at,
                                                 .number = deed->check,
                                                 .score = deed->score,
                                                 .voided = deed->act == ACT_VOIDED};
}

static void push_deed(WorldEvents *events, const WorldSession *session, int s, int member)
{
    const WorldDeed *deed = &session->deeds[member];
    Time half_hour = session->starts + 30 * TIME_MINUTE;

    if (deed->act == ACT_LEAVE || deed->act == ACT_LEAVE_CAME)
        push(events, deed, s, member, EVENT_LEAVE, session->starts - TIME_DAY);
    if (deed->act == ACT_PRESENT || deed->act == ACT_LEAVE_CAME || deed->act == ACT_EARLY ||
        deed->act == ACT_VOIDED)
        push(events, deed, s, member, EVENT_IN, session->starts);
    if (deed->act == ACT_LATE)
        push(events, deed, s, member, EVENT_IN, half_hour);
    if (deed->act == ACT_EARLY)
        push(events, deed, s, member, EVENT_OUT, half_hour);
    if (deed->act == ACT_HOME)
        push(events, deed, s, member, EVENT_HOME, session->starts + TIME_DAY);
    if (deed->act == ACT_MAKEUP)
        push(events, deed, s, member, EVENT_MAKEUP, session->starts + TIME_DAY);
    if (deed->act == ACT_MAKEUP_LATE)
        push(events, deed, s, member, EVENT_MAKEUP, session->starts + (SESSION_MAKEUP_DAYS + 1) * TIME_DAY);
    if (deed->check != WORLD_NONE && deed->act != ACT_VOIDED)
        push(events, deed, s, member, EVENT_CHECK, session->starts);
}

static void gather(World *world, WorldEvents *events)
{
    int diligence = chance(world, 50) ? 50 : 95; // percent of closes that are not forgotten

    for (int s = 0; s < world->session_count; s++) {
        for (int m = 0; m < world->member_count; m++)
            push_deed(events, &world->sessions[s], s, m);
        for (int p = 0; p < world->point_count; p++) {
            WorldDeed close = {.point = p, .check = below(world, 3), .score = WORLD_NONE};
            if (chance(world, diligence))
                push(events, &close, s, WORLD_NONE, EVENT_CLOSE, world->sessions[s].starts + 3 * TIME_HOUR);
        }
    }
    for (int i = events->count - 1; i > 0; i--) { // Fisher and Yates
        int k = below(world, i + 1);
        WorldEvent swapped = events->list[i];
        events->list[i] = events->list[k];
        events->list[k] = swapped;
    }
}

static Event as_event(const World *world, const WorldEvent *from, const char *at_text)
{
    Event event = event_make(from->kind);
    event.session = world->sessions[from->session].code;
    event.member = from->member == WORLD_NONE ? NULL : world->members[from->member].code;
    event.at_text = at_text;
    event.at = from->at;
    if (from->kind == EVENT_MAKEUP)
        event.minutes = WORLD_MAKEUP_MINUTES;
    if (from->kind == EVENT_CLOSE)
        event.count = from->number;
    if (from->kind == EVENT_CHECK)
        event.found = from->number;
    if (from->kind == EVENT_CHECK && from->score != WORLD_NONE)
        event.score = from->score;
    return event;
}

static void send_event(const World *world, Store *store, Ledger *ledger, int point, const Event *event,
                       uint64_t seq)
{
    StoreTerminal terminal;
    LedgerStream *stream;
    LedgerOutcome outcome;
    Text canonical = {0};
    char reason[32];

    assert_null(event_check(event));
    assert_int_equal(terminal_find(store, world->points[point].terminal, &terminal), 0);
    assert_int_equal(ledger_stream(ledger, &terminal, EPOCH, &stream), 0);
    event_canonical(event, seq, &canonical);
    LedgerEvent given = {.seq = seq,
                         .event = event,
                         .canonical = text_cstr(&canonical),
                         .canonical_size = canonical.size,
                         .plain = true,
                         .received_at = event->at + TIME_MINUTE};
    assert_int_equal(ledger_add(ledger, stream, &given, &outcome, reason), 0);
    assert_true(outcome == LEDGER_STORED || outcome == LEDGER_PARKED);
    text_deinit(&canonical);
}

static void send_void(const World *world, Store *store, Ledger *ledger, const WorldEvent *from, int of,
                      uint64_t seq)
{
    Event event = event_make(EVENT_VOID);
    char at_text[CLOCK_TEXT_SIZE];

    time_format_zone(from->at, at_text);
    event.at_text = at_text;
    event.at = from->at;
    event.of = of;
    send_event(world, store, ledger, from->point, &event, seq);
}

/// The next sequence number of the point's terminal; the one that is lost on the way is passed over.
static int take_seq(const World *world, int *next, int point)
{
    int seq = ++next[point];
    return seq == world->points[point].gap ? ++next[point] : seq;
}

static void put_events(World *world, Store *store, const WorldEvents *events)
{
    Ledger *ledger = ledger_new(store);
    int next[WORLD_POINTS_MAX] = {0};

    assert_int_equal(ledger_begin(ledger), 0);
    for (int i = 0; i < events->count; i++) {
        const WorldEvent *from = &events->list[i];
        WorldPoint *point = &world->points[from->point];
        char at_text[CLOCK_TEXT_SIZE];
        time_format_zone(from->at, at_text);
        Event event = as_event(world, from, at_text);
        int seq = take_seq(world, next, from->point);
        send_event(world, store, ledger, from->point, &event, (uint64_t)seq);
        point->said[from->session] = true;
        if (from->kind == EVENT_CLOSE)
            point->closed_at[from->session] = seq;
        if (from->voided)
            send_void(world, store, ledger, from, seq, (uint64_t)take_seq(world, next, from->point));
        if (chance(world, 5)) {
            assert_int_equal(ledger_commit(ledger), 0);
            assert_int_equal(ledger_begin(ledger), 0);
        }
    }
    assert_int_equal(ledger_commit(ledger), 0);
    ledger_free(ledger);
}

void world_put(World *world, Store *store, Time now)
{
    static WorldEvents events; // large for a stack
    bool late_plan = chance(world, 50);

    events.count = 0;
    gather(world, &events);
    put_people(world, store, now);
    if (!late_plan)
        put_sessions(world, store, now);
    put_events(world, store, &events);
    if (late_plan)
        put_sessions(world, store, now);
}
