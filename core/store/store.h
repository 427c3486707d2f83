#pragma once
// The storage interface: one site's register, roster, sessions, events, attendance and totals. Written by
// exactly one process at a time (C7), read by any number. In bulk on the path of an event; see ledger.h for
// that path, roster.h for what the office states, query.h for what reports read.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/digest.h"

typedef struct Store Store;

typedef enum StoreMode { STORE_READ, STORE_WRITE } StoreMode;

enum {
    STORE_E_LOCKED = 1, // another process is the writer
    STORE_E_MISSING,    // no such database
    STORE_E_EXISTS,     // store_create: there is one already
    STORE_E_FOREIGN,    // not a studyday database, or made by a newer version
    STORE_E_CARD_KEY, // to write: its cards stand under another cards.key than the one beside it, or none is
                      // there
};

/// Creates the database file (mode 0600) with its schema and a new store identity, generation 1.
int store_create(const char *path);
/// STORE_WRITE takes the lock file PATH.lock and applies migrations; STORE_READ sees a consistent snapshot a
/// call.
int store_open(const char *path, StoreMode mode, Store **ret_store);
Store *store_close(Store *store); // takes NULL, returns NULL
CLEANUP_DEFINE(store, Store, store_close)

/// A transaction. Readers may use begin/rollback to hold one snapshot over several calls.
int store_begin(Store *store);
int store_commit(Store *store);
void store_rollback(Store *store);
bool store_in_transaction(const Store *store);

typedef struct StoreIdentity {
    char store[ULID_SIZE];
    int64_t generation;
} StoreIdentity;
int store_identity(Store *store, StoreIdentity *ret_identity);
/// Writes and takes back a row, with an fsync: tells whether the disk is well again (C6).
int store_probe(Store *store);
/// Number that changes with every committed change of roster, sessions or register: caches compare it.
int64_t store_roster_version(Store *store);

typedef struct StoreCounts {
    int64_t events, parked, refused, quarantined, members, terminals, points, orgs, sessions, streams;
    int64_t file_bytes;
} StoreCounts;
int store_counts(Store *store, StoreCounts *ret_counts);
