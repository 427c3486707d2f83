// Two sources make one list. The office's events say what was stated, and by whom; the audit log has, of each
// single addition and of each taking back, what the attendance was before and what it became. Lines of a
// batch (a paper roll, an import) were stated as a whole and stand as one row a session, since nobody reads
// hundreds of them; `studyday events --terminal office` has each.
#include "reports/corrections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/code.h"
#include "core/store/audit.h"

// An entry of the audit log about one event.
typedef struct Noted {
    char terminal[33], epoch[ULID_SIZE]; // epoch "" of an addition: the office has one
    uint64_t seq;
    Time at;
    char *who, *why;
    CorrectionSide before, after;
} Noted;
typedef struct NotedList {
    Noted *items;
    size_t count, capacity;
} NotedList;

typedef struct Gathering {
    Store *store;
    const char *org;
    OrgTree *trees; // of each session's date; empty: not loaded yet
    size_t tree_count;
    NotedList added, voided;
    Corrections result;
    size_t capacity;
    const Noted *noted; // of the void that is looked up
} Gathering;

static void noted_deinit(NotedList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].who);
        free(list->items[i].why);
    }
    free(list->items);
}

void corrections_deinit(Corrections *corrections)
{
    for (size_t i = 0; i < corrections->count; i++) {
        free(corrections->entries[i].who);
        free(corrections->entries[i].why);
    }
    free(corrections->entries);
    session_list_deinit(&corrections->sessions);
    *corrections = (Corrections){0};
}

static void cleanup_gathering(Gathering *gathering)
{
    for (size_t i = 0; gathering->trees && i < gathering->tree_count; i++)
        org_tree_deinit(&gathering->trees[i]);
    free(gathering->trees);
    noted_deinit(&gathering->added);
    noted_deinit(&gathering->voided);
    corrections_deinit(&gathering->result);
}

// `{"credit_minutes":90,…,"status":"present"}` as office/attendance.c writes it: keys in order, so that what
// is wanted are the first and the last.
static CorrectionSide side_read(const AuditPart *part)
{
    CorrectionSide side = {0};
    CLEANUP(cleanup_text) Text text = {0};
    long long credit = 0;

    text_append_bytes(&text, part->data, part->size);
    if (sscanf(text_cstr(&text), "{\"credit_minutes\":%lld", &credit) != 1)
        return side;
    side.known = true;
    side.credit = credit;
    for (int status = STATUS_NOTHING + 1; status < STATUS_COUNT; status++) {
        char tail[64];
        int size = snprintf(tail, sizeof(tail), "\"status\":\"%s\"}", status_word((Status)status));
        if (part->size >= (size_t)size && strcmp(text_cstr(&text) + part->size - size, tail) == 0) {
            side.status = status_word((Status)status);
            side.title = status_title((Status)status);
        }
    }
    return side;
}

static int note_audit(void *user, const AuditRow *row)
{
    Gathering *gathering = user;
    bool is_void = strcmp(row->action, "attendance-void") == 0;
    NotedList *list = is_void ? &gathering->voided : &gathering->added;
    Noted noted = {.at = row->at};
    AuditPart old, new;
    unsigned long long seq;

    if (is_void ? sscanf(row->subject, "%32[^:]:%26[^:]:%llu", noted.terminal, noted.epoch, &seq) != 3
                : strcmp(row->action, "attendance-add") != 0 ||
                      sscanf(row->subject, "%32[^:]:%llu", noted.terminal, &seq) != 2)
        return 0;
    noted.seq = seq;
    if (audit_split(row->detail, &old, &new)) {
        noted.before = side_read(&old);
        noted.after = side_read(&new);
    }
    noted.who = alloc_string(row->who);
    noted.why = alloc_string(row->why);
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->items = alloc_resize(list->items, list->capacity, sizeof(*list->items));
    }
    list->items[list->count++] = noted;
    return 0;
}

static int compare_noted(const void *a, const void *b)
{
    const Noted *x = a, *y = b;

    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool find_session(const Gathering *gathering, const char *code, size_t *ret_index)
{
    for (size_t i = 0; code && i < gathering->result.sessions.count; i++) {
        if (strcmp(gathering->result.sessions.rows[i].code, code) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/// The member's home on the session's date; `ret_here`: it stands in the subtree that was asked for.
static int find_home(Gathering *gathering, size_t session, const char *member, char ret_org[static 65],
                     bool *ret_here)
{
    OrgTree *tree = &gathering->trees[session];
    Date date = gathering->result.sessions.rows[session].date;
    MemberRow row;

    ret_org[0] = '\0';
    *ret_here = !gathering->org;
    int r = member ? query_member(gathering->store, member, date, &row) : QUERY_E_UNKNOWN;
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    snprintf(ret_org, 65, "%s", row.org);
    member_row_deinit(&row);
    if (!gathering->org)
        return 0;
    if (tree->count == 0)
        r = org_tree_load(gathering->store, date, tree);
    if (r < 0)
        return error_trace(r);
    int32_t home = org_tree_find(tree, ret_org), top = org_tree_find(tree, gathering->org);
    *ret_here = home >= 0 && top >= 0 && org_tree_within(tree, home, top);
    return 0;
}

static Correction *entry_new(Gathering *gathering)
{
    if (gathering->result.count == gathering->capacity) {
        gathering->capacity = gathering->capacity ? 2 * gathering->capacity : 64;
        gathering->result.entries =
            alloc_resize(gathering->result.entries, gathering->capacity, sizeof(*gathering->result.entries));
    }
    Correction *entry = &gathering->result.entries[gathering->result.count++];
    *entry = (Correction){0};
    return entry;
}

static Correction entry_of(const Noted *noted, const EventRow *event, size_t session, const char *org)
{
    Correction entry = {.action = noted && *noted->epoch ? CORRECTION_TAKEN_BACK
                                  : noted                ? CORRECTION_ADDED
                                                         : CORRECTION_BATCH,
                        .at = noted ? noted->at : event->received_at,
                        .session = session,
                        .kind = event->kind,
                        .events = 1,
                        .seq = event->seq};

    snprintf(entry.org, sizeof(entry.org), "%s", org);
    snprintf(entry.member, sizeof(entry.member), "%s", event->member ? event->member : "");
    snprintf(entry.terminal, sizeof(entry.terminal), "%s", event->terminal);
    snprintf(entry.epoch, sizeof(entry.epoch), "%s", event->epoch);
    entry.who = alloc_string(noted ? noted->who : event->who ? event->who : "");
    entry.why = alloc_string(noted ? noted->why : event->why ? event->why : "");
    if (noted) {
        entry.before = noted->before;
        entry.after = noted->after;
    }
    return entry;
}

/// The row that a line of a batch belongs to, or NULL.
static Correction *find_batch(Gathering *gathering, size_t session, const EventRow *event)
{
    for (size_t i = gathering->result.count; i-- > 0;) {
        Correction *entry = &gathering->result.entries[i];
        if (entry->action == CORRECTION_BATCH && entry->session == session &&
            strcmp(entry->who, event->who ? event->who : "") == 0 &&
            strcmp(entry->why, event->why ? event->why : "") == 0)
            return entry;
    }
    return NULL;
}

static int take_event(void *user, const EventRow *event)
{
    Gathering *gathering = user;
    Noted key = {.seq = event->seq};
    char org[65];
    size_t session;
    bool here;

    if (!event->kind || !find_session(gathering, event->session, &session))
        return 0;
    const Noted *noted = gathering->added.count ? bsearch(&key, gathering->added.items,
                                                          gathering->added.count, sizeof(key), compare_noted)
                                                : NULL;
    if (!noted && !gathering->org) { // of a batch only the number is shown
        org[0] = '\0';
        here = true;
    } else {
        int r = find_home(gathering, session, event->member, org, &here);
        if (r < 0)
            return error_trace(r);
    }
    if (!here)
        return 0;
    Correction *batch = noted ? NULL : find_batch(gathering, session, event);
    if (batch) {
        batch->events++;
        if (batch->kind && strcmp(batch->kind, event->kind) != 0)
            batch->kind = NULL;
        return 0;
    }
    Correction entry = entry_of(noted, event, session, noted ? org : "");
    if (!noted) {
        entry.member[0] = entry.epoch[0] = '\0';
        entry.seq = 0;
    }
    *entry_new(gathering) = entry;
    return 0;
}

static int take_void(void *user, const EventRow *event)
{
    Gathering *gathering = user;
    char org[65];
    size_t session;
    bool here;

    if (!event->kind || !find_session(gathering, event->session, &session))
        return 0;
    int r = find_home(gathering, session, event->member, org, &here);
    if (r < 0 || !here)
        return error_trace(r);
    *entry_new(gathering) = entry_of(gathering->noted, event, session, org);
    return 0;
}

static int gather(Gathering *gathering)
{
    static const AuditFilter attendance = {.from = TIME_NONE, .to = TIME_NONE, .action = "attendance"};
    static const EventFilter office = {.terminal = NAME_OFFICE};

    int r = audit_each(gathering->store, &attendance, note_audit, gathering);
    if (r < 0)
        return error_trace(r);
    if (gathering->added.count)
        qsort(gathering->added.items, gathering->added.count, sizeof(*gathering->added.items), compare_noted);
    gathering->tree_count = gathering->result.sessions.count;
    gathering->trees = alloc_zero((gathering->result.sessions.count + 1) * sizeof(*gathering->trees));
    r = query_events(gathering->store, &office, take_event, gathering);
    for (size_t i = 0; i < gathering->voided.count && r == 0; i++) {
        const Noted *noted = gathering->noted = &gathering->voided.items[i];
        r = query_event(gathering->store, noted->terminal, noted->epoch, noted->seq, take_void, gathering);
        if (r == QUERY_E_UNKNOWN)
            r = 0;
    }
    return error_trace(r);
}

static int compare_entries(const void *a, const void *b)
{
    const Correction *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->action != y->action)
        return x->action < y->action ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

int corrections_load(Store *store, const char *org, SessionList *sessions, Corrections *ret_corrections)
{
    CLEANUP(cleanup_gathering)
    Gathering gathering = {.store = store, .org = org, .result = {.sessions = *sessions}};

    *sessions = (SessionList){0};
    int r = gather(&gathering);
    if (r < 0)
        return error_trace(r);
    if (gathering.result.count)
        qsort(gathering.result.entries, gathering.result.count, sizeof(*gathering.result.entries),
              compare_entries);
    *ret_corrections = gathering.result;
    gathering.result = (Corrections){.sessions.count = 0};
    return 0;
}
