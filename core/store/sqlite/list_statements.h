#pragma once
// Statements of the office's lists; part of the statement table (statements.h).

#define LIST_STATEMENT_LIST(X)                                                                               \
    X(LIST_MEMBER_BOUND, "SELECT coalesce(max(member), 0) + 1 FROM member")                                  \
    X(LIST_EXEMPTION, "SELECT from_date, to_date, reason FROM exemption WHERE member = ?1 AND from_date <= " \
                      "?2 AND (to_date IS NULL OR to_date >= ?2) ORDER BY from_date LIMIT 1")                \
    X(LIST_STREAM_AREA, "SELECT area FROM stream WHERE stream = ?")                                          \
    X(LIST_POINT_NAMES, "SELECT point, name FROM point")                                                     \
    X(LIST_POINT_TERMINALS, "SELECT point, count(*) FROM terminal WHERE point IS NOT NULL AND revoked_at IS" \
                            " NULL GROUP BY point")                                                          \
    X(LIST_POINT_LAST, "SELECT t.point, (SELECT e.received FROM " EVENTS_OF_SEGMENTS                         \
                       " WHERE g.stream = st.stream ORDER BY g.block DESC, e.place DESC LIMIT 1) FROM "      \
                       "stream st JOIN terminal t ON t.terminal = st.terminal WHERE t.point IS NOT NULL")
