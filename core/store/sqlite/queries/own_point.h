#pragma once
// The own point of an org at a session (R11), found by walking up from the org instead of reading all points.
#include "core/store/query.h"

/// The point that speaks for those at home in `org` on the session's date; `ret_point` 0: there is none.
int own_point_find(Store *store, const SessionRow *session, int32_t org, int32_t *ret_point);
/// Whether that point is silent (R12); false without one. The same as query_session_points() says of it.
int own_point_is_silent(Store *store, const SessionRow *session, int32_t org, bool *ret_silent);
