// A line of a paper roll becomes events of the office: in, out and leave, as lines of the batch that the roll
// is. What a line became is noted (core/store/roll.h), so the same roll again changes nothing, and a line
// that is read otherwise the second time is a correction: what no longer holds is voided, what is new is
// added, with a reason, in one transaction with all other lines.
#include "office/roll.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/ledger.h"
#include "office/detail.h"

static const EventKind mark_kinds[ROLL_MARK_COUNT] = {
    [ROLL_IN] = EVENT_IN, [ROLL_OUT] = EVENT_OUT, [ROLL_LEAVE] = EVENT_LEAVE};
static const char *const mark_names[ROLL_MARK_COUNT] = {
    [ROLL_IN] = "in", [ROLL_OUT] = "out", [ROLL_LEAVE] = "leave"};

static void __attribute__((format(printf, 3, 4)))
refuse(RollProblem *problem, const char *field, const char *format, ...)
{
    va_list args;

    if (problem->field) // the first is enough
        return;
    problem->field = field;
    va_start(args, format);
    vsnprintf(problem->reason, sizeof(problem->reason), format, args);
    va_end(args);
}

static int book_take(void *user, const Roll *roll)
{
    RollBook *book = user;

    book->lines = roll->lines;
    book->nil = roll->closed && !roll->seen;
    return query_session(book->office->store, roll->session, &book->sessions);
}

int roll_book_open(RollBook *book, Office *office, int64_t number)
{
    if (book->number == number)
        return 0;
    roll_book_close(book);
    book->office = office;
    int r = roll_get(office->store, number, book_take, book);
    if (r != 0)
        return r < 0 ? error_trace(r) : ROLL_E_UNKNOWN;
    book->number = number;
    book->session = &book->sessions.rows[0];
    roll_format_code(number, book->code);
    return 0;
}

void roll_book_close(RollBook *book)
{
    session_list_deinit(&book->sessions);
    *book = (RollBook){0};
}

// "8:55" or "08:55", on the session's date; the day after it for a session that goes on past midnight and a
// time before its window begins.
static bool time_of_day(const SessionRow *session, const char *text, Time *ret_time)
{
    char local[CLOCK_TEXT_SIZE], date[CLOCK_TEXT_SIZE];
    size_t hour = strcspn(text, ":");
    bool next_day = zone_date(session->rules.ends - 1) > session->date;

    if ((hour != 1 && hour != 2) || strlen(text) > sizeof("00:00:00") - 1)
        return false;
    for (Date day = session->date;; day++) {
        Time time;
        date_format(day, date);
        snprintf(local, sizeof(local), "%.10s %s%.8s", date, hour == 1 ? "0" : "", text);
        if (!time_parse_local(local, &time))
            return false;
        *ret_time = time;
        if (!next_day || day > session->date || time >= session->rules.starts - session->rules.window_before)
            return true;
    }
}

// When the mark is to count. A mark alone: at the start, at the end.
static Time mark_time(const RollBook *book, const RollStated *stated, RollMark mark, RollProblem *problem)
{
    const char *value = stated->value[mark];
    Time time = TIME_NONE;

    if (mark == ROLL_LEAVE)
        return TIME_NONE;
    if (!value)
        return mark == ROLL_IN ? book->session->rules.starts : book->session->rules.ends;
    if (!time_of_day(book->session, value, &time) && !time_parse_local(value, &time))
        refuse(problem, mark_names[mark], _("a time is HH:MM of the session's day, or YYYY-MM-DD HH:MM"));
    return time;
}

static void book_check(const RollBook *book, const RollStated *stated, const char *member,
                       RollProblem *problem)
{
    char check[ROLL_CHECK_SIZE];

    roll_check(book->number, stated->line, member, check);
    if (!stated->check || strcmp(stated->check, check) != 0)
        refuse(problem, "check", _("is not the check code of line %d of roll %s"), stated->line, book->code);
    if (stated->marked[ROLL_LEAVE] && (stated->marked[ROLL_IN] || stated->marked[ROLL_OUT]))
        refuse(problem, "leave", _("and there as well: which of the two?"));
    if (book->nil && (stated->marked[ROLL_IN] || stated->marked[ROLL_OUT]))
        refuse(problem, "line", _("roll %s was closed with nobody on it; reopen it first"), book->code);
}

// What the line is to become.
static size_t book_want(const RollBook *book, const RollStated *stated, RollEntry *entries,
                        RollProblem *problem)
{
    size_t count = 0;

    for (RollMark mark = 0; mark < ROLL_MARK_COUNT; mark++) {
        const char *value = stated->value[mark];
        if (!stated->marked[mark])
            continue;
        RollEntry *entry = &entries[count++];
        *entry = (RollEntry){.kind = mark_kinds[mark], .at = mark_time(book, stated, mark, problem)};
        if (mark == ROLL_LEAVE && value && strlen(value) > EVENT_REASON_MAX)
            refuse(problem, "leave", _("a reason has at most %d bytes"), EVENT_REASON_MAX);
        else if (mark == ROLL_LEAVE && value)
            snprintf(entry->reason, sizeof(entry->reason), "%s", value);
    }
    if (count > 1 && entries[0].kind == EVENT_IN && entries[1].kind == EVENT_OUT &&
        entries[1].at < entries[0].at)
        refuse(problem, "out", _("is before in"));
    return count;
}

static bool same_entry(const RollEntry *a, const RollEntry *b)
{
    return a->kind == b->kind && a->at == b->at && strcmp(a->reason, b->reason) == 0;
}

static bool has_entry(const RollEntry *entries, size_t count, const RollEntry *entry)
{
    for (size_t i = 0; i < count; i++)
        if (same_entry(&entries[i], entry))
            return true;
    return false;
}

static void digest_text(const Text *text, uint8_t ret_digest[static DIGEST_SIZE])
{
    digest_sha256(&(DigestPart){text->data, text->size}, 1, ret_digest);
}

// What the batch register knows the line by, like any other line of a batch. What was taken back and is
// stated once more is another line of it.
static int book_note_line(RollBook *book, int line, const RollEntry *entry, uint64_t seq)
{
    CLEANUP(cleanup_text) Text said = {0};
    CLEANUP(cleanup_text) Text why = {0};
    uint8_t digest[DIGEST_SIZE];
    bool known = false;

    text_appendf(&said, "%d %s %" PRId64 " %s", line, event_kind_word(entry->kind), entry->at, entry->reason);
    digest_text(&said, digest);
    int r = ledger_line_known(book->office->store, book->code, digest, &known);
    if (known) {
        text_appendf(&said, " %" PRIu64, seq);
        digest_text(&said, digest);
    }
    text_appendf(&why, "%s:%d", book->code, line);
    if (r == 0)
        r = ledger_line_note(book->office->store, book->code, digest, seq, book->office->request->actor,
                             text_cstr(&why));
    return error_trace(r);
}

static int book_add(RollBook *book, const RollStated *stated, const char *member, RollEntry *entry,
                    RollProblem *problem)
{
    Office *office = book->office;
    Event event = event_make(entry->kind);
    char at[CLOCK_TEXT_SIZE];
    const char *refused = NULL;

    event.session = book->session->code;
    event.member = member;
    event.at = entry->at != TIME_NONE ? entry->at : office->now - office->now % TIME_SECOND;
    time_format_zone(event.at, at);
    event.at_text = at;
    if (entry->kind == EVENT_LEAVE)
        event.reason = *entry->reason ? entry->reason : NULL;
    else
        event.by = EVENT_BY_MANUAL;
    int r = correction_add(office, &event, true, &refused, &entry->seq);
    if (r == 0 && refused)
        refuse(problem, entry->kind == EVENT_LEAVE ? "leave" : "line", _("the event cannot be: %s"), refused);
    if (r < 0 || refused)
        return error_trace(r);
    r = roll_entry_add(office->store, book->number, stated->line, entry);
    if (r == 0)
        r = book_note_line(book, stated->line, entry, entry->seq);
    return error_trace(r);
}

static int book_take_back(RollBook *book, int line, const RollEntry *entry)
{
    int r = ledger_void_office(book->office->ledger, entry->seq, book->office->now);

    if (r == 0)
        r = roll_entry_void(book->office->store, book->number, line, entry->seq);
    return r > 0 ? error_origin(-EUCLEAN) : error_trace(r);
}

static void describe(Text *object, const RollEntry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char at[CLOCK_TEXT_SIZE] = "";
        if (entries[i].at != TIME_NONE)
            time_format_zone(entries[i].at, at);
        detail_text(object, event_kind_word(entries[i].kind),
                    entries[i].kind == EVENT_LEAVE ? entries[i].reason : at);
    }
}

// A correction has an entry of its own in the audit log, with what was and what is.
static int book_audit(RollBook *book, int line, const RollEntry *before, size_t before_count,
                      const RollEntry *after, size_t after_count)
{
    CLEANUP(cleanup_text) Text was = {0}, is = {0};
    char subject[ROLL_CODE_SIZE + 16];

    snprintf(subject, sizeof(subject), "%s line %d", book->code, line);
    describe(&was, before, before_count);
    describe(&is, after, after_count);
    return error_trace(detail_audit(book->office, "roll-correct", subject,
                                    options_get(&book->office->options, "why"), &was, &is));
}

static int book_write(RollBook *book, const RollStated *stated, const char *member, RollEntry *wanted,
                      size_t wanted_count, RollOutcome *ret_outcome, RollProblem *problem)
{
    RollEntry before[ROLL_ENTRIES_MAX];
    size_t before_count = 0, kept = 0;
    int line = stated->line;
    int r = roll_entries(book->office->store, book->number, line, before, &before_count);

    for (size_t i = 0; i < before_count; i++)
        kept += has_entry(wanted, wanted_count, &before[i]);
    if (r == 0 && kept < before_count && !options_has(&book->office->options, "why")) {
        refuse(problem, "line", _("line %d was entered otherwise before; a correction needs --why"), line);
        return 0;
    }
    for (size_t i = 0; i < before_count && r == 0; i++)
        if (!has_entry(wanted, wanted_count, &before[i]))
            r = book_take_back(book, line, &before[i]);
    for (size_t i = 0; i < wanted_count && r == 0; i++)
        if (!has_entry(before, before_count, &wanted[i]))
            r = book_add(book, stated, member, &wanted[i], problem);
    if (r < 0 || problem->field)
        return error_trace(r);
    *ret_outcome = kept < before_count           ? ROLL_CORRECTED
                   : wanted_count > before_count ? ROLL_ADDED
                                                 : ROLL_SAME;
    if (*ret_outcome == ROLL_CORRECTED)
        r = book_audit(book, line, before, before_count, wanted, wanted_count);
    return error_trace(r);
}

int roll_book_enter(RollBook *book, const RollStated *stated, RollOutcome *ret_outcome,
                    RollProblem *ret_problem)
{
    RollProblem problem = {0};
    RollEntry wanted[ROLL_ENTRIES_MAX];
    RollOutcome outcome = ROLL_SAME;
    char member[65];
    int r = roll_member(book->office->store, book->number, stated->line, member);

    if (r < 0)
        return error_trace(r);
    if (r == ROLL_E_UNKNOWN)
        refuse(&problem, "line", _("roll %s has lines 1 to %" PRId64), book->code, book->lines);
    else
        book_check(book, stated, member, &problem);
    size_t count = book_want(book, stated, wanted, &problem);
    r = problem.field ? 0 : book_write(book, stated, member, wanted, count, &outcome, &problem);
    *ret_problem = problem;
    if (r < 0)
        return error_trace(r);
    *ret_outcome = outcome;
    return 0;
}
