#pragma once
// The audit log: who did what to what, when and why, with what was and what is. Append-only: the schema
// refuses to change or delete a row, and each row's digest covers the one before, so that `studyday verify`
// finds what went around the schema.
#include <stdint.h>

#include "core/base/clock.h"
#include "core/store/store.h"

/// `detail` is canonical JSON `{"new":…,"old":…}` (office_audit_change), or other text. NULL is "".
int audit_add(Store *store, Time at, const char *who, const char *action, const char *subject,
              const char *why, const char *detail);

// One row; texts are borrowed during the call back.
typedef struct AuditRow {
    int64_t id;
    Time at;
    const char *who, *action, *subject, *why, *detail;
} AuditRow;

typedef struct AuditFilter {
    Time from, to;                      // inclusive, exclusive; TIME_NONE: open
    const char *who, *action, *subject; // part of it; an action as a whole, or up to a '-'. NULL: any
} AuditFilter;
/// By number, which is the order in which things were done. A non-zero return of `each` stops and is
/// returned.
int audit_each(Store *store, const AuditFilter *filter, int (*each)(void *user, const AuditRow *row),
               void *user);

/// The two halves of a `detail` as JSON texts within it: "old" and "new". False if it is no such object.
typedef struct AuditPart {
    const char *data; // NULL: not there
    size_t size;
} AuditPart;
bool audit_split(const char *detail, AuditPart *ret_old, AuditPart *ret_new);
