// The fold. One pass over the facts gathers what each rule asks for (is there any, which is the earliest, the
// latest, the largest), all of it minima, maxima and "any": that is why order and duplicates cannot matter.
// Then the rules are read off in the order in which studyday-rules(7) has them.
//
// Where facts tie, a total order over what can be told apart in the result decides: effective time, `in`
// before `out`, code of the point (none first), mode; facts that are equal in all of these give the same
// result. Checks are ordered by `at`, then not found before found, then by score (none last: it passes), and
// the last one counts: at one instant the member has the benefit.
//
// The fold refuses nothing: a void fact and a kind that is about no member (void, close) are passed over.
#include "core/model/attendance.h"

#include <string.h>

#include "core/base/i18n.h"
#include "core/model/words.h"

#define PERMILLE 1000

static const Word statuses[STATUS_COUNT] = {
    [STATUS_NOTHING] = {.word = "none", .title = N_("none")},
    [STATUS_LATE] = {.word = "late", .title = N_("late")},
    [STATUS_LEFT_EARLY] = {.word = "left-early", .title = N_("left early")},
    [STATUS_PRESENT] = {.word = "present", .title = N_("present")},
    [STATUS_HOME] = {.word = "home", .title = N_("studied at home")},
    [STATUS_MAKEUP] = {.word = "makeup", .title = N_("made up")},
    [STATUS_LEAVE] = {.word = "leave", .title = N_("on leave")},
    [STATUS_ABSENT] = {.word = "absent", .title = N_("absent")},
    [STATUS_UNREPORTED] = {.word = "unreported", .title = N_("unreported")},
    [STATUS_EXEMPT] = {.word = "exempt", .title = N_("exempt")},
};

// A moment on site: a fact and the time at which it counts (R4).
typedef struct Moment {
    const Fact *fact; // NULL: there is none
    Time time;
} Moment;

// What the pass over the facts gathers.
typedef struct Gathered {
    Moment first_in, first_out;
    Time last_in, last_out;   // TIME_NONE, which is before every time, if there is none
    bool home, makeup, leave; // in time for the status
    int32_t credit;           // largest of home and make-up, late ones too
    bool home_credit;         // a home visit gave it: all there is
    const Fact *check;        // the latest
    uint32_t flags;
} Gathered;

/// NULL before any text.
static int compare_point(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static EventMode mode_of(const Fact *fact)
{
    return fact->mode == EVENT_MODE_LEAD ? EVENT_MODE_LEAD : EVENT_MODE_FOLLOW;
}

/// Whether `a` comes before `b`, a moment of the same kind.
static bool moment_is_before(const Moment *a, const Moment *b)
{
    if (!b->fact)
        return true;
    if (a->time != b->time)
        return a->time < b->time;
    int order = compare_point(a->fact->point, b->fact->point);
    return order ? order < 0 : mode_of(a->fact) < mode_of(b->fact);
}

bool attendance_check_is_later(const Fact *a, const Fact *b)
{
    if (!b)
        return true;
    if (a->at != b->at)
        return a->at > b->at;
    if (a->found != b->found)
        return a->found > b->found;
    return b->score >= 0 && (a->score < 0 || a->score > b->score); // found without a score has passed (R26)
}

/// R4: the time at which an in or out counts; `ret_uncertain` says that it is not the one it claims.
static Time effective_time(const SessionRules *session, const Fact *fact, bool *ret_uncertain)
{
    *ret_uncertain = fact->clock == EVENT_CLOCK_UNSET || !session_window_holds(session, fact->at);
    if (!*ret_uncertain)
        return fact->at;
    return fact->kind == EVENT_IN ? session->starts : session->ends;
}

static void gather_on_site(const SessionRules *session, const Fact *fact, Gathered *gathered)
{
    bool uncertain;
    Moment moment = {fact, effective_time(session, fact, &uncertain)};
    if (uncertain)
        gathered->flags |= FLAG_UNCERTAIN_TIME;

    bool in = fact->kind == EVENT_IN;
    Moment *first = in ? &gathered->first_in : &gathered->first_out;
    Time *last = in ? &gathered->last_in : &gathered->last_out;
    if (moment_is_before(&moment, first))
        *first = moment;
    if (moment.time > *last)
        *last = moment.time;
}

/// R4, status 4 and 5, R14: home and make-up count for the status while in time, and for the credit always.
static void gather_elsewhere(const SessionRules *session, const Fact *fact, Gathered *gathered)
{
    bool home = fact->kind == EVENT_HOME;
    int32_t credit = home || fact->minutes > session->minutes ? session->minutes : fact->minutes;
    if (credit > gathered->credit)
        gathered->credit = credit;
    gathered->home_credit = gathered->home_credit || home;

    if (fact->clock == EVENT_CLOCK_UNSET)
        gathered->flags |= FLAG_UNCERTAIN_TIME;
    else if (fact->at >= session->makeup_end) {
        gathered->flags |= home ? FLAG_LATE_HOME : FLAG_LATE_MAKEUP;
        return;
    }
    *(home ? &gathered->home : &gathered->makeup) = true;
}

static void gather(const SessionRules *session, const Fact *fact, Gathered *gathered)
{
    switch (fact->kind) {
    case EVENT_IN:
    case EVENT_OUT:
        gather_on_site(session, fact, gathered);
        break;
    case EVENT_HOME:
    case EVENT_MAKEUP:
        gather_elsewhere(session, fact, gathered);
        break;
    case EVENT_LEAVE:
        gathered->leave = true;
        break;
    case EVENT_CHECK:
        if (attendance_check_is_later(fact, gathered->check))
            gathered->check = fact;
        break;
    case EVENT_VOID:
    case EVENT_CLOSE:
    case EVENT_KIND_COUNT:
        break;
    }
}

/// R9: whether events of a second point lie between. What has no point (the office) is of no other point.
static bool has_other_point(const SessionRules *session, const Fact *facts, size_t count,
                            const Gathered *gathered)
{
    const Moment *first = gathered->first_in.fact ? &gathered->first_in : &gathered->first_out;
    Time from = gathered->first_in.fact ? gathered->first_in.time : session->starts;
    const char *point = first->fact->point;
    for (size_t i = 0; i < count; i++) {
        const Fact *fact = &facts[i];
        bool uncertain;
        if (fact->is_void || (fact->kind != EVENT_IN && fact->kind != EVENT_OUT) || !fact->point)
            continue;
        if (effective_time(session, fact, &uncertain) < from)
            continue;
        if (point && strcmp(point, fact->point) != 0)
            return true;
        point = fact->point;
    }
    return false;
}

static Time clip(Time t, const SessionRules *session)
{
    if (t < session->starts)
        return session->starts;
    return t > session->ends ? session->ends : t;
}

/// Status 1 to 3, R8, R9 and the credit of R14 for somebody who was on site.
static void judge_on_site(const SessionRules *session, const Gathered *gathered, Attendance *attendance)
{
    bool no_in = !gathered->first_in.fact;
    bool no_out = !gathered->first_out.fact || gathered->last_in > gathered->last_out;
    const Fact *first = no_in ? gathered->first_out.fact : gathered->first_in.fact;

    attendance->on_site = true;
    attendance->mode = mode_of(first);
    attendance->point_key = first->point_key;
    attendance->first_in = no_in ? TIME_NONE : gathered->first_in.time;
    attendance->last_out = gathered->last_out;
    attendance->flags |= (no_in ? FLAG_NO_IN : 0) | (no_out ? FLAG_NO_OUT : 0);

    if (!no_in && attendance->first_in > session->starts + session->late_after)
        attendance->status = STATUS_LATE;
    else if (!no_out && attendance->last_out < session->ends - session->early_before)
        attendance->status = STATUS_LEFT_EARLY;
    else
        attendance->status = STATUS_PRESENT;

    Time from = clip(no_in ? session->starts : attendance->first_in, session);
    Time to = clip(no_out ? session->ends : attendance->last_out, session);
    attendance->minutes = (int32_t)((to - from) / TIME_MINUTE);
    if ((to - from) * PERMILLE >= (session->ends - session->starts) * session->presence_permille)
        attendance->credit = session->minutes;
    else
        attendance->flags |= FLAG_SHORT;
}

static Status status_elsewhere(const Gathered *gathered)
{
    if (gathered->home)
        return STATUS_HOME;
    if (gathered->makeup)
        return STATUS_MAKEUP;
    return gathered->leave ? STATUS_LEAVE : STATUS_NOTHING;
}

/// R13, R26. Who is exempt is not shown as on site (R10), so there is nothing for a check to contradict.
static void judge_check(const SessionRules *session, Duty duty, const Fact *check, Attendance *attendance)
{
    attendance->checked = true;
    attendance->passed = check->found && (check->score < 0 || check->score >= session->pass_score);
    attendance->not_found = !check->found && attendance->on_site && duty != DUTY_EXEMPT;
    if (attendance->not_found)
        attendance->flags |= FLAG_NOT_FOUND;
}

void attendance_fold(const SessionRules *session, Duty duty, const Fact *facts, size_t count,
                     Attendance *ret_attendance)
{
    Gathered gathered = {.last_in = TIME_NONE, .last_out = TIME_NONE};
    for (size_t i = 0; i < count; i++) {
        if (!facts[i].is_void)
            gather(session, &facts[i], &gathered);
    }

    Attendance attendance = {.first_in = TIME_NONE, .last_out = TIME_NONE, .flags = gathered.flags};
    if (gathered.first_in.fact || gathered.first_out.fact) {
        judge_on_site(session, &gathered, &attendance);
        if (has_other_point(session, facts, count, &gathered))
            attendance.flags |= FLAG_OTHER_POINT;
    } else {
        attendance.status = status_elsewhere(&gathered);
    }
    if (gathered.credit > attendance.credit) {
        attendance.credit = gathered.credit;
        attendance.made_up = !gathered.home_credit;
    }
    if (gathered.check)
        judge_check(session, duty, gathered.check, &attendance);
    attendance.took_part =
        (attendance.status != STATUS_NOTHING && attendance.status != STATUS_LEAVE) || attendance.credit > 0;
    *ret_attendance = attendance;
}

Status attendance_status_shown(Duty duty, Status stored, bool own_point_silent)
{
    if (duty == DUTY_EXEMPT)
        return STATUS_EXEMPT;
    if (stored != STATUS_NOTHING || duty != DUTY_EXPECTED)
        return stored;
    return own_point_silent ? STATUS_UNREPORTED : STATUS_ABSENT;
}

const char *status_word(Status status)
{
    return words_get(statuses, STATUS_COUNT, (size_t)status);
}

const char *status_title(Status status)
{
    return words_get_title(statuses, STATUS_COUNT, (size_t)status);
}

const char *attendance_flag_word(AttendanceFlag flag)
{
    switch (flag) {
    case FLAG_UNCERTAIN_TIME:
        return "uncertain-time";
    case FLAG_NO_IN:
        return "no-in";
    case FLAG_NO_OUT:
        return "no-out";
    case FLAG_OTHER_POINT:
        return "other-point";
    case FLAG_SHORT:
        return "short";
    case FLAG_LATE_MAKEUP:
        return "late-makeup";
    case FLAG_LATE_HOME:
        return "late-home";
    case FLAG_NOT_FOUND:
        return "not-found";
    }
    return NULL;
}
