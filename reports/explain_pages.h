#pragma once
// Pages that say why the figures of a month's report are what they are: for each organisation one list of its
// members at each session, with the figures that each counts in, the rules and the events behind it. A page
// is a Report, so that it looks, sorts and filters like one.
#include "core/model/roster.h"
#include "core/store/query.h"
#include "reports/report.h"

// Of one page. What is longer nobody reads: the pages of the organisations below say it.
#define EXPLAIN_PAGE_ROWS_MAX 5000

typedef struct ExplainPagesScope {
    Month month;
    Time now;
    const char *org; // the top of a set of reports; it and every one below it of
    unsigned levels; // these levels (bits of OrgLevel) has a report,
    int depth;       // with rows so far down: each row gets a page
} ExplainPagesScope;

typedef struct ExplainPages ExplainPages;
/// Finds who stands on which page. The transaction of the caller lasts until the last page is made.
int explain_pages_open(Store *store, const ExplainPagesScope *scope, ExplainPages **ret_pages);
ExplainPages *explain_pages_close(ExplainPages *pages); // takes NULL, returns NULL
CLEANUP_DEFINE(explain_pages, ExplainPages, explain_pages_close)
/// Pages that are neither empty nor too long.
size_t explain_pages_count(const ExplainPages *pages);
bool explain_pages_has(ExplainPages *pages, const char *org);
/// Whether the figure is one that pages tell about, by its key.
bool explain_pages_tell(const char *figure);
/// `ret_org` is borrowed from `pages`; the caller frees the report.
int explain_pages_make(ExplainPages *pages, size_t index, const char **ret_org, Report **ret_report);
