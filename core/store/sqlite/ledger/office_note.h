#pragma once
// Who stated an event of the office, and why.
#include "core/store/sqlite/store_private.h"

typedef struct OfficeNote {
    char *who, *why; // owned; NULL where nothing is noted
} OfficeNote;
void office_note_deinit(OfficeNote *note);

/// Of the office's event `seq`: the entry of its addition, or the line of the batch that it came with.
int office_note_event(Store *store, uint64_t seq, OfficeNote *ret_note);
/// Of the office's voiding of an event.
int office_note_void(Store *store, const char *terminal, const char *epoch, uint64_t seq,
                     OfficeNote *ret_note);
