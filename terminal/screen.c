// Drawing with plain ANSI sequences on the alternate screen: home, each line followed by "clear to its end",
// then clear below. Everything is drawn again each time, with the size of that moment, so a resized window
// needs no care. Typed characters are not echoed by the terminal but drawn with the rest, so that drawing
// does not wipe them out.
#include "terminal/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/log.h"
#include "terminal/replies.h"

#define SCREEN_OPEN "\033[?1049h"
#define SCREEN_CLOSE "\033[?1049l"
#define SCREEN_HOME "\033[H"
#define SCREEN_CLEAR_LINE "\033[K"
#define SCREEN_CLEAR_BELOW "\033[J"
#define SCREEN_BELL "\a"
#define SCREEN_COLUMNS 80 // where the terminal does not say
#define SCREEN_ROWS 24
#define SCREEN_PAUSE (TIME_SECOND / 5)  // between two drawings
#define SCREEN_PLAN_SPAN (2 * TIME_DAY) // sessions around now that the view may need

#define SCREEN_REPLY_SIZE 384 // what reply_explain() makes of a reply, in any language

struct Screen {
    View *view;
    bool typed;
    struct termios before;
    Time drawn;
    bool touched;
    char reply[SCREEN_REPLY_SIZE];
};

static void screen_write(const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, data, size);

        if (written <= 0)
            return; // a terminal that is gone ends us by other ways
        data += written;
        size -= (size_t)written;
    }
}

Screen *screen_open(bool *ret_typed)
{
    if (!isatty(STDOUT_FILENO))
        return NULL;
    Screen *screen = alloc_zero(sizeof(*screen));
    screen->view = view_new();
    screen->touched = true;
    screen->typed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &screen->before) == 0;
    if (screen->typed) {
        struct termios raw = screen->before;

        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        screen->typed = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
    }
    screen_write(SCREEN_OPEN, sizeof(SCREEN_OPEN) - 1);
    *ret_typed = screen->typed;
    return screen;
}

Screen *screen_close(Screen *screen)
{
    if (!screen)
        return NULL;
    screen_write(SCREEN_CLOSE, sizeof(SCREEN_CLOSE) - 1);
    if (screen->typed)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->before);
    view_free(screen->view);
    free(screen);
    return NULL;
}

static bool screen_add_session(void *user, const OutboxSession *session)
{
    view_add_session(user, session);
    return true;
}

static bool screen_add_member(void *user, const char *member, const char *name)
{
    view_add_member(user, member, name);
    return true;
}

static bool screen_add_check(void *user, const char *session, const char *member, bool checked)
{
    (void)checked; // the view sees the scans itself
    view_add_check(user, session, member);
    return true;
}

void screen_load_plan(Screen *screen, Outbox *outbox)
{
    Time now = clock_now();

    view_clear_plan(screen->view);
    if (outbox_plan_sessions(outbox, now - SCREEN_PLAN_SPAN, now + SCREEN_PLAN_SPAN, screen_add_session,
                             screen->view) < 0 ||
        outbox_plan_members(outbox, screen_add_member, screen->view) < 0 ||
        outbox_plan_checks(outbox, 0, screen_add_check, screen->view) < 0)
        log_warning("screen", "plan result=unreadable");
    screen_touch(screen);
}

typedef struct ScreenFeed {
    View *view;
    Outbox *outbox;
} ScreenFeed;

static bool screen_add_event(void *user, const OutboxEvent *event)
{
    const ScreenFeed *feed = user;
    CLEANUP(cleanup_text) Text holder = {0};
    bool known = event->card && outbox_plan_holder(feed->outbox, event->card, &holder) == 0;

    view_note(feed->view, event, known ? text_cstr(&holder) : NULL);
    return true;
}

void screen_load_events(Screen *screen, Outbox *outbox, uint64_t first)
{
    ScreenFeed feed = {screen->view, outbox};

    if (outbox_each(outbox, first, screen_add_event, &feed) < 0)
        log_warning("screen", "events result=unreadable");
    screen_touch(screen);
}

void screen_reply(Screen *screen, const char *reply)
{
    // Of several lines that came at once the last one is shown.
    size_t size = strlen(reply);
    while (size > 0 && reply[size - 1] == '\n')
        size--;
    const char *before = size ? memrchr(reply, '\n', size) : NULL;
    const char *line = before ? before + 1 : reply;

    CLEANUP(cleanup_text) Text last = {0}, meaning = {0};
    text_append_bytes(&last, line, (size_t)(reply + size - line));
    if (reply_explain(text_cstr(&last), &meaning))
        screen_write(SCREEN_BELL, sizeof(SCREEN_BELL) - 1); // a refusal is loud (T1)
    snprintf(screen->reply, sizeof(screen->reply), "%s", text_cstr(&meaning));
    screen_touch(screen);
}

void screen_touch(Screen *screen)
{
    screen->touched = true;
}

Time screen_due(const Screen *screen)
{
    return screen->drawn + (screen->touched ? SCREEN_PAUSE : TIME_SECOND); // the clock on it goes on
}

void screen_draw(Screen *screen, ViewFrame *frame)
{
    CLEANUP(cleanup_text) Text view = {0};
    CLEANUP(cleanup_text) Text out = {0};
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;

    frame->columns = known ? size.ws_col : SCREEN_COLUMNS;
    frame->reply = screen->reply;
    frame->rows = known ? size.ws_row : SCREEN_ROWS;
    view_render(screen->view, frame, &view);
    text_append(&out, SCREEN_HOME);
    const char *line = text_cstr(&view);
    for (const char *end = strchr(line, '\n'); end; line = end + 1, end = strchr(line, '\n')) {
        text_append_bytes(&out, line, (size_t)(end - line));
        text_append(&out, SCREEN_CLEAR_LINE "\r\n");
    }
    text_append(&out, line);
    text_append(&out, SCREEN_CLEAR_LINE SCREEN_CLEAR_BELOW);
    screen_write(out.data, out.size);
    screen->drawn = clock_monotonic();
    screen->touched = false;
}
