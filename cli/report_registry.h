#pragma once
// The reports that `studyday report` knows, as data. A new report is a builder in reports/ and one line here:
// the list, the help, and what is refused follow from that line.
#include "core/base/program.h"
#include "reports/request.h"

typedef struct ReportKind {
    const char *name;    // "month"
    const char *summary; // one line, N_()
    unsigned takes;      // ReportTakes
    const char *options; // names in report_options, separated by one blank; format, output, force: always
    const char *example; // what to write after `studyday`; more examples on further lines
    ReportBuild *build;
} ReportKind;

extern const ReportKind report_kinds[];      // ends with name NULL
extern const ProgramOption report_options[]; // of all reports together, ends with name NULL

/// NULL if there is none.
const ReportKind *report_kind_find(const char *name);
bool report_kind_takes_option(const ReportKind *kind, const char *option);
/// "month YYYY-MM [--org ORG] …": what to write after `studyday report`.
void report_kind_append_synopsis(const ReportKind *kind, Text *text);
/// What follows the name: "YYYY-MM", "YYYY-MM|SESSION", nothing.
void report_kind_append_takes(const ReportKind *kind, Text *text);
/// Reads what follows the name; `name` may be NULL. False when the report does not take it. A text that is a
/// period is one, even if a session is called so.
bool report_kind_parse(const ReportKind *kind, const char *name, ReportRequest *request);
/// All reports with an example each, as a Report; the caller frees it.
Report *report_kind_list(void);
