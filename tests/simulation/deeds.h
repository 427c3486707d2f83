#pragma once
// What was said to be recorded, told as received, acknowledged: the memory against which the database is
// held. An event with a time that is made up carries its number in the microseconds of its `at`, so that it
// can be told from every other wherever it turns up; of the others there is one at an instant.
#include <stdbool.h>
#include <stdint.h>

#include "core/model/event.h"
#include "tests/simulation/programs.h"

#define DEEDS_MAX 4096
#define DEEDS_EPOCHS_MAX 32
#define DEEDS_OFFICE WORLD_TERMINALS // its number among the terminals
#define DEEDS_ACKED_MAX 1024

typedef enum DeedState {
    DEED_NOT,    // it was said that nothing was done
    DEED_UNSURE, // nobody was told: it died, or said that it does not know
    DEED_DONE,
} DeedState;

typedef struct Deed {
    int terminal, epoch; // the office has no epoch: -1
    uint64_t seq;        // of a terminal
    EventKind kind;
    int session, member; // from 0; -1: none that is known
    Time at;
    bool unset;   // its clock
    bool natural; // `at` is what the terminal's clock said, and not made up
    int minutes;
    uint64_t of;
    DeedState state;
    DeedState undone; // by the office
    // As found at the end.
    bool kept;                     // in its outbox
    unsigned stored;               // times in the database
    bool voided, stored_as_voided; // by the model, by the database
} Deed;

typedef struct DeedEpoch {
    int terminal;
    char ulid[ULID_SIZE];
    bool retired;  // its outbox is gone
    uint64_t told; // highest `through` of a receipt that left the collector
} DeedEpoch;

typedef struct DeedAck {
    int epoch;
    uint64_t first;
    unsigned count;
} DeedAck;

typedef struct Deeds {
    Deed list[DEEDS_MAX];
    int count;
    DeedEpoch epochs[DEEDS_EPOCHS_MAX];
    int epoch_count, epoch_of[WORLD_TERMINALS];
    DeedAck acked[DEEDS_ACKED_MAX];
    unsigned acked_count;
    int snapshot;   // deeds that were there when it was taken; -1 none
    bool made_anew; // some terminal, so that a snapshot cannot be filled up again
} Deeds;
extern Deeds deeds;

void deeds_begin(void);
/// Organisers scan one to three cards; the terminal may be switched off (`studyday-terminal scan`).
void deeds_scan(Post *post);
/// The deed that an event with this `at` is, or NULL.
Deed *deeds_find(Time at);
/// Room for one more, its `at` made unique, or NULL: enough was done.
Deed *deeds_new(Time at);
/// The terminal has a new outbox.
void deeds_renew(int terminal);
/// The database is again what it was when the snapshot was taken.
void deeds_forget_since_snapshot(void);
/// Minutes from a session's start: none of them at an edge of a rule.
int deeds_some_offset(void);
EventKind deeds_some_kind(void);
