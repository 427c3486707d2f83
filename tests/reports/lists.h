#pragma once
// For the tests of the lists: a report about the small site of tests/store/site.h, and its cells as words.
#include "reports/request.h"
#include "tests/store/site.h"

typedef struct ListAsk {
    const char *month, *session; // one of them, or neither
    const char *org;             // NULL: the whole site
    bool full_names, mask, members;
    Time now; // 0: the site's
} ListAsk;

/// The outcome of the builder; `*ret_report` only with 0.
int lists_outcome(Site *site, ReportBuild *build, ListAsk ask, Report **ret_report);
/// The report, which must come about.
Report *lists_report(Site *site, ReportBuild *build, ListAsk ask);
/// The cells of `keys` (separated by a blank) of a row, separated by a blank; "-" where unknown. Valid until
/// the next call.
const char *lists_row(const Report *report, size_t row, const char *keys);
/// Number or text of a head, as text.
const char *lists_head(const Report *report, const char *key);
/// The epoch of the office's events, for site_void().
void lists_office_epoch(Site *site, char ret_epoch[static ULID_SIZE]);
