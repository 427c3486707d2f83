// Notes follow commits; nothing waits for them. One is written at the end of a round, when receipts have
// left, at most once a second and for at most a hundredth of the time, however slow the disk of the file is.
#include "collector/marks.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "collector/collector.h"
#include "core/store/heads.h"

#define MARKS_INTERVAL TIME_SECOND
#define MARKS_SHARE 100                // a note may take this fraction of the time
#define MARKS_RETRY (10 * TIME_SECOND) // of a file that could not be written
#define MARKS_ACTOR "collector"

static void marks_say(Collector *collector, HeadsOutcome outcome, const char *words)
{
    const char *path = collector->config->heads;

    if (outcome == HEADS_RENEWED) {
        collector->counters.alarms++;
        log_error("collector", "database-older heads=%s %s; `studyday verify` tells what has not come back",
                  path, words);
    } else if (*words) {
        log_warning("collector", "heads=%s %s", path, words);
    }
}

int marks_open(Collector *collector, Store *store, bool renew)
{
    const char *path = collector->config->heads;
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;
    int r = heads_keep(store, path, renew, clock_now(), MARKS_ACTOR, &outcome, &words);

    collector->marks.next = clock_monotonic() + (r == 0 ? MARKS_INTERVAL : MARKS_RETRY);
    if (r == 0) {
        marks_say(collector, outcome, text_cstr(&words));
        return EX_OK;
    }
    if (r > 0) {
        log_error("collector",
                  "database=%s heads=%s %s: not written to; see `studyday verify` and `studyday restore`",
                  collector->config->database, path, text_cstr(&words));
        return EX_DATAERR;
    }
    collector->counters.alarms++;
    log_error("collector", "heads=%s not noted reason=\"%s\"", path,
              r == -EBADMSG ? "this is no file of heads" : strerror(-r));
    return EX_OK;
}

// The file could not be had at the start. What has become of the database meanwhile is our own doing.
static Time marks_retry(Collector *collector)
{
    if (clock_monotonic() >= collector->marks.next && marks_open(collector, collector->store, false) != EX_OK)
        collector->marks.next = clock_monotonic() + TIME_HOUR; // it was said; events are more than notes
    return collector->marks.next;
}

Time marks_tick(Collector *collector)
{
    Time begun = clock_monotonic(), took;
    unsigned long suppressed;
    int r;

    if (collector->disk.error || collector->flush.open) // after the commit we are called again
        return LOOP_NEVER;
    if (!heads_are_kept(collector->store))
        return marks_retry(collector);
    if (!heads_are_behind(collector->store))
        return LOOP_NEVER;
    if (begun < collector->marks.next)
        return collector->marks.next;
    r = heads_note(collector->store, clock_now());
    took = clock_monotonic() - begun;
    collector->marks.next =
        begun + took + (took * MARKS_SHARE > MARKS_INTERVAL ? took * MARKS_SHARE : MARKS_INTERVAL);
    if (r < 0) {
        collector->marks.next = begun + MARKS_RETRY;
        collector->counters.alarms++;
        if (log_limit_allow(&collector->marks.limit, &suppressed))
            log_error("collector", "heads=%s not noted reason=\"%s\" repeated=%lu", collector->config->heads,
                      strerror(-r), suppressed);
    }
    return collector->marks.next;
}
