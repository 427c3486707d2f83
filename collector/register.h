#pragma once
// The terminals that have spoken since boot: the register's row, read again whenever it may have changed, and
// what is known of them only in memory. Entries live until deinit: others point at them.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/store/roster.h"

typedef struct RegisterEntry {
    StoreTerminal terminal;
    uint64_t age;      // Register.age when `terminal` was read
    int stream;        // first of its streams in the flush at hand, -1 none (flush.h)
    Time last_seen;    // wall clock, of its last message
    bool online;       // by its state topic
    bool wants_plan;   // it has said hello: it knows what a plan is
    bool plan_queued;  // a job of it waits
    char software[64]; // of its last hello, as are the next four
    char plan_held[72];
    uint64_t next;
    int64_t clock_skew_seconds; // its clock less ours
    int64_t chain_error;        // EVENT_NUMBER_NONE: none
    // The digest of the plan for its point, good for one roster version and one day.
    char plan_digest[72];
    int64_t plan_version;
    Date plan_date;
} RegisterEntry;

typedef struct Register {
    RegisterEntry **slots; // open addressing by name, a power of two
    size_t size, count;
    uint64_t age; // moves when every row must be read again
} Register;

enum { REGISTER_E_UNKNOWN = 1 };

/// The terminal's entry, its row up to date. The office's reserved name is unknown here.
int register_get(Register *terminals, Store *store, const char *name, RegisterEntry **ret_entry);
/// The key that answers to the terminal are sealed with, NULL if it has none: after a rotation the old one,
/// as long as it is good and the terminal has not spoken under the new one.
const uint8_t *register_key(const RegisterEntry *entry, Time now);
/// What was read may be out of date.
void register_invalidate(Register *terminals);
void register_deinit(Register *terminals);
/// Walks the entries: start with `index` 0, NULL at the end.
RegisterEntry *register_next(const Register *terminals, size_t *index);
