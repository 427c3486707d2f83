#pragma once
// Why a figure of a report is what it is: the members, or points, that it counts, one by one, each with the
// events and the rules behind it. What is listed adds up to the figure.
//
// There may be hundreds of thousands, so they are told as they are read; a writer makes text or JSON of them.
#include "core/model/explain.h"
#include "core/store/query_pairs.h"
#include "reports/report_figures.h"

enum {
    EXPLAIN_E_UNKNOWN_COLUMN = REPORT_E_NO_REVISION + 1, // beside REPORT_E_*
    EXPLAIN_E_UNKNOWN_MEMBER,
};

typedef struct ExplainScope {
    const char *org;     // NULL: the top, or the session's own
    const char *session; // NULL: the month
    Month month;
    const char *column; // key of a figure; NULL: "expected", or with a member whatever there is
    const char *member; // NULL: all
    Time now;
} ExplainScope;

// What is explained. Texts are borrowed.
typedef struct ExplainHead {
    const char *org, *org_name;
    const char *column;  // NULL: whatever there is
    const char *session; // NULL: the month
    Month month;
    int64_t figure; // as the report prints it; REPORT_NULL where there is none, or no column
    int64_t live;   // as it is now: what is listed adds up to it, unless one member is asked for
    bool closed;    // the month is closed: `figure` is that of `revision`
    int revision;
    bool is_rate; // made of the two below, which can be explained further
    const char *parts, *whole;
    int64_t part_sum, whole_sum;
} ExplainHead;

// An event of a pair. Texts are borrowed.
typedef struct ExplainEvent {
    PairEvent event;
    FactUse use;
} ExplainEvent;

typedef struct ExplainEntry {
    const SessionRow *session; // NULL: of the month as a whole
    const MemberRow *member;   // NULL: a point, or the session
    const char *point;         // of a member where it was, or the point itself; NULL none
    const char *org;           // home of the member, or host of the point; NULL none
    int64_t value;             // what it adds to the figure
    bool is_pair;              // a member at a session: what follows is set
    Duty duty;
    Status status; // as shown
    const Attendance *attendance;
    const char *own_point; // R11, NULL none
    const Reason *reasons;
    size_t reason_count;
    const ExplainEvent *events;
    size_t event_count;
    bool is_point;
    Coverage coverage; // of a point
    bool gap;
    int64_t year_minutes; // of a member of the month
    bool class_taken;
} ExplainEntry;

typedef struct ExplainWriter {
    int (*head)(void *user, const ExplainHead *head);
    int (*entry)(void *user, const ExplainEntry *entry);
    int (*tail)(void *user, int64_t count, int64_t sum);
    void *user;
} ExplainWriter;

/// Within the caller's snapshot. REPORT_E_*, EXPLAIN_E_*, and whatever a writer returns.
int explain_figure(Store *store, const ExplainScope *scope, const ExplainWriter *writer);
/// The names of all columns, separated by ", ", for messages.
void explain_append_columns(Text *text);

/// A reason, and what became of an event, in the reader's language.
void explain_append_reason(const Reason *reason, Text *text);
const char *explain_use_title(FactUse use);
/// "in 2026-11-05 08:55  T-1 EPOCH:7, received …: counts"; and of one that was taken back by what.
void explain_append_event(const ExplainEvent *item, Text *text);
void explain_append_void(const ExplainEvent *item, Text *text);

// The writers append to `text` and hand it to `flush` piece by piece, which empties it; a non-zero return
// stops.
typedef struct ExplainSink {
    Text *text;
    int (*flush)(void *user, Text *text);
    void *user;
    bool any; // the writer's own
} ExplainSink;
ExplainWriter explain_text_writer(ExplainSink *sink);
ExplainWriter explain_json_writer(ExplainSink *sink);
