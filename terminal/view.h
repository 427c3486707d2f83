#pragma once
// The live view as text: who has come, who is missing, how far the scans have got. Pure: it is told what
// there is and gives the lines of a screen of a given size. Names are shown here and nowhere else.
#include "core/base/text.h"
#include "core/store/outbox/outbox.h"
#include "terminal/alarms.h"

#define VIEW_EVENTS_MAX 8192 // scans kept for the view, the latest: more than a point has members in a day

typedef struct View View;

// What changes from one drawing to the next.
typedef struct ViewFrame {
    Time now;
    const char *station; // "lf-gy / t-0031"
    bool connected, collector_online;
    uint64_t recorded, sent, through; // highest sequence numbers
    const Alarms *alarms;
    const char *reply; // what came of the last scan, "" none
    const char *typed; // the line being typed, NULL: nobody types here
    int columns, rows;
} ViewFrame;

View *view_new(void);
View *view_free(View *view); // takes NULL, returns NULL
/// Forgets sessions and members; the scans stay.
void view_clear_plan(View *view);
void view_add_session(View *view, const OutboxSession *session);
void view_add_member(View *view, const char *member, const char *name); // in the order of their codes
/// A member of the plan is to be checked at a session.
void view_add_check(View *view, const char *session, const char *member);
/// A scan, in the order of their numbers. `member` is who holds the card, where the event names one.
void view_note(View *view, const OutboxEvent *event, const char *member);
/// Appends a screen: lines with LF between them, none wider or more than the frame allows; the last is the
/// one that is typed on.
void view_render(const View *view, const ViewFrame *frame, Text *screen);
