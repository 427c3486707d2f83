#pragma once
// The office's statements about some sessions, from its events and from the audit log.
#include "core/store/query.h"

typedef enum CorrectionAction {
    CORRECTION_ADDED,
    CORRECTION_TAKEN_BACK,
    CORRECTION_BATCH,
    CORRECTION_ACTION_COUNT
} CorrectionAction;

// An attendance as the audit log has it; `status` NULL: nothing that counts.
typedef struct CorrectionSide {
    bool known;                 // the log says how it was
    const char *status, *title; // static
    int64_t credit;
} CorrectionSide;

// A statement about one attendance, or the lines of one batch about one session.
typedef struct Correction {
    CorrectionAction action;
    Time at;
    size_t session; // index in the month's
    char member[65], org[65];
    const char *kind;
    int64_t events;
    char *who, *why;
    CorrectionSide before, after;
    char terminal[33], epoch[ULID_SIZE];
    uint64_t seq;
} Correction;
typedef struct Corrections {
    SessionList sessions; // those asked about
    Correction *entries;  // by time
    size_t count;
} Corrections;

/// What was stated about `sessions`, which it takes over; of an org (NULL: any) about the members who were at
/// home in its subtree on the session's date.
int corrections_load(Store *store, const char *org, SessionList *sessions, Corrections *ret_corrections);
void corrections_deinit(Corrections *corrections);
