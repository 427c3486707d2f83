#pragma once
// Statements about sheets; part of the statement table (statements.h).

#define SHEET_STATEMENT_LIST(X)                                                                             \
    X(SHEET_READ,                                                                                           \
      "SELECT body FROM month_sheet WHERE month = ? AND begins = ? AND ends = ? AND body NOTNULL")          \
    X(SHEET_BEGIN, "INSERT OR REPLACE INTO month_sheet VALUES (?, ?, ?, NULL)")                             \
    X(SHEET_BEGUN, "SELECT 1 FROM month_sheet WHERE month = ? AND body ISNULL")                             \
    X(SHEET_SAVE, "UPDATE month_sheet SET body = ?2 WHERE month = ?1 AND body ISNULL")                      \
    X(SHEET_DROP, "DELETE FROM month_sheet WHERE month >= ?")                                               \
    X(SHEET_ALL, "SELECT month FROM month_sheet WHERE body NOTNULL ORDER BY month")                         \
    /* closed months are printed from what was stored; the others of a year have one, if anything was on */ \
    X(SHEET_WORN,                                                                                           \
      "DELETE FROM month_sheet WHERE month <= ? OR month IN (SELECT month FROM month WHERE closed = 1)")    \
    X(SHEET_WANTED,                                                                                         \
      "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM month_sheet WHERE month = ?1 AND body NOTNULL)"             \
      " AND NOT EXISTS (SELECT 1 FROM month WHERE month = ?1 AND closed = 1)"                               \
      " AND (?2 OR EXISTS (SELECT 1 FROM session WHERE month = ?1))")
