// The live view. It shows one session: of those whose window (R1) holds the present moment the one that
// starts nearest, or else the next one of the day. The scans of that session (named, or within its window)
// say who has come; who of the plan has no scan is missing. A scan taken back by a void does not count. With
// no session about, the scans of the day are shown as they came.
//
// It only looks: what counts is decided by the collector.
#include "terminal/view.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "core/model/session.h"

#define VIEW_NARROW 72 // columns below which the head begins with the state of the line
#define VIEW_WINDOW (SESSION_WINDOW_MINUTES * TIME_MINUTE)
#define VIEW_LATEST_MAX 200 // lines of scans that a screen can have

typedef struct ViewMember {
    char *member, *name;
} ViewMember;

typedef struct ViewSession {
    char *session, *title;
    Time starts, ends;
} ViewSession;

// A member of the plan who is to be checked at a session.
typedef struct ViewCheck {
    char *session, *member;
} ViewCheck;

typedef struct ViewScan {
    uint64_t seq;
    char kind[8];
    char *member;  // or the card's token where nobody is known to hold it
    char *session; // NULL where the scan left it out
    Time at;
    bool taken_back;
} ViewScan;

struct View {
    ViewSession *sessions;
    size_t session_count;
    ViewMember *members; // sorted by code
    size_t member_count;
    ViewCheck *checks;
    size_t check_count;
    ViewScan *scans; // sorted by number
    size_t scan_count;
};

View *view_new(void)
{
    return alloc_zero(sizeof(View));
}

void view_clear_plan(View *view)
{
    for (size_t i = 0; i < view->session_count; i++) {
        free(view->sessions[i].session);
        free(view->sessions[i].title);
    }
    for (size_t i = 0; i < view->member_count; i++) {
        free(view->members[i].member);
        free(view->members[i].name);
    }
    for (size_t i = 0; i < view->check_count; i++) {
        free(view->checks[i].session);
        free(view->checks[i].member);
    }
    view->session_count = 0;
    view->member_count = 0;
    view->check_count = 0;
}

static void view_scan_deinit(ViewScan *scan)
{
    free(scan->member);
    free(scan->session);
}

View *view_free(View *view)
{
    if (!view)
        return NULL;
    view_clear_plan(view);
    for (size_t i = 0; i < view->scan_count; i++)
        view_scan_deinit(&view->scans[i]);
    free(view->sessions);
    free(view->members);
    free(view->checks);
    free(view->scans);
    free(view);
    return NULL;
}

void view_add_session(View *view, const OutboxSession *session)
{
    view->sessions = alloc_resize(view->sessions, view->session_count + 1, sizeof(*view->sessions));
    view->sessions[view->session_count++] = (ViewSession){
        .session = alloc_string(session->session),
        .title = alloc_string(session->title),
        .starts = session->starts,
        .ends = session->ends,
    };
}

void view_add_member(View *view, const char *member, const char *name)
{
    view->members = alloc_resize(view->members, view->member_count + 1, sizeof(*view->members));
    view->members[view->member_count++] = (ViewMember){alloc_string(member), alloc_string(name)};
}

void view_add_check(View *view, const char *session, const char *member)
{
    view->checks = alloc_resize(view->checks, view->check_count + 1, sizeof(*view->checks));
    view->checks[view->check_count++] = (ViewCheck){alloc_string(session), alloc_string(member)};
}

static void view_take_back(View *view, uint64_t seq)
{
    for (size_t i = 0; i < view->scan_count; i++) {
        if (view->scans[i].seq == seq)
            view->scans[i].taken_back = true;
    }
}

void view_note(View *view, const OutboxEvent *event, const char *member)
{
    ViewScan scan = {.seq = event->seq, .at = event->at};

    if (strcmp(event->kind, "void") == 0) {
        view_take_back(view, event->of);
        return;
    }
    if (!member)
        member = event->member ? event->member : (event->card ? event->card : "");
    memcpy(scan.kind, event->kind, strnlen(event->kind, sizeof(scan.kind) - 1));
    scan.member = alloc_string(member);
    scan.session = alloc_string(event->session);
    if (view->scan_count == VIEW_EVENTS_MAX) {
        view_scan_deinit(&view->scans[0]);
        memmove(view->scans, view->scans + 1, --view->scan_count * sizeof(*view->scans));
    }
    view->scans = alloc_resize(view->scans, view->scan_count + 1, sizeof(*view->scans));
    view->scans[view->scan_count++] = scan;
}

static Time view_distance(const ViewSession *session, Time now)
{
    return now > session->starts ? now - session->starts : session->starts - now;
}

static const ViewSession *view_session(const View *view, Time now)
{
    const ViewSession *running = NULL;
    const ViewSession *next = NULL;

    for (size_t i = 0; i < view->session_count; i++) {
        const ViewSession *session = &view->sessions[i];
        bool open = now >= session->starts - VIEW_WINDOW && now <= session->ends + VIEW_WINDOW;

        if (open && (!running || view_distance(session, now) < view_distance(running, now)))
            running = session;
        if (session->starts > now && zone_date(session->starts) == zone_date(now) &&
            (!next || session->starts < next->starts))
            next = session;
    }
    return running ? running : next;
}

static bool view_belongs(const ViewScan *scan, const ViewSession *session, Time now)
{
    if (!session)
        return zone_date(scan->at) == zone_date(now);
    if (scan->session)
        return strcmp(scan->session, session->session) == 0;
    return scan->at >= session->starts - VIEW_WINDOW && scan->at <= session->ends + VIEW_WINDOW;
}

static int view_compare_member(const void *key, const void *item)
{
    return strcmp(key, ((const ViewMember *)item)->member);
}

static const ViewMember *view_find(const View *view, const char *member)
{
    return view->member_count == 0 ? NULL
                                   : bsearch(member, view->members, view->member_count,
                                             sizeof(*view->members), view_compare_member);
}

// What one drawing has worked out.
typedef struct ViewCount {
    bool *come;     // for each member of the plan
    bool *to_check; // the same: is to be checked at this session, and has not been
    size_t came, guests, unchecked;
    const ViewScan *latest[VIEW_LATEST_MAX]; // newest first
    size_t latest_count;
} ViewCount;

static bool view_is_on_site(const ViewScan *scan)
{
    return strcmp(scan->kind, "in") == 0 || strcmp(scan->kind, "out") == 0;
}

/// True if an earlier scan of the same guest has been counted.
static bool view_is_known_guest(const View *view, size_t index, const ViewSession *session, Time now)
{
    for (size_t i = 0; i < index; i++) {
        const ViewScan *scan = &view->scans[i];

        if (!scan->taken_back && view_is_on_site(scan) && view_belongs(scan, session, now) &&
            strcmp(scan->member, view->scans[index].member) == 0)
            return true;
    }
    return false;
}

static void view_count_scan(const View *view, size_t index, const ViewSession *session, Time now,
                            ViewCount *count)
{
    const ViewScan *scan = &view->scans[index];
    const ViewMember *member = view_find(view, scan->member);

    if (member && strcmp(scan->kind, "check") == 0) {
        count->unchecked -= count->to_check[member - view->members];
        count->to_check[member - view->members] = false;
    }
    if (!view_is_on_site(scan))
        return;
    if (!member) {
        count->guests += !view_is_known_guest(view, index, session, now);
        return;
    }
    bool *come = &count->come[member - view->members];
    count->came += !*come;
    *come = true;
}

// Who is to be checked at the session; the scans take away who has been.
static void view_count_checks(const View *view, const ViewSession *session, ViewCount *count)
{
    for (size_t i = 0; session && i < view->check_count; i++) {
        const ViewMember *member = view_find(view, view->checks[i].member);
        if (!member || strcmp(view->checks[i].session, session->session) != 0)
            continue;
        count->to_check[member - view->members] = true;
        count->unchecked++;
    }
}

static void view_count(const View *view, const ViewSession *session, Time now, ViewCount *count)
{
    count->come = alloc_zero(view->member_count + 1);
    count->to_check = alloc_zero(view->member_count + 1);
    view_count_checks(view, session, count);
    for (size_t i = view->scan_count; i-- > 0;) {
        const ViewScan *scan = &view->scans[i];

        if (scan->taken_back || !view_belongs(scan, session, now))
            continue;
        if (count->latest_count < VIEW_LATEST_MAX)
            count->latest[count->latest_count++] = scan;
        view_count_scan(view, i, session, now, count);
    }
}

/// Appends the text cut to `columns`; returns the columns it took. Control characters never get here: codes,
/// names and titles are checked where they come in.
static int view_put(Text *screen, const char *text, int columns)
{
    int used = 0;

    while (*text) {
        size_t size = 1;
        char character[8] = {0};

        while (size < 4 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size++;
        memcpy(character, text, size);
        int width = (int)text_width(character);
        if (used + width > columns)
            break;
        text_append_bytes(screen, text, size);
        used += width;
        text += size;
    }
    return used;
}

static void view_line(Text *screen, const ViewFrame *frame, int *rows_left, const char *text)
{
    if (*rows_left <= 0)
        return;
    view_put(screen, text, frame->columns);
    text_append_char(screen, '\n');
    --*rows_left;
}

static const char *view_mark(const ViewFrame *frame, uint64_t seq)
{
    if (seq <= frame->through)
        return "✓✓";
    return seq <= frame->sent ? "✓ " : "· ";
}

static void view_head(const ViewFrame *frame, Text *screen, int *rows_left)
{
    CLEANUP(cleanup_text) Text line = {0};
    char now[CLOCK_TEXT_SIZE];

    const char *state = !frame->connected         ? _("line: down")
                        : frame->collector_online ? _("line: up, centre: there")
                                                  : _("line: up, centre: away");

    time_format_short(frame->now, now);
    if (frame->columns < VIEW_NARROW) // what is cut off is the least needed
        text_appendf(&line, "%s  %s  %s", state, now, frame->station);
    else
        text_appendf(&line, "studyday  %s  %s  %s", frame->station, now, state);
    view_line(screen, frame, rows_left, text_cstr(&line));
}

static void view_session_lines(const View *view, const ViewFrame *frame, const ViewSession *session,
                               const ViewCount *count, Text *screen, int *rows_left)
{
    CLEANUP(cleanup_text) Text line = {0};
    char starts[CLOCK_TEXT_SIZE], ends[CLOCK_TEXT_SIZE];

    if (session) {
        time_format_short(session->starts, starts);
        time_format_short(session->ends, ends);
        text_appendf(&line, "%s  %s - %s", session->title, starts,
                     ends +
                         (zone_date(session->starts) == zone_date(session->ends) ? sizeof("YYYY-MM-DD") : 0));
    } else {
        text_append(&line, _("No session today by the plan"));
    }
    view_line(screen, frame, rows_left, text_cstr(&line));
    text_clear(&line);
    text_appendf(&line, _("come %zu of %zu, missing %zu, guests %zu"), count->came, view->member_count,
                 view->member_count - count->came, count->guests);
    view_line(screen, frame, rows_left, text_cstr(&line));
    text_clear(&line);
    text_appendf(&line, _("scans: recorded %llu, sent %llu ✓, received %llu ✓✓"),
                 (unsigned long long)frame->recorded, (unsigned long long)frame->sent,
                 (unsigned long long)frame->through);
    view_line(screen, frame, rows_left, text_cstr(&line));
}

static void view_alarm_lines(const ViewFrame *frame, Text *screen, int *rows_left)
{
    for (size_t i = 0; i < frame->alarms->count; i++) {
        CLEANUP(cleanup_text) Text line = {0};
        const Alarm *alarm = &frame->alarms->list[i];

        text_appendf(&line, "! %s", alarms_title(alarm->code));
        if (alarm->detail[0])
            text_appendf(&line, " (%s)", alarm->detail);
        view_line(screen, frame, rows_left, text_cstr(&line));
    }
}

// The names of the members whose flag is `wanted`, in at most `rows` lines behind a title.
static void view_name_lines(const View *view, const ViewFrame *frame, const char *title, const bool *flags,
                            bool wanted, int rows, Text *screen, int *rows_left)
{
    CLEANUP(cleanup_text) Text line = {0};
    int width = 0;

    if (rows <= 0)
        return;
    text_append(&line, title);
    width = (int)text_width(text_cstr(&line));
    for (size_t i = 0; i < view->member_count && rows > 0; i++) {
        int needed = (int)text_width(view->members[i].name) + 2;

        if (flags[i] != wanted)
            continue;
        if (width + needed > frame->columns && width > 0) {
            view_line(screen, frame, rows_left, text_cstr(&line));
            text_clear(&line);
            width = 0;
            if (--rows <= 0)
                break;
        }
        text_appendf(&line, "  %s", view->members[i].name);
        width += needed;
    }
    if (rows > 0 && line.size > 0)
        view_line(screen, frame, rows_left, text_cstr(&line));
}

static const char *view_kind_title(const char *kind)
{
    static const struct {
        const char *kind, *title;
    } titles[] = {
        {"in", N_("came")},
        {"out", N_("left")},
        {"leave", N_("on leave")},
        {"makeup", N_("made up")},
        {"home", N_("at home")},
        {"check", N_("checked")},
        {"close", N_("session closed")},
    };

    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        if (strcmp(titles[i].kind, kind) == 0)
            return _(titles[i].title);
    }
    return kind;
}

static void view_scan_line(const View *view, const ViewFrame *frame, const ViewScan *scan, Text *screen,
                           int *rows_left)
{
    CLEANUP(cleanup_text) Text line = {0};
    const ViewMember *member = view_find(view, scan->member);
    char at[CLOCK_TEXT_SIZE];

    time_format_short(scan->at, at);
    text_appendf(&line, "%s %s  %s  %s %s", view_mark(frame, scan->seq), at + sizeof("YYYY-MM-DD"),
                 view_kind_title(scan->kind), scan->member, member ? member->name : "");
    view_line(screen, frame, rows_left, text_cstr(&line));
}

static void view_foot(const ViewFrame *frame, Text *screen)
{
    CLEANUP(cleanup_text) Text line = {0};
    int columns = frame->columns;

    if (!frame->typed) {
        view_put(screen, frame->reply, columns);
        return;
    }
    if (frame->reply[0])
        text_appendf(&line, "%s  ", frame->reply);
    text_appendf(&line, "> %s", frame->typed);
    view_put(screen, text_cstr(&line), columns - 1); // room for the cursor
}

void view_render(const View *view, const ViewFrame *frame, Text *screen)
{
    const ViewSession *session = view_session(view, frame->now);
    ViewCount *count = alloc_zero(sizeof(*count));
    int rows_left = frame->rows - 1; // the last one is the foot

    view_count(view, session, frame->now, count);
    view_head(frame, screen, &rows_left);
    view_session_lines(view, frame, session, count, screen, &rows_left);
    view_alarm_lines(frame, screen, &rows_left);
    if (session && count->came < view->member_count)
        view_name_lines(view, frame, _("Missing:"), count->come, false, rows_left / 2, screen, &rows_left);
    if (count->unchecked)
        view_name_lines(view, frame, _("To be checked:"), count->to_check, true, rows_left / 2, screen,
                        &rows_left);
    for (size_t i = 0; i < count->latest_count && rows_left > 0; i++)
        view_scan_line(view, frame, count->latest[i], screen, &rows_left);
    view_foot(frame, screen);
    free(count->come);
    free(count->to_check);
    free(count);
}
