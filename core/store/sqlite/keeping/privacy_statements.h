#pragma once
// Statements about the care for personal data; part of the statement table (statements.h).

// Who has had a home, and none since the day.
#define FORMER_MEMBERS                                                                                       \
    "FROM member m WHERE m.member NOT IN (SELECT member FROM erased) AND ?1 IS NOT NULL AND EXISTS (SELECT " \
    "1 FROM member_state s WHERE s.member = m.member) AND NOT EXISTS (SELECT 1 FROM member_state s WHERE "   \
    "s.member = m.member AND s.from_date <= coalesce(s.to_date, s.from_date) AND (s.to_date IS NULL OR "     \
    "s.to_date >= ?2))"

#define PRIVACY_STATEMENT_LIST(X)                                                                            \
    X(CARD_ANY, "SELECT 1 FROM card LIMIT 1")                                                                \
    X(CARD_KEY_GET, "SELECT mark, path FROM card_key")                                                       \
    X(CARD_KEY_DROP, "DELETE FROM card_key")                                                                 \
    X(CARD_KEY_PUT, "INSERT INTO card_key VALUES (?, ?)")                                                    \
    X(READING_ADD, "INSERT INTO reading (at, who, what, member) VALUES (?, ?, ?, ?)")                        \
    X(READING_OF,                                                                                            \
      "SELECT at, who, what FROM reading WHERE member = ?1 AND (?2 IS NULL OR at >= ?2) AND (?3 IS NULL OR " \
      "at < ?3) ORDER BY id")                                                                                \
    X(ERASED_AT, "SELECT at FROM erased WHERE member = ?")                                                   \
    X(ERASED_ADD, "INSERT INTO erased VALUES (?, ?)")                                                        \
    X(REDACTED_GET, "SELECT chain FROM redacted WHERE key = ?")                                              \
    X(REDACTED_ADD, "INSERT OR REPLACE INTO redacted VALUES (?, ?)")                                         \
    X(REDACTED_ANY, "SELECT 1 FROM redacted LIMIT 1")                                                        \
    X(EVENT_SET_BODY, "UPDATE event SET form = ?2, body = ?3 WHERE place = " EVENT_PLACE("?1"))              \
    X(EVENTS_WITH_BODY,                                                                                      \
      "SELECT " EVENT_KEY ", e.form, e.member, e.body, st.through, t.name FROM " EVENTS_WITH_KEYS            \
      " JOIN stream st ON st.stream = g.stream JOIN terminal t ON t.terminal = st.terminal WHERE e.body IS " \
      "NOT NULL ORDER BY g.stream, g.block, e.place")                                                        \
    X(CARDS_SEALED, "SELECT card, sealed FROM card WHERE member = ?")                                        \
    X(CARDS_DROP, "DELETE FROM card WHERE member = ?")                                                       \
    X(EXEMPTIONS_BLANK, "UPDATE exemption SET reason = '' WHERE member = ? AND reason <> ''")                \
    X(MEMBER_STATES_END,                                                                                     \
      "UPDATE member_state SET to_date = ?2 WHERE member = ?1 AND from_date <= ?2 AND (to_date IS NULL OR "  \
      "to_date > ?2)")                                                                                       \
    X(OBJECTIONS_BLANK, "UPDATE objection SET text = '' WHERE member = ?")                                   \
    X(ANSWERS_BLANK, "UPDATE objection_answer SET text = '' WHERE objection IN (SELECT objection FROM "      \
                     "objection WHERE member = ?)")                                                          \
    X(LEAVES_BLANK, "UPDATE leave_request SET why = '' WHERE member = ?")                                    \
    X(DECISIONS_BLANK, "UPDATE leave_decision SET why = '' WHERE request IN (SELECT request FROM "           \
                       "leave_request WHERE member = ?)")                                                    \
    X(QUARANTINE_NAMING, "SELECT id, payload FROM quarantine")                                               \
    X(QUARANTINE_SET_PAYLOAD, "UPDATE quarantine SET payload = ?2 WHERE id = ?1")                            \
    X(AUDIT_NAMING, "SELECT id FROM audit WHERE instr(why, ?1) > 0 OR instr(detail, ?1) > 0 OR "             \
                    "instr(subject, ?1) > 0")                                                                \
    X(AUDIT_REDACT,                                                                                          \
      "UPDATE audit SET why = replace(why, ?2, '*'), detail = replace(detail, ?2, '*'), subject = "          \
      "replace(subject, ?2, '*') WHERE id = ?1")                                                             \
    X(AUDIT_ERASURES, "SELECT detail FROM audit WHERE action = 'person-erase' AND id > ?")                   \
    X(TRIGGERS, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")                                \
    X(RETENTION_ALL, "SELECT what, days, source FROM retention ORDER BY what")                               \
    X(RETENTION_SET, "UPDATE retention SET days = ?2, source = ?3 WHERE what = ?1")                          \
    X(FORMER_COUNT, "SELECT count(*) " FORMER_MEMBERS)                                                       \
    X(FORMER_NEXT, "SELECT m.code " FORMER_MEMBERS " LIMIT 1")                                               \
    X(QUARANTINE_OLD,                                                                                        \
      "SELECT count(*) FROM quarantine WHERE state <> 'open' AND received < ? AND length(payload) > 0")      \
    X(QUARANTINE_EMPTY,                                                                                      \
      "UPDATE quarantine SET payload = x'' WHERE state <> 'open' AND received < ? AND length(payload) > 0")  \
    X(READING_OLD, "SELECT count(*) FROM reading WHERE at < ?")                                              \
    X(READING_DROP, "DELETE FROM reading WHERE at < ?")
