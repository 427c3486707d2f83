// open-due: opens the sessions whose time has come, so that their obligation rows exist. The collector does
// it by itself each minute; where none runs, whoever wants to read asks for it first.
#include <sysexits.h>

#include "core/base/error.h"
#include "core/store/roster.h"
#include "office/operation.h"

static int open_due_run(Office *office)
{
    int64_t opened = 0;
    int r = roster_open_due(office->store, office->now, &opened);

    if (r < 0)
        return error_trace(r);
    office->commit = opened > 0;
    office->reply->roster_changed = opened > 0;
    return 0;
}

const OfficeOperation office_open_due = {.name = "open-due", .run = open_due_run};
