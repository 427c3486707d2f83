#pragma once
// A person's data as the person may ask for them: all that is stored, put right, taken out. The figures stay:
// what a person did is counted under the member's code, which is a pseudonym once name and cards are gone.
#include "core/base/clock.h"
#include "core/store/store.h"

enum {
    PERSON_E_UNKNOWN = 1,
    PERSON_E_WAITS,  // an event that names the card waits behind a missing number: its place in the chain is
                     // not known yet
    PERSON_E_NO_KEY, // the cards cannot be read here: cards.key is missing, or another site's
    PERSON_E_ERASED, // nothing is left to be put right
};

/// Puts the name right. `ret_changed` is false where it is that already.
int person_set_name(Store *store, const char *member, const char *name, bool *ret_changed);

typedef struct PersonErased {
    bool already;          // it was erased before: nothing was changed
    bool ended;            // the membership went on, and ends on the day of `now`
    int64_t cards, events; // events: whose bytes named the card or the name
    int64_t texts;         // reasons and the like that named the person
    char terminal[33];     // with PERSON_E_WAITS: whose event
    int64_t *entries;      // of the audit log, that named the person; the caller frees them
    size_t entry_count;
} PersonErased;
/// Takes out name, cards, reasons of exemptions, objections, and the name wherever it stands in a text. In
/// the caller's transaction, followed by roster_settle(), an entry of the audit log that names `entries`, the
/// commit, and store_wipe().
int person_erase(Store *store, const char *member, Time now, PersonErased *ret_erased);
/// When the member was erased; TIME_NONE: not.
int person_erased_at(Store *store, int64_t member, Time *ret_at);

enum { STORE_E_READERS = 1 };
/// Writes the file anew without what has been deleted, and empties the WAL: afterwards no byte of it is left
/// in them. Takes as long as copying the database does. STORE_E_READERS: somebody who reads keeps the WAL.
int store_wipe(Store *store);

// What is stored about a member beside attendance: a part is rows of the same columns.
typedef enum PersonPart {
    PERSON_HOMES,       // from, to, org, category, role
    PERSON_EXEMPTIONS,  // from, to, reason
    PERSON_CARDS,       // keyed hash, from, to
    PERSON_INVITATIONS, // session
    PERSON_VISITS,      // at others' homes: session, terminal, epoch, number, received (ms)
    PERSON_SPOTCHECKS,  // session, number, drawn, org, point, cancelled
    PERSON_ROLLS,       // session, point, roll, line
    PERSON_OBJECTIONS,  // number, at, session, text, who, answered, accepted, answer, by
    PERSON_LEAVES,      // requests: number, at, session, reason, why, who, decided, by, words
    PERSON_CHANGES,     // of closed months: month, revision, session, before, after, cause
    PERSON_QUARANTINE,  // number, received, terminal, reason
    PERSON_AUDIT,       // number, at, who, action, subject, why
    PERSON_READS,       // at, who, what
    PERSON_PART_COUNT
} PersonPart;
#define PERSON_COLUMNS_MAX 9

typedef struct PersonValue {
    const char *text; // NULL: null. Borrowed during the call back
    int64_t number;
} PersonValue;
int person_each(Store *store, PersonPart part, const char *code, int64_t member,
                int (*each)(void *user, const PersonValue *values), void *user);
