// Findings are listed as they come, up to a bound; the summary counts them all, and decides the exit code.
#include "cli/findings.h"

#include <inttypes.h>

#include "core/base/i18n.h"
#include "core/base/program.h"

enum { WHAT, DETAIL, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [WHAT] = {"what", N_("What"), REPORT_TEXT, REPORT_EVERYWHERE},
    [DETAIL] = {"detail", N_("Detail"), REPORT_TEXT, REPORT_EVERYWHERE},
};

Report *findings_new(const char *name, const char *title)
{
    Report *report = report_new(name, title, "findings", columns, COLUMN_COUNT);
    report_head_text(report, "report", name);
    return report;
}

void findings_add(void *user, const VerifyFinding *finding)
{
    Report *report = user;

    if (report->row_count >= FINDINGS_LISTED_MAX)
        return;
    ReportCell *cells = report_row(report, 0);
    cells[WHAT] = report_text(finding->what);
    cells[DETAIL] = report_text(finding->detail);
}

int findings_finish(Report *report, const VerifySummary *summary)
{
    report_head_number(report, "streams", summary->streams);
    report_head_number(report, "events", summary->events);
    report_head_number(report, "attendances", summary->attendances);
    report_head_number(report, "found", summary->findings);
    if (summary->streams > 0)
        report_note(report, REPORT_NOTE_ABOUT, _("Streams looked at: %" PRId64 "."), summary->streams);
    report_note(report, REPORT_NOTE_ABOUT, _("Events looked at: %" PRId64 ". Attendance rows: %" PRId64 "."),
                summary->events, summary->attendances);
    report_note(report, REPORT_NOTE_ABOUT, _("Found: %" PRId64 "."), summary->findings);
    if (summary->findings > (int64_t)report->row_count)
        report_note(report, REPORT_NOTE_ABOUT, _("The first %zu are listed."), report->row_count);
    return summary->findings > 0 ? EXIT_DIFFERENCE : EX_OK;
}
