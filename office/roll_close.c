// roll close|reopen: the office says that a roll is all that there is of its point, as a terminal does with a
// close. Without it a point on paper would have reported for ever and never be done, and a roll that comes
// back with no name on it would leave its point silent. Whether it is a nil return follows from the lines;
// that it is one must be said as well, so that a roll which nobody has keyed in yet is not closed as empty by
// mistake.
#include <string.h>
#include <sysexits.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/query.h"
#include "office/detail.h"
#include "office/roll.h"

typedef struct RollClose {
    Office *office;
    bool close;
    const char *why;
} RollClose;

static int close_refuse(Office *office, const Roll *roll, const char *code, bool nil)
{
    if (nil && roll->seen)
        return office_refuse(office, EX_DATAERR, _("roll %s: --nil, and lines of it say that somebody came"),
                             code);
    if (!nil && !roll->seen)
        return office_refuse(office, EX_DATAERR,
                             _("roll %s: nobody came by what was entered; --nil if that is so"), code);
    return 0;
}

static int close_note(RollClose *task, const Roll *roll, const char *code)
{
    CLEANUP(cleanup_text) Text before = {0}, after = {0};

    detail_bool(&before, "closed", roll->closed);
    detail_bool(&after, "closed", task->close);
    if (task->close)
        detail_bool(&after, "nil", !roll->seen);
    detail_text(&after, "point", roll->point);
    detail_text(&after, "session", roll->session);
    return error_trace(detail_audit(task->office, task->close ? "roll-close" : "roll-reopen", code, task->why,
                                    &before, &after));
}

static void close_say(RollClose *task, const Roll *roll, const char *code)
{
    Text *out = &task->office->reply->out;

    if (!task->close)
        text_appendf(out, _("roll %s: open again\n"), code);
    else if (roll->seen)
        text_appendf(out, _("roll %s: closed, point %s has finished session %s\n"), code, roll->point,
                     roll->session);
    else
        text_appendf(out, _("roll %s: closed, nobody came to point %s in session %s\n"), code, roll->point,
                     roll->session);
}

static int close_roll(void *user, const Roll *roll)
{
    RollClose *task = user;
    Office *office = task->office;
    char code[ROLL_CODE_SIZE];
    int r = 0;

    roll_format_code(roll->number, code);
    if (task->close)
        r = close_refuse(office, roll, code, options_has(&office->options, "nil"));
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (roll->closed == task->close) {
        text_appendf(&office->reply->out, _("roll %s: as before\n"), code);
        return 0;
    }
    r = roll_set_closed(office->store, roll, task->close, office->now, office->request->actor, task->why);
    if (r == 0)
        r = close_note(task, roll, code);
    if (r < 0)
        return error_trace(r);
    close_say(task, roll, code);
    office->commit = !options_has(&office->options, "dry-run");
    return 0;
}

int roll_close_run(Office *office, bool close)
{
    RollClose task = {.office = office, .close = close, .why = ""};
    const char *name = office->options.operands[1];
    int64_t number;

    if (!close || options_has(&office->options, "why")) {
        task.why = office_why(office);
        if (!task.why)
            return 0;
    }
    int r =
        roll_parse_code(name, &number) ? roll_get(office->store, number, close_roll, &task) : ROLL_E_UNKNOWN;
    if (r == ROLL_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no roll %s"), name);
    return error_trace(r);
}
