#pragma once
// Statements about closed months; part of the statement table (statements.h).

#define MONTH_FIGURE_COLUMNS                                                                               \
    "sessions, expected, exempt, present, late, left_early, makeup, home, leave, absent, unreported, "     \
    "guests, checked, passed, not_found, points_expected, points_covered, minutes, year_minutes, members," \
    " target_met"
#define MONTH_CHANGE_COLUMNS                                                                             \
    "session, member, org, before, after, before_point, after_point, before_credit, after_credit, what," \
    " cause, terminal, epoch, seq, at"

#define MONTH_STATEMENT_LIST(X)                                                                              \
    X(MONTH_GET, "SELECT closed, (SELECT max(revision) FROM month_revision r WHERE r.month = m.month) FROM " \
                 "month m WHERE m.month = ?")                                                                \
    X(MONTH_SET, "INSERT OR REPLACE INTO month VALUES (?, ?)")                                               \
    X(MONTH_REVISION_ADD, "INSERT INTO month_revision VALUES (?, ?, ?, ?, ?, ?, ?)")                         \
    X(MONTH_REVISIONS,                                                                                       \
      "SELECT r.month, r.revision, r.at, r.who, r.why, r.definitions, r.incomplete, (SELECT count(*) FROM "  \
      "month_change c WHERE c.month = r.month AND c.revision = r.revision), m.closed FROM month_revision r " \
      "JOIN month m ON m.month = r.month WHERE (?1 IS NULL OR (r.month = ?1 AND r.revision = ?2)) ORDER BY " \
      "r.month, r.revision")                                                                                 \
    X(MONTH_ROW_ADD, "INSERT INTO month_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "  \
                     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                                        \
    X(MONTH_ROWS,                                                                                            \
      "SELECT depth, org, name, level, " MONTH_FIGURE_COLUMNS " FROM month_row WHERE month = ? AND "         \
      "revision = ? ORDER BY ordinal")                                                                       \
    X(MONTH_SESSION_ADD, "INSERT INTO month_session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                  \
    X(MONTH_SESSIONS, "SELECT session, title, starts, complete, points, covered, gaps FROM month_session "   \
                      "WHERE month = ? AND revision = ? ORDER BY ordinal")                                   \
    X(MONTH_POINT_CLEAR, "DELETE FROM month_point WHERE month = ? AND session = ?")                          \
    X(MONTH_POINT_ADD, "INSERT INTO month_point VALUES (?, ?, ?, ?, ?)")                                     \
    X(MONTH_POINTS, "SELECT point, org, coverage FROM month_point WHERE month = ? AND session = ?")          \
    X(MONTH_PENDING_ADD, "INSERT OR IGNORE INTO month_pending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "  \
                         "?)")                                                                               \
    X(MONTH_PENDING_SAME, "DELETE FROM month_pending WHERE month = ? AND session = ? AND member = ? AND org" \
                          " = ? AND duty = ? AND status = ? AND point = ? AND credit = ? AND checks = ?")    \
    X(MONTH_PENDING_CLEAR, "DELETE FROM month_pending WHERE month = ?")                                      \
    X(MONTH_PENDING_OF,                                                                                      \
      "SELECT p.session, p.member, p.area, p.org, p.duty, p.status, p.point, p.credit, p.checks, p.cause, "  \
      "p.stream, p.seq, s.code, m.code FROM month_pending p JOIN session s ON s.session = p.session JOIN "   \
      "member m ON m.member = p.member WHERE p.month = ? ORDER BY s.starts, s.code, m.code")                 \
    X(MONTH_CLOSED_AFTER, "SELECT month FROM month WHERE closed = 1 AND month > ? ORDER BY month LIMIT 1")   \
    X(MONTH_ORG_ANY, "SELECT 1 FROM month_org LIMIT 1")                                                      \
    X(MONTH_ORG_HAS, "SELECT 1 FROM month_org WHERE month = ?1 AND (?2 = 0 OR org = ?2) LIMIT 1")            \
    X(MONTH_ORG_HOLD,                                                                                        \
      "INSERT INTO month_org SELECT ?1, org, from_date, to_date, parent, area, level, sector, name"          \
      " FROM org_state WHERE org = ?2")                                                                      \
    X(MONTH_ORG_DROP, "DELETE FROM month_org WHERE month = ?")                                               \
    X(MONTH_ORG_PARENT,                                                                                      \
      "SELECT parent, to_date FROM month_org WHERE org = ?1 AND from_date <= ?2 AND month = ?3"              \
      " ORDER BY from_date DESC LIMIT 1")                                                                    \
    X(MONTH_ORG_TREE, /* as ORG_TREE */                                                                      \
      "SELECT org, parent, area, level, sector, name, to_date FROM (SELECT org, from_date, to_date, parent," \
      " area, level, sector, name FROM month_org WHERE month = ?2 UNION ALL SELECT org, from_date, to_date," \
      " parent, area, level, sector, name FROM org_state s WHERE NOT EXISTS (SELECT 1 FROM month_org h "     \
      "WHERE"                                                                                                \
      " h.month = ?2 AND h.org = s.org)) WHERE from_date <= ?1 ORDER BY org, from_date")                     \
    X(MONTH_CAUSE,                                                                                           \
      "SELECT t.name, st.epoch, e.received FROM stream st JOIN terminal t ON t.terminal = st.terminal LEFT " \
      "JOIN event e ON e.place = " EVENT_PLACE("(st.stream << 31 | ?2)") " WHERE st.stream = ?1")            \
    X(MONTH_VOIDED_BY,                                                                                       \
      "SELECT v.by_stream, v.by_seq FROM stream st JOIN voided v ON v.key = ((st.area << 55) | (st.stream "  \
      "<< 31) | ?2) WHERE st.stream = ?1")                                                                   \
    X(MONTH_CHANGE_ADD, "INSERT INTO month_change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "  \
                        "?, ?)")                                                                             \
    X(MONTH_CHANGES, "SELECT " MONTH_CHANGE_COLUMNS " FROM month_change WHERE month = ? AND revision = ? "   \
                     "ORDER BY ordinal")                                                                     \
    X(MONTH_HELD_OF, "SELECT key, org, duty FROM temp.month_held WHERE key >= ? AND key <= ?")
