// Points are never stored: they follow from the attendance and the rule, so that a correction corrects them
// as well. Stored is only what was given for them. After a correction more may have been redeemed than
// earned; the balance then says so.
#include "reports/points.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/rule_points.h"
#include "core/store/rules.h"

enum { AT, WHAT, SESSION, POINTS, TEXT, WHO, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [AT] = {"at", N_("At"), REPORT_TIME, REPORT_EVERYWHERE},
    [WHAT] = {"what", N_("What"), REPORT_WORD, REPORT_EVERYWHERE},
    [SESSION] = {"session", N_("Session"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    [POINTS] = {"points", N_("Reward points"), REPORT_COUNT, REPORT_EVERYWHERE},
    [TEXT] = {"text", N_("For"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};

static const ReportWord word_earned = {"earned", N_("earned")};
static const ReportWord word_redeemed = {"redeemed", N_("redeemed")};

typedef struct Counting {
    Rules rules;
    MemberRow member;
    PointsBalance balance;
    Report *report; // NULL: only the balance
} Counting;

static void cleanup_counting(Counting *counting)
{
    rules_deinit(&counting->rules);
    member_row_deinit(&counting->member);
    report_free(counting->report);
}

static int count_entry(void *user, const RecordEntry *entry)
{
    Counting *counting = user;
    int32_t points = points_earned(&counting->rules, entry->session->date, entry->attendance.status);

    counting->balance.earned += points;
    if (points == 0 || !counting->report)
        return 0;
    ReportCell *cells = report_row(counting->report, 0);
    cells[AT] = report_number(entry->session->rules.starts);
    cells[WHAT].word = word_earned;
    cells[SESSION] = report_text(entry->session->code);
    cells[POINTS] = report_number(points);
    cells[TEXT] = report_text(entry->session->title);
    return 0;
}

static int count_redemption(void *user, const Redemption *redemption)
{
    Counting *counting = user;

    counting->balance.redeemed += redemption->points;
    if (!counting->report)
        return 0;
    ReportCell *cells = report_row(counting->report, 0);
    cells[AT] = report_number(redemption->at);
    cells[WHAT].word = word_redeemed;
    cells[POINTS] = report_number(-redemption->points);
    cells[TEXT] = report_text(redemption->why);
    cells[WHO] = report_text(redemption->who);
    return 0;
}

static int year_of(Date date)
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    return year;
}

// Outcomes are those of points_balance().
static int count_begin(Store *store, const char *member, Time now, Counting *counting)
{
    Date today = zone_date(now);
    int r = rules_load(store, &counting->rules);

    if (r < 0)
        return error_trace(r);
    if (!points_enabled(&counting->rules, today))
        return POINTS_E_OFF;
    r = query_member(store, member, today, &counting->member);
    return r == QUERY_E_UNKNOWN ? POINTS_E_UNKNOWN : error_trace(r);
}

static int count_all(Store *store, Time now, Counting *counting)
{
    int r = 0;

    for (int year = year_of(points_begin(&counting->rules)); year <= year_of(zone_date(now)) && r == 0;
         year++)
        r = query_record(store, &counting->member, year, now, count_entry, counting);
    if (r == 0)
        r = points_each_redemption(store, counting->member.member, count_redemption, counting);
    return error_trace(r);
}

int points_balance(Store *store, const char *member, Time now, PointsBalance *ret_balance)
{
    CLEANUP(cleanup_counting) Counting counting = {0};
    int r = count_begin(store, member, now, &counting);

    if (r != 0)
        return r < 0 ? error_trace(r) : r == POINTS_E_OFF ? POINTS_E_OFF : POINTS_E_UNKNOWN;
    r = count_all(store, now, &counting);
    if (r < 0)
        return error_trace(r);
    *ret_balance = counting.balance;
    return 0;
}

int points_report(Store *store, const char *member, Time now, Report **ret_report)
{
    CLEANUP(cleanup_counting) Counting counting = {0};
    CLEANUP(cleanup_text) Text title = {0};
    int r = count_begin(store, member, now, &counting);

    if (r != 0)
        return r < 0 ? error_trace(r) : r == POINTS_E_OFF ? POINTS_E_OFF : POINTS_E_UNKNOWN;
    text_appendf(&title, _("Points of %s (%s)"), counting.member.name, counting.member.code);
    Report *report = counting.report =
        report_new("points", text_cstr(&title), "entries", columns, COLUMN_COUNT);
    r = count_all(store, now, &counting);
    if (r < 0)
        return error_trace(r);
    report_head_text(report, "member", counting.member.code);
    report_head_text(report, "name", counting.member.name);
    report_head_number(report, "earned", counting.balance.earned);
    report_head_number(report, "redeemed", counting.balance.redeemed);
    report_head_number(report, "balance", counting.balance.earned - counting.balance.redeemed);
    report_note(report, REPORT_NOTE_ABOUT, _("Earned %lld, redeemed %lld, balance %lld."),
                (long long)counting.balance.earned, (long long)counting.balance.redeemed,
                (long long)(counting.balance.earned - counting.balance.redeemed));
    *ret_report = report;
    counting.report = NULL;
    return 0;
}
