#pragma once
// The head of a day: one digest over what every chain had come to by the end of it, to be printed and signed
// off elsewhere. Chains only grow, so that the head of a day in March can be computed again in December.
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/store/store.h"

#define HEADS_DAY_CODE_SIZE 64 // "2026-03-31:" and ten groups of four hexadecimal digits

typedef struct HeadsDay {
    Date date;
    StoreIdentity identity;
    int64_t streams, events; // that had come by the end of the day
    int64_t events_of_day;   // of these, on the day
    int64_t entries;         // of the audit log
    uint8_t digest[DIGEST_SIZE];
} HeadsDay;

/// Walks every chain up to the end of the day in the site's zone. `list` (may be NULL) takes the heads
/// themselves, in the form of the file of heads. Read-only.
int heads_day(Store *store, Date date, HeadsDay *ret_day, Text *list);
/// Whether nothing of that day is still to be committed: it ended an hour ago.
bool heads_day_is_over(Date date, Time now);
/// What is printed: the day and 160 bits of the digest.
void heads_day_code(const HeadsDay *day, char ret_code[static HEADS_DAY_CODE_SIZE]);
/// The first such code in a text, in the form of heads_day_code(). False if there is none.
bool heads_day_find(const char *text, Date *ret_date, char ret_code[static HEADS_DAY_CODE_SIZE]);
