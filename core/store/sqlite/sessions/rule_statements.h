#pragma once
// Statements about rules and points; part of the statement table (statements.h).

#define RULE_STATEMENT_LIST(X)                                                                            \
    X(RULE_ALL, "SELECT name, version, kind, from_date, key, value, source, note FROM rule"               \
                " ORDER BY name, version, ordinal")                                                       \
    X(RULE_DROP, "DELETE FROM rule WHERE name = ? AND version = ?")                                       \
    X(RULE_ADD, "INSERT INTO rule VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")                                    \
    X(RULE_SESSIONS, "SELECT session FROM session WHERE date >= ? ORDER BY session")                      \
    X(RULE_SESSION_SET,                                                                                   \
      "UPDATE session SET minutes = ?2, makeup_until = ?3, window_before = ?4, window_after = ?5,"        \
      " late_after = ?6, early_before = ?7, presence_permille = ?8, pass_score = ?9, rule_version = ?10," \
      " unit_version = ?11 WHERE session = ?1")                                                           \
    X(RULE_MONTHS, "SELECT 1 FROM month_revision WHERE month >= ? AND month <= ? LIMIT 1")                \
    X(REDEMPTION_ADD, "INSERT INTO redemption (member, at, who, points, why) VALUES (?, ?, ?, ?, ?)")     \
    X(REDEMPTION_OF, "SELECT at, who, points, why FROM redemption WHERE member = ? ORDER BY id")
