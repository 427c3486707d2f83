#pragma once
// Statements about single sessions, outside the path of an event; part of the statement table (statements.h).

#define SESSION_STATEMENT_LIST(X)                                                                           \
    X(DETAIL_GET, "SELECT d.activity, m.code, m.name, d.materials, d.organiser FROM session_detail d"       \
                  " LEFT JOIN member m ON m.member = d.organiser WHERE d.session = ?")                      \
    X(DETAIL_PUT, "INSERT OR REPLACE INTO session_detail VALUES (?, ?, ?, ?)")                              \
    X(DETAIL_DROP, "DELETE FROM session_detail WHERE session = ?")                                          \
    X(SESSION_DROP, "DELETE FROM session WHERE session = ?")                                                \
    X(INVITATION_DROP, "DELETE FROM invitation WHERE session = ? AND member = ?")                           \
    X(INVITATION_CLEAR, "DELETE FROM invitation WHERE session = ?")                                         \
    X(INVITATION_COUNT, "SELECT count(*) FROM invitation WHERE session = ?")                                \
    X(INVITATION_NAMES, "SELECT m.code, m.name FROM invitation i JOIN member m ON m.member = i.member"      \
                        " WHERE i.session = ? ORDER BY m.code")                                             \
    X(SESSION_ORG, "SELECT o.code FROM session s JOIN org o ON o.org = s.org WHERE s.session = ?")          \
    X(SESSION_ROUTE, "SELECT p.code, p.name, o.code FROM session_point s JOIN point p ON p.point = s.point" \
                     " JOIN org o ON o.org = p.org WHERE s.session = ? ORDER BY s.ordinal")                 \
    X(STORED_FACTS, "SELECT count(*) FROM attendance WHERE key >= ? AND key <= ? AND length(facts) > 0")    \
    X(STORED_POINTS, "SELECT count(*) FROM coverage WHERE key >= ? AND key <= ? AND events > 0")            \
    X(ATTENDANCE_CLEAR, "DELETE FROM attendance WHERE key >= ? AND key <= ?")                               \
    X(TALLY_CLEAR, "DELETE FROM tally WHERE key >= ? AND key <= ?")                                         \
    X(COVERAGE_CLEAR, "DELETE FROM coverage WHERE key >= ? AND key <= ?")                                   \
    X(CLOSING_CLEAR, "DELETE FROM closing WHERE place >= ? AND place <= ?")                                 \
    X(GUEST_CLEAR, "DELETE FROM guest WHERE area = ? AND session = ?")
