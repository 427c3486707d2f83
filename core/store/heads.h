#pragma once
// Heads kept apart: a small file, synced, in which the one writer notes how far each chain has come. What the
// database cannot tell about itself, an older copy put back, a WAL taken away, the end of a stream or of the
// audit log cut off, shows against it.
#include "core/base/text.h"
#include "core/store/store.h"

typedef enum HeadsOutcome {
    HEADS_FIT,      // the database has all that was noted
    HEADS_BEGUN,    // there was no file, or none that can be read: one was begun
    HEADS_RESTORED, // a restore has put this database in the place of another: a new file was begun
    HEADS_RENEWED,  // terminals' events are missing: a new generation has been made, so that they send again
} HeadsOutcome;

enum {
    HEADS_E_OTHER = 1, // it is another database, or a generation that studyday has not made
    HEADS_E_LACKS, // what nobody can send again is missing: what the office did; or a chain differs. Without
                   // `renew` also what terminals could send again
};

/// Compares the database of a writer with the file `path`, then keeps the file up to date until the store is
/// closed (heads_note, store_close). `renew`: where only events of terminals are missing, a new generation
/// asks for them. `ret_words` says what was found, in English, for the log; "" for FIT. With OTHER or LACKS
/// nothing has been changed and nothing is kept. Negative errno is about the file, or the database.
int heads_keep(Store *store, const char *path, bool renew, Time now, const char *actor,
               HeadsOutcome *ret_outcome, Text *ret_words);
bool heads_are_kept(const Store *store);
/// Whether something has been committed since the last note.
bool heads_are_behind(const Store *store);
/// Notes what has been committed, and syncs it. Does nothing within a transaction. After an error the file is
/// written anew at the next call.
int heads_note(Store *store, Time now);
/// The highest generation that the file knows of the database `store`; 0: none.
int64_t heads_generation(const char *path, const char *store);
/// Says in the file, before it is done, that `next` takes the place of the database, or (`renewal`) is its
/// new generation. A file that is not there or cannot be read is left alone.
int heads_announce(const char *path, const StoreIdentity *next, bool renewal, Time now);
