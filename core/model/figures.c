// Counts and the rates made from them. Counts of single attendances add up to a Tally (one session, one home
// org), tallies to Figures (one org with its subtree, any number of sessions). Everything here is addition of
// 64-bit integers, so the order cannot matter and a difference can be taken back; rates are made last, from
// sums, and never added. A rate without a denominator is RATE_NULL, not 0.
#include "core/model/figures.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define PERMILLE 1000
#define MINUTES_PER_TENTH 6 // of an hour

static_assert(sizeof(Tally) % sizeof(int64_t) == 0, "Tally is an array of int64_t");
static_assert(sizeof(Figures) % sizeof(int64_t) == 0, "Figures is an array of int64_t");

static void tally_add_status(Tally *tally, Status status, int sign)
{
    switch (status) {
    case STATUS_LATE:
        tally->late += sign;
        break;
    case STATUS_LEFT_EARLY:
        tally->left_early += sign;
        break;
    case STATUS_PRESENT:
        tally->present += sign;
        break;
    case STATUS_HOME:
        tally->home += sign;
        break;
    case STATUS_MAKEUP:
        tally->makeup += sign;
        break;
    case STATUS_LEAVE:
        tally->leave += sign;
        break;
    case STATUS_NOTHING:
    case STATUS_ABSENT:
    case STATUS_UNREPORTED:
    case STATUS_EXEMPT:
    case STATUS_COUNT:
        tally->nothing += sign;
        break;
    }
}

void tally_add_attendance(Tally *tally, Duty duty, const Attendance *attendance, int sign)
{
    if (duty == DUTY_EXPECTED) {
        tally->expected += sign;
        tally_add_status(tally, attendance->status, sign);
    } else if (duty == DUTY_EXEMPT) {
        tally->exempt += sign;
    }
    tally->checked += attendance->checked ? sign : 0;
    tally->passed += attendance->passed ? sign : 0;
    tally->not_found += attendance->not_found ? sign : 0;
    tally->minutes += (int64_t)sign * attendance->credit;
}

static void fields_add(void *to, const void *from, size_t size)
{
    int64_t *sum = to;
    const int64_t *other = from;
    for (size_t i = 0; i < size / sizeof(*sum); i++)
        sum[i] += other[i];
}

void tally_add(Tally *tally, const Tally *other)
{
    fields_add(tally, other, sizeof(*tally));
}

bool tally_is_zero(const Tally *tally)
{
    static const Tally zero;
    return memcmp(tally, &zero, sizeof(zero)) == 0; // no padding: an array of int64_t
}

void figures_add_tally(Figures *figures, const Tally *tally, bool own_point_silent)
{
    figures->expected += tally->expected;
    figures->exempt += tally->exempt;
    figures->present += tally->present;
    figures->late += tally->late;
    figures->left_early += tally->left_early;
    figures->home += tally->home;
    figures->makeup += tally->makeup;
    figures->leave += tally->leave;
    *(own_point_silent ? &figures->unreported : &figures->absent) += tally->nothing;
    figures->checked += tally->checked;
    figures->passed += tally->passed;
    figures->not_found += tally->not_found;
    figures->minutes += tally->minutes;
}

void figures_add(Figures *figures, const Figures *other)
{
    fields_add(figures, other, sizeof(*figures));
}

int64_t figures_on_site(const Figures *figures)
{
    return figures->present + figures->late + figures->left_early;
}

int32_t rate_permille(int64_t numerator, int64_t denominator)
{
    if (denominator <= 0)
        return RATE_NULL;
    return (int32_t)((2 * PERMILLE * numerator + denominator) / (2 * denominator));
}

int32_t figures_centralised(const Figures *figures)
{
    return rate_permille(figures_on_site(figures), figures->expected);
}

int32_t figures_centralised_low(const Figures *figures)
{
    return rate_permille(figures_on_site(figures), figures->expected);
}

int32_t figures_centralised_high(const Figures *figures)
{
    return rate_permille(figures_on_site(figures), figures->expected - figures->unreported);
}

int32_t figures_overall(const Figures *figures)
{
    return rate_permille(figures_on_site(figures) + figures->makeup + figures->home, figures->expected);
}

int64_t hours_tenths(int64_t minutes)
{
    int64_t half_up = minutes + MINUTES_PER_TENTH / 2;
    int64_t tenths = half_up / MINUTES_PER_TENTH;
    return half_up % MINUTES_PER_TENTH < 0 ? tenths - 1
                                           : tenths; // towards minus infinity: differences may be negative
}
