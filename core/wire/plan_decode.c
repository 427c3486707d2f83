// Reading one page of a plan. Its digest is opaque here: it is whatever the collector calls this content.
// Titles and names are shown to people, so they must be free of what a screen would act upon; codes must be
// codes.
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/wire/message.h"
#include "core/wire/wire_json.h"

#define PLAN_PAGES_MAX 10000 // some 20 million members at one point: a larger number is a mistake, not a plan

void plan_deinit(Plan *plan)
{
    for (size_t i = 0; i < plan->session_count; i++) {
        free(plan->sessions[i].session);
        free(plan->sessions[i].title);
        free(plan->sessions[i].kind);
    }
    for (size_t i = 0; i < plan->member_count; i++) {
        for (size_t j = 0; j < plan->members[i].card_count; j++)
            free(plan->members[i].cards[j]);
        for (size_t j = 0; j < plan->members[i].check_count; j++)
            free(plan->members[i].checks[j]);
        free(plan->members[i].checks);
        free(plan->members[i].cards);
        free(plan->members[i].member);
        free(plan->members[i].name);
    }
    free(plan->sessions);
    free(plan->members);
    *plan = (Plan){0};
}

static char *read_code(WireReader *reader, const char *key)
{
    const char *code = wire_read_string(reader, key, WIRE_REQUIRED, 0, WIRE_LINE_MAX);

    if (code && !code_valid(code, strlen(code))) {
        wire_reader_fail(reader, "bad-value", key);
        return NULL;
    }
    return alloc_string(code);
}

static char *read_words(WireReader *reader, const char *key)
{
    return alloc_string(wire_read_string(reader, key, WIRE_REQUIRED, 0, WIRE_LINE_MAX));
}

static void read_session(WireReader *reader, PlanSession *ret_session)
{
    PlanSession session = {0};

    session.session = read_code(reader, "session");
    session.title = read_words(reader, "title");
    wire_read_time(reader, "starts", WIRE_REQUIRED, &session.starts);
    wire_read_time(reader, "ends", WIRE_REQUIRED, &session.ends);
    session.kind = read_words(reader, "kind");
    *ret_session = session;
}

static void read_cards(WireReader *reader, PlanMember *member)
{
    json_t *cards = wire_read_array(reader, "cards", WIRE_OPTIONAL, WIRE_LINE_MAX), *card;
    size_t index;

    if (json_array_size(cards) == 0)
        return;
    member->cards = alloc_resize(NULL, json_array_size(cards), sizeof(*member->cards));
    json_array_foreach(cards, index, card)
    {
        const char *token = json_string_value(card);
        size_t size = json_string_length(card);

        if (!token || size == 0 || size > EVENT_CARD_SIZE_MAX || !text_is_clean(token, size)) {
            wire_reader_fail_item(reader, "bad-value", "cards", index);
            return;
        }
        member->cards[index] = alloc_string(token);
        member->card_count = index + 1;
    }
}

// A key of our own beside the protocol's: whoever means something else by it is not misread, and no plan is
// lost for it.
static void read_checks(const WireReader *reader, PlanMember *member)
{
    json_t *checks = json_object_get(reader->object, "x-check"), *check;
    size_t index;

    if (json_array_size(checks) == 0)
        return;
    member->checks = alloc_resize(NULL, json_array_size(checks), sizeof(*member->checks));
    json_array_foreach(checks, index, check)
    {
        const char *session = json_string_value(check);

        if (session && code_valid(session, json_string_length(check)))
            member->checks[member->check_count++] = alloc_string(session);
    }
}

static void read_member(WireReader *reader, PlanMember *ret_member)
{
    PlanMember member = {0};

    member.member = read_code(reader, "member");
    member.name = read_words(reader, "name");
    read_cards(reader, &member);
    read_checks(reader, &member);
    *ret_member = member;
}

static void read_sessions(WireReader *reader, Plan *plan)
{
    json_t *items = wire_read_array(reader, "sessions", WIRE_REQUIRED, WIRE_LINE_MAX), *item;
    size_t index;

    if (json_array_size(items) == 0)
        return;
    plan->sessions = alloc_resize(NULL, json_array_size(items), sizeof(*plan->sessions));
    json_array_foreach(items, index, item)
    {
        WireReader child = wire_reader_enter(reader, "sessions", index, item);

        read_session(&child, &plan->sessions[index]);
        plan->session_count = index + 1;
        if (!wire_reader_leave(reader, &child))
            return;
    }
}

static void read_members(WireReader *reader, Plan *plan)
{
    json_t *items = wire_read_array(reader, "members", WIRE_REQUIRED, WIRE_LINE_MAX), *item;
    size_t index;

    if (json_array_size(items) == 0)
        return;
    plan->members = alloc_resize(NULL, json_array_size(items), sizeof(*plan->members));
    json_array_foreach(items, index, item)
    {
        WireReader child = wire_reader_enter(reader, "members", index, item);

        read_member(&child, &plan->members[index]);
        plan->member_count = index + 1;
        if (!wire_reader_leave(reader, &child))
            return;
    }
}

int plan_decode(const char *line, size_t size, Plan *ret_plan, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    const char *digest;
    WireReader reader;
    Plan plan = {0};

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    digest = wire_read_string(&reader, "plan", WIRE_REQUIRED, 1, sizeof(plan.digest) - 1);
    wire_read_integer(&reader, "pages", WIRE_REQUIRED, 1, PLAN_PAGES_MAX, &plan.pages);
    wire_read_integer(&reader, "page", WIRE_REQUIRED, 1, plan.pages, &plan.page);
    read_sessions(&reader, &plan);
    read_members(&reader, &plan);
    if (wire_reader_finish(&reader, ret_error) != 0) {
        plan_deinit(&plan);
        return WIRE_E_UNREADABLE;
    }
    memcpy(plan.digest, digest, strlen(digest) + 1);
    *ret_plan = plan;
    return 0;
}
