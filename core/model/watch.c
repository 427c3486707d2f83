// R25 counts full months: no status 1 to 5 at any session where the member was expected, and no leave. A
// month in which the member was expected nowhere is passed over. To count it as missed would list people for
// months without study days, or for an exemption; to let it end the run would hide whoever stays away around
// such a month. An `unreported` session is missed by the letter of the rule: the list says how many there
// were, and the caller is told to ring the point first.
#include "core/model/watch.h"

WatchMonth watch_month_add(WatchMonth month, Duty duty, Status status)
{
    if (duty != DUTY_EXPECTED || month == WATCH_MET)
        return month;
    return status == STATUS_NOTHING ? WATCH_MISSED : WATCH_MET;
}

void watch_run_add(WatchRun *run, Month month, WatchMonth what)
{
    if (run->ended || what == WATCH_NO_DUTY)
        return;
    if (what == WATCH_MET) {
        run->ended = true;
        return;
    }
    run->missed++;
    run->since = month;
}

bool watch_run_is_listed(const WatchRun *run)
{
    return run->missed >= WATCH_MONTHS_LISTED;
}
