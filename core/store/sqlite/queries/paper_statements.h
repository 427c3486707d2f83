#pragma once
// Statements about spot-checks, paper rolls and headcounts; part of the statement table (statements.h).

#define SPOTCHECK_COLUMNS                                                                                   \
    "k.id, k.session, s.code, k.org, k.unit, k.wanted, k.frame, k.strata, k.stratified, k.seed, k.method, " \
    "k.at, k.who, k.cancelled_at, k.cancelled_by, k.cancelled_why, (SELECT count(*) FROM spotcheck_member " \
    "m WHERE m.spotcheck = k.id)"
// Somebody came, by what stands on a roll: kinds 0 and 1 are in and out (event.h), and no leave.
#define ENTRY_SEEN "e.void = 0 AND e.kind < 2"
#define ROLL_COLUMNS                                                                                        \
    "r.roll, r.session, s.code, r.point, p.code, r.lines, r.at, r.who, (SELECT count(DISTINCT e.line) "     \
    "FROM roll_entry e WHERE e.roll = r.roll), (SELECT c.closed FROM roll_close c WHERE c.roll = r.roll "   \
    "ORDER BY c.id DESC LIMIT 1), EXISTS (SELECT 1 FROM roll_entry e WHERE e.roll = r.roll AND " ENTRY_SEEN \
    ")"

#define PAPER_STATEMENT_LIST(X)                                                                              \
    X(SPOTCHECK_ADD,                                                                                         \
      "INSERT INTO spotcheck (session, org, unit, wanted, frame, strata, stratified, seed, method, at, who)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                                           \
    X(SPOTCHECK_MEMBER_ADD, "INSERT INTO spotcheck_member VALUES (?, ?, ?, ?, ?)")                           \
    X(SPOTCHECK_ALL, "SELECT " SPOTCHECK_COLUMNS " FROM spotcheck k JOIN session s ON s.session = "          \
                     "k.session WHERE (?1 IS NULL OR k.id = ?1) AND (?2 IS NULL OR k.session = ?2) ORDER "   \
                     "BY k.id")                                                                              \
    X(SPOTCHECK_MEMBERS, "SELECT k.member, k.area, k.org, k.point, m.code, m.name FROM spotcheck_member k "  \
                         "JOIN member m ON m.member = k.member WHERE k.spotcheck = ? ORDER BY m.code")       \
    X(SPOTCHECK_CANCEL, "UPDATE spotcheck SET cancelled_at = ?2, cancelled_by = ?3, cancelled_why = ?4 "     \
                        "WHERE id = ?1 AND cancelled_at IS NULL")                                            \
    X(SPOTCHECK_ACTIVE, "SELECT id FROM spotcheck WHERE session = ? AND cancelled_at IS NULL ORDER BY id")   \
    X(SPOTCHECK_HAS, "SELECT 1 FROM spotcheck_member WHERE spotcheck = ? AND member = ?")                    \
    X(ROLL_ADD, "INSERT INTO roll (session, point, lines, at, who) VALUES (?, ?, ?, ?, ?)")                  \
    X(ROLL_LINE_ADD, "INSERT INTO roll_line VALUES (?, ?, ?)")                                               \
    X(ROLL_LATEST, "SELECT roll FROM roll WHERE session = ? AND point = ? ORDER BY roll DESC LIMIT 1")       \
    X(ROLL_ALL, "SELECT " ROLL_COLUMNS " FROM roll r JOIN session s ON s.session = r.session JOIN point p "  \
                "ON p.point = r.point WHERE (?1 IS NULL OR r.roll = ?1) AND (?2 IS NULL OR r.session = ?2) " \
                "ORDER BY r.roll")                                                                           \
    X(ROLL_LINES, "SELECT l.line, l.member, m.code, m.name FROM roll_line l JOIN member m ON m.member = "    \
                  "l.member WHERE l.roll = ?1 AND (?2 IS NULL OR l.line = ?2) ORDER BY l.line")              \
    X(ROLL_ENTRIES, "SELECT line, seq, kind, at, reason FROM roll_entry WHERE roll = ?1 AND line = ?2 AND "  \
                    "void = 0 ORDER BY kind, seq")                                                           \
    X(ROLL_ENTRY_ADD, "INSERT INTO roll_entry VALUES (?, ?, ?, ?, ?, ?, 0)")                                 \
    X(ROLL_ENTRY_VOID, "UPDATE roll_entry SET void = 1 WHERE roll = ? AND line = ? AND seq = ?")             \
    X(ROLL_CLOSE_ADD,                                                                                        \
      "INSERT INTO roll_close (session, point, roll, closed, at, who, why) VALUES (?, ?, ?, ?, ?, ?, ?)")    \
    X(ROLL_CLOSED_OF_SESSION,                                                                                \
      "SELECT c.point, EXISTS (SELECT 1 FROM roll r JOIN roll_entry e ON e.roll = r.roll WHERE r.session = " \
      "c.session AND r.point = c.point AND " ENTRY_SEEN ") FROM roll_close c WHERE c.session = ?1 AND "      \
      "c.closed = 1 AND NOT EXISTS (SELECT 1 FROM roll_close l WHERE l.roll = c.roll AND l.id > c.id)")      \
    X(HEADCOUNT_ADD,                                                                                         \
      "INSERT INTO headcount (session, point, count, at, who, why) VALUES (?, ?, ?, ?, ?, ?)")               \
    X(HEADCOUNT_OF_SESSION,                                                                                  \
      "SELECT p.code, p.org, h.count, h.at, h.who, h.why FROM headcount h JOIN point p ON p.point = "        \
      "h.point WHERE h.session = ? AND NOT EXISTS (SELECT 1 FROM headcount l WHERE l.session = h.session "   \
      "AND l.point = h.point AND l.id > h.id) ORDER BY p.code")
