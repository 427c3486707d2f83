#pragma once
// The outbox of a terminal: every event it recorded, on disk before anybody is told OK (T1), kept until it is
// received and OUTBOX_KEEP after (T2); what the collector last said; the plan; the alarms. One SQLite file.
//
// Any number of processes may use it: each change is one transaction under the lock file PATH.lock. Closing
// that file after a change is what outbox_watch() hears, so that the running agent learns of a scan made
// elsewhere.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/text.h"

#define OUTBOX_KEEP (30 * TIME_DAY) // T2: kept at least so long after the receipt
// A collector whose database was lost takes 4,096 events beyond its `through`, which is 0 then: a terminal
// that no longer has its first events could never get further. So they stay unless there are very many: a
// point has some 3,000 a year, and 100,000 take 40 MB.
#define OUTBOX_KEEP_EVENTS 100000
#define OUTBOX_LOCK_MS 5000 // how long to wait for another process's change
#define OUTBOX_PLAN_DIGEST_SIZE 72
#define OUTBOX_NO_ERROR (-1)

typedef struct Outbox Outbox;
typedef enum OutboxMode { OUTBOX_READ, OUTBOX_WRITE } OutboxMode;

enum {
    OUTBOX_E_MISSING = 1, // no such file
    OUTBOX_E_EXISTS,      // there is one already
    OUTBOX_E_FOREIGN,     // no outbox, a newer one, or another terminal's
    OUTBOX_E_BUSY,        // another process held the lock for OUTBOX_LOCK_MS
    OUTBOX_E_RUNNING,     // another agent runs on it
    OUTBOX_E_UNKNOWN,     // no longer or not yet there
    OUTBOX_E_UNSURE,      // the disk failed in the commit: what was added may be there all the same
};

/// Makes the file (mode 0600) with a new epoch. OUTBOX_E_EXISTS.
int outbox_create(const char *path, const char *terminal);
/// OUTBOX_E_MISSING, OUTBOX_E_FOREIGN, OUTBOX_E_BUSY.
int outbox_open(const char *path, const char *terminal, OutboxMode mode, Outbox **ret_outbox);
/// True if the disk below `path` has no room for another event: failures have many faces there.
bool outbox_disk_is_full(const char *path);
const char *outbox_get_path(const Outbox *outbox);
Outbox *outbox_close(Outbox *outbox); // takes NULL, returns NULL
CLEANUP_DEFINE(outbox, Outbox, outbox_close)

typedef struct OutboxHead {
    char epoch[ULID_SIZE];
    uint64_t next;              // number that the next event gets
    uint64_t oldest;            // lowest event still kept; `next` if none
    uint64_t through;           // as the last receipt with our chain said
    uint8_t chain[DIGEST_SIZE]; // after the last event
    char store[ULID_SIZE];      // of the last receipt, "" none
    int64_t generation;
    char plan[OUTBOX_PLAN_DIGEST_SIZE]; // "" none
    int64_t chain_error; // T3: `through` of the receipt whose chain differs, or OUTBOX_NO_ERROR
} OutboxHead;

/// As of the last begin, commit or refresh. Borrowed.
const OutboxHead *outbox_get_head(const Outbox *outbox);
/// Reads the head again: other processes may have added events.
int outbox_refresh(Outbox *outbox);
/// Events without a receipt; when the first of them was recorded (TIME_NONE: none); how many the collector
/// refused.
int outbox_count(Outbox *outbox, uint64_t *ret_pending, Time *ret_oldest_pending, uint64_t *ret_refused);

// One change. 0, OUTBOX_E_BUSY or negative errno (-ENOSPC: the disk is full). After an error nothing has
// changed; a failed commit makes the outbox close and reopen its file before it believes anything. Where it
// cannot make sure that the added events are gone, that is OUTBOX_E_UNSURE: a crash could bring them back.
int outbox_begin(Outbox *outbox);
int outbox_commit(Outbox *outbox);
void outbox_rollback(Outbox *outbox); // fine without a transaction

// Strings are borrowed; NULL where absent.
typedef struct OutboxEvent {
    uint64_t seq;       // given by outbox_add()
    const char *object; // JSON object as it is sent
    size_t object_size;
    const char *kind, *session, *member, *card;
    uint64_t of; // void: the event taken back, otherwise 0
    Time at, recorded_at;
    const char *refused; // reason of the collector
    bool received;
} OutboxEvent;

/// Within a transaction: adds the event under the number head->next; `canonical` are its bytes with that
/// number.
int outbox_add(Outbox *outbox, const OutboxEvent *event, const void *canonical, size_t canonical_size);

typedef bool (*OutboxEventFn)(void *user, const OutboxEvent *event); // false: enough
/// Events from `first` on, in order.
int outbox_each(Outbox *outbox, uint64_t first, OutboxEventFn each, void *user);
/// The lowest number recorded at or after `since`; head->next if none.
int outbox_since(Outbox *outbox, Time since, uint64_t *ret_first);
/// Chain after event `seq` (0: the start). OUTBOX_E_UNKNOWN.
int outbox_chain(Outbox *outbox, uint64_t seq, uint8_t ret_chain[static DIGEST_SIZE]);

typedef struct OutboxRefusal {
    uint64_t seq;
    const char *reason;
} OutboxRefusal;
typedef struct OutboxReceipt {
    uint64_t through;
    bool chain_known;  // our own chain at `through` is still there to compare with ...
    bool chain_agrees; // ... and is the same
    const char *store;
    int64_t generation;
    const OutboxRefusal *refused;
    size_t refused_count;
} OutboxReceipt;
/// T2, T3: notes a receipt, in a transaction of its own; nothing is written where it says nothing new. Where
/// the chain differs or cannot be compared `through` only goes down.
int outbox_receive(Outbox *outbox, const OutboxReceipt *receipt, Time now);
/// Deletes what was received before now - OUTBOX_KEEP and is older than the newest `keep` events, except the
/// event at `through`, whose chain the next receipt is compared with.
int outbox_prune(Outbox *outbox, uint64_t keep, Time now);

// The plan. put_* within a transaction that began with outbox_plan_clear().
int outbox_plan_clear(Outbox *outbox, const char *digest);
int outbox_plan_put_session(Outbox *outbox, const char *session, const char *title, const char *kind,
                            Time starts, Time ends);
int outbox_plan_put_member(Outbox *outbox, const char *member, const char *name);
int outbox_plan_put_card(Outbox *outbox, const char *card, const char *member);
int outbox_plan_put_check(Outbox *outbox, const char *session, const char *member);

typedef struct OutboxSession {
    const char *session, *title, *kind;
    Time starts, ends;
} OutboxSession;
typedef bool (*OutboxSessionFn)(void *user, const OutboxSession *session);
/// Sessions that overlap [from, to], by start.
int outbox_plan_sessions(Outbox *outbox, Time from, Time to, OutboxSessionFn each, void *user);
typedef bool (*OutboxMemberFn)(void *user, const char *member, const char *name);
int outbox_plan_members(Outbox *outbox, OutboxMemberFn each, void *user);
typedef bool (*OutboxCheckFn)(void *user, const char *session, const char *member, bool checked);
/// Members to be checked, by session and code; `checked`: a check is recorded here that names the session, or
/// none and was within `window` of it (R1).
int outbox_plan_checks(Outbox *outbox, Time window, OutboxCheckFn each, void *user);
/// Appends the member who holds the card. OUTBOX_E_UNKNOWN.
int outbox_plan_holder(Outbox *outbox, const char *card, Text *member);

// Alarms, one for each code; they stay until cleared. In transactions of their own.
int outbox_alarm_set(Outbox *outbox, const char *code, const char *detail, Time now);
int outbox_alarm_clear(Outbox *outbox, const char *code); // NULL: all but the lasting ones (T3)
typedef bool (*OutboxAlarmFn)(void *user, const char *code, const char *detail, Time since);
int outbox_alarms(Outbox *outbox, OutboxAlarmFn each, void *user);

/// The agent: at most one on an outbox. OUTBOX_E_RUNNING.
int outbox_claim(Outbox *outbox);
bool outbox_is_claimed(const Outbox *outbox);
/// What the agent says of its line, for `status`.
int outbox_set_online(Outbox *outbox, bool online);
int outbox_get_online(Outbox *outbox, bool *ret_online);
/// A descriptor that becomes readable when another process has changed the outbox; the caller closes it.
int outbox_watch(const Outbox *outbox, int *ret_fd);
/// Takes what the descriptor has to say.
void outbox_watch_drain(int fd);
