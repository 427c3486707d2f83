// Attendance once more, from the rules' text (studyday-rules(7)) and nothing else: status and credit of a
// member at a session, out of the deeds that the database has. It shares no code with core/model.
//
// Where an instant lies so near to an edge that a minute decides, the model has no opinion.
#include <stdlib.h>
#include <string.h>

#include "core/store/query.h"
#include "tests/simulation/deeds.h"
#include "tests/simulation/proof.h"

#define MODEL_WINDOW TIME_HOUR         // R1
#define MODEL_GRACE (10 * TIME_MINUTE) // late, left early
#define MODEL_NEAR (90 * TIME_SECOND)  // no opinion
#define MODEL_NO_OPINION "?"

typedef struct ModelSession {
    Time starts, ends;
    int minutes;
    Date makeup_until;
} ModelSession;

typedef struct ModelPair {
    bool on_site, any_in, home, makeup, leave, unclear;
    Time first_in, last_in, last_out; // last_*: TIME_NONE none
    int credit;                       // of what was done elsewhere
} ModelPair;

static ModelSession sessions[SITE_SESSIONS];

static void void_target(const Deed *voider)
{
    for (int i = 0; i < deeds.count; i++) {
        Deed *deed = &deeds.list[i];

        if (deed->stored && deed->epoch == voider->epoch && deed->terminal == voider->terminal &&
            deed->seq == voider->of)
            deed->voided = true;
    }
}

static void model_void(void)
{
    for (int i = 0; i < deeds.count; i++) {
        Deed *deed = &deeds.list[i];

        deed->voided = deed->undone == DEED_DONE || (deed->undone == DEED_UNSURE && deed->stored_as_voided);
    }
    for (int i = 0; i < deeds.count; i++) {
        if (deeds.list[i].stored && deeds.list[i].kind == EVENT_VOID &&
            deeds.list[i].terminal != DEEDS_OFFICE)
            void_target(&deeds.list[i]);
    }
}

static bool is_near(Time a, Time b)
{
    return llabs(a - b) < MODEL_NEAR;
}

static void pair_on_site(ModelPair *pair, const ModelSession *session, const Deed *deed)
{
    bool uncertain =
        deed->unset || deed->at < session->starts - MODEL_WINDOW || deed->at > session->ends + MODEL_WINDOW;
    Time at = !uncertain ? deed->at : deed->kind == EVENT_IN ? session->starts : session->ends;

    if (is_near(deed->at, session->starts - MODEL_WINDOW) || is_near(deed->at, session->ends + MODEL_WINDOW))
        pair->unclear = true;
    pair->on_site = true;
    if (deed->kind == EVENT_OUT) {
        if (pair->last_out == TIME_NONE || at > pair->last_out)
            pair->last_out = at;
        return;
    }
    if (!pair->any_in || at < pair->first_in)
        pair->first_in = at;
    if (pair->last_in == TIME_NONE || at > pair->last_in)
        pair->last_in = at;
    pair->any_in = true;
}

static void pair_add(ModelPair *pair, const ModelSession *session, const Deed *deed)
{
    bool in_time = deed->unset || zone_date(deed->at) <= session->makeup_until;
    int credit = 0;

    if (deed->kind == EVENT_IN || deed->kind == EVENT_OUT)
        pair_on_site(pair, session, deed);
    if (deed->kind == EVENT_LEAVE)
        pair->leave = true;
    if (deed->kind == EVENT_HOME) {
        pair->home |= in_time;
        credit = session->minutes;
    }
    if (deed->kind == EVENT_MAKEUP) {
        pair->makeup |= in_time;
        credit = deed->minutes < session->minutes ? deed->minutes : session->minutes;
    }
    if (credit > pair->credit)
        pair->credit = credit;
}

static const char *pair_status_on_site(ModelPair *pair, const ModelSession *session)
{
    Time first = pair->any_in ? pair->first_in : session->starts;
    bool out_last =
        pair->last_out != TIME_NONE && (pair->last_in == TIME_NONE || pair->last_out >= pair->last_in);

    if (is_near(first, session->starts + MODEL_GRACE) ||
        (out_last && is_near(pair->last_out, session->ends - MODEL_GRACE)))
        pair->unclear = true;
    if (first > session->starts + MODEL_GRACE)
        return "late";
    if (out_last && pair->last_out < session->ends - MODEL_GRACE)
        return "left-early";
    return "present";
}

static Time clip(Time t, const ModelSession *session)
{
    return t < session->starts ? session->starts : t > session->ends ? session->ends : t;
}

static void pair_credit_on_site(ModelPair *pair, const ModelSession *session)
{
    bool in_after =
        pair->last_out == TIME_NONE || (pair->last_in != TIME_NONE && pair->last_in > pair->last_out);
    Time from = clip(pair->any_in ? pair->first_in : session->starts, session);
    Time to = clip(in_after ? session->ends : pair->last_out, session);
    Time half = (session->ends - session->starts) / 2;

    if (is_near(to - from, half))
        pair->unclear = true;
    if (to - from >= half && session->minutes > pair->credit)
        pair->credit = session->minutes;
}

static const char *pair_status(ModelPair *pair, const ModelSession *session)
{
    const char *status = "none";

    if (pair->on_site) {
        pair_credit_on_site(pair, session);
        status = pair_status_on_site(pair, session);
    } else if (pair->home) {
        status = "home";
    } else if (pair->makeup) {
        status = "makeup";
    } else if (pair->leave) {
        status = "leave";
    }
    return pair->unclear ? MODEL_NO_OPINION : status;
}

static const char *word_of(Status status)
{
    return status == STATUS_NOTHING ? "none" : status_word(status);
}

typedef struct ModelFound {
    Status status[SITE_SESSIONS];
    int credit[SITE_SESSIONS];
} ModelFound;

static int note_entry(void *user, const RecordEntry *entry)
{
    ModelFound *found = user;
    int session = entry->session->code[1] - '1';

    if (session < 0 || session >= SITE_SESSIONS)
        return 0;
    found->status[session] = entry->attendance.status;
    found->credit[session] = entry->attendance.credit;
    return 0;
}

static void compare(int member, int session, const ModelFound *found)
{
    ModelPair pair = {.last_in = TIME_NONE, .last_out = TIME_NONE};

    for (int i = 0; i < deeds.count; i++) {
        const Deed *deed = &deeds.list[i];

        if (deed->stored && !deed->voided && deed->member == member && deed->session == session)
            pair_add(&pair, &sessions[session], deed);
    }
    const char *status = pair_status(&pair, &sessions[session]);
    if (strcmp(status, MODEL_NO_OPINION) == 0)
        return;
    if (strcmp(status, word_of(found->status[session])) != 0 || pair.credit != found->credit[session])
        world_fail("m%d at S%d: by the rules %s, %d minutes; by the database %s, %d minutes", member + 1,
                   session + 1, status, pair.credit, word_of(found->status[session]), found->credit[session]);
}

static void compare_member(Store *store, int member)
{
    char code[16];
    MemberRow row = {0};
    ModelFound found = {0};

    snprintf(code, sizeof(code), "m%d", member + 1);
    int r = query_member(store, code, zone_date(world.now), &row);
    if (r == QUERY_E_UNKNOWN && member >= SITE_MEMBERS)
        return; // no roster has brought them: what they did is parked
    if (r != 0 || query_record(store, &row, 2026, INT64_MAX, note_entry, &found) != 0)
        world_fail("the record of %s cannot be read", code);
    member_row_deinit(&row);
    for (int i = 0; i < SITE_SESSIONS && !world.failed; i++)
        compare(member, i, &found);
}

static void load_session(Store *store, int session)
{
    char code[16];
    SessionList list = {0};

    snprintf(code, sizeof(code), "S%d", session + 1);
    if (query_session(store, code, &list) != 0) {
        world_fail("there is no session %s", code);
        return;
    }
    sessions[session] = (ModelSession){.starts = list.rows[0].rules.starts,
                                       .ends = list.rows[0].rules.ends,
                                       .minutes = list.rows[0].rules.minutes,
                                       .makeup_until = list.rows[0].makeup_until};
    session_list_deinit(&list);
}

void model_compare(void)
{
    Store *store = hub_store();

    model_void();
    for (int i = 0; i < SITE_SESSIONS; i++)
        load_session(store, i);
    for (int i = 0; i < deeds.count && !world.failed; i++) {
        const Deed *deed = &deeds.list[i];

        if (deed->stored && deed->kind <= EVENT_CHECK && deed->member >= 0 &&
            deed->voided != deed->stored_as_voided)
            world_fail("number %d is %s by the rules, and %s in the database", i + 1,
                       deed->voided ? "void" : "not void", deed->stored_as_voided ? "void" : "not void");
    }
    for (int i = 0; i < SITE_MEMBERS_ALL && !world.failed; i++)
        compare_member(store, i);
}
