// Collecting the pages of a plan. The digest names the plan on every page and is not computed here: what it
// covers is the collector's own affair. A page with another digest, or another number of pages, begins a new
// collection.
#include "terminal/pages.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"

void pages_deinit(Pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        plan_deinit(&pages->pages[i]);
    free(pages->pages);
    *pages = (Pages){0};
}

bool pages_give(Pages *pages, Plan *page)
{
    bool usable =
        page->pages >= 1 && page->pages <= PAGES_MAX && page->page >= 1 && page->page <= page->pages;

    if (!usable) {
        plan_deinit(page);
        return false;
    }
    if (strcmp(pages->digest, page->digest) != 0 || pages->count != (size_t)page->pages) {
        pages_deinit(pages);
        memcpy(pages->digest, page->digest, sizeof(pages->digest));
        pages->count = (size_t)page->pages;
        pages->pages = alloc_zero(pages->count * sizeof(*pages->pages));
    }
    Plan *place = &pages->pages[page->page - 1];
    if (place->page == 0)
        pages->present++;
    plan_deinit(place);
    *place = *page;
    *page = (Plan){0};
    return pages->present == pages->count;
}

static int pages_store_member(Outbox *outbox, const PlanMember *member)
{
    int r = outbox_plan_put_member(outbox, member->member, member->name);

    for (size_t i = 0; i < member->card_count && r >= 0; i++)
        r = outbox_plan_put_card(outbox, member->cards[i], member->member);
    for (size_t i = 0; i < member->check_count && r >= 0; i++)
        r = outbox_plan_put_check(outbox, member->checks[i], member->member);
    return error_trace(r);
}

static int pages_store_page(Outbox *outbox, const Plan *page)
{
    int r = 0;

    for (size_t i = 0; i < page->session_count && r >= 0; i++) {
        const PlanSession *session = &page->sessions[i];

        r = outbox_plan_put_session(outbox, session->session, session->title, session->kind, session->starts,
                                    session->ends);
    }
    for (size_t i = 0; i < page->member_count && r >= 0; i++)
        r = pages_store_member(outbox, &page->members[i]);
    return error_trace(r);
}

int pages_store(Pages *pages, Outbox *outbox)
{
    int r = outbox_begin(outbox);

    if (r != 0)
        return r;
    r = outbox_plan_clear(outbox, pages->digest);
    for (size_t i = 0; i < pages->count && r >= 0; i++)
        r = pages_store_page(outbox, &pages->pages[i]);
    pages_deinit(pages);
    if (r >= 0)
        return outbox_commit(outbox);
    outbox_rollback(outbox);
    return error_trace(r);
}
