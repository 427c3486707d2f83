// The row is written before anything is shown, by the collector where one runs, otherwise under the writer's
// lock. What cannot be noted is not shown: a log with holes could not answer who looked. Another command that
// holds the lock does so for a moment, so that it is waited for.
#include "cli/noted.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/i18n.h"

#define NOTED_WAIT_MAX (5 * TIME_SECOND) // as long as SQLite is waited for
#define NOTED_PAUSE_NS 20000000          // 20 ms between two tries

static int try_to_note(const ConfigSite *config, const char *what, const char *member, Text *err)
{
    char operation[] = "read", end[] = "--";
    char *argv[] = {operation, end, (char *)what, (char *)member, NULL};
    CLEANUP(cleanup_text) Text out = {0};

    text_clear(err);
    return writer_run(config, 4, argv, NULL, -1, &out, err);
}

int noted_read(CommandContext *context, const char *what, const char *member)
{
    CLEANUP(cleanup_text) Text err = {0};
    const struct timespec pause = {0, NOTED_PAUSE_NS};
    Time until = clock_monotonic() + NOTED_WAIT_MAX;
    int code = EX_OK;
    const ConfigSite *config = command_config(context, &code);

    if (!config)
        return code;
    code = try_to_note(config, what, member, &err);
    while (code == EX_TEMPFAIL && clock_monotonic() < until) {
        nanosleep(&pause, NULL);
        code = try_to_note(config, what, member, &err);
    }
    if (code == EX_OK)
        return EX_OK;
    fputs(text_cstr(&err), stderr);
    if (code == EX_NOINPUT || code == EX_DATAERR) // there is no database: no record either
        return code;
    fprintf(stderr,
            _("studyday: %s: that the record of %s was looked at cannot be noted, so it is not shown\n"),
            what, member);
    return code;
}
