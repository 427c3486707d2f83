// The outbox's schema and its statements, in one place. `events` is keyed by the sequence number alone, since
// an outbox holds one epoch of one terminal.
#include "core/store/outbox/outbox_private.h"

const char *const outbox_steps[OUTBOX_STEP_COUNT] = {
    "CREATE TABLE meta ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " terminal TEXT NOT NULL,"
    " epoch TEXT NOT NULL,"
    " through INTEGER NOT NULL DEFAULT 0,"
    " store TEXT NOT NULL DEFAULT '',"
    " generation INTEGER NOT NULL DEFAULT 0,"
    " plan TEXT NOT NULL DEFAULT '',"
    " chain_error INTEGER NOT NULL DEFAULT -1,"
    " online INTEGER NOT NULL DEFAULT 0,"
    " seals INTEGER NOT NULL DEFAULT 0" // outbox_seal()
    ") STRICT;"
    "CREATE TABLE events ("
    " seq INTEGER PRIMARY KEY,"
    " object TEXT NOT NULL," // as it is sent
    " chain BLOB NOT NULL,"  // after this event
    " kind TEXT NOT NULL,"
    " session TEXT, member TEXT, card TEXT,"
    " of INTEGER NOT NULL DEFAULT 0,"
    " at INTEGER NOT NULL,"
    " recorded_at INTEGER NOT NULL,"
    " refused TEXT,"
    " received_at INTEGER"
    ") STRICT;"
    "CREATE TABLE plan_sessions ("
    " session TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL,"
    " starts INTEGER NOT NULL, ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE plan_members (member TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE plan_cards (card TEXT PRIMARY KEY, member TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE plan_checks (session TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (session, member))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE alarms (code TEXT PRIMARY KEY, detail TEXT NOT NULL, since INTEGER NOT NULL) STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX events_refused ON events (seq) WHERE refused IS NOT NULL;"
    "CREATE INDEX events_check ON events (seq) WHERE kind = 'check';"
    "CREATE INDEX events_void ON events (of) WHERE kind = 'void';",
};
const char *const outbox_sql[OUTBOX_SQL_COUNT] = {
    [OUTBOX_SQL_META_GET] =
        "SELECT terminal, epoch, through, store, generation, plan, chain_error FROM meta WHERE id = 1",
    [OUTBOX_SQL_META_RECEIPT] =
        "UPDATE meta SET through = ?1, store = ?2, generation = ?3, chain_error = ?4 WHERE id = 1",
    [OUTBOX_SQL_META_PLAN] = "UPDATE meta SET plan = ?1 WHERE id = 1",
    [OUTBOX_SQL_LAST] = "SELECT seq, chain FROM events ORDER BY seq DESC LIMIT 1",
    [OUTBOX_SQL_OLDEST] = "SELECT seq FROM events ORDER BY seq LIMIT 1",
    [OUTBOX_SQL_ADD] =
        "INSERT INTO events (seq, object, chain, kind, session, member, card, of, at, recorded_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [OUTBOX_SQL_EACH] =
        "SELECT seq, object, kind, session, member, card, of, at, recorded_at, refused, received_at"
        " FROM events WHERE seq >= ?1 ORDER BY seq",
    [OUTBOX_SQL_SINCE] = "SELECT seq FROM events WHERE recorded_at >= ?1 ORDER BY seq LIMIT 1",
    [OUTBOX_SQL_CHAIN] = "SELECT chain FROM events WHERE seq = ?1",
    [OUTBOX_SQL_COUNT_PENDING] =
        "SELECT count(*), (SELECT recorded_at FROM events WHERE seq > ?1 ORDER BY seq LIMIT 1)"
        " FROM events WHERE seq > ?1",
    [OUTBOX_SQL_COUNT_REFUSED] = "SELECT count(*) FROM events WHERE refused IS NOT NULL",
    [OUTBOX_SQL_MARK] =
        "UPDATE events SET received_at = ?3 WHERE seq > ?1 AND seq <= ?2 AND received_at IS NULL",
    [OUTBOX_SQL_UNMARK] = "UPDATE events SET received_at = NULL WHERE seq > ?1",
    [OUTBOX_SQL_REFUSE] = "UPDATE events SET refused = ?2 WHERE seq = ?1 AND refused IS NOT ?2",
    [OUTBOX_SQL_PRUNE] =
        "DELETE FROM events WHERE seq < ?1 AND seq < ?3 AND seq < (SELECT coalesce(min(seq), ?1)"
        " FROM events WHERE received_at IS NULL OR received_at >= ?2)",
    [OUTBOX_SQL_PLAN_CLEAR_SESSIONS] = "DELETE FROM plan_sessions",
    [OUTBOX_SQL_PLAN_CLEAR_MEMBERS] = "DELETE FROM plan_members",
    [OUTBOX_SQL_PLAN_CLEAR_CARDS] = "DELETE FROM plan_cards",
    [OUTBOX_SQL_PLAN_CLEAR_CHECKS] = "DELETE FROM plan_checks",
    [OUTBOX_SQL_PLAN_PUT_SESSION] = "INSERT OR REPLACE INTO plan_sessions VALUES (?1, ?2, ?3, ?4, ?5)",
    [OUTBOX_SQL_PLAN_PUT_MEMBER] = "INSERT OR REPLACE INTO plan_members VALUES (?1, ?2)",
    [OUTBOX_SQL_PLAN_PUT_CARD] = "INSERT OR REPLACE INTO plan_cards VALUES (?1, ?2)",
    [OUTBOX_SQL_PLAN_PUT_CHECK] = "INSERT OR REPLACE INTO plan_checks VALUES (?1, ?2)",
    [OUTBOX_SQL_PLAN_CHECKS] = // a scan without a session is of the one in whose window it lies
    "SELECT c.session, c.member, EXISTS (SELECT 1 FROM events e WHERE e.kind = 'check'"
    "  AND (e.session = c.session OR (e.session IS NULL AND e.at BETWEEN s.starts - ?1 AND s.ends + ?1))"
    "  AND (e.member = c.member OR e.card IN (SELECT k.card FROM plan_cards k WHERE k.member = c.member))"
    "  AND NOT EXISTS (SELECT 1 FROM events v WHERE v.kind = 'void' AND v.of = e.seq))"
    " FROM plan_checks c JOIN plan_sessions s ON s.session = c.session"
    " ORDER BY s.starts, c.session, c.member",
    [OUTBOX_SQL_PLAN_SESSIONS] = "SELECT session, title, kind, starts, ends FROM plan_sessions"
                                 " WHERE ends >= ?1 AND starts <= ?2 ORDER BY starts, session",
    [OUTBOX_SQL_PLAN_MEMBERS] = "SELECT member, name FROM plan_members ORDER BY member",
    [OUTBOX_SQL_PLAN_HOLDER] = "SELECT member FROM plan_cards WHERE card = ?1",
    [OUTBOX_SQL_ALARM_SET] = "INSERT INTO alarms VALUES (?1, ?2, ?3)"
                             " ON CONFLICT (code) DO UPDATE SET detail = ?2 WHERE detail <> ?2",
    [OUTBOX_SQL_ALARM_CLEAR] = "DELETE FROM alarms WHERE code = ?1",
    [OUTBOX_SQL_ALARM_CLEAR_ALL] = "DELETE FROM alarms WHERE code <> 'chain-differs'",
    [OUTBOX_SQL_ALARMS] = "SELECT code, detail, since FROM alarms ORDER BY code",
    [OUTBOX_SQL_ONLINE_SET] = "UPDATE meta SET online = ?1 WHERE id = 1",
    [OUTBOX_SQL_ONLINE_GET] = "SELECT online FROM meta WHERE id = 1",
};
