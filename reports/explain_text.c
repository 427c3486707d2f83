// An explanation for people: the figure, then a paragraph for each of those whom it counts, with reasons and
// events below.
#include "reports/explain.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/i18n.h"
#include "reports/render.h"

static int flush(ExplainSink *sink)
{
    return sink->flush(sink->user, sink->text);
}

static void append_month_or_session(const ExplainHead *head, Text *text)
{
    char month[CLOCK_TEXT_SIZE];

    if (head->session) {
        text_append(text, head->session);
        return;
    }
    month_format(head->month, month);
    text_append(text, month);
}

static void append_permille(int64_t value, Text *text)
{
    ReportCell cell = report_number(value);

    if (value == REPORT_NULL)
        text_append(text, "–");
    else
        render_append_cell(REPORT_PERMILLE, &cell, text);
}

static void append_rate(const ExplainHead *head, Text *text)
{
    append_permille(head->figure, text);
    text_appendf(text, " = %s / %s = %" PRId64 " / %" PRId64 "\n", head->parts, head->whole, head->part_sum,
                 head->whole_sum);
    text_append(text, _("Ask for one of these with --column.\n"));
}

static int write_head(void *user, const ExplainHead *head)
{
    ExplainSink *sink = user;
    Text *text = sink->text;

    text_appendf(text, "%s (%s), ", head->org_name, head->org);
    append_month_or_session(head, text);
    if (!head->column) {
        text_append(text, "\n");
        return flush(sink);
    }
    text_appendf(text, ", %s: ", head->column);
    sink->any = head->is_rate;
    if (head->is_rate)
        append_rate(head, text);
    else
        text_appendf(text, "%" PRId64 "\n", head->figure);
    if (head->closed)
        text_appendf(text, _("This is what was stored when the month was closed, as revision %d.\n"),
                     head->revision);
    if (head->closed && !head->is_rate && head->live != head->figure)
        text_appendf(text,
                     _("As it is known now it would be %" PRId64
                       ", and that is what is listed below; `studyday "
                       "report month --changes` shows the difference.\n"),
                     head->live);
    return flush(sink);
}

static void append_key(const char *terminal, const char *epoch, uint64_t seq, Text *text)
{
    text_appendf(text, "%s %s:%" PRIu64, terminal, epoch, seq);
}

static void append_by(const char *who, const char *why, Text *text)
{
    if (who)
        text_appendf(text, _(", by %s: %s"), who, why ? why : "");
}

void explain_append_event(const ExplainEvent *item, Text *text)
{
    const PairEvent *event = &item->event;
    char at[CLOCK_TEXT_SIZE], received[CLOCK_TEXT_SIZE];

    time_format_short(event->fact.at, at);
    text_appendf(text, "%s %s  ", event_kind_word(event->fact.kind), at);
    append_key(event->terminal, event->epoch, event->seq, text);
    if (event->received_at != TIME_NONE) {
        time_format_short(event->received_at, received);
        text_appendf(text, _(", received %s"), received);
    }
    append_by(event->who, event->why, text);
    text_appendf(text, ": %s", _(explain_use_title(item->use)));
}

void explain_append_void(const ExplainEvent *item, Text *text)
{
    const PairEvent *event = &item->event;

    text_append(text, _("taken back by "));
    append_key(event->void_terminal, event->void_epoch, event->void_seq, text);
    append_by(event->void_who, event->void_why, text);
}

static void append_event(const ExplainEvent *item, Text *text)
{
    text_append(text, "    - ");
    explain_append_event(item, text);
    text_append_char(text, '\n');
    if (item->event.void_terminal) {
        text_append(text, "      ");
        explain_append_void(item, text);
        text_append_char(text, '\n');
    }
}

static bool reason_is_credit(ReasonKind kind)
{
    return kind == REASON_CREDIT || kind == REASON_SHORT || kind == REASON_CREDIT_HOME ||
           kind == REASON_CREDIT_MAKEUP;
}

static bool reason_names_point(ReasonKind kind)
{
    return kind == REASON_ABSENT || kind == REASON_UNREPORTED;
}

static void append_pair(const ExplainEntry *entry, Text *text)
{
    text_appendf(text, ": %s", _(status_title(entry->status)));
    if (entry->point)
        text_appendf(text, " @ %s", entry->point);
    text_append_char(text, '\n');
    for (size_t i = 0; i < entry->reason_count; i++) {
        text_appendf(text, "    [%s", entry->reasons[i].rule);
        if (reason_is_credit(entry->reasons[i].kind))
            text_appendf(text, " %s/%d", SESSION_RULE, (int)entry->session->rule_version);
        text_append(text, "] ");
        explain_append_reason(&entry->reasons[i], text);
        if (entry->own_point && reason_names_point(entry->reasons[i].kind))
            text_appendf(text, " (%s)", entry->own_point);
        text_append_char(text, '\n');
    }
    for (size_t i = 0; i < entry->event_count; i++)
        append_event(&entry->events[i], text);
}

static const char *coverage_title(Coverage coverage)
{
    switch (coverage) {
    case COVERAGE_SILENT:
        return N_("silent");
    case COVERAGE_REPORTED:
        return N_("reported");
    case COVERAGE_CLOSED:
        return N_("reported and closed");
    case COVERAGE_NIL:
        return N_("nobody came (nil)");
    }
    return "";
}

static int write_entry(void *user, const ExplainEntry *entry)
{
    ExplainSink *sink = user;
    Text *text = sink->text;

    text_appendf(text, "  +%" PRId64 "  ", entry->value);
    if (entry->session)
        text_appendf(text, "%s  ", entry->session->code);
    if (entry->member)
        text_appendf(text, "%s %s", entry->member->code, entry->member->name);
    else if (entry->point)
        text_append(text, entry->point);
    else if (entry->session)
        text_append(text, entry->session->title);
    if (entry->org)
        text_appendf(text, " (%s)", entry->org);
    if (entry->is_pair)
        append_pair(entry, text);
    else if (entry->is_point)
        text_appendf(text, ": %s%s\n", _(coverage_title(entry->coverage)),
                     entry->gap ? _(", with a gap in the numbers of a terminal") : "");
    else if (entry->member)
        text_appendf(text, _(": %" PRId64 " min in the year%s\n"), entry->year_minutes,
                     entry->class_taken ? _(", with a class") : "");
    else
        text_append_char(text, '\n');
    return flush(sink);
}

static int write_tail(void *user, int64_t count, int64_t sum)
{
    ExplainSink *sink = user;

    if (sink->any) // a rate: nothing is listed
        return 0;
    text_appendf(sink->text, _("Listed: %" PRId64 ", together %" PRId64 "\n"), count, sum);
    return flush(sink);
}

ExplainWriter explain_text_writer(ExplainSink *sink)
{
    return (ExplainWriter){write_head, write_entry, write_tail, sink};
}
