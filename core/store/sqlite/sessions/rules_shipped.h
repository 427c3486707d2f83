#pragma once
// The tables of rules and points, and the rules as they are shipped: version 1 of each, from the beginning,
// examples for a site to confirm. The numbers are those of the model.
#include "core/model/roster.h"
#include "core/model/session.h"

#define RULE_QUOTE_(value) #value
#define RULE_QUOTE(value) RULE_QUOTE_(value)
#define RULE_ROW(name, ordinal, key, value, note)                                             \
    "INSERT INTO rule VALUES ('" name "', 1, " #ordinal ", '" name "', 0, '" key "', '" value \
    "', 'studyday-rules(7)', '" note "');"
#define RULE_EXAMPLE "shipped example, to be confirmed"

#define RULES_SCHEMA                                                                                  \
    "CREATE TABLE rule (name TEXT NOT NULL, version INTEGER NOT NULL, ordinal INTEGER NOT NULL,"      \
    "  kind TEXT NOT NULL, from_date INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"       \
    "  source TEXT NOT NULL, note TEXT, PRIMARY KEY (name, version, ordinal)) STRICT, WITHOUT ROWID;" \
    "CREATE TABLE redemption (id INTEGER PRIMARY KEY, member INTEGER NOT NULL, at INTEGER NOT NULL,"  \
    "  who TEXT NOT NULL, points INTEGER NOT NULL, why TEXT NOT NULL) STRICT;"                        \
    "CREATE INDEX redemption_member ON redemption (member);"

#define RULES_SHIPPED                                                                          \
    RULE_ROW("session", 1, "window-before", RULE_QUOTE(SESSION_WINDOW_MINUTES), "R1, minutes") \
    RULE_ROW("session", 2, "window-after", RULE_QUOTE(SESSION_WINDOW_MINUTES), "R1, minutes")  \
    RULE_ROW("session", 3, "late-after", RULE_QUOTE(SESSION_LATE_MINUTES), "minutes")          \
    RULE_ROW("session", 4, "early-before", RULE_QUOTE(SESSION_EARLY_MINUTES), "minutes")       \
    RULE_ROW("session", 5, "presence-permille", RULE_QUOTE(SESSION_PRESENCE_PERMILLE), "R14")  \
    RULE_ROW("session", 6, "makeup-days", RULE_QUOTE(SESSION_MAKEUP_DAYS), "days")             \
    RULE_ROW("session", 7, "pass-score", RULE_QUOTE(SESSION_PASS_SCORE), "R26")                \
    RULE_ROW("target", 1, "member", RULE_QUOTE(TARGET_MEMBER_MINUTES), "R17, minutes")         \
    RULE_ROW("target", 2, "secretary", RULE_QUOTE(TARGET_LEADER_MINUTES), "R17, minutes")      \
    RULE_ROW("target", 3, "committee", RULE_QUOTE(TARGET_LEADER_MINUTES), "R17, minutes")      \
    RULE_ROW("needs-class", 1, "member", "no", "R17")                                          \
    RULE_ROW("needs-class", 2, "secretary", "yes", "R17")                                      \
    RULE_ROW("needs-class", 3, "committee", "yes", "R17")                                      \
    RULE_ROW("conversion", 1, "day", "480", RULE_EXAMPLE)                                      \
    RULE_ROW("conversion", 2, "half-day", "240", RULE_EXAMPLE)                                 \
    RULE_ROW("conversion", 3, "clock-hour", "60", RULE_EXAMPLE)                                \
    RULE_ROW("conversion", 4, "class-hour", "45", RULE_EXAMPLE)                                \
    RULE_ROW("conversion", 5, "online-lesson", "30", RULE_EXAMPLE)                             \
    RULE_GRADE_ROW(1, "figure", "overall")                                                     \
    RULE_GRADE_ROW(2, "A", "950")                                                              \
    RULE_GRADE_ROW(3, "B", "900")                                                              \
    RULE_GRADE_ROW(4, "C", "800")                                                              \
    RULE_GRADE_ROW(5, "D", "0")

#define RULE_GRADE_ROW(ordinal, key, value)                                               \
    "INSERT INTO rule VALUES ('example', 1, " #ordinal ", 'grade', 0, '" key "', '" value \
    "', 'studyday-rules(7)', '" RULE_EXAMPLE "');"
