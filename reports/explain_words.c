// Reasons as sentences, one for each kind. They name the numbers that decided, so that the reader can check
// them against the clock and the rule.
#include "reports/explain.h"

#include "core/base/i18n.h"

#define PERMILLE_PER_PERCENT 10

static void append_status(const Reason *reason, Text *text)
{
    char at[CLOCK_TEXT_SIZE] = "", limit[CLOCK_TEXT_SIZE] = "";

    if (reason->at != TIME_NONE)
        time_format_short(reason->at, at);
    if (reason->limit != TIME_NONE)
        time_format_short(reason->limit, limit);
    if (reason->kind == REASON_LATE)
        text_appendf(text, _("the first in, at %s, is more than %d min after the start at %s"), at,
                     (int)reason->minutes, limit);
    else
        text_appendf(text, _("the last out, at %s, is more than %d min before the end at %s"), at,
                     (int)reason->minutes, limit);
}

// The last day on which it counts, of the first instant at which it does not.
static void append_deadline(const Reason *reason, Text *text)
{
    char day[CLOCK_TEXT_SIZE];

    date_format(zone_date(reason->limit - 1), day);
    if (reason->kind == REASON_HOME)
        text_appendf(text, _("not on site, and visited at home on or before %s"), day);
    else
        text_appendf(text, _("not on site, and made up on or before %s"), day);
}

static void append_credit(const Reason *reason, Text *text)
{
    int percent = reason->bound / PERMILLE_PER_PERCENT, tenth = reason->bound % PERMILLE_PER_PERCENT;

    if (reason->kind == REASON_CREDIT)
        text_appendf(text, _("%d min are credited: present for at least %d.%d %% of the session"),
                     (int)reason->minutes, percent, tenth);
    else
        text_appendf(text, _("nothing is credited for presence: less than %d.%d %% of the session"), percent,
                     tenth);
}

static void append_check(const Reason *reason, Text *text)
{
    char at[CLOCK_TEXT_SIZE];

    time_format_short(reason->at, at);
    text_appendf(text, _("spot-check at %s: "), at);
    if (reason->kind == REASON_CHECK_NOT_FOUND)
        text_append(text, _("not found, although recorded on site"));
    else if (reason->kind == REASON_CHECK_MISSING)
        text_append(text, _("not found, and not recorded on site"));
    else if (reason->minutes < 0)
        text_append(text, _("found"));
    else
        text_appendf(text,
                     reason->kind == REASON_CHECK_PASSED ? _("found, score %d: passed")
                                                         : _("found, score %d: not passed"),
                     (int)reason->minutes);
}

static const char *const sentences[REASON_COUNT] = {
    [REASON_EXPECTED] = N_("expected: the home, or an invitation, is in the session's scope on its date"),
    [REASON_EXEMPT] = N_("exempt on the session's date: counted as that, and credited for what was attended"),
    [REASON_GUEST] = N_("a guest of the session: expected by nobody, credited all the same"),
    [REASON_PRESENT] = N_("on site, neither late nor gone early"),
    [REASON_LEAVE] = N_("on leave, and nothing made up in time so far"),
    [REASON_ABSENT] = N_("nothing says that the member took part, and the own point is not silent"),
    [REASON_UNREPORTED] = N_("nothing says that the member took part, but the own point is silent"),
    [REASON_NO_IN] = N_("there is no in: presence is taken from the start"),
    [REASON_NO_OUT] = N_("there is no out after the last in: presence is taken to the end"),
    [REASON_OTHER_POINT] = N_("another point's events lie between: from the earliest in to the latest out"),
};

void explain_append_reason(const Reason *reason, Text *text)
{
    switch (reason->kind) {
    case REASON_LATE:
    case REASON_LEFT_EARLY:
        append_status(reason, text);
        return;
    case REASON_HOME:
    case REASON_MAKEUP:
        append_deadline(reason, text);
        return;
    case REASON_PRESENCE:
        text_appendf(text, _("present for %d of the session's %d min"), (int)reason->minutes,
                     (int)reason->bound);
        return;
    case REASON_CREDIT:
    case REASON_SHORT:
        append_credit(reason, text);
        return;
    case REASON_CREDIT_HOME:
        text_appendf(text, _("%d min are credited for the visit at home"), (int)reason->minutes);
        return;
    case REASON_CREDIT_MAKEUP:
        text_appendf(text, _("%d min are credited for what was made up, of at most %d"), (int)reason->minutes,
                     (int)reason->bound);
        return;
    case REASON_CHECK_PASSED:
    case REASON_CHECK_FAILED:
    case REASON_CHECK_MISSING:
    case REASON_CHECK_NOT_FOUND:
        append_check(reason, text);
        return;
    default:
        text_append(text, _(sentences[reason->kind]));
        return;
    }
}

const char *explain_use_title(FactUse use)
{
    static const char *const titles[FACT_USE_COUNT] = {
        [FACT_VOID] = N_("void"),
        [FACT_COUNTS] = N_("counts"),
        [FACT_UNCERTAIN] = N_("its time is uncertain"),
        [FACT_TOO_LATE] = N_("too late for the status, counts for the hours"),
        [FACT_OVERRULED] = N_("a later check counts"),
    };

    return titles[use];
}
