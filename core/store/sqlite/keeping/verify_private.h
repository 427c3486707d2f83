#pragma once
// A verification under way, for the files that it is made of.
#include "core/store/sqlite/keeping/heads_file.h"
#include "core/store/sqlite/store_private.h"
#include "core/store/verify.h"

typedef struct Verification {
    Store *store;
    void (*found)(void *user, const VerifyFinding *finding);
    void *user;
    VerifySummary summary;
    const HeadsFile *heads; // sorted, or NULL
    bool saved;             // by somebody, some day: not those that the writer goes on with
} Verification;

/// `user` is the Verification.
void verify_tell(void *user, const char *what, const char *detail);
int verify_chains(Verification *v);
