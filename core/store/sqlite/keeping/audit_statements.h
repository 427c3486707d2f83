#pragma once
// Statements about what the office keeps for itself: audit log, requests, objections, and from a figure to
// its events; part of the statement table (statements.h).

#define AUDIT_STATEMENT_LIST(X)                                                                              \
    X(AUDIT_LAST, "SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1")                                    \
    X(AUDIT_BEFORE, "SELECT id, chain FROM audit WHERE id < coalesce((SELECT min(id) FROM audit WHERE at "   \
                    ">= ?1), 9223372036854775807) ORDER BY id DESC LIMIT 1")                                 \
    X(AUDIT_CHAIN, "SELECT chain FROM audit WHERE id = ?")                                                   \
    X(STREAM_HEADS, "SELECT stream, through, chain FROM stream")                                             \
    X(STREAM_NAME,                                                                                           \
      "SELECT t.name, st.epoch FROM stream st JOIN terminal t ON t.terminal = st.terminal WHERE st.stream "  \
      "= ?")                                                                                                 \
    X(STREAM_END, "SELECT st.through, st.chain FROM stream st JOIN terminal t ON t.terminal = st.terminal "  \
                  "WHERE t.name = ? AND st.epoch = ?")                                                       \
    X(AUDIT_ADD, "INSERT INTO audit (id, at, who, action, subject, why, detail, chain)"                      \
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                                         \
    X(AUDIT_ALL, "SELECT id, at, who, action, subject, why, detail, chain FROM audit ORDER BY id")           \
    X(AUDIT_OF, "SELECT who, why FROM audit WHERE subject = ? ORDER BY id LIMIT 1")                          \
    X(EVENT_ONE,                                                                                             \
      "SELECT " EVENT_KEY                                                                                    \
      ", e.form, e.session, e.member, e.point, e.at, e.received, e.body, t.name, st.epoch FROM "             \
      "stream st JOIN segment g ON g.stream = st.stream AND g.block = ?3 >> 5 JOIN event e ON e.place = "    \
      "(g.base | (?3 & 31)) JOIN terminal t ON "                                                             \
      "t.terminal = st.terminal WHERE t.name = ?1 AND st.epoch = ?2")                                        \
    X(MONTH_REQUEST_ADD, "INSERT INTO month_request (month, action, at, who, why) VALUES (?, ?, ?, ?, ?)")   \
    X(MONTH_REQUEST_DECIDE,                                                                                  \
      "UPDATE month_request SET state = ?2, decided_at = ?3, decided_by = ?4 WHERE request = ?1")            \
    X(MONTH_REQUESTS,                                                                                        \
      "SELECT request, month, action, at, who, why, state, decided_at, decided_by FROM month_request WHERE " \
      "(?1 IS NULL OR month = ?1) AND (?2 OR state = 'open') ORDER BY request")                              \
    X(MONTH_UNCLOSED, "SELECT DISTINCT s.month FROM session s WHERE s.starts < ? AND NOT EXISTS (SELECT 1 "  \
                      "FROM month m WHERE m.month = s.month) ORDER BY s.month")                              \
    X(OBJECTION_ADD,                                                                                         \
      "INSERT INTO objection (at, who, session, starts, member, text) VALUES (?, ?, ?, ?, ?, ?)")            \
    X(OBJECTION_ANSWER, "INSERT INTO objection_answer VALUES (?, ?, ?, ?, ?, ?, ?)")                         \
    X(OBJECTIONS,                                                                                            \
      "SELECT o.objection, o.at, o.who, o.session, o.starts, m.code, m.name, o.text, a.at, a.who, "          \
      "a.accepted, a.text, a.epoch, a.seq FROM objection o JOIN member m ON m.member = o.member LEFT JOIN "  \
      "objection_answer a ON a.objection = o.objection WHERE (?1 IS NULL OR o.objection = ?1) AND (?2 IS "   \
      "NULL OR o.member = ?2) AND NOT (?3 AND a.objection IS NOT NULL) ORDER BY o.objection")                \
    X(LEAVE_REQUEST_ADD, "INSERT INTO leave_request (at, who, session, starts, member, reason, why)"         \
                         " VALUES (?, ?, ?, ?, ?, ?, ?)")                                                    \
    X(LEAVE_REQUEST_DECIDE, "INSERT INTO leave_decision VALUES (?, ?, ?, ?, ?, ?)")                          \
    X(LEAVE_REQUESTS,                                                                                        \
      "SELECT l.request, l.at, l.who, l.session, l.starts, m.code, m.name, l.reason, l.why, d.outcome, "     \
      "d.at, d.who, d.why, d.seq, (SELECT epoch FROM stream WHERE terminal = 1) FROM leave_request l JOIN "  \
      "member m ON m.member = l.member LEFT JOIN leave_decision d ON d.request = l.request WHERE (?1 IS "    \
      "NULL OR l.request = ?1) AND (?2 IS NULL OR l.session = ?2) AND (?3 IS NULL OR m.code = ?3) AND NOT "  \
      "(?4 AND d.request IS NOT NULL) ORDER BY l.request")                                                   \
    X(BATCH_LINE_OF, "SELECT batch, who, why FROM batch_line WHERE seq = ?")                                 \
    X(AUDIT_SOME,                                                                                            \
      "SELECT id, at, who, action, subject, why, detail FROM audit WHERE (?1 IS NULL OR at >= ?1)"           \
      " AND (?2 IS NULL OR at < ?2) AND (?3 IS NULL OR instr(who, ?3) > 0) AND (?4 IS NULL OR action = ?4"   \
      " OR substr(action, 1, length(?4) + 1) = ?4 || '-') AND (?5 IS NULL OR instr(subject, ?5) > 0)"        \
      " ORDER BY id")
