// The fleet's rounds: one thread, one poll() over all lines. A terminal is looked at only when something
// happened to it or its time has come, so that 3,700 of them cost no more than they do.
#include "simulate/fleet.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "simulate/fleet_private.h"

#define FLEET_DESCRIPTORS_SPARE 64                   // beside the lines: signals, logs, the library's own
#define FLEET_RECORD_EVERY (20 * TIME_SECOND / 1000) // with a rate: scans come in steps of so long
#define FLEET_GOODBYE (2 * TIME_SECOND)
#define FLEET_READ_MAX 64 // messages of one line in a round

static bool fleet_raise_descriptors(size_t terminals)
{
    struct rlimit limit;
    rlim_t needed = terminals + FLEET_DESCRIPTORS_SPARE;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return false;
    if (limit.rlim_cur >= needed)
        return true;
    limit.rlim_cur = needed;
    if (limit.rlim_max < needed)
        limit.rlim_max = needed; // root may
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static void fleet_on_signal(void *owner, short revents)
{
    Fleet *fleet = owner;

    (void)revents;
    while (loop_signals_take(fleet->signals) != 0)
        fleet->interrupted = true;
}

static void fleet_on_line(void *owner, short revents)
{
    FleetTerminal *terminal = owner;

    mqtt_ready(terminal->mqtt, revents, FLEET_READ_MAX);
    terminal->touched = true;
}

/// Scans happen: all of them, or as many as the rate has brought by now.
static void fleet_record(Fleet *fleet, Time now)
{
    uint64_t rate = fleet->options->rate;
    uint64_t events = fleet->summary.events;
    uint64_t happened = rate ? rate * (uint64_t)(now - fleet->started) / (uint64_t)TIME_SECOND : events;

    if (now < fleet->recorded_at)
        return;
    fleet->recorded_at = rate && happened < events ? now + FLEET_RECORD_EVERY : LOOP_NEVER;
    for (size_t i = 0; i < fleet->count; i++) {
        FleetTerminal *terminal = &fleet->terminals[i];
        uint64_t last = happened >= events
                            ? terminal->count
                            : (uint64_t)((double)terminal->count * (double)happened / (double)events);

        if (last <= terminal->window.last)
            continue;
        window_recorded(&terminal->window, last);
        terminal->touched = true;
    }
}

static void fleet_call_late(Fleet *fleet, Time now)
{
    size_t early_done = 0;

    if (fleet->late_called || fleet->done < fleet->early)
        return;
    for (size_t i = 0; i < fleet->count; i++)
        early_done += !fleet->terminals[i].late && fleet_terminal_is_done(&fleet->terminals[i]);
    if (early_done < fleet->early)
        return;
    fleet->late_called = true;
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->terminals[i].late) {
            fleet->terminals[i].reconnect_at = now;
            fleet->terminals[i].due = now;
        }
    }
}

static Time fleet_earlier(Time a, Time b)
{
    return a < b ? a : b;
}

static void fleet_serve(Fleet *fleet, size_t index, Time now)
{
    FleetTerminal *terminal = &fleet->terminals[index];

    terminal->touched = false;
    if (!fleet->stopping && now >= terminal->reconnect_at) {
        terminal->reconnect_at = LOOP_NEVER;
        mqtt_connect(terminal->mqtt);
    }
    if (!fleet->stopping)
        fleet_terminal_send(terminal);
    mqtt_write(terminal->mqtt);
    Time wake = fleet->stopping ? TIME_NONE : window_wake(&terminal->window, now);
    terminal->due = fleet_earlier(mqtt_tick(terminal->mqtt), terminal->reconnect_at);
    if (wake != TIME_NONE)
        terminal->due = fleet_earlier(terminal->due, wake);
    loop_set(&fleet->loop, index + 1, mqtt_fd(terminal->mqtt), mqtt_events(terminal->mqtt), fleet_on_line,
             terminal);
}

static int fleet_round(Fleet *fleet, Time limit)
{
    Time now = clock_monotonic();
    Time deadline;

    fleet_record(fleet, now);
    fleet_call_late(fleet, now);
    deadline = fleet_earlier(fleet->recorded_at, limit);
    for (size_t i = 0; i < fleet->count; i++) {
        FleetTerminal *terminal = &fleet->terminals[i];

        if (terminal->touched || terminal->due <= now)
            fleet_serve(fleet, i, now);
        deadline = fleet_earlier(deadline, terminal->due);
    }
    progress_update(&fleet->progress, fleet->summary.received);
    return loop_wait(&fleet->loop, deadline);
}

static int fleet_send_all(Fleet *fleet)
{
    Time limit =
        fleet->options->seconds ? fleet->started + fleet->options->seconds * TIME_SECOND : LOOP_NEVER;

    while (fleet->done < fleet->count) {
        int r = fleet_round(fleet, limit);

        if (r < 0)
            return error_trace(r);
        if (fleet->interrupted)
            return FLEET_E_INTERRUPTED;
        if (clock_monotonic() >= limit)
            return FLEET_E_TIMEOUT;
    }
    return 0;
}

static void fleet_leave(Fleet *fleet)
{
    Time limit = clock_monotonic() + FLEET_GOODBYE;
    size_t open = fleet->count;

    fleet->stopping = true;
    fleet->recorded_at = LOOP_NEVER;
    for (size_t i = 0; i < fleet->count; i++) {
        fleet->terminals[i].reconnect_at = LOOP_NEVER;
        fleet->terminals[i].touched = true;
        fleet_terminal_leave(&fleet->terminals[i]);
    }
    while (open > 0 && clock_monotonic() < limit && fleet_round(fleet, limit) >= 0) {
        open = 0;
        for (size_t i = 0; i < fleet->count; i++)
            open += mqtt_is_open(fleet->terminals[i].mqtt);
    }
}

static int fleet_open(Fleet *fleet)
{
    int r = loop_signals_open(&fleet->signals);

    loop_init(&fleet->loop, fleet->count + 1);
    if (r < 0)
        return error_trace(r);
    loop_set(&fleet->loop, 0, fleet->signals, POLLIN, fleet_on_signal, fleet);
    for (size_t i = 0; i < fleet->count && r == 0; i++) {
        FleetTerminal *terminal = &fleet->terminals[i];

        r = fleet_terminal_init(terminal, fleet, &fleet->site->terminals[i], i);
        fleet->summary.events += terminal->count;
        fleet->early += !terminal->late;
        fleet->done += fleet_terminal_is_done(terminal);
    }
    return error_trace(r);
}

static void fleet_close(Fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++)
        fleet_terminal_deinit(&fleet->terminals[i]);
    free(fleet->terminals);
    loop_deinit(&fleet->loop);
    cleanup_fd(&fleet->signals);
}

int fleet_run(const Site *site, const FleetOptions *options, FleetSummary *ret_summary)
{
    Fleet fleet = {.site = site,
                   .options = options,
                   .count = options->terminals,
                   .dice = dice_for(site->seed, "fleet", ""),
                   .signals = -1,
                   .started = clock_monotonic()};

    if (!fleet_raise_descriptors(fleet.count))
        return FLEET_E_DESCRIPTORS;
    fleet.terminals = alloc_zero(fleet.count * sizeof(*fleet.terminals));
    fleet.summary.terminals = fleet.count;
    fleet.last_receipt = fleet.started;
    int r = fleet_open(&fleet);
    progress_init(&fleet.progress, _("received"), fleet.summary.events);
    if (r == 0) {
        r = fleet_send_all(&fleet);
        fleet_leave(&fleet);
    }
    progress_deinit(&fleet.progress);
    fleet.summary.elapsed = fleet.last_receipt - fleet.started;
    if (r >= 0)
        *ret_summary = fleet.summary;
    fleet_close(&fleet);
    return error_trace(r);
}
