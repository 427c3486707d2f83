#pragma once
// What the files of the SQLite backend share: the open store, its caches of small tables, the statement
// table.
#include "core/base/digest.h"
#include "core/model/rule.h"
#include "core/model/session.h"
#include "core/store/query.h"
#include "core/store/roster.h"
#include "core/store/roster_watch.h"
#include "core/store/sqlite/db.h"
#include "core/store/sqlite/ledger/member_map.h"
#include "core/store/sqlite/ledger/pair_map.h"
#include "core/store/sqlite/statements.h"
#include "core/store/store.h"

extern const char *const store_migrations[];
extern const size_t store_migration_count;

#define ROLE_UNSET 0

// What is true of every member on one date, as arrays by internal member number, with the members of each org
// of that date's tree in a row: a subtree's members are one range.
typedef struct Standing {
    int32_t org; // 0: no home
    int32_t area;
    uint8_t role, category;
    bool exempt;
} Standing;
typedef struct StandingTable {
    Date date;
    OrgTree tree;
    Standing *standings;  // by member number
    int64_t member_count; // one beyond the highest number
    int32_t *members;     // member numbers with a home, grouped by tree index
    int32_t *first;       // by tree index: where its group begins; count + 1 entries
} StandingTable;

// A session that a put changed, with what it was before (none when it is new).
typedef struct DirtySession {
    int64_t session;
    bool existed;
    SessionRow before;
} DirtySession;

struct Store {
    Db db;
    char *path;
    int lock; // descriptor of the lock file, or -1
    bool writable;
    struct {
        bool known;
        uint8_t hash_key[DIGEST_SIZE], seal_key[DIGEST_SIZE];
    } cards;             // the site's card key (keeping/cards.h)
    struct Heads *heads; // kept apart (heads.h), or NULL
    uint64_t commits;    // of this process

    // Small tables held in memory; dropped by store_caches_drop() whenever the roster may have changed.
    PairMap session_by_code; // hash of the code -> index in `sessions`
    PairMap session_by_number;
    PairMap above; // (host and home, date) -> org_is_above
    SessionRow **sessions;
    size_t session_count;
    struct PointInfo *points; // by internal number
    size_t point_count;
    struct HostedPoint *hosted; // points by host, then code (own_point.c)
    size_t hosted_count;
    int32_t *org_areas; // by internal number, -1 not asked yet
    int32_t org_area_count;
    StandingTable *standing;
    struct TreeCache *trees; // of a reader; it knows by itself when it is out of date
    MemberMap *member_map;
    int members_asked;    // of the table, since the caches were dropped
    Time longest_session; // TIME_NONE: not known
    Time widest_window;   // known with it
    Rules *rules;         // NULL: not read yet

    int8_t gaps_known; // of a reader: some stream has a gap: 1 yes, -1 no, 0 not asked (query_session.c)
    int8_t orgs_held;  // by any closed month: 1 yes, -1 no, 0 not asked (month_orgs.c)

    int64_t caches_version; // data_version that a reader's caches were read at

    // What the puts of this transaction may have changed; roster_settle() works it off.
    bool roster_touched;
    Date dirty_from; // earliest date of a changed fact; DATE_NONE: none
    bool cards_touched;
    bool points_moved;    // a point changed its host org: guests are counted again, loose events asked again
    Date orgs_moved_from; // an org changed its place, earliest from this day: the same from then on
    char home_code[65];   // the org that the last member was put into: lists go branch by branch
    int32_t home_org;     // its number
    int32_t home_area;    // its area: asking again for every member made up a seventh of an import
    bool areas_moved;     // temp.org_move says which orgs' totals go to another area

    Month sheets_until;           // no sheet is of a later month (totals/sheet.h)
    struct SheetWork *sheet_work; // the sheet that is being made, or NULL

    RosterWatcher *watcher; // told what puts change, or NULL
    void *watcher_user;
    RosterClash clash; // what the last put was refused for
    Date cards_from;
    Date rules_from; // earliest date from which a rule changed; DATE_NONE: none
    DirtySession *dirty_sessions;
    size_t dirty_session_count;
};

typedef struct PointInfo {
    char code[65]; // "" where the number is unused
    int32_t org;
    int32_t area;
} PointInfo;

static inline sqlite3_stmt *store_get(Store *store, StatementId id)
{
    return db_get(&store->db, (size_t)id);
}

void store_caches_drop(Store *store);
/// For readers: drops the caches when another process has committed since.
void store_caches_refresh(Store *store);
/// Notes that an org stands elsewhere from `date` on.
void store_orgs_moved(Store *store, Date date);
/// Notes that facts from `date` on changed.
void store_touch(Store *store, Date date);
/// Remembers what a session was before its first change in this transaction; NULL: new, or only to be settled
/// again.
void session_note(Store *store, int64_t number, const SessionRow *before);

// Sessions by code or number, cached; NULL in `ret_session` where there is none. Pointers live until the
// caches are dropped.
int session_get(Store *store, const char *code, const SessionRow **ret_session);
int session_get_number(Store *store, int64_t number, const SessionRow **ret_session);
/// Reads the columns of SQL_SESSION_COLUMNS from a row; the caller frees `title`.
void session_read(sqlite3_stmt *statement, SessionRow *ret_session);
/// All rows of a statement with those columns.
int session_list_read(Store *store, sqlite3_stmt *statement, SessionList *ret_list);
/// Puts `credited` into the cached session, if it is there.
void session_cache_credited(Store *store, int64_t session, int64_t credited);
/// Whether the point takes part in the session (R2).
int session_has_point(Store *store, const SessionRow *session, int32_t point, bool *ret_has);
/// R1: the session that `point` takes part in at `at`, or NULL.
int session_at(Store *store, int32_t point, Time at, const SessionRow **ret_session);

int points_load(Store *store);
/// NULL for 0 or an unknown number.
const PointInfo *point_info(Store *store, int32_t point);

/// Another hold on the same tree; each ends with org_tree_deinit().
OrgTree org_tree_share(OrgTree *tree);
/// The table for `date`, cached; built from the roster.
int standing_load(Store *store, Date date, StandingTable **ret_table);
StandingTable *standing_free(StandingTable *table);
/// One member's standing on a date, by probing.
int standing_get(Store *store, int64_t member, Date date, Standing *ret_standing);
/// R7, for one member by probing.
int duty_of(Store *store, const SessionRow *session, int64_t member, const Standing *standing,
            Duty *ret_duty);
#define ORG_DEPTH_MAX 64 // levels of the org tree; the field has six
/// Whether the org that hosts a point is above a member's home, or is it; remembered.
int org_is_above(Store *store, int32_t host, int32_t home, Date date, bool *ret_above);
/// The org that an org stands below on the date, 0 for a top: 1 it exists, 0 it does not.
int org_parent(Store *store, int32_t org, Date date, int32_t *ret_parent);
/// Whether `org` is `ancestor` or below it, in the tree of `date`.
int org_is_within(Store *store, int32_t org, int32_t ancestor, Date date, bool *ret_within);
/// The area that keeps records of an org: its own, 0 if unknown.
int32_t org_area(Store *store, int32_t org);
