// The agent's rounds. One thread, one poll(): signals, standard input, changes of the outbox by other
// processes, the line. In each round it sends what the window wants to have sent, writes, waits, and handles
// what came.
//
// The outbox is the truth; the window only remembers what was sent from it. So every way in which the agent
// can end, SIGKILL and loss of power among them, ends in the same state: what had been said OK is on the
// disk, and all that is not receipted goes again.
#include "terminal/agent.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/log.h"
#include "terminal/agent_private.h"
#include "terminal/recorder.h"

#define AGENT_CHORES (10 * TIME_SECOND)   // T6 is judged, and missed notices are made up for, so often
#define AGENT_PRUNE (12 * TIME_HOUR)      // nobody waits for it
#define AGENT_ASK_AGAIN (5 * TIME_MINUTE) // what does not get through must not keep the line busy
#define AGENT_GOODBYE (TIME_SECOND)       // SIGTERM ends us promptly, line or no line
#define AGENT_SHOWN (TIME_DAY)            // scans of the last day are shown after a start

void agent_alarm(Agent *agent, const char *code, const char *format, ...)
{
    char detail[ALARMS_DETAIL_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    if (!alarms_raise(&agent->alarms, code, detail))
        return;
    log_warning("agent", "alarm code=%s detail=\"%s\"", code, detail);
    int r = outbox_alarm_set(agent->outbox, code, detail, clock_now());
    if (r != 0)
        log_warning("agent", "alarm code=%s result=not-kept", code);
    if (agent->screen)
        screen_touch(agent->screen);
}

void agent_calm(Agent *agent, const char *code)
{
    if (!alarms_clear(&agent->alarms, code))
        return;
    log_info("agent", "alarm-over code=%s", code);
    if (outbox_alarm_clear(agent->outbox, code) != 0)
        log_warning("agent", "alarm-over code=%s result=not-kept", code);
    if (agent->screen)
        screen_touch(agent->screen);
}

void agent_recorded(Agent *agent)
{
    uint64_t next = outbox_get_head(agent->outbox)->next;

    window_recorded(&agent->window, next - 1);
    if (agent->screen && agent->shown < next) {
        screen_load_events(agent->screen, agent->outbox, agent->shown);
        agent->shown = next;
    }
}

static void agent_refresh(Agent *agent)
{
    if (outbox_refresh(agent->outbox) < 0)
        log_warning("agent", "outbox result=unreadable");
    else
        agent_recorded(agent);
}

static void agent_stop(Agent *agent)
{
    if (agent->stopping)
        return;
    log_info("agent", "stop through=%llu next=%llu", (unsigned long long)agent->window.through,
             (unsigned long long)agent->window.last + 1);
    agent->stopping = true;
    agent->stop_at = clock_monotonic();
    if (!mqtt_is_connected(agent->mqtt))
        return;
    agent->stop_at += AGENT_GOODBYE;
    const Text *will = &agent->station->will; // said by ourselves: a DISCONNECT discards it
    mqtt_publish(agent->mqtt, agent->station->topics[TOPIC_STATE], will->data, will->size, 1, false, NULL);
    mqtt_disconnect(agent->mqtt);
    mqtt_write(agent->mqtt);
}

static void agent_on_signal(void *owner, short revents)
{
    Agent *agent = owner;
    int signal;

    (void)revents;
    while ((signal = loop_signals_take(agent->signals)) != 0) {
        if (signal != SIGHUP || agent->screen) // the window that showed us is gone
            agent_stop(agent);
    }
}

static void agent_reply(Agent *agent, const Text *replies, int code)
{
    if (code == EX_IOERR)
        alarms_raise(&agent->alarms, ALARM_DISK, ""); // in memory alone: there is no disk to keep it on
    else if (code == EX_OK)
        agent_calm(agent, ALARM_DISK);
    if (agent->screen) {
        screen_reply(agent->screen, text_cstr(replies));
    } else {
        fputs(text_cstr(replies), stdout);
        if (fflush(stdout) != 0) {
            clearerr(stdout);
            log_warning("agent", "reply result=not-written");
        }
    }
}

/// Records the lines that are there. False when there were none.
static bool agent_take_lines(Agent *agent)
{
    char *lines[RECORDER_GROUP_MAX];
    CLEANUP(cleanup_text) Text replies = {0};
    size_t count = input_take(&agent->input, lines, RECORDER_GROUP_MAX);

    if (count == 0)
        return false;
    int code = recorder_record(agent->outbox, (const char *const *)lines, count, &replies);
    agent_reply(agent, &replies, code);
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    agent_recorded(agent);
    return true;
}

static void agent_on_input(void *owner, short revents)
{
    Agent *agent = owner;

    (void)revents;
    input_read(&agent->input, STDIN_FILENO);
    while (agent_take_lines(agent))
        continue;
    if (agent->screen)
        screen_touch(agent->screen);
}

static void agent_on_watch(void *owner, short revents)
{
    Agent *agent = owner;

    (void)revents;
    outbox_watch_drain(agent->watch);
    agent_refresh(agent);
}

static void agent_on_line(void *owner, short revents)
{
    Agent *agent = owner;

    mqtt_ready(agent->mqtt, revents, WINDOW_EVENTS_MAX);
}

/// A plan that came in part, or a receipt that could not be kept: a hello brings both again.
static void agent_ask_again(Agent *agent, Time now)
{
    const OutboxHead *head = outbox_get_head(agent->outbox);
    bool unkept = head->through < agent->window.through && head->chain_error == OUTBOX_NO_ERROR;

    if (now < agent->ask_at || (agent->pages.count == 0 && !unkept))
        return;
    agent->ask_at = now + AGENT_ASK_AGAIN;
    window_ask_hello(&agent->window, now);
}

static void agent_chores(Agent *agent, Time now)
{
    agent->chores_at = now + AGENT_CHORES;
    agent_refresh(agent);
    uint64_t overdue = window_overdue(&agent->window, now);
    if (overdue)
        agent_alarm(agent, ALARM_OVERDUE, "from %llu", (unsigned long long)overdue);
    agent_ask_again(agent, now);
    if (now < agent->prune_at)
        return;
    agent->prune_at = now + AGENT_PRUNE;
    if (outbox_prune(agent->outbox, OUTBOX_KEEP_EVENTS, clock_now()) != 0)
        log_warning("agent", "prune result=failed");
    window_pruned(&agent->window, outbox_get_head(agent->outbox)->oldest);
}

static void agent_draw(Agent *agent)
{
    CLEANUP(cleanup_text) Text station = {0};
    const Window *window = &agent->window;

    text_appendf(&station, "%s / %s", agent->station->config->area, agent->station->config->terminal);
    ViewFrame frame = {
        .now = clock_now(),
        .station = text_cstr(&station),
        .connected = window->connected,
        .collector_online = window->collector_online,
        .recorded = window->last,
        .sent = window->cursor - 1,
        .through = outbox_get_head(agent->outbox)->through,
        .alarms = &agent->alarms,
        .typed = agent->input.typed ? input_get_unfinished(&agent->input) : NULL,
    };
    screen_draw(agent->screen, &frame);
}

static bool agent_is_done(const Agent *agent)
{
    if (agent->stopping)
        return !mqtt_is_open(agent->mqtt) || clock_monotonic() >= agent->stop_at;
    return false;
}

static void agent_set_slots(Agent *agent)
{
    bool listen = !agent->input.ended && !agent->stopping;

    loop_set(&agent->loop, AGENT_INPUT, listen ? STDIN_FILENO : -1, POLLIN, agent_on_input, agent);
    loop_set(&agent->loop, AGENT_LINE, mqtt_fd(agent->mqtt), mqtt_events(agent->mqtt), agent_on_line, agent);
}

static Time agent_earlier(Time a, Time b)
{
    return a < b ? a : b;
}

static Time agent_deadline(Agent *agent, Time now)
{
    Time deadline = agent_earlier(mqtt_tick(agent->mqtt), agent->reconnect_at);
    Time wake = window_wake(&agent->window, now);

    if (agent->stopping) // whose goodbye is said waits for nothing more
        return mqtt_is_open(agent->mqtt) ? agent_earlier(deadline, agent->stop_at) : now;
    if (wake != TIME_NONE)
        deadline = agent_earlier(deadline, wake > agent->hold_until ? wake : agent->hold_until);
    if (agent->screen)
        deadline = agent_earlier(deadline, screen_due(agent->screen));
    return agent_earlier(deadline, agent->chores_at);
}

int agent_round(Agent *agent)
{
    Time now = clock_monotonic();

    if (!agent->stopping && now >= agent->reconnect_at)
        agent_line_connect(agent);
    if (now >= agent->chores_at)
        agent_chores(agent, now);
    if (!agent->stopping)
        agent_line_send(agent);
    mqtt_write(agent->mqtt);
    if (agent->options->until_received && agent->input.ended &&
        outbox_get_head(agent->outbox)->through >= agent->window.last)
        agent_stop(agent);
    if (agent->screen && now >= screen_due(agent->screen))
        agent_draw(agent);
    Time deadline = agent_deadline(agent, now);
    agent_set_slots(agent); // after agent_deadline(): mqtt_tick() may end the line
    return loop_wait(&agent->loop, deadline);
}

static bool agent_remember_alarm(void *user, const char *code, const char *detail, Time since)
{
    (void)since;
    alarms_raise(user, code, detail);
    return true;
}

static void agent_remember_refused(Agent *agent)
{
    char detail[ALARMS_DETAIL_SIZE];
    uint64_t pending, refused;
    Time oldest;

    if (outbox_count(agent->outbox, &pending, &oldest, &refused) < 0 || refused == 0)
        return;
    snprintf(detail, sizeof(detail), "%llu", (unsigned long long)refused);
    alarms_raise(&agent->alarms, ALARM_REFUSED, detail);
}

int agent_open(const Station *station, Outbox *outbox, const AgentOptions *options, Agent *agent)
{
    const OutboxHead *head = outbox_get_head(outbox);
    int r;

    *agent = (Agent){.station = station, .outbox = outbox, .options = options, .signals = -1, .watch = -1};
    loop_init(&agent->loop, AGENT_SLOT_COUNT);
    r = loop_signals_open(&agent->signals);

    if (r == 0)
        r = outbox_watch(agent->outbox, &agent->watch);
    if (r == 0)
        r = outbox_refresh(agent->outbox); // what came before the watch began
    if (r == 0 && outbox_alarm_clear(agent->outbox, NULL) != 0)
        log_warning("agent", "alarms result=not-cleared");
    if (r == 0)
        r = outbox_alarms(agent->outbox, agent_remember_alarm, &agent->alarms);
    if (r < 0)
        return error_trace(r);
    agent_remember_refused(agent);
    window_init(&agent->window, head->next - 1, head->oldest, head->through, head->store, head->generation);
    loop_set(&agent->loop, AGENT_SIGNALS, agent->signals, POLLIN, agent_on_signal, agent);
    loop_set(&agent->loop, AGENT_WATCH, agent->watch, POLLIN, agent_on_watch, agent);
    return agent_line_open(agent);
}

static void agent_open_screen(Agent *agent)
{
    agent->screen = screen_open(&agent->input.typed);
    if (!agent->screen)
        return;
    if (agent->options->quiet_logs && isatty(STDERR_FILENO))
        log_set_level(LOG_LEVEL_ERROR);
    screen_load_plan(agent->screen, agent->outbox);
    if (outbox_since(agent->outbox, clock_now() - AGENT_SHOWN, &agent->shown) < 0)
        agent->shown = outbox_get_head(agent->outbox)->next;
    agent_recorded(agent);
}

void agent_close(Agent *agent)
{
    agent->screen = screen_close(agent->screen);
    agent->mqtt = mqtt_free(agent->mqtt);
    if (outbox_set_online(agent->outbox, false) != 0)
        log_warning("agent", "online result=not-kept");
    window_deinit(&agent->window);
    pages_deinit(&agent->pages);
    input_deinit(&agent->input);
    loop_deinit(&agent->loop);
    cleanup_fd(&agent->signals);
    cleanup_fd(&agent->watch);
}

int agent_run(const Station *station, Outbox *outbox, const AgentOptions *options)
{
    Agent agent;

    signal(SIGTTIN, SIG_IGN); // in the background of a shell, input is at its end and not a reason to stop
    signal(SIGTTOU, SIG_IGN);
    int r = agent_open(station, outbox, options, &agent);
    if (r == 0) {
        const OutboxHead *head = outbox_get_head(outbox);

        log_info("agent", "start area=%s terminal=%s epoch=%s next=%llu through=%llu", station->config->area,
                 station->config->terminal, head->epoch, (unsigned long long)head->next,
                 (unsigned long long)head->through);
        agent_open_screen(&agent);
    }
    while (r == 0 && !agent_is_done(&agent))
        r = agent_round(&agent);
    agent_close(&agent);
    if (r < 0)
        log_error("agent", "ended reason=%d", -r);
    return r == 0 ? EX_OK : (r < 0 ? EX_IOERR : EX_CONFIG);
}
