#pragma once
// A plan arrives in pages, in any order, perhaps twice, perhaps never whole: collected here until all are
// there, then written to the outbox in one transaction, in place of the plan before.
#include "core/store/outbox/outbox.h"
#include "core/wire/message.h"

#define PAGES_MAX 1024 // 48 MiB: a point with a hundred thousand members

typedef struct Pages {
    char digest[OUTBOX_PLAN_DIGEST_SIZE]; // of the plan that is being collected, "" none
    Plan *pages;                          // `count` of them; page 0 where not yet there
    size_t count, present;
} Pages;

void pages_deinit(Pages *pages);
/// Takes a page over; one of another plan makes a new start. True when the plan is complete.
bool pages_give(Pages *pages, Plan *page);
/// Writes the complete plan and forgets the pages. 0, OUTBOX_E_BUSY or negative errno.
int pages_store(Pages *pages, Outbox *outbox);
