#pragma once
// Statements of the office's lists; part of the statement table (statements.h).

#define LIST_STATEMENT_LIST(X)                                                                               \
    /* everybody's year up to a month (query_member.c) */                                                    \
    X(CREDIT_UNTIL_M1, "SELECT key, m1 FROM credit WHERE key >= ? AND key <= ?")                             \
    X(CREDIT_UNTIL_M2, "SELECT key, m1 + m2 FROM credit WHERE key >= ? AND key <= ?")                        \
    X(CREDIT_UNTIL_M3, "SELECT key, m1 + m2 + m3 FROM credit WHERE key >= ? AND key <= ?")                   \
    X(CREDIT_UNTIL_M4, "SELECT key, m1 + m2 + m3 + m4 FROM credit WHERE key >= ? AND key <= ?")              \
    X(CREDIT_UNTIL_M5, "SELECT key, m1 + m2 + m3 + m4 + m5 FROM credit WHERE key >= ? AND key <= ?")         \
    X(CREDIT_UNTIL_M6, "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 FROM credit WHERE key >= ? AND key <= ?")    \
    X(CREDIT_UNTIL_M7,                                                                                       \
      "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 + m7 FROM credit WHERE key >= ? AND key <= ?")                \
    X(CREDIT_UNTIL_M8,                                                                                       \
      "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 + m7 + m8 FROM credit WHERE key >= ? AND key <= ?")           \
    X(CREDIT_UNTIL_M9,                                                                                       \
      "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 + m7 + m8 + m9 FROM credit WHERE key >= ? AND key <= ?")      \
    X(CREDIT_UNTIL_M10, "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 + m7 + m8 + m9 + m10 FROM credit WHERE "    \
                        "key >= ? AND key <= ?")                                                             \
    X(CREDIT_UNTIL_M11, "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 + m7 + m8 + m9 + m10 + m11 FROM credit "    \
                        "WHERE key >= ? AND key <= ?")                                                       \
    X(CREDIT_UNTIL_M12, "SELECT key, m1 + m2 + m3 + m4 + m5 + m6 + m7 + m8 + m9 + m10 + m11 + m12 FROM "     \
                        "credit WHERE key >= ? AND key <= ?")                                                \
    X(STREAM_GAP_ANY,                                                                                        \
      "SELECT 1 FROM stream st WHERE EXISTS (SELECT 1 FROM " EVENTS_BEYOND_THROUGH ") LIMIT 1")              \
    /* days from which the org tree may be another (tree_cache.c) */                                         \
    X(ORG_CHANGES, /* from one date to the next by the index: nearly all orgs share theirs */                \
      "WITH RECURSIVE day(d) AS (SELECT min(from_date) FROM org_state UNION ALL SELECT (SELECT"              \
      " min(from_date) FROM org_state WHERE from_date > day.d) FROM day WHERE day.d IS NOT NULL)"            \
      " SELECT d FROM day WHERE d IS NOT NULL UNION SELECT to_date + 1 FROM org_state WHERE to_date "        \
      "IS NOT NULL ORDER BY 1")                                                                              \
    /* one member's own point (own_point.c) */                                                               \
    X(OWN_POINT_EVENTS, "SELECT events FROM coverage WHERE key = ?")                                         \
    X(OWN_POINT_ROLLS,                                                                                       \
      "SELECT count(*) FROM roll_close c WHERE c.session = ? AND c.point = ? AND c.closed = 1 AND NOT "      \
      "EXISTS (SELECT 1 FROM roll_close l WHERE l.roll = c.roll AND l.id > c.id)")                           \
    X(OWN_POINT_BATCHES, "SELECT home FROM guest WHERE area = ? AND session = ? AND host = ? AND count <> "  \
                         "0")                                                                                \
    X(LIST_MEMBER_BOUND, "SELECT coalesce(max(member), 0) + 1 FROM member")                                  \
    X(LIST_EXEMPTION, "SELECT from_date, to_date, reason FROM exemption WHERE member = ?1 AND from_date <= " \
                      "?2 AND (to_date IS NULL OR to_date >= ?2) ORDER BY from_date LIMIT 1")                \
    X(LIST_STREAM_AREA, "SELECT area FROM stream WHERE stream = ?")                                          \
    X(LIST_POINT_NAMES, "SELECT point, name FROM point")                                                     \
    X(LIST_POINT_TERMINALS, "SELECT point, count(*) FROM terminal WHERE point IS NOT NULL AND revoked_at IS" \
                            " NULL GROUP BY point")                                                          \
    X(LIST_POINT_LAST, "SELECT t.point, (SELECT e.received FROM " EVENTS_OF_SEGMENTS                         \
                       " WHERE g.stream = st.stream ORDER BY g.block DESC, e.place DESC LIMIT 1) FROM "      \
                       "stream st JOIN terminal t ON t.terminal = st.terminal WHERE t.point IS NOT NULL")    \
    X(LIST_TERMINALS, "SELECT t.terminal, t.name, a.code, t.point, p.code, p.name, p.org, t.mac_key IS NOT " \
                      "NULL, t.enrolled_at, t.revoked_at, (SELECT count(*) FROM quarantine q WHERE q.state " \
                      "= 'open' AND q.terminal = t.name) FROM terminal t JOIN area a ON a.area = t.area "    \
                      "LEFT JOIN point p ON p.point = t.point WHERE t.terminal > 1 ORDER BY t.name")         \
    X(LIST_TERMINAL_STREAMS, "SELECT st.stream, st.through FROM stream st WHERE st.terminal = ?")            \
    X(LIST_STREAM_GAP,                                                                                       \
      "SELECT count(*), max(g.block << 5 | (e.place & 31)) FROM stream st JOIN " EVENTS_BEYOND_THROUGH       \
      " AND st.stream = ?")                                                                                  \
    X(LIST_STREAM_RECENT, "SELECT count(*), max(e.received), sum((e.form >> 9 & 3) = ?2), max(e.at / 1000"   \
                          " - e.received) FROM " EVENTS_OF_SEGMENTS " WHERE g.stream = ?1 AND g.block = "    \
                          "(SELECT max(block) FROM segment WHERE stream = ?1)")                              \
    X(LIST_QUARANTINE_ELSEWHERE, "SELECT count(*) FROM quarantine q WHERE q.state = 'open' AND NOT EXISTS "  \
                                 "(SELECT 1 FROM terminal t WHERE t.name = q.terminal AND t.terminal > 1)")
