#pragma once
// A session as it is planned, in the words in which it can be said again: for `change`, and for the audit
// log.
#include "core/store/query.h"
#include "core/store/sessions.h"
#include "office/operation.h"
#include "office/session_plan.h"

typedef struct SessionKnown {
    SessionList list;
    SessionRow *row; // of `list`
    SessionDetail detail;
    char org[CODE_SIZE_MAX + 1];
    char **points; // in their order
    size_t point_count;
} SessionKnown;

/// QUERY_E_UNKNOWN if there is none.
int session_known_load(Office *office, const char *code, SessionKnown *ret_known);
void session_known_deinit(SessionKnown *known);
/// Appends what is known, as detail_audit() wants it.
void session_known_append(const SessionKnown *known, Text *object);
