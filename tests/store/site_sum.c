#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "tests/store/site.h"

// What reports would say, as text by codes: two databases that were fed the same facts say the same.

typedef struct Summary {
    Site *site;
    const char *session; // being told
    OrgTree tree;
    char **lines;
    size_t count;
} Summary;

__attribute__((format(printf, 2, 3))) static void say(Summary *s, const char *format, ...)
{
    char line[400];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    s->lines = alloc_resize(s->lines, s->count + 1, sizeof(*s->lines));
    s->lines[s->count++] = alloc_string(line);
}

static const char *org_name(const Summary *s, int32_t org)
{
    int32_t index = org_tree_index(&s->tree, org);

    return index < 0 ? "none" : s->tree.nodes[index].code;
}

static int tally_say(void *user, int32_t org, const Tally *tally)
{
    Summary *s = user;
    char values[300] = "";
    size_t n = 0;

    if (tally_is_zero(tally))
        return 0;
    for (size_t f = 0; f < TALLY_FIELD_COUNT; f++)
        n +=
            (size_t)snprintf(values + n, sizeof(values) - n, " %lld", (long long)((const int64_t *)tally)[f]);
    say(s, "tally %s %s:%s", s->session, org_name(s, org), values);
    return 0;
}

static int guest_say(void *user, int32_t host, int32_t home, int64_t count)
{
    Summary *s = user;

    say(s, "guests %s %s %s: %lld", s->session, org_name(s, host), org_name(s, home), (long long)count);
    return 0;
}

static int record_say(void *user, const RecordEntry *entry)
{
    Summary *s = user;
    const Attendance *a = &entry->attendance;

    say(s, "record %s %s: %d %s %s%s %d %d %x %lld %lld %d%d%d %s", s->session, entry->session->code,
        entry->duty, status_word(a->status), entry->point, entry->own_point_silent ? " silent" : "",
        a->minutes, a->credit, a->flags, (long long)a->first_in, (long long)a->last_out, a->checked,
        a->passed, a->not_found, entry->exempt_reason);
    return 0;
}

static void session_say(Summary *s, const SessionRow *session)
{
    SessionPoint *points;
    size_t count;

    s->session = session->code;
    say(s, "session %s: %s %s", session->code, session->opened ? "open" : "to come",
        session->invited ? "invited" : "");
    assert_int_equal(org_tree_load(s->site->store, session->date, &s->tree), 0);
    assert_int_equal(query_session_tallies(s->site->store, session, tally_say, s), 0);
    assert_int_equal(query_session_guests(s->site->store, session, guest_say, s), 0);
    assert_int_equal(query_session_points(s->site->store, session, &s->tree, &points, &count), 0);
    for (size_t i = 0; i < count; i++)
        say(s, "point %s %s of %s: %s%s", session->code, points[i].code, org_name(s, points[i].org),
            coverage_word(points[i].coverage), points[i].gap ? " gap" : "");
    free(points);
    org_tree_deinit(&s->tree);
}

static void member_say(Summary *s, const char *code)
{
    MemberRow row = {0};
    int64_t minutes;

    if (query_member(s->site->store, code, zone_date(s->site->now), &row) != 0)
        return;
    s->session = code;
    say(s, "member %s: %s", code, row.org);
    for (int year = 2026; year <= 2027; year++) {
        assert_int_equal(query_record(s->site->store, &row, year, s->site->now, record_say, s), 0);
        for (int month = 1; month <= 12; month++) {
            assert_int_equal(query_year_minutes(s->site->store, &row, year * 12 + month - 1, &minutes), 0);
            say(s, "minutes %s %d-%02d: %lld", code, year, month, (long long)minutes);
        }
    }
    member_row_deinit(&row);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void site_sum_up(Site *site, Text *text)
{
    Summary s = {.site = site};
    SessionList list;
    StoreCounts counts;

    assert_int_equal(store_counts(site->store, &counts), 0);
    say(&s, "parked: %lld", (long long)counts.parked);
    assert_int_equal(query_sessions_between(site->store, 0, INT64_MAX / 2, &list), 0);
    for (size_t i = 0; i < list.count; i++)
        session_say(&s, &list.rows[i]);
    session_list_deinit(&list);
    for (int i = 1; i <= SITE_MEMBERS_MAX; i++) {
        char code[16];
        snprintf(code, sizeof(code), "m%d", i);
        member_say(&s, code);
    }
    qsort(s.lines, s.count, sizeof(*s.lines), compare_lines);
    text_clear(text);
    for (size_t i = 0; i < s.count; i++) {
        text_appendf(text, "%s\n", s.lines[i]);
        free(s.lines[i]);
    }
    free(s.lines);
}

static void session_ask(Site *site, const char *code, SessionList *list, OrgTree *tree)
{
    assert_int_equal(query_session(site->store, code, list), 0);
    assert_int_equal(org_tree_load(site->store, list->rows[0].date, tree), 0);
}

const char *site_coverage(Site *site, const char *session, const char *point)
{
    static char text[32];
    SessionList list;
    OrgTree tree;
    SessionPoint *points;
    size_t count;

    session_ask(site, session, &list, &tree);
    assert_int_equal(query_session_points(site->store, &list.rows[0], &tree, &points, &count), 0);
    strcpy(text, "-");
    for (size_t i = 0; i < count; i++)
        if (strcmp(points[i].code, point) == 0)
            snprintf(text, sizeof(text), "%s%s", coverage_word(points[i].coverage),
                     points[i].gap ? " gap" : "");
    free(points);
    org_tree_deinit(&tree);
    session_list_deinit(&list);
    return text;
}

typedef struct WantedGuests {
    const OrgTree *tree;
    const char *host, *home;
    int64_t count;
} WantedGuests;

static int guests_note(void *user, int32_t host, int32_t home, int64_t count)
{
    WantedGuests *wanted = user;

    if (org_tree_index(wanted->tree, host) == org_tree_find(wanted->tree, wanted->host) &&
        org_tree_index(wanted->tree, home) == org_tree_find(wanted->tree, wanted->home))
        wanted->count += count;
    return 0;
}

int64_t site_guests(Site *site, const char *session, const char *host, const char *home)
{
    SessionList list;
    OrgTree tree;

    session_ask(site, session, &list, &tree);
    WantedGuests wanted = {.tree = &tree, .host = host, .home = home};
    assert_int_equal(query_session_guests(site->store, &list.rows[0], guests_note, &wanted), 0);
    org_tree_deinit(&tree);
    session_list_deinit(&list);
    return wanted.count;
}

int64_t site_minutes(Site *site, const char *member, int year, int month)
{
    MemberRow row = {0};
    int64_t minutes;

    assert_int_equal(query_member(site->store, member, zone_date(site->now), &row), 0);
    assert_int_equal(query_year_minutes(site->store, &row, year * 12 + month - 1, &minutes), 0);
    member_row_deinit(&row);
    return minutes;
}
