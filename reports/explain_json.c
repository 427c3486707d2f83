// The same as one JSON document: "figure" is what the report prints, "sum" what the entries add up to.
// Reasons have their rule, a word, the numbers that decided, and the sentence in the reader's language, the
// only thing here that is translated.
#include "reports/explain.h"

#include <inttypes.h>
#include <string.h>

static int flush(ExplainSink *sink)
{
    return sink->flush(sink->user, sink->text);
}

static void append_string(Text *text, const char *head, const char *value)
{
    text_append(text, head);
    if (value)
        text_append_json(text, value, strlen(value));
    else
        text_append(text, "null");
}

static void append_number(Text *text, const char *head, int64_t value)
{
    text_append(text, head);
    if (value == REPORT_NULL)
        text_append(text, "null");
    else
        text_appendf(text, "%" PRId64, value);
}

static void append_time(Text *text, const char *head, Time value)
{
    char time[CLOCK_TEXT_SIZE];

    if (value != TIME_NONE)
        time_format_zone(value, time);
    append_string(text, head, value != TIME_NONE ? time : NULL);
}

static int write_head(void *user, const ExplainHead *head)
{
    ExplainSink *sink = user;
    Text *text = sink->text;
    char month[CLOCK_TEXT_SIZE];

    month_format(head->month, month);
    append_string(text, "{\"report\":", "explain");
    append_string(text, ",\"org\":", head->org);
    append_string(text, ",\"name\":", head->org_name);
    if (head->session)
        append_string(text, ",\"session\":", head->session);
    else
        append_string(text, ",\"month\":", month);
    append_string(text, ",\"column\":", head->column);
    append_number(text, ",\"figure\":", head->figure);
    append_number(text, ",\"live\":", head->live);
    append_number(text, ",\"revision\":", head->closed ? head->revision : REPORT_NULL);
    if (head->is_rate) {
        append_string(text, ",\"numerator\":{\"figures\":", head->parts);
        append_number(text, ",\"value\":", head->part_sum);
        append_string(text, "},\"denominator\":{\"figures\":", head->whole);
        append_number(text, ",\"value\":", head->whole_sum);
        text_append_char(text, '}');
    }
    text_append(text, ",\"entries\":[");
    return flush(sink);
}

static const char *duty_word(Duty duty)
{
    if (duty == DUTY_EXPECTED)
        return "expected";
    return duty == DUTY_EXEMPT ? "exempt" : "guest";
}

static const char *reason_word(ReasonKind kind)
{
    static const char *const words[REASON_COUNT] = {
        [REASON_EXPECTED] = "expected",
        [REASON_EXEMPT] = "exempt",
        [REASON_GUEST] = "guest",
        [REASON_LATE] = "late",
        [REASON_LEFT_EARLY] = "left-early",
        [REASON_PRESENT] = "present",
        [REASON_HOME] = "home",
        [REASON_MAKEUP] = "makeup",
        [REASON_LEAVE] = "leave",
        [REASON_ABSENT] = "absent",
        [REASON_UNREPORTED] = "unreported",
        [REASON_NO_IN] = "no-in",
        [REASON_NO_OUT] = "no-out",
        [REASON_OTHER_POINT] = "other-point",
        [REASON_PRESENCE] = "presence",
        [REASON_CREDIT] = "credit",
        [REASON_SHORT] = "short",
        [REASON_CREDIT_HOME] = "credit-home",
        [REASON_CREDIT_MAKEUP] = "credit-makeup",
        [REASON_CHECK_PASSED] = "check-passed",
        [REASON_CHECK_FAILED] = "check-failed",
        [REASON_CHECK_MISSING] = "check-missing",
        [REASON_CHECK_NOT_FOUND] = "not-found",
    };

    return words[kind];
}

static void append_reason(const Reason *reason, bool first, Text *text)
{
    CLEANUP(cleanup_text) Text sentence = {0};

    explain_append_reason(reason, &sentence);
    append_string(text, first ? "{\"rule\":" : ",{\"rule\":", reason->rule);
    append_string(text, ",\"reason\":", reason_word(reason->kind));
    append_string(text, ",\"text\":", text_cstr(&sentence));
    if (reason->at != TIME_NONE)
        append_time(text, ",\"at\":", reason->at);
    if (reason->limit != TIME_NONE)
        append_time(text, ",\"limit\":", reason->limit);
    text_append_char(text, '}');
}

static void append_event(const ExplainEvent *item, bool first, Text *text)
{
    const PairEvent *event = &item->event;

    append_string(text, first ? "{\"terminal\":" : ",{\"terminal\":", event->terminal);
    append_string(text, ",\"epoch\":", event->epoch);
    append_number(text, ",\"seq\":", (int64_t)event->seq);
    append_string(text, ",\"kind\":", event_kind_word(event->fact.kind));
    append_time(text, ",\"at\":", event->fact.at);
    append_time(text, ",\"received_at\":", event->received_at);
    append_string(text, ",\"point\":", event->fact.point);
    append_string(text, ",\"use\":", fact_use_word(item->use));
    append_string(text, ",\"who\":", event->who);
    append_string(text, ",\"why\":", event->why);
    if (event->void_terminal) {
        append_string(text, ",\"void\":{\"terminal\":", event->void_terminal);
        append_string(text, ",\"epoch\":", event->void_epoch);
        append_number(text, ",\"seq\":", (int64_t)event->void_seq);
        append_string(text, ",\"who\":", event->void_who);
        append_string(text, ",\"why\":", event->void_why);
        text_append_char(text, '}');
    }
    text_append_char(text, '}');
}

static void append_pair(const ExplainEntry *entry, Text *text)
{
    append_string(text, ",\"duty\":", duty_word(entry->duty));
    append_string(text, ",\"status\":", status_word(entry->status));
    append_string(text, ",\"own_point\":", entry->own_point);
    append_time(text, ",\"first_in\":", entry->attendance->first_in);
    append_time(text, ",\"last_out\":", entry->attendance->last_out);
    append_number(text, ",\"minutes\":", entry->attendance->minutes);
    append_number(text, ",\"credit_minutes\":", entry->attendance->credit);
    text_appendf(text, ",\"rule\":\"%s/%d\"", SESSION_RULE, (int)entry->session->rule_version);
    text_append(text, ",\"reasons\":[");
    for (size_t i = 0; i < entry->reason_count; i++)
        append_reason(&entry->reasons[i], i == 0, text);
    text_append(text, "],\"events\":[");
    for (size_t i = 0; i < entry->event_count; i++)
        append_event(&entry->events[i], i == 0, text);
    text_append_char(text, ']');
}

static int write_entry(void *user, const ExplainEntry *entry)
{
    ExplainSink *sink = user;
    Text *text = sink->text;

    append_number(text, sink->any ? ",\n{\"value\":" : "{\"value\":", entry->value);
    sink->any = true;
    if (entry->session)
        append_string(text, ",\"session\":", entry->session->code);
    if (entry->member) {
        append_string(text, ",\"member\":", entry->member->code);
        append_string(text, ",\"name\":", entry->member->name);
    }
    if (entry->member || entry->is_point) {
        append_string(text, ",\"org\":", entry->org);
        append_string(text, ",\"point\":", entry->point);
    }
    if (entry->is_pair)
        append_pair(entry, text);
    if (entry->is_point) {
        append_string(text, ",\"coverage\":", coverage_word(entry->coverage));
        text_append(text, entry->gap ? ",\"gap\":true" : ",\"gap\":false");
    } else if (entry->member && !entry->is_pair) {
        append_number(text, ",\"year_minutes\":", entry->year_minutes);
        text_append(text, entry->class_taken ? ",\"class_taken\":true" : ",\"class_taken\":false");
    }
    text_append_char(text, '}');
    return flush(sink);
}

static int write_tail(void *user, int64_t count, int64_t sum)
{
    ExplainSink *sink = user;

    append_number(sink->text, "],\"count\":", count);
    append_number(sink->text, ",\"sum\":", sum);
    text_append(sink->text, "}\n");
    return flush(sink);
}

ExplainWriter explain_json_writer(ExplainSink *sink)
{
    return (ExplainWriter){write_head, write_entry, write_tail, sink};
}
