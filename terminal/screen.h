#pragma once
// The organiser's terminal: what the live view is drawn on, and typed on.
#include "terminal/view.h"

typedef struct Screen Screen;

/// Takes the terminal over if standard output is one, else returns NULL. `ret_typed`: standard input is one
/// as well, and its line editing is now ours.
Screen *screen_open(bool *ret_typed);
/// Gives the terminal back. Takes NULL, returns NULL.
Screen *screen_close(Screen *screen);
/// The plan has changed (or is shown for the first time).
void screen_load_plan(Screen *screen, Outbox *outbox);
/// Events from `first` on are new.
void screen_load_events(Screen *screen, Outbox *outbox, uint64_t first);
/// What came of the last scan.
void screen_reply(Screen *screen, const char *reply);
/// Something worth a look has changed: draw soon, though not more often than an eye can follow.
void screen_touch(Screen *screen);
/// When to draw next.
Time screen_due(const Screen *screen);
/// Draws; columns, rows and reply of the frame are filled in here.
void screen_draw(Screen *screen, ViewFrame *frame);
