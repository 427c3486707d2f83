#pragma once
// Statements about the audit log; part of the statement table (statements.h).

#define AUDIT_STATEMENT_LIST(X)                                                                            \
    X(AUDIT_LAST, "SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1")                                  \
    X(AUDIT_ADD, "INSERT INTO audit (id, at, who, action, subject, why, detail, chain)"                    \
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                                       \
    X(AUDIT_ALL, "SELECT id, at, who, action, subject, why, detail, chain FROM audit ORDER BY id")         \
    X(AUDIT_SOME,                                                                                          \
      "SELECT id, at, who, action, subject, why, detail FROM audit WHERE (?1 IS NULL OR at >= ?1)"         \
      " AND (?2 IS NULL OR at < ?2) AND (?3 IS NULL OR instr(who, ?3) > 0) AND (?4 IS NULL OR action = ?4" \
      " OR substr(action, 1, length(?4) + 1) = ?4 || '-') AND (?5 IS NULL OR instr(subject, ?5) > 0)"      \
      " ORDER BY id")
