#pragma once
// What the operations of `studyday session` share.
#include "core/store/roster_watch.h"
#include "core/store/sessions.h"
#include "office/operation.h"
#include "office/session_known.h"

/// session add: one session, or a series.
int session_add(Office *office);
/// After the puts: obligations, parked events, and the end of it. Says and keeps to --dry-run.
int session_settle(Office *office);
/// Says what an outcome of a put means; returns 0.
int session_refuse(Office *office, int r, const char *code, const char *org, const char *member);
/// False after having refused what no session can be.
bool session_times_fine(Office *office, const SessionPut *put);
/// The put that says again what is known; it borrows.
SessionPut session_put(const SessionKnown *known);
void session_put_worth(SessionPut *put, const Worth *worth);
/// Refuses points of another tree.
int session_points_fine(Office *office, const SessionPut *put);
