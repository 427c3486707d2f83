// The fold says what an attendance is; here the same facts are asked once more which rule made it so. Nothing
// is judged a second time: status, minutes, credit and flags are those of the fold, and a reason only names
// what they rest on. So an explanation cannot disagree with the figure that it explains.
#include "core/model/explain.h"

typedef struct Explanation {
    Reason *reasons;
    size_t count;
} Explanation;

static Reason *explain_add(Explanation *explanation, ReasonKind kind, const char *rule)
{
    Reason *reason = &explanation->reasons[explanation->count++];

    *reason = (Reason){.kind = kind, .rule = rule, .at = TIME_NONE, .limit = TIME_NONE};
    return reason;
}

static void explain_duty(Explanation *explanation, Duty duty)
{
    ReasonKind kind = duty == DUTY_EXPECTED ? REASON_EXPECTED
                      : duty == DUTY_EXEMPT ? REASON_EXEMPT
                                            : REASON_GUEST;

    explain_add(explanation, kind, duty == DUTY_EXEMPT ? "R10" : "R7");
}

static int32_t whole_minutes(Time duration)
{
    return (int32_t)(duration / TIME_MINUTE);
}

static void explain_status(Explanation *explanation, const SessionRules *session, Duty duty, bool silent,
                           const Attendance *attendance)
{
    Reason *reason;

    switch (attendance->status) {
    case STATUS_LATE:
        reason = explain_add(explanation, REASON_LATE, "status 1");
        reason->at = attendance->first_in;
        reason->limit = session->starts;
        reason->minutes = whole_minutes(session->late_after);
        return;
    case STATUS_LEFT_EARLY:
        reason = explain_add(explanation, REASON_LEFT_EARLY, "status 2");
        reason->at = attendance->last_out;
        reason->limit = session->ends;
        reason->minutes = whole_minutes(session->early_before);
        return;
    case STATUS_PRESENT:
        reason = explain_add(explanation, REASON_PRESENT, "status 3");
        reason->at = attendance->first_in;
        return;
    case STATUS_HOME:
        explain_add(explanation, REASON_HOME, "status 4")->limit = session->makeup_end;
        return;
    case STATUS_MAKEUP:
        explain_add(explanation, REASON_MAKEUP, "status 5")->limit = session->makeup_end;
        return;
    case STATUS_LEAVE:
        explain_add(explanation, REASON_LEAVE, "status 6");
        return;
    case STATUS_NOTHING:
    case STATUS_ABSENT:
    case STATUS_UNREPORTED:
    case STATUS_EXEMPT:
    case STATUS_COUNT:
        if (duty == DUTY_EXPECTED && silent)
            explain_add(explanation, REASON_UNREPORTED, "status 8");
        else if (duty == DUTY_EXPECTED)
            explain_add(explanation, REASON_ABSENT, "status 7");
        return;
    }
}

static void explain_presence(Explanation *explanation, const SessionRules *session,
                             const Attendance *attendance)
{
    if (!attendance->on_site)
        return;
    if (attendance->flags & FLAG_NO_IN)
        explain_add(explanation, REASON_NO_IN, "R8");
    if (attendance->flags & FLAG_NO_OUT)
        explain_add(explanation, REASON_NO_OUT, "R9");
    if (attendance->flags & FLAG_OTHER_POINT)
        explain_add(explanation, REASON_OTHER_POINT, "R9");
    Reason *reason = explain_add(explanation, REASON_PRESENCE, "R9");
    reason->minutes = attendance->minutes;
    reason->bound = whole_minutes(session->ends - session->starts);
}

/// The largest of what home visits, or make-ups, would earn.
static int32_t elsewhere(const SessionRules *session, const Fact *facts, size_t count, EventKind kind)
{
    int32_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        if (facts[i].is_void || facts[i].kind != kind)
            continue;
        bool all = kind == EVENT_HOME || facts[i].minutes > session->minutes;
        int32_t credit = all ? session->minutes : facts[i].minutes;
        if (credit > largest)
            largest = credit;
    }
    return largest;
}

static void explain_credit(Explanation *explanation, const SessionRules *session, const Fact *facts,
                           size_t count, const Attendance *attendance)
{
    bool earned = attendance->on_site && !(attendance->flags & FLAG_SHORT);
    Reason *reason;

    if (attendance->on_site) {
        reason = explain_add(explanation, earned ? REASON_CREDIT : REASON_SHORT, "R14");
        reason->minutes = earned ? session->minutes : 0;
        reason->bound = session->presence_permille;
    }
    if (attendance->credit == 0 || (earned && attendance->credit == session->minutes))
        return;
    if (elsewhere(session, facts, count, EVENT_HOME) == attendance->credit) {
        explain_add(explanation, REASON_CREDIT_HOME, "R14")->minutes = attendance->credit;
    } else if (elsewhere(session, facts, count, EVENT_MAKEUP) == attendance->credit) {
        reason = explain_add(explanation, REASON_CREDIT_MAKEUP, "R14");
        reason->minutes = attendance->credit;
        reason->bound = session->minutes;
    }
}

static void explain_check(Explanation *explanation, const Fact *check, const Attendance *attendance)
{
    Reason *reason;

    if (!check)
        return;
    if (attendance->not_found)
        reason = explain_add(explanation, REASON_CHECK_NOT_FOUND, "R13");
    else if (!check->found)
        reason = explain_add(explanation, REASON_CHECK_MISSING, "R13");
    else
        reason =
            explain_add(explanation, attendance->passed ? REASON_CHECK_PASSED : REASON_CHECK_FAILED, "R26");
    reason->at = check->at;
    reason->minutes = check->score;
}

size_t explain_attendance(const SessionRules *session, Duty duty, bool own_point_silent, const Fact *facts,
                          size_t count, Reason ret_reasons[static EXPLAIN_REASONS_MAX])
{
    Explanation explanation = {.reasons = ret_reasons};
    Attendance attendance;

    attendance_fold(session, duty, facts, count, &attendance);
    explain_duty(&explanation, duty);
    explain_status(&explanation, session, duty, own_point_silent, &attendance);
    explain_presence(&explanation, session, &attendance);
    explain_credit(&explanation, session, facts, count, &attendance);
    explain_check(&explanation, explain_latest_check(facts, count), &attendance);
    return explanation.count;
}

const Fact *explain_latest_check(const Fact *facts, size_t count)
{
    const Fact *latest = NULL;

    for (size_t i = 0; i < count; i++)
        if (!facts[i].is_void && facts[i].kind == EVENT_CHECK && attendance_check_is_later(&facts[i], latest))
            latest = &facts[i];
    return latest;
}

FactUse explain_fact(const SessionRules *session, const Fact *fact, const Fact *latest)
{
    bool unset = fact->clock == EVENT_CLOCK_UNSET;

    if (fact->is_void)
        return FACT_VOID;
    switch (fact->kind) {
    case EVENT_IN:
    case EVENT_OUT:
        return unset || !session_window_holds(session, fact->at) ? FACT_UNCERTAIN : FACT_COUNTS;
    case EVENT_HOME:
    case EVENT_MAKEUP:
        if (unset)
            return FACT_UNCERTAIN;
        return fact->at >= session->makeup_end ? FACT_TOO_LATE : FACT_COUNTS;
    case EVENT_CHECK:
        return fact == latest ? FACT_COUNTS : FACT_OVERRULED;
    case EVENT_LEAVE:
    case EVENT_VOID:
    case EVENT_CLOSE:
    case EVENT_KIND_COUNT:
        break;
    }
    return FACT_COUNTS;
}

const char *fact_use_word(FactUse use)
{
    static const char *const words[FACT_USE_COUNT] = {
        [FACT_VOID] = "void",         [FACT_COUNTS] = "counts",       [FACT_UNCERTAIN] = "uncertain-time",
        [FACT_TOO_LATE] = "too-late", [FACT_OVERRULED] = "overruled",
    };

    return words[use];
}
