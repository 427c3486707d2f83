// The office names members and sessions from its own register, so an unknown one is a slip of the pen and
// refused; from a terminal the same would be parked until the register catches up.
#include "office/correction.h"

#include <string.h>

#include "core/base/error.h"

int correction_find(Office *office, const char *session, const char *member, CorrectionTarget *target)
{
    MemberRow row = {0};
    int r;

    if (!target->session_known || strcmp(target->session.code, session) != 0) {
        correction_target_deinit(target);
        r = query_session(office->store, session, &target->list);
        if (r < 0)
            return error_trace(r);
        target->session_known = r == 0;
        if (target->session_known)
            target->session = target->list.rows[0];
    }
    r = query_member(office->store, member,
                     target->session_known ? target->session.date : zone_date(office->now), &row);
    if (r < 0)
        return error_trace(r);
    target->member_known = r == 0;
    if (r == 0)
        member_row_deinit(&row);
    return 0;
}

void correction_target_deinit(CorrectionTarget *target)
{
    if (target->session_known)
        session_list_deinit(&target->list);
    *target = (CorrectionTarget){0};
}

int correction_add(Office *office, Event *event, bool batch, const char **ret_refused, uint64_t *ret_seq)
{
    LedgerOutcome outcome;
    const char *refused = event_check(event);
    int r;

    if (!refused) {
        r = batch ? ledger_add_batch(office->ledger, event, office->now, &outcome, ret_seq)
                  : ledger_add_office(office->ledger, event, office->now, &outcome, ret_seq);
        if (r < 0)
            return error_trace(r);
        office->commit = true;
    }
    *ret_refused = refused;
    return 0;
}
