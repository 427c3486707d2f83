// recompute: attendance, totals and coverage once more from roster and events. What differs is told line by
// line up to a bound and counted in full; only when something does is everything replaced, which then stands
// in the audit log.
#include <inttypes.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/verify.h"
#include "office/detail.h"
#include "office/operation.h"

#define RECOMPUTE_LISTED_MAX 1000 // one broken total shows in many rows, and the reply is held in memory

typedef struct Recompute {
    Text *out;
    int64_t listed;
} Recompute;

static void recompute_found(void *user, const VerifyFinding *finding)
{
    Recompute *recompute = user;

    if (recompute->listed++ < RECOMPUTE_LISTED_MAX)
        text_appendf(recompute->out, "%s: %s\n", finding->what, finding->detail);
}

// The rebuild replaces everything and so has no differences to tell; they were told before.
static void recompute_told(void *user, const VerifyFinding *finding)
{
    (void)user;
    (void)finding;
}

static int recompute_write(Office *office)
{
    VerifySummary summary = {0};
    return error_trace(recompute_apply(office->store, office->now, recompute_told, NULL, &summary));
}

static int recompute_run(Office *office)
{
    Recompute recompute = {.out = &office->reply->out};
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    VerifySummary summary = {0};
    int r;

    if (office->options.operand_count > 0)
        return office_refuse(office, EX_USAGE, _("it takes nothing else"));
    r = recompute_diff(office->store, office->now, recompute_found, &recompute, &summary);
    if (r == 0 && summary.findings > 0)
        r = recompute_write(office);
    if (r < 0)
        return error_trace(r);
    if (recompute.listed > RECOMPUTE_LISTED_MAX)
        text_appendf(recompute.out, _("… and %" PRId64 " more\n"), recompute.listed - RECOMPUTE_LISTED_MAX);
    text_appendf(recompute.out,
                 _("Rebuilt from %" PRId64 " events: %" PRId64 " attendance rows, %" PRId64
                   " differences put right.\n"),
                 summary.events, summary.attendances, summary.findings);
    if (summary.findings == 0)
        return 0;
    detail_number(&was, "differences", summary.findings);
    detail_number(&is, "differences", 0);
    detail_number(&is, "events", summary.events);
    r = detail_audit(office, "recompute", "attendance", "rebuilt from the events", &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    office->reply->roster_changed = true; // whoever has attendance or totals in memory reads them again
    return 0;
}

const OfficeOperation office_recompute = {.name = "recompute", .run = recompute_run};
