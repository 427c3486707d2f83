#pragma once
// What the files of the heads share: heads.c notes, heads_keep.c compares when the writer begins.
#include "core/store/heads.h"
#include "core/store/sqlite/keeping/heads_file.h"
#include "core/store/sqlite/store_private.h"

typedef struct Heads Heads;

Heads *heads_free(Heads *heads);
/// A file that is begun: whose it is, and nothing else yet.
HeadsFile heads_empty(const StoreIdentity *identity, Time now);
/// From now on the store goes on with what is in the file; `fresh`: it is written first.
int heads_attach(Store *store, const char *path, HeadsFile *file, bool fresh);
