// Writing plans: what a point's terminals know beforehand, in pages that each fit a payload.
//
// The digest names the content: SHA-256 over "studyday-plan/1" LF, then a line for each session and then for
// each member, each the JSON object as it stands on a page with its keys in byte order, followed by LF.
// Sessions are sorted by start, then code; members by code; a member's cards and checks by bytes. So the
// same content has the same digest whatever order it was loaded in, and however it is cut into pages.
//
// A title or name that a terminal would refuse (control or bidi characters that an older import let in) is
// written escaped, and what is too long is cut: one odd name must not leave a point without its plan.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/wire/message.h"
#include "core/wire/wire_json.h"

#define PLAN_TITLE_MAX 512 // bytes of a title or a name on a page
#define PLAN_CHECKS_MAX 32 // sessions of seventy days at which one member is to be checked
#define PLAN_CARDS_MAX 64  // cards of one member; with the longest tokens, still far below a page

static const char PLAN_DIGEST_START[] = "studyday-plan/1\n";
// The longest start of a page, and what closes it.
#define PLAN_FRAME \
    "{\"v\":1,\"plan\":\"\",\"page\":2147483647,\"pages\":2147483647,\"sessions\":[],\"members\":[]}"

static int session_compare(const void *a, const void *b)
{
    const PlanSession *x = a, *y = b;

    if (x->starts != y->starts)
        return x->starts < y->starts ? -1 : 1;
    return strcmp(x->session, y->session);
}

static int member_compare(const void *a, const void *b)
{
    const PlanMember *x = a, *y = b;

    return strcmp(x->member, y->member);
}

static int bytes_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_clean(Text *text, const char *key, const char *value)
{
    CLEANUP(cleanup_text) Text escaped = {0};
    CLEANUP(cleanup_free) char *cut = alloc_zero(PLAN_TITLE_MAX + 1);
    size_t size = value ? strlen(value) : 0;

    if (!text_is_clean(value ? value : "", size)) {
        text_append_escaped(&escaped, value, size, PLAN_TITLE_MAX);
        value = text_cstr(&escaped);
        size = escaped.size;
    }
    wire_copy_cut(cut, PLAN_TITLE_MAX + 1, value ? value : "", size);
    wire_put_string(text, key, cut);
}

static void put_session(Text *text, const PlanSession *session)
{
    wire_put_key(text, NULL);
    text_append_char(text, '{');
    wire_put_time(text, "ends", session->ends);
    wire_put_string(text, "kind", session->kind ? session->kind : "");
    wire_put_string(text, "session", session->session);
    wire_put_time(text, "starts", session->starts);
    put_clean(text, "title", session->title);
    text_append_char(text, '}');
}

static void put_member(Text *text, const PlanMember *member)
{
    wire_put_key(text, NULL);
    text_append_char(text, '{');
    wire_put_key(text, "cards");
    text_append_char(text, '[');
    for (size_t i = 0; i < member->card_count && i < PLAN_CARDS_MAX; i++)
        wire_put_string(text, NULL, member->cards[i]);
    text_append_char(text, ']');
    wire_put_string(text, "member", member->member);
    put_clean(text, "name", member->name);
    if (member->check_count > 0) {
        wire_put_key(text, "x-check");
        text_append_char(text, '[');
        for (size_t i = 0; i < member->check_count && i < PLAN_CHECKS_MAX; i++)
            wire_put_string(text, NULL, member->checks[i]);
        text_append_char(text, ']');
    }
    text_append_char(text, '}');
}

static void sort(Plan *plan)
{
    if (plan->session_count > 0)
        qsort(plan->sessions, plan->session_count, sizeof(*plan->sessions), session_compare);
    if (plan->member_count > 0)
        qsort(plan->members, plan->member_count, sizeof(*plan->members), member_compare);
    for (size_t i = 0; i < plan->member_count; i++) {
        if (plan->members[i].card_count > 0)
            qsort(plan->members[i].cards, plan->members[i].card_count, sizeof(char *), bytes_compare);
        if (plan->members[i].check_count > 0)
            qsort(plan->members[i].checks, plan->members[i].check_count, sizeof(char *), bytes_compare);
    }
}

void plan_seal(Plan *plan)
{
    CLEANUP(cleanup_text) Text content = {0};
    uint8_t digest[DIGEST_SIZE];
    DigestPart part;

    sort(plan);
    text_append(&content, PLAN_DIGEST_START);
    for (size_t i = 0; i < plan->session_count; i++) {
        CLEANUP(cleanup_text) Text line = {0};

        put_session(&line, &plan->sessions[i]);
        text_append_bytes(&content, line.data, line.size);
        text_append_char(&content, '\n');
    }
    for (size_t i = 0; i < plan->member_count; i++) {
        CLEANUP(cleanup_text) Text line = {0};

        put_member(&line, &plan->members[i]);
        text_append_bytes(&content, line.data, line.size);
        text_append_char(&content, '\n');
    }
    part = (DigestPart){content.data, content.size};
    digest_sha256(&part, 1, digest);
    hex_encode(digest, sizeof(digest), plan->digest);
}

// Pages being filled: the arrays of sessions and members of each, as text. The frame around them is written
// at the end, when the number of pages is known.
typedef struct Page {
    Text sessions, members;
} Page;

typedef struct Pages {
    Page *pages;
    size_t count;
    size_t room; // bytes for items on one page
} Pages;

static Page *pages_add(Pages *pages)
{
    pages->pages = alloc_resize(pages->pages, pages->count + 1, sizeof(*pages->pages));
    pages->pages[pages->count] = (Page){0};
    return &pages->pages[pages->count++];
}

// The page that has room for an item of `size` bytes and its comma: the last one, or a new one.
static Page *pages_find(Pages *pages, size_t size)
{
    Page *page = &pages->pages[pages->count - 1];

    return page->sessions.size + page->members.size + size + 2 <= pages->room ? page : pages_add(pages);
}

static void append_item(Text *array, const Text *item)
{
    if (array->size > 0)
        text_append_char(array, ',');
    text_append_bytes(array, item->data, item->size);
}

static void pages_fill(Pages *pages, const Plan *plan)
{
    pages_add(pages);
    for (size_t i = 0; i < plan->session_count; i++) {
        CLEANUP(cleanup_text) Text item = {0};

        put_session(&item, &plan->sessions[i]);
        append_item(&pages_find(pages, item.size)->sessions, &item);
    }
    for (size_t i = 0; i < plan->member_count; i++) {
        CLEANUP(cleanup_text) Text item = {0};

        put_member(&item, &plan->members[i]);
        append_item(&pages_find(pages, item.size)->members, &item);
    }
}

static char *page_write(const Plan *plan, const Page *page, size_t number, size_t total)
{
    Text line = {0};

    wire_put_start(&line);
    wire_put_string(&line, "plan", plan->digest);
    wire_put_number(&line, "page", number);
    wire_put_number(&line, "pages", total);
    wire_put_key(&line, "sessions");
    text_append_char(&line, '[');
    text_append_bytes(&line, text_cstr(&page->sessions), page->sessions.size);
    text_append(&line, "],\"members\":[");
    text_append_bytes(&line, text_cstr(&page->members), page->members.size);
    text_append(&line, "]}");
    return text_take(&line);
}

void plan_encode_pages(const Plan *plan, char ***ret_lines, size_t *ret_count)
{
    Pages pages = {.room = WIRE_LINE_MAX - sizeof(PLAN_FRAME) - strlen(plan->digest)};
    char **lines;

    pages_fill(&pages, plan);
    lines = alloc_resize(NULL, pages.count, sizeof(*lines));
    for (size_t i = 0; i < pages.count; i++) {
        lines[i] = page_write(plan, &pages.pages[i], i + 1, pages.count);
        text_deinit(&pages.pages[i].sessions);
        text_deinit(&pages.pages[i].members);
    }
    free(pages.pages);
    *ret_lines = lines;
    *ret_count = pages.count;
}
