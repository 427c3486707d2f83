#pragma once
// What the puts of the roster share: finding numbers by code, and telling whoever watches what a put changes.
#include "core/store/roster_watch.h"
#include "core/store/sqlite/store_private.h"

/// Number of the row with `code`: 1 found, 0 not.
int roster_find(Store *store, StatementId id, const char *code, int64_t *ret_number);
/// The same, and makes the row where there is none.
int roster_find_or_add(Store *store, StatementId find, StatementId add, const char *code,
                       int64_t *ret_number);

static inline bool roster_is_watched(const Store *store)
{
    return store->watcher != NULL;
}
/// Does nothing where nobody watches.
void roster_note(Store *store, const RosterNote *note);
/// Code of an org by its number, "" for none.
int roster_org_code(Store *store, int64_t org, char ret_code[static 65]);
/// The same of a member.
int roster_member_code(Store *store, int64_t member, char ret_code[static 65]);
/// Remembers the fact that a put was refused for.
void roster_clash(Store *store, const char *code, Date from, Date to);

/// Brings totals to the areas that puts moved their orgs to; the first thing that settling does.
int roster_move_areas(Store *store);
