// points redeem MEMBER N: what was given for points is a row that stays. There is no way to give points: they
// follow from attendance.
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/query.h"
#include "core/store/rules.h"
#include "office/detail.h"
#include "office/operation.h"
#include "reports/points.h"

#define REDEEM_MAX 1000000 // points at once: a slip of the finger has more digits

const ProgramOption office_points_options[] = {
    {"why", 0, "TEXT", N_("redeem: what they were redeemed for")},
    {"format", 'f', "FORMAT", N_("balance: text, csv, json or jsonl (default: text)")},
    {0},
};

static int points_note(Office *office, const char *member, const char *why, int64_t before, int64_t after)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};

    detail_number(&was, "balance", before);
    detail_number(&is, "balance", after);
    return error_trace(detail_audit(office, "points-redeem", member, why, &was, &is));
}

static int points_redeem_run(Office *office, const char *member, int64_t points, const char *why)
{
    PointsBalance balance;
    MemberRow row = {0};
    int r = points_balance(office->store, member, office->now, &balance);

    if (r == POINTS_E_OFF)
        return office_refuse(office, EX_CONFIG,
                             _("the points scheme is off; a rule of the kind points switches it on, see "
                               "studyday-rules(7)"));
    if (r == POINTS_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no member %s"), member);
    if (r < 0)
        return error_trace(r);
    int64_t left = balance.earned - balance.redeemed;
    if (points > left)
        return office_refuse(office, EX_DATAERR, _("%s has %" PRId64 " points, not %" PRId64), member, left,
                             points);
    r = query_member(office->store, member, zone_date(office->now), &row);
    if (r == 0)
        r = points_redeem(office->store, row.member, office->now, office->request->actor, points, why);
    member_row_deinit(&row);
    if (r == 0)
        r = points_note(office, member, why, left, left - points);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("%s: %" PRId64 " points redeemed, %" PRId64 " left\n"), member,
                 points, left - points);
    return 0;
}

static int points_run(Office *office)
{
    const Options *options = &office->options;
    long long points;

    if (options->operand_count != 3 || strcmp(options->operands[0], "redeem") != 0)
        return office_refuse(office, EX_USAGE, _("balance MEMBER or redeem MEMBER N --why TEXT"));
    if (options_has(options, "format"))
        return office_refuse(office, EX_USAGE, _("--format is for balance"));
    if (!text_parse_int64(options->operands[2], 1, REDEEM_MAX, &points))
        return office_refuse(office, EX_USAGE, _("%s: points are a whole number from 1 to %d"),
                             options->operands[2], REDEEM_MAX);
    const char *why = office_why(office);
    return why ? error_trace(points_redeem_run(office, options->operands[1], points, why)) : 0;
}

const OfficeOperation office_points = {.name = "points", .options = office_points_options, .run = points_run};
