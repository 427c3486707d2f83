#pragma once
// The statement table of the store: every SQL text that runs more than once, prepared on first use.
#include "core/store/sqlite/keeping/audit_statements.h"
#include "core/store/sqlite/keeping/privacy_statements.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/months/month_statements.h"
#include "core/store/sqlite/queries/list_statements.h"
#include "core/store/sqlite/queries/paper_statements.h"
#include "core/store/sqlite/sessions/rule_statements.h"
#include "core/store/sqlite/sessions/session_statements.h"
#include "core/store/sqlite/totals/sheet_statements.h"

#define SESSION_COLUMNS                                                                                \
    "s.session, s.code, s.kind, s.title, s.org, s.starts, s.ends, s.date, s.minutes, s.makeup_until, " \
    "s.window_before,"                                                                                 \
    " s.window_after, s.late_after, s.early_before, s.presence_permille, s.opened_at IS NOT NULL,"     \
    " EXISTS (SELECT 1 FROM invitation i WHERE i.session = s.session),"                                \
    " (SELECT 1 + c.closed FROM month c WHERE c.month = s.month), s.pass_score, s.rule_version,"       \
    " s.makeup_stated, s.unit, s.unit_tenths, s.unit_version, s.credited"
// R1: the window has begun at ?1. The first condition is the index's: no window is longer than a day.
#define SESSION_IS_DUE "s.starts <= ?1 + 86400000000 AND s.starts - s.window_before * 60000000 <= ?1"
#define TALLY_COLUMNS                                                                            \
    "expected, exempt, present, late, left_early, home, makeup, leave, unmet, checked, passed, " \
    "not_found, minutes"

#define STATEMENT_LIST(X)                                                                                    \
    /* site */                                                                                               \
    X(SITE_GET, "SELECT store, generation, roster_version FROM site")                                        \
    X(SITE_BUMP, "UPDATE site SET roster_version = roster_version + 1")                                      \
    X(SITE_PROBE, "UPDATE site SET probe = probe + 1")                                                       \
    /* register */                                                                                           \
    X(AREA_FIND, "SELECT area FROM area WHERE code = ?")                                                     \
    X(AREA_ADD, "INSERT INTO area (code) VALUES (?)")                                                        \
    X(ORG_FIND, "SELECT org FROM org WHERE code = ?")                                                        \
    X(ORG_ADD, "INSERT INTO org (code) VALUES (?)")                                                          \
    X(ORG_CODE, "SELECT code FROM org WHERE org = ?")                                                        \
    X(ORG_STATE_AT, "SELECT from_date, to_date, parent, area, level, sector, name FROM org_state WHERE org " \
                    "= ? AND from_date <= ?"                                                                 \
                    " ORDER BY from_date DESC LIMIT 1")                                                      \
    X(ORG_STATE_DATES, "SELECT DISTINCT from_date FROM org_state WHERE from_date > ? AND from_date <= ?")    \
    X(ORG_STATE_PUT,                                                                                         \
      "INSERT OR REPLACE INTO org_state (org, from_date, to_date, parent, area, level, sector, name)"        \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                                                    \
    X(ORG_STATE_ALL,                                                                                         \
      "SELECT t.org, t.from_date, t.to_date, t.parent, o.code FROM org_state t JOIN org o ON o.org ="        \
      " t.org ORDER BY t.org, t.from_date")                                                                  \
    X(ORG_MOVE_ADD, "INSERT OR REPLACE INTO temp.org_move VALUES (?, ?)")                                    \
    X(ORG_PARENT, "SELECT parent, to_date FROM org_state WHERE org = ? AND from_date <= ?"                   \
                  " ORDER BY from_date DESC LIMIT 1")                                                        \
    X(ORG_AREA, "SELECT area FROM org_state WHERE org = ? ORDER BY from_date DESC LIMIT 1")                  \
    X(ORG_TREE, "SELECT org, parent, area, level, sector, name, to_date FROM org_state WHERE from_date <= ?" \
                " ORDER BY org, from_date")                                                                  \
    X(ORG_CODES, "SELECT org, code FROM org ORDER BY code")                                                  \
    X(POINT_FIND, "SELECT point FROM point WHERE code = ?")                                                  \
    X(POINT_GET, "SELECT org, name, place FROM point WHERE point = ?")                                       \
    X(POINT_ADD, "INSERT INTO point (code, org, name, place) VALUES (?, ?, ?, ?)")                           \
    X(POINT_SET, "UPDATE point SET org = ?, name = ?, place = ? WHERE point = ?")                            \
    X(POINT_ALL, "SELECT point, code, org FROM point ORDER BY point")                                        \
    X(TERMINAL_GET,                                                                                          \
      "SELECT t.terminal, t.name, t.area, a.code, t.point, p.code, t.mac_key, t.enrolled_at, t.revoked_at,"  \
      " t.login, t.old_key, t.old_key_until FROM terminal t JOIN area a ON a.area = t.area LEFT JOIN point " \
      "p ON p.point = t.point"                                                                               \
      " WHERE t.name = ?")                                                                                   \
    X(TERMINAL_ALL,                                                                                          \
      "SELECT t.terminal, t.name, t.area, a.code, t.point, p.code, t.mac_key, t.enrolled_at, t.revoked_at,"  \
      " t.login, t.old_key, t.old_key_until FROM terminal t JOIN area a ON a.area = t.area LEFT JOIN point " \
      "p ON p.point = t.point"                                                                               \
      " WHERE t.terminal > 1 ORDER BY t.name")                                                               \
    X(TERMINAL_ADD, "INSERT INTO terminal (name, area, point) VALUES (?, ?, ?)")                             \
    X(TERMINAL_SET_POINT, "UPDATE terminal SET point = ? WHERE terminal = ?")                                \
    X(TERMINAL_SET_KEY,                                                                                      \
      "UPDATE terminal SET mac_key = ?, enrolled_at = ?, revoked_at = NULL, old_key = NULL,"                 \
      " old_key_until = NULL WHERE name = ? AND terminal > 1")                                               \
    X(TERMINAL_SET_LOGIN, "UPDATE terminal SET login = ? WHERE name = ? AND terminal > 1")                   \
    X(TERMINAL_ROTATE, /* who never spoke under the key before still has the one before that */              \
      "UPDATE terminal SET old_key = CASE WHEN old_key_until > ?2 THEN old_key ELSE mac_key END,"            \
      " old_key_until = ?3, mac_key = ?1, enrolled_at = ?2 WHERE name = ?4 AND terminal > 1")                \
    X(TERMINAL_FORGET_OLD, "UPDATE terminal SET old_key = NULL, old_key_until = NULL WHERE name = ?")        \
    X(TERMINAL_REVOKE,                                                                                       \
      "UPDATE terminal SET revoked_at = ?, login = NULL, old_key = NULL, old_key_until = NULL"               \
      " WHERE name = ? AND terminal > 1")                                                                    \
    /* members */                                                                                            \
    X(MEMBER_FIND, "SELECT member, area FROM member_code WHERE code = ?")                                    \
    X(MEMBER_GET, "SELECT area, code, name FROM member WHERE member = ?")                                    \
    X(MEMBER_ADD, "INSERT INTO member (area, code, name) VALUES (?, ?, ?)")                                  \
    X(MEMBER_CODE_ALL, "SELECT code, member, area FROM member_code ORDER BY code")                           \
    X(MEMBER_CODE_ADD, "INSERT INTO member_code VALUES (?, ?, ?)")                                           \
    X(MEMBER_SET_NAME, "UPDATE member SET name = ? WHERE member = ?")                                        \
    X(MEMBER_STATE_AT,                                                                                       \
      "SELECT from_date, to_date, org, category, role FROM member_state WHERE member = ? AND from_date <= ?" \
      " ORDER BY from_date DESC LIMIT 1")                                                                    \
    X(MEMBER_STATE_PUT, "INSERT OR REPLACE INTO member_state VALUES (?, ?, ?, ?, ?, ?)")                     \
    X(MEMBER_STATES_UNTIL,                                                                                   \
      "SELECT member, from_date, to_date, org, category, role FROM member_state WHERE from_date <= ?"        \
      " ORDER BY member, from_date")                                                                         \
    X(MEMBER_HOMES, "SELECT member, to_date, org, role FROM member_state WHERE member >= ?1 AND member < ?2" \
                    " AND from_date <= ?3 ORDER BY member, from_date")                                       \
    X(MEMBER_STATE_END, "UPDATE member_state SET to_date = ? WHERE member = ? AND from_date = ?")            \
    X(MEMBER_STATE_CANCEL,                                                                                   \
      "UPDATE member_state SET to_date = from_date - 1 WHERE member = ? AND from_date > ?")                  \
    X(MEMBER_AREAS, "SELECT member, area FROM member ORDER BY member")                                       \
    X(MEMBER_CODES, "SELECT member, code FROM member ORDER BY member")                                       \
    X(MEMBER_ORGS, "SELECT DISTINCT org FROM member_state WHERE member = ?")                                 \
    X(EXEMPTION_AT, "SELECT reason FROM exemption WHERE member = ?1 AND from_date <= ?2 AND (to_date IS "    \
                    "NULL OR to_date >= ?2)"                                                                 \
                    " LIMIT 1")                                                                              \
    X(EXEMPTION_GET, "SELECT to_date, reason FROM exemption WHERE member = ? AND from_date = ?")             \
    X(EXEMPTION_PUT, "INSERT OR REPLACE INTO exemption VALUES (?, ?, ?, ?)")                                 \
    X(EXEMPT_ON,                                                                                             \
      "SELECT member FROM exemption WHERE from_date <= ?1 AND (to_date IS NULL OR to_date >= ?1)")           \
    X(HOME_DAYS,                                                                                             \
      "SELECT m.code, s.from_date, s.to_date, s.org, (SELECT min(n.from_date) FROM member_state n WHERE"     \
      " n.member = s.member AND n.from_date > s.from_date) FROM member_state s JOIN member m ON m.member"    \
      " = s.member WHERE s.org IN (SELECT org FROM org_state WHERE from_date <> 0 OR to_date IS NOT NULL)")  \
    X(HOME_AFTER,                                                                                            \
      "SELECT n.from_date, o.code FROM member_code c JOIN member_state n ON n.member = c.member JOIN"        \
      " org o ON o.org = n.org WHERE c.code = ? AND n.from_date > ? ORDER BY n.from_date LIMIT 1")           \
    X(SESSION_DAYS, "SELECT code, date, date, org, NULL FROM session")                                       \
    X(EXEMPTION_CLASHES,                                                                                     \
      "SELECT m.code, b.from_date, b.to_date, b.reason, a.from_date, a.to_date, a.reason FROM exemption a"   \
      " JOIN exemption b ON b.member = a.member AND b.from_date > a.from_date AND (a.to_date IS NULL OR "    \
      "a.to_date"                                                                                            \
      " >= b.from_date) AND b.reason <> a.reason JOIN member m ON m.member = a.member ORDER BY m.code, "     \
      "b.from_date")                                                                                         \
    X(CARD_AT, "SELECT member, from_date, to_date FROM card WHERE card = ? AND from_date <= ? ORDER BY "     \
               "from_date DESC LIMIT 1")                                                                     \
    X(CARD_REPLACED,                                                                                         \
      "SELECT 1 FROM card WHERE member = ?1 AND from_date > ?2 AND from_date <= ?3 AND card <> ?4 LIMIT 1")  \
    X(CARD_PUT, "INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, ?)")                                        \
    X(CARDS_OF, "SELECT c.card, c.to_date, EXISTS (SELECT 1 FROM card o WHERE o.card = c.card AND"           \
                " o.from_date > c.from_date AND o.from_date <= ?2), c.sealed FROM card c WHERE c.member = "  \
                "?1 AND"                                                                                     \
                " c.from_date <= ?2 ORDER BY c.from_date DESC")                                              \
    /* sessions */                                                                                           \
    X(SESSION_BY_CODE, "SELECT " SESSION_COLUMNS " FROM session s WHERE s.code = ?")                         \
    X(SESSION_BY_NUMBER, "SELECT " SESSION_COLUMNS " FROM session s WHERE s.session = ?")                    \
    X(SESSION_MONTH,                                                                                         \
      "SELECT " SESSION_COLUMNS " FROM session s WHERE s.starts >= ? AND s.starts < ? AND s.month = ?"       \
      " ORDER BY s.starts, s.code")                                                                          \
    X(SESSION_BETWEEN, "SELECT " SESSION_COLUMNS                                                             \
                       " FROM session s WHERE s.starts >= ? AND s.starts < ? ORDER BY s.starts, s.code")     \
    X(SESSION_DUE, "SELECT " SESSION_COLUMNS " FROM session s WHERE s.opened_at IS NULL AND " SESSION_IS_DUE \
                   " ORDER BY s.starts, s.code")                                                             \
    X(SESSION_ROWS_SINCE,                                                                                    \
      "SELECT s.session FROM session s WHERE s.date >= ? AND (s.opened_at IS NOT NULL OR EXISTS (SELECT 1"   \
      " FROM area a JOIN attendance t ON t.key >= ((a.area << 55) | (s.session << 28)) AND t.key <="         \
      " ((a.area << 55) | (s.session << 28) | 268435455))) ORDER BY s.date, s.code")                         \
    X(SESSION_ALL, "SELECT " SESSION_COLUMNS " FROM session s ORDER BY s.date, s.code")                      \
    X(SESSION_ANY_DUE, "SELECT 1 FROM session s WHERE s.opened_at IS NULL AND " SESSION_IS_DUE " LIMIT 1")   \
    X(SESSION_ADD,                                                                                           \
      "INSERT INTO session (code, kind, title, org, starts, ends, date, month, minutes, makeup_until,"       \
      " window_before, window_after, late_after, early_before, presence_permille, pass_score, rule_version," \
      " makeup_stated, unit, unit_tenths, unit_version)"                                                     \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                             \
    X(SESSION_SET,                                                                                           \
      "UPDATE session SET kind = ?2, title = ?3, org = ?4, starts = ?5, ends = ?6, date = ?7, month = ?8,"   \
      " minutes = ?9, makeup_until = ?10, window_before = ?11, window_after = ?12, late_after = ?13,"        \
      " early_before = ?14, presence_permille = ?15, pass_score = ?16, rule_version = ?17,"                  \
      " makeup_stated = ?18, unit = ?19, unit_tenths = ?20, unit_version = ?21 WHERE code = ?1")             \
    X(SESSION_OPEN, "UPDATE session SET opened_at = ? WHERE session = ?")                                    \
    X(SESSION_LONGEST, "SELECT max(ends - starts) FROM session")                                             \
    X(SESSION_WIDEST, "SELECT max(max(window_before, window_after)) FROM session")                           \
    X(SESSION_POINT_ANY, "SELECT 1 FROM session_point WHERE session = ? LIMIT 1")                            \
    X(SESSION_POINT_HAS, "SELECT 1 FROM session_point WHERE session = ? AND point = ?")                      \
    X(SESSION_POINTS, "SELECT point FROM session_point WHERE session = ? ORDER BY ordinal")                  \
    X(SESSION_POINT_CLEAR, "DELETE FROM session_point WHERE session = ?")                                    \
    X(SESSION_POINT_ADD, "INSERT INTO session_point VALUES (?, ?, ?)")                                       \
    X(INVITATION_HAS, "SELECT 1 FROM invitation WHERE session = ? AND member = ?")                           \
    X(INVITATION_ADD, "INSERT INTO invitation VALUES (?, ?)")                                                \
    X(INVITATION_OF, "SELECT member FROM invitation WHERE session = ? ORDER BY member")                      \
    /* the path of an event */                                                                               \
    X(STREAM_FIND, "SELECT stream, through, chain, voids FROM stream WHERE terminal = ? AND epoch = ?")      \
    X(STREAM_ADD,                                                                                            \
      "INSERT INTO stream (area, terminal, epoch, through, chain, voids) VALUES (?, ?, ?, 0, ?, 0)")         \
    X(STREAM_SAVE, "UPDATE stream SET through = ?2, chain = ?3, voids = ?4 WHERE stream = ?1")               \
    X(STREAM_AHEAD, "SELECT (g.block << 5) | (e.place & 31) FROM " EVENTS_OF_SEGMENTS                        \
                    " WHERE g.stream = ?1 AND g.block >= ?2 >> 5 AND (g.block << 5 | (e.place & 31)) > ?2 "  \
                    "ORDER BY g.block, e.place")                                                             \
    X(OFFICE_EPOCH, "SELECT epoch FROM stream WHERE terminal = 1 ORDER BY stream DESC LIMIT 1")              \
    X(SEGMENT_FIND, "SELECT base FROM segment WHERE stream = ? AND block = ?")                               \
    X(SEGMENT_LAST, "SELECT base FROM segment WHERE base <= ? ORDER BY base DESC LIMIT 1")                   \
    X(SEGMENT_ADD, "INSERT INTO segment VALUES (?, ?, ?)")                                                   \
    X(EVENT_ADD, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                        \
    X(EVENT_GET,                                                                                             \
      "SELECT form, session, member, point, at, body FROM event WHERE place = " EVENT_PLACE("?1"))           \
    X(EVENT_RESOLVE, "UPDATE event SET session = ?2, member = ?3 WHERE place = " EVENT_PLACE("?1"))          \
    X(PARKED_ADD, "INSERT OR REPLACE INTO parked VALUES (?, ?)")                                             \
    X(PARKED_DROP, "DELETE FROM parked WHERE key = ?")                                                       \
    X(PARKED_ALL, "SELECT key FROM parked")                                                                  \
    X(LOOSE_BETWEEN, "SELECT " EVENT_KEY " FROM " EVENTS_WITH_KEYS                                           \
                     " WHERE (e.form & 4096) <> 0 AND e.at >= ? AND e.at <= ?")                              \
    X(LOOSE_ALL, "SELECT " EVENT_KEY " FROM " EVENTS_WITH_KEYS " WHERE (e.form & 4096) <> 0")                \
    X(CARDS_OF_SESSION,                                                                                      \
      "SELECT " EVENT_KEY " FROM " EVENTS_WITH_KEYS " WHERE (e.form & 8192) <> 0 AND e.session = ?")         \
    X(CARDS_SINCE,                                                                                           \
      "SELECT " EVENT_KEY " FROM session s JOIN event e ON e.session = s.session AND (e.form & 8192) <> 0 "  \
      "JOIN segment g ON g.base = (e.place & ~31) WHERE s.date >= ?")                                        \
    X(VOIDED_HAS, "SELECT 1 FROM voided WHERE key = ?")                                                      \
    X(VOIDED_ADD, "INSERT OR IGNORE INTO voided VALUES (?, ?, ?)")                                           \
    X(QUARANTINE_ADD,                                                                                        \
      "INSERT INTO quarantine (received, topic, terminal, epoch, stream, seq, reason, path, state, payload)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)")                                                         \
    X(QUARANTINE_HAS,                                                                                        \
      "SELECT 1 FROM quarantine WHERE stream = ? AND seq = ? AND reason = ? AND payload = ?")                \
    X(QUARANTINE_REASON, "SELECT reason FROM quarantine WHERE stream = ? AND seq = ? AND reason <> "         \
                         "'conflict' ORDER BY id LIMIT 1")                                                   \
    X(QUARANTINE_ALL, "SELECT id, received, topic, terminal, epoch, seq, reason, path, state, payload FROM " \
                      "quarantine ORDER BY id")                                                              \
    X(QUARANTINE_OPEN,                                                                                       \
      "SELECT id, received, topic, terminal, epoch, seq, reason, path, state, payload FROM quarantine"       \
      " WHERE state = 'open' ORDER BY id")                                                                   \
    X(QUARANTINE_GET, "SELECT id, received, topic, terminal, epoch, seq, reason, path, state, payload FROM " \
                      "quarantine WHERE id = ?")                                                             \
    X(QUARANTINE_MARK, "UPDATE quarantine SET state = ? WHERE id = ?")                                       \
    X(ATTENDANCE_GET, "SELECT key, org, duty, facts FROM attendance WHERE key = ?")                          \
    X(ATTENDANCE_ADD, "INSERT INTO attendance VALUES (?, ?, ?, ?)")                                          \
    X(ATTENDANCE_SET, "UPDATE attendance SET org = ?2, duty = ?3, facts = ?4 WHERE key = ?1")                \
    X(ATTENDANCE_SET_FACTS, "UPDATE attendance SET facts = ?2 WHERE key = ?1")                               \
    X(ATTENDANCE_DROP, "DELETE FROM attendance WHERE key = ?")                                               \
    X(ATTENDANCE_OF_SESSION,                                                                                 \
      "SELECT key, org, duty, facts FROM attendance WHERE key >= ? AND key <= ? ORDER BY key")               \
    X(AREA_ALL, "SELECT area, code FROM area ORDER BY area")                                                 \
    X(TALLY_ADD, "UPDATE tally SET expected = expected + ?2, exempt = exempt + ?3, present = present + ?4, " \
                 "late = late + ?5, left_early = left_early + ?6, home = home + ?7, makeup = makeup + ?8, "  \
                 "leave = leave + ?9, unmet = unmet + ?10, checked = checked + ?11, passed = passed + ?12, " \
                 "not_found = not_found + ?13, minutes = minutes + ?14 WHERE key = ?1")                      \
    X(TALLY_NEW, "INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                      \
    X(TALLY_OF_SESSION, "SELECT key, " TALLY_COLUMNS " FROM tally WHERE key >= ? AND key <= ?")              \
    X(GUEST_ADD,                                                                                             \
      "INSERT INTO guest VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count")   \
    X(GUEST_DROP, "DELETE FROM guest WHERE session = ? AND area IN (SELECT area FROM area)")                 \
    X(GUEST_OF_SESSION, "SELECT host, home, count FROM guest WHERE area = ? AND session = ? AND count <> 0") \
    X(CREDIT_ADD_M1, "UPDATE credit SET m1 = m1 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M2, "UPDATE credit SET m2 = m2 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M3, "UPDATE credit SET m3 = m3 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M4, "UPDATE credit SET m4 = m4 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M5, "UPDATE credit SET m5 = m5 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M6, "UPDATE credit SET m6 = m6 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M7, "UPDATE credit SET m7 = m7 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M8, "UPDATE credit SET m8 = m8 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M9, "UPDATE credit SET m9 = m9 + ? WHERE key = ?")                                          \
    X(CREDIT_ADD_M10, "UPDATE credit SET m10 = m10 + ? WHERE key = ?")                                       \
    X(CREDIT_ADD_M11, "UPDATE credit SET m11 = m11 + ? WHERE key = ?")                                       \
    X(CREDIT_ADD_M12, "UPDATE credit SET m12 = m12 + ? WHERE key = ?")                                       \
    X(SESSION_UNCREDITED, "SELECT " SESSION_COLUMNS " FROM session s WHERE s.credited <= 268435455 AND"      \
                          " s.ends <= ? ORDER BY s.starts, s.code LIMIT 1")                                  \
    X(SESSIONS_UNCREDITED, "SELECT " SESSION_COLUMNS " FROM session s WHERE s.credited <= 268435455 AND"     \
                           " s.starts >= ? AND s.starts < ?")                                                \
    X(SESSION_SET_CREDITED, "UPDATE session SET credited = ? WHERE session = ?")                             \
    X(ATTENDANCE_KEY_AFTER,                                                                                  \
      "SELECT key FROM attendance WHERE key >= ? AND key <= ? ORDER BY key LIMIT 1 OFFSET ?")                \
    X(CREDIT_NEW, "INSERT INTO credit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                       \
    X(CREDIT_GET, "SELECT m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12 FROM credit WHERE key = ?")      \
    X(COVERAGE_ADD, "INSERT INTO coverage VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET events = events + "     \
                    "excluded.events, seen = seen + excluded.seen")                                          \
    X(COVERAGE_OF_SESSION, "SELECT key, events, seen FROM coverage WHERE key >= ? AND key <= ?")             \
    X(CLOSING_ADD, "INSERT OR REPLACE INTO closing VALUES (?, ?, ?)")                                        \
    X(CLOSING_DROP, "DELETE FROM closing WHERE place = ? AND event = ?")                                     \
    X(CLOSING_OF_SESSION, "SELECT place, count FROM closing WHERE place >= ? AND place <= ? AND NOT EXISTS " \
                          "(SELECT 1 FROM voided v WHERE v.key = event)")                                    \
    X(BATCH_LINE_HAS, "SELECT seq FROM batch_line WHERE batch = ? AND line = ?")                             \
    X(BATCH_LINE_ADD, "INSERT INTO batch_line VALUES (?, ?, ?, ?, ?)")                                       \
    /* queries */                                                                                            \
    X(STREAM_GAPS,                                                                                           \
      "WITH gap AS MATERIALIZED (SELECT st.stream, st.through, t.point FROM stream st JOIN terminal t ON "   \
      "t.terminal = st.terminal WHERE EXISTS (SELECT 1 FROM " EVENTS_BEYOND_THROUGH "))"                     \
      " SELECT c.place FROM gap JOIN closing c ON c.place >= ?1 AND c.place <= ?2 WHERE NOT EXISTS (SELECT"  \
      " 1 FROM voided v WHERE v.key = c.event) AND CASE WHEN gap.stream = (c.event >> 31 & 16777215) THEN "  \
      "(c.event & 2147483647) > gap.through ELSE gap.point = (c.place & 268435455) END")                     \
    X(ORG_NAME, "SELECT o.code, t.name FROM org o JOIN org_state t ON t.org = o.org WHERE o.org = ?1 ORDER " \
                "BY t.from_date <= ?2 DESC, abs(t.from_date - ?2) LIMIT 1")                                  \
    X(RECORD_SESSIONS,                                                                                       \
      "SELECT " SESSION_COLUMNS " FROM session s WHERE s.starts >= ?2 AND s.starts < ?3 AND s.session IN ("  \
      " SELECT i.session FROM invitation i WHERE i.member = ?1"                                              \
      " UNION SELECT (a.key >> 28 & 134217727) FROM attendance a WHERE (a.key & 268435455) = ?1 AND a.duty " \
      "= 0"                                                                                                  \
      " UNION SELECT q.session FROM session q WHERE q.starts >= ?2 AND q.starts < ?3 AND q.org IN ("         \
      "  WITH RECURSIVE up(org) AS (SELECT org FROM member_state WHERE member = ?1"                          \
      "   UNION SELECT t.parent FROM org_state t JOIN up ON t.org = up.org WHERE t.parent IS NOT NULL)"      \
      "  SELECT org FROM up)) ORDER BY s.starts, s.code")                                                    \
    X(EVENTS_BY_ARRIVAL,                                                                                     \
      "SELECT " EVENT_KEY                                                                                    \
      ", e.form, e.session, e.member, e.point, e.at, e.received, e.body, t.name, st.epoch FROM stream st "   \
      "JOIN terminal t ON t.terminal = st.terminal CROSS JOIN segment g ON g.stream = st.stream CROSS JOIN " \
      "event e ON e.place BETWEEN g.base AND g.base + 31 WHERE (?1 IS NULL OR t.name = ?1) AND (?2 IS NULL " \
      "OR e.session IS NULL OR e.session = ?2) AND (?3 IS NULL OR e.member IS NULL OR e.member = ?3) ORDER " \
      "BY e.received, 1")                                                                                    \
    X(PARKED_GET, "SELECT reason FROM parked WHERE key = ?")                                                 \
    X(SEEN_AT_POINT,                                                                                         \
      "SELECT 1 FROM terminal t JOIN stream st ON st.terminal = t.terminal CROSS JOIN segment g ON "         \
      "g.stream = st.stream CROSS JOIN event e ON e.place BETWEEN g.base AND g.base + 31 WHERE t.point = "   \
      "?1 AND e.point = ?1 AND e.member = ?2 AND e.at BETWEEN ?3 AND ?4 AND e.form & 15 <= 1 AND e.form & "  \
      "2048 = 0 LIMIT 1") /* in or out, not refused: see event_form.h */                                     \
    X(CHAIN_EVENTS, "SELECT (g.block << 5) | (e.place & 31), e.form, e.session, e.member, e.at, e.body, "    \
                    "e.received FROM " EVENTS_OF_SEGMENTS " WHERE g.stream = ? ORDER BY g.block, e.place")   \
    X(EVENT_AFTER,                                                                                           \
      "SELECT e.place, " EVENT_KEY " FROM " EVENTS_WITH_KEYS " WHERE e.place > ? ORDER BY e.place LIMIT ?")  \
    X(COVERAGE_SET, "INSERT OR REPLACE INTO coverage VALUES (?, ?, ?)")                                      \
    X(CLOSING_GET, "SELECT count FROM closing WHERE place = ? AND event = ?")                                \
    X(COVERAGE_ALL, "SELECT key, events, seen FROM coverage")                                                \
    X(CREDIT_ALL, "SELECT key, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12 FROM credit")               \
    X(SCRATCH_ADD, "INSERT INTO temp.scratch VALUES (?, ?, ?, ?, ?)")                                        \
    X(SCRATCH_OF_SESSION,                                                                                    \
      "SELECT member, fact FROM temp.scratch WHERE session = ? ORDER BY member, stream, seq")                \
    X(STREAM_ALL, "SELECT st.stream, st.area, t.name, st.epoch, st.through, st.chain FROM stream st"         \
                  " JOIN terminal t ON t.terminal = st.terminal ORDER BY t.name, st.epoch")

#define STATEMENT_ENUM(name, text) SQL_##name,
typedef enum StatementId {
    STATEMENT_LIST(STATEMENT_ENUM) AUDIT_STATEMENT_LIST(STATEMENT_ENUM) LIST_STATEMENT_LIST(STATEMENT_ENUM)
        MONTH_STATEMENT_LIST(STATEMENT_ENUM) SESSION_STATEMENT_LIST(STATEMENT_ENUM)
            SHEET_STATEMENT_LIST(STATEMENT_ENUM) PAPER_STATEMENT_LIST(STATEMENT_ENUM)
                RULE_STATEMENT_LIST(STATEMENT_ENUM) PRIVACY_STATEMENT_LIST(STATEMENT_ENUM) SQL_COUNT
} StatementId;
#undef STATEMENT_ENUM

extern const char *const statement_texts[SQL_COUNT];
