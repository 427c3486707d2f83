#include "core/store/sqlite/keeping/privacy_schema.h"
#include "core/store/sqlite/sessions/rules_shipped.h"
#include "core/store/sqlite/store_private.h"

// The schema, as numbered migrations: step i brings user_version i to i + 1. A step that was released is
// never edited.
//
// What an arriving event touches is ordered by packed keys (keys.h), so that today's rows lie together. A
// member has one area, the shard that keeps its record; `area` leads every key that a distributed store would
// spread.
//
// An event stands in the log at segment.base plus its offset within a block of its stream (keys.h); the view
// event_key tells where each one stands.
//
// event.form packs the enumerations and flags of an event (event_form.h). event.body is NULL where the
// canonical bytes follow from the columns alone, which is so for nearly every check-in.
//
// member_code answers "which member, which shard" with one probe, for every event that arrives.
//
// attendance.facts holds what the fold needs of the pair's events (facts.h); what the fold makes of them is
// not stored but folded again when it is read (70 ns), so that a row cannot contradict its events.
// closing.place is the key of a coverage row.
//
// session_point.ordinal is the place in the session's list, which on a route is the order of the visit.
// session_detail holds what only people ask about a session, so that its row, which every event asks for,
// stays narrow.

static const char step_1[] =
    "CREATE TABLE site (one INTEGER PRIMARY KEY CHECK (one = 1), store TEXT NOT NULL, generation INTEGER NOT "
    "NULL,"
    "  roster_version INTEGER NOT NULL, probe INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE area (area INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE org (org INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE org_state (org INTEGER NOT NULL, from_date INTEGER NOT NULL, to_date INTEGER, parent "
    "INTEGER,"
    "  area INTEGER NOT NULL, level INTEGER NOT NULL, sector INTEGER NOT NULL, name TEXT NOT NULL,"
    "  PRIMARY KEY (org, from_date)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX org_state_from ON org_state (from_date);"
    "CREATE INDEX org_state_to ON org_state (to_date) WHERE to_date IS NOT NULL;"
    "CREATE TABLE point (point INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, org INTEGER NOT NULL, name "
    "TEXT NOT NULL,"
    "  place TEXT) STRICT;"
    "CREATE TABLE terminal (terminal INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, area INTEGER NOT NULL, "
    "point INTEGER,"
    // `login`: hash of its credential at the broker. `old_key`: good beside the new one until old_key_until,
    // or until the terminal speaks under the new one.
    "  mac_key BLOB, enrolled_at INTEGER, revoked_at INTEGER, login TEXT, old_key BLOB, old_key_until "
    "INTEGER)"
    " STRICT;"
    "CREATE TABLE member (member INTEGER PRIMARY KEY, area INTEGER NOT NULL, code TEXT NOT NULL,"
    "  name TEXT NOT NULL) STRICT;"
    "CREATE TABLE member_code (code TEXT PRIMARY KEY, member INTEGER NOT NULL, area INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE member_state (member INTEGER NOT NULL, from_date INTEGER NOT NULL, to_date INTEGER, org "
    "INTEGER NOT NULL,"
    "  category INTEGER NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (member, from_date)) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE exemption (member INTEGER NOT NULL, from_date INTEGER NOT NULL, to_date INTEGER, reason "
    "TEXT NOT NULL,"
    "  PRIMARY KEY (member, from_date)) STRICT, WITHOUT ROWID;"
    // `card`: keyed hash of the token; `sealed`: the token under the same key (keeping/cards.c)
    "CREATE TABLE card (card BLOB NOT NULL, from_date INTEGER NOT NULL, to_date INTEGER, member INTEGER NOT "
    "NULL,"
    "  sealed BLOB NOT NULL, PRIMARY KEY (card, from_date)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX card_member ON card (member, from_date);"
    "CREATE TABLE session (session INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, kind "
    "INTEGER NOT NULL, "
    "title TEXT NOT NULL,"
    "  org INTEGER NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL, date INTEGER NOT NULL, month "
    "INTEGER NOT NULL,"
    "  minutes INTEGER NOT NULL, makeup_until INTEGER NOT NULL, window_before INTEGER NOT NULL, window_after "
    "INTEGER NOT NULL,"
    "  late_after INTEGER NOT NULL, early_before INTEGER NOT NULL, presence_permille INTEGER NOT NULL, "
    "pass_score INTEGER NOT NULL, rule_version INTEGER NOT NULL, makeup_stated INTEGER NOT NULL,"
    "  unit TEXT NOT NULL, unit_tenths INTEGER NOT NULL, unit_version INTEGER NOT NULL, opened_at INTEGER,"
    "  credited INTEGER NOT NULL DEFAULT 0) STRICT;" // members below have theirs in `credit` (credit.c)
    "CREATE INDEX session_starts ON session (starts, code);"
    "CREATE INDEX session_org ON session (org, starts);"
    "CREATE INDEX session_uncredited ON session (starts, code) WHERE credited <= 268435455;"
    "CREATE INDEX session_unopened ON session (starts) WHERE opened_at IS NULL;"
    "CREATE TABLE session_point (session INTEGER NOT NULL, point INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
    "  PRIMARY KEY (session, point)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE session_detail (session INTEGER PRIMARY KEY, activity TEXT NOT NULL, organiser INTEGER,"
    "  materials TEXT NOT NULL) STRICT;"
    "CREATE TABLE invitation (session INTEGER NOT NULL, member INTEGER NOT NULL, PRIMARY KEY (session, "
    "member)) STRICT,"
    "  WITHOUT ROWID;"
    "CREATE INDEX invitation_member ON invitation (member, session);"

    "CREATE TABLE stream (stream INTEGER PRIMARY KEY, area INTEGER NOT NULL, terminal INTEGER NOT NULL, "
    "epoch TEXT NOT NULL,"
    "  through INTEGER NOT NULL, chain BLOB NOT NULL, voids INTEGER NOT NULL, UNIQUE (terminal, epoch)) "
    "STRICT;"
    "CREATE TABLE segment (base INTEGER PRIMARY KEY, stream INTEGER NOT NULL, block INTEGER NOT NULL,"
    "  UNIQUE (stream, block)) STRICT;"
    "CREATE TABLE event (place INTEGER PRIMARY KEY, form INTEGER NOT NULL, session INTEGER, member INTEGER,"
    "  point INTEGER, at INTEGER, received INTEGER NOT NULL, body BLOB) STRICT;"
    "CREATE INDEX event_loose ON event (at) WHERE (form & 4096) <> 0;"
    "CREATE INDEX event_card ON event (session) WHERE (form & 8192) <> 0;"
    "CREATE VIEW event_key AS SELECT e.place, " EVENT_KEY " AS key FROM " EVENTS_WITH_KEYS ";"
    "CREATE TABLE parked (key INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;"
    "CREATE TABLE voided (key INTEGER PRIMARY KEY, by_stream INTEGER NOT NULL, by_seq INTEGER NOT NULL) "
    "STRICT;"
    "CREATE TABLE quarantine (id INTEGER PRIMARY KEY, received INTEGER NOT NULL, topic TEXT NOT NULL, "
    "terminal TEXT NOT NULL,"
    "  epoch TEXT NOT NULL, stream INTEGER, seq INTEGER, reason TEXT NOT NULL, path TEXT NOT NULL, state "
    "TEXT NOT NULL,"
    "  payload BLOB NOT NULL) STRICT;"
    "CREATE INDEX quarantine_key ON quarantine (stream, seq) WHERE stream IS NOT NULL;"
    "CREATE INDEX quarantine_open ON quarantine (id) WHERE state = 'open';"

    "CREATE TABLE attendance (key INTEGER PRIMARY KEY, org INTEGER NOT NULL, duty INTEGER NOT NULL, facts "
    "BLOB)"
    "  STRICT;"
    "CREATE INDEX attendance_guest ON attendance (key & 268435455) WHERE duty = 0;"
    "CREATE TABLE tally (key INTEGER PRIMARY KEY, expected INTEGER NOT NULL, exempt INTEGER NOT NULL,"
    "  present INTEGER NOT NULL, late INTEGER NOT NULL, left_early INTEGER NOT NULL, home INTEGER NOT NULL,"
    "  makeup INTEGER NOT NULL, leave INTEGER NOT NULL, unmet INTEGER NOT NULL, checked INTEGER NOT NULL,"
    "  passed INTEGER NOT NULL, not_found INTEGER NOT NULL, minutes INTEGER NOT NULL) STRICT;"
    "CREATE TABLE guest (area INTEGER NOT NULL, session INTEGER NOT NULL, host INTEGER NOT NULL,"
    "  home INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (area, session, host, home))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE credit (key INTEGER PRIMARY KEY, m1 INTEGER NOT NULL, m2 INTEGER NOT NULL, m3 INTEGER NOT "
    "NULL,"
    "  m4 INTEGER NOT NULL, m5 INTEGER NOT NULL, m6 INTEGER NOT NULL, m7 INTEGER NOT NULL, m8 INTEGER NOT "
    "NULL,"
    "  m9 INTEGER NOT NULL, m10 INTEGER NOT NULL, m11 INTEGER NOT NULL, m12 INTEGER NOT NULL) STRICT;"
    "CREATE TABLE coverage (key INTEGER PRIMARY KEY, events INTEGER NOT NULL, seen INTEGER NOT NULL) STRICT;"
    "CREATE TABLE closing (place INTEGER NOT NULL, event INTEGER NOT NULL, count INTEGER NOT NULL,"
    "  PRIMARY KEY (place, event)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE batch_line (batch TEXT NOT NULL, line BLOB NOT NULL, seq INTEGER NOT NULL, who TEXT NOT "
    "NULL, why TEXT NOT NULL, PRIMARY KEY (batch, line)) STRICT,"
    "  WITHOUT ROWID;"
    "CREATE INDEX batch_line_seq ON batch_line (seq);"
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT "
    "NULL,"
    "  subject TEXT NOT NULL, why TEXT NOT NULL, detail TEXT NOT NULL, chain BLOB NOT NULL) STRICT;"
    "INSERT INTO area VALUES (0, 'office');"
    "INSERT INTO terminal (terminal, name, area) VALUES (1, 'office', 0);";

// Closed months. A row of `month` is there from the first closing on; `closed` is 0 after a reopening. What a
// revision holds is said in codes and words, not in numbers of the register, so that nothing changes it
// later. month_pending keeps what a pair was when its month was closed, and what made it change first;
// month_point the points that took part, and their coverage then; month_org what the orgs were that have
// changed since.
//
// month_sheet keeps what a walk over everybody found for a report of an open month (totals/sheet.c).
static const char step_2[] =
    "CREATE TABLE month (month INTEGER PRIMARY KEY, closed INTEGER NOT NULL) STRICT;"
    "CREATE TABLE month_revision (month INTEGER NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL,"
    "  who TEXT NOT NULL, why TEXT NOT NULL, definitions INTEGER NOT NULL, incomplete INTEGER NOT NULL,"
    "  PRIMARY KEY (month, revision)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_row (month INTEGER NOT NULL, revision INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
    "  depth INTEGER NOT NULL, org TEXT NOT NULL, name TEXT NOT NULL, level INTEGER NOT NULL,"
    "  sessions INTEGER NOT NULL, expected INTEGER NOT NULL, exempt INTEGER NOT NULL, "
    "  present INTEGER NOT NULL, late INTEGER NOT NULL, left_early INTEGER NOT NULL, "
    "  makeup INTEGER NOT NULL, home INTEGER NOT NULL, leave INTEGER NOT NULL, "
    "  absent INTEGER NOT NULL, unreported INTEGER NOT NULL, guests INTEGER NOT NULL, "
    "  checked INTEGER NOT NULL, passed INTEGER NOT NULL, not_found INTEGER NOT NULL, "
    "  points_expected INTEGER NOT NULL, points_covered INTEGER NOT NULL, "
    "  minutes INTEGER NOT NULL, year_minutes INTEGER NOT NULL, members INTEGER NOT NULL, "
    "  target_met INTEGER NOT NULL, "
    "  PRIMARY KEY (month, revision, ordinal)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_session (month INTEGER NOT NULL, revision INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
    "  session TEXT NOT NULL, title TEXT NOT NULL, starts INTEGER NOT NULL, complete INTEGER NOT NULL,"
    "  points INTEGER NOT NULL, covered INTEGER NOT NULL, gaps INTEGER NOT NULL,"
    "  PRIMARY KEY (month, revision, ordinal)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_point (month INTEGER NOT NULL, session INTEGER NOT NULL, point INTEGER NOT NULL,"
    "  org INTEGER NOT NULL, coverage INTEGER NOT NULL, PRIMARY KEY (month, session, point))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_org (month INTEGER NOT NULL, org INTEGER NOT NULL, from_date INTEGER NOT NULL,"
    "  to_date INTEGER, parent INTEGER, area INTEGER NOT NULL, level INTEGER NOT NULL, sector INTEGER NOT "
    "NULL,"
    "  name TEXT NOT NULL, PRIMARY KEY (month, org, from_date)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_pending (month INTEGER NOT NULL, session INTEGER NOT NULL, member INTEGER NOT NULL,"
    "  area INTEGER NOT NULL, org INTEGER NOT NULL, duty INTEGER NOT NULL, status INTEGER NOT NULL,"
    "  point INTEGER NOT NULL, credit INTEGER NOT NULL, checks INTEGER NOT NULL, cause INTEGER NOT NULL,"
    "  stream INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (month, session, member))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_change (month INTEGER NOT NULL, revision INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
    "  session TEXT NOT NULL, member TEXT, org TEXT NOT NULL, before TEXT, after TEXT, before_point TEXT,"
    "  after_point TEXT, before_credit INTEGER NOT NULL, after_credit INTEGER NOT NULL, what INTEGER NOT "
    "NULL,"
    "  cause TEXT NOT NULL, terminal TEXT, epoch TEXT, seq INTEGER, at INTEGER,"
    "  PRIMARY KEY (month, revision, ordinal)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_sheet (month INTEGER PRIMARY KEY, begins INTEGER NOT NULL, ends INTEGER NOT NULL,"
    "  body BLOB) STRICT;"
    "CREATE INDEX session_month ON session (month);";

// month_request: who wants a closed month revised or reopened, where the site asks for a second person.
// objection.session is a code, and starts the session's then: it stays what was objected to if the session is
// taken out. objection_answer.epoch and .seq: the office's event that put right what was objected to.
//
// leave_request and leave_decision: leave that waits for the office, and what became of it (LeaveOutcome),
// with the number of the office's event where it was approved. session and starts are as in objection.
//
// Rows that are written once and stay: the schema refuses whatever the code would never do. Events need none,
// having their chains; audit.chain is that of the audit log (audit.c). Taking personal data out, as the law
// may ask, has to drop a trigger in its transaction and put it back.
#define KEPT(table)                                                                                 \
    "CREATE TRIGGER " table "_changed BEFORE UPDATE ON " table " BEGIN SELECT RAISE(ABORT, '" table \
    " is append-only'); END;"                                                                       \
    "CREATE TRIGGER " table "_deleted BEFORE DELETE ON " table " BEGIN SELECT RAISE(ABORT, '" table \
    " is append-only'); END;"

static const char step_3[] =
    "CREATE INDEX audit_subject ON audit (subject);"
    "CREATE TABLE month_request (request INTEGER PRIMARY KEY, month INTEGER NOT NULL, action TEXT NOT NULL,"
    "  at INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open',"
    "  decided_at INTEGER, decided_by TEXT) STRICT;"
    "CREATE UNIQUE INDEX month_request_open ON month_request (month) WHERE state = 'open';"
    "CREATE TABLE objection (objection INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"
    "  session TEXT NOT NULL, starts INTEGER NOT NULL, member INTEGER NOT NULL, text TEXT NOT NULL) STRICT;"
    "CREATE INDEX objection_member ON objection (member, session);"
    "CREATE TABLE objection_answer (objection INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"
    "  accepted INTEGER NOT NULL, text TEXT NOT NULL, epoch TEXT, seq INTEGER) STRICT;"
    "CREATE TABLE leave_request (request INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"
    "  session TEXT NOT NULL, starts INTEGER NOT NULL, member INTEGER NOT NULL, reason TEXT, why TEXT NOT "
    "NULL) STRICT;"
    "CREATE INDEX leave_request_member ON leave_request (member, session);"
    "CREATE TABLE leave_decision (request INTEGER PRIMARY KEY, outcome INTEGER NOT NULL, at INTEGER NOT NULL,"
    "  who TEXT NOT NULL, why TEXT NOT NULL, seq INTEGER) STRICT;"
    "CREATE TRIGGER audit_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"
    "  BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;" // clang-format off
    KEPT("audit")
    KEPT("objection")
    KEPT("objection_answer")
    KEPT("leave_request")
    KEPT("leave_decision")
    KEPT("month_revision")
    KEPT("month_row")
    KEPT("month_session")
    KEPT("month_change"); // clang-format on

// Spot-checks and paper rolls: what was drawn and what was printed, and what has come of it. None of it is
// touched by an arriving event: whether a member was checked is asked of the attendance rows.
//
// spotcheck.unit is 0 for members, 1 for points. spotcheck_member.org and .point are the home and the own
// point (R11; 0 none) when it was drawn. roll_line says who stands on which line; roll_entry which events of
// the office a line became, roll_close whether a roll is all that there is of its point; the latest row of a
// roll counts, and so does the latest headcount of a session and a point. All stay when their session is
// taken out, and are seen no more: a session's number is never given twice.
static const char step_paper[] =
    "CREATE TABLE spotcheck (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, org TEXT NOT NULL,"
    "  unit INTEGER NOT NULL, wanted INTEGER NOT NULL, frame INTEGER NOT NULL, strata INTEGER NOT NULL,"
    "  stratified INTEGER NOT NULL, seed INTEGER NOT NULL, method TEXT NOT NULL, at INTEGER NOT NULL,"
    "  who TEXT NOT NULL, cancelled_at INTEGER, cancelled_by TEXT, cancelled_why TEXT) STRICT;"
    "CREATE INDEX spotcheck_session ON spotcheck (session);"
    "CREATE TABLE spotcheck_member (spotcheck INTEGER NOT NULL, member INTEGER NOT NULL,"
    "  area INTEGER NOT NULL, org INTEGER NOT NULL, point INTEGER NOT NULL,"
    "  PRIMARY KEY (spotcheck, member)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE roll (roll INTEGER PRIMARY KEY, session INTEGER NOT NULL, point INTEGER NOT NULL,"
    "  lines INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL) STRICT;"
    "CREATE INDEX roll_session ON roll (session, point, roll);"
    "CREATE TABLE roll_line (roll INTEGER NOT NULL, line INTEGER NOT NULL, member INTEGER NOT NULL,"
    "  PRIMARY KEY (roll, line)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE roll_entry (roll INTEGER NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, void INTEGER NOT NULL,"
    "  PRIMARY KEY (roll, line, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE roll_close (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, point INTEGER NOT NULL,"
    "  roll INTEGER NOT NULL, closed INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL,"
    "  why TEXT NOT NULL) STRICT;"
    "CREATE INDEX roll_close_session ON roll_close (session);"
    "CREATE INDEX roll_close_roll ON roll_close (roll, id);"
    "CREATE TABLE headcount (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, point INTEGER NOT NULL,"
    "  count INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE INDEX headcount_session ON headcount (session, point, id);" // clang-format off
    KEPT("spotcheck_member")
    KEPT("roll")
    KEPT("roll_line")
    KEPT("roll_close")
    KEPT("headcount"); // clang-format on

// Rules (core/model/rule.h), a row for each key of a version, and what was redeemed of points.
static const char step_rules[] = RULES_SCHEMA RULES_SHIPPED // clang-format off
    KEPT("redemption"); // clang-format on

static const char step_privacy[] = PRIVACY_SCHEMA;

const char *const store_migrations[] = {step_1, step_2, step_3, step_paper, step_rules, step_privacy};
const size_t store_migration_count = sizeof(store_migrations) / sizeof(*store_migrations);
