#include "core/store/sqlite/ledger/office_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/model/code.h"

// An addition has an entry of the audit log about "office:SEQ", a voiding one about "TERMINAL:EPOCH:SEQ".
// What came with a file has one entry for all of it, and each line says by itself who and why.

void office_note_deinit(OfficeNote *note)
{
    free(note->who);
    free(note->why);
    *note = (OfficeNote){0};
}

static int note_subject(Store *store, const char *subject, OfficeNote *ret_note)
{
    sqlite3_stmt *get = store_get(store, SQL_AUDIT_OF);

    if (!get)
        return error_origin(-EIO);
    db_bind_text(get, 1, subject);
    int r = db_step(&store->db, get);
    if (r > 0)
        *ret_note = (OfficeNote){alloc_string(db_text(get, 0)), alloc_string(db_text(get, 1))};
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

static int note_line(Store *store, uint64_t seq, OfficeNote *ret_note)
{
    sqlite3_stmt *get = store_get(store, SQL_BATCH_LINE_OF);
    Text who = {0};

    if (!get)
        return error_origin(-EIO);
    db_bind_int(get, 1, (int64_t)seq);
    int r = db_step(&store->db, get);
    if (r > 0) {
        text_appendf(&who, "%s (%s)", db_text(get, 1), db_text(get, 0));
        *ret_note = (OfficeNote){text_take(&who), alloc_string(db_text(get, 2))};
    }
    sqlite3_reset(get);
    return r < 0 ? error_trace(r) : 0;
}

int office_note_event(Store *store, uint64_t seq, OfficeNote *ret_note)
{
    char subject[40];

    *ret_note = (OfficeNote){0};
    snprintf(subject, sizeof(subject), "%s:%" PRIu64, NAME_OFFICE, seq);
    int r = note_subject(store, subject, ret_note);
    if (r == 0 && !ret_note->who)
        r = note_line(store, seq, ret_note);
    return error_trace(r);
}

int office_note_void(Store *store, const char *terminal, const char *epoch, uint64_t seq,
                     OfficeNote *ret_note)
{
    char subject[33 + ULID_SIZE + 24];

    *ret_note = (OfficeNote){0};
    snprintf(subject, sizeof(subject), "%s:%s:%" PRIu64, terminal, epoch, seq);
    return error_trace(note_subject(store, subject, ret_note));
}
