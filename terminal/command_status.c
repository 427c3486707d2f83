// studyday-terminal status: how the outbox stands. Reads only; the agent need not run.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/model/session.h"
#include "core/store/outbox/outbox.h"
#include "terminal/alarms.h"
#include "terminal/command.h"
#include "terminal/station.h"

static const ProgramOption status_options[] = {
    {"format", 'f', "FORMAT", N_("text or json (default: text)")},
    {0},
};

typedef struct Status {
    OutboxHead head;
    uint64_t pending, refused;
    Time oldest_pending;
    bool running, online;
    Text alarms;      // JSON strings, separated by commas
    Text alarm_lines; // for people
    Text checks;      // JSON objects, separated by commas
    Text check_lines; // for people
} Status;

static void status_deinit(Status *status)
{
    text_deinit(&status->alarms);
    text_deinit(&status->alarm_lines);
    text_deinit(&status->checks);
    text_deinit(&status->check_lines);
}

static void status_add_alarm(Status *status, const char *code, const char *detail)
{
    CLEANUP(cleanup_text) Text text = {0};

    alarms_append(&text, code, detail);
    if (status->alarms.size > 0)
        text_append_char(&status->alarms, ',');
    text_append_json(&status->alarms, text_cstr(&text), text.size);
    text_appendf(&status->alarm_lines, "! %s", alarms_title(code));
    if (detail[0])
        text_appendf(&status->alarm_lines, " (%s)", detail);
    text_append_char(&status->alarm_lines, '\n');
}

static bool status_take_alarm(void *user, const char *code, const char *detail, Time since)
{
    (void)since;
    if (strcmp(code, ALARM_REFUSED) != 0) // counted below, for as long as the events are kept
        status_add_alarm(user, code, detail);
    return true;
}

// Codes only: a name stands in the live view and nowhere else.
static bool status_take_check(void *user, const char *session, const char *member, bool checked)
{
    Status *status = user;

    text_appendf(&status->checks, "%s{\"session\":", status->checks.size ? "," : "");
    text_append_json(&status->checks, session, strlen(session));
    text_append(&status->checks, ",\"member\":");
    text_append_json(&status->checks, member, strlen(member));
    text_appendf(&status->checks, ",\"checked\":%s}", checked ? "true" : "false");
    text_appendf(&status->check_lines,
                 checked ? _("to be checked at %s: %s, done\n") : _("to be checked at %s: %s\n"), session,
                 member);
    return true;
}

static int status_collect(Outbox *outbox, Status *status)
{
    char refused[CLOCK_TEXT_SIZE];
    bool online = false;
    int r = outbox_refresh(outbox);

    if (r == 0)
        r = outbox_count(outbox, &status->pending, &status->oldest_pending, &status->refused);
    if (r == 0)
        r = outbox_get_online(outbox, &online);
    if (r == 0)
        r = outbox_alarms(outbox, status_take_alarm, status);
    if (r == 0)
        r = outbox_plan_checks(outbox, SESSION_WINDOW_MINUTES * TIME_MINUTE, status_take_check, status);
    if (r < 0)
        return r;
    if (status->refused > 0) {
        snprintf(refused, sizeof(refused), "%" PRIu64, status->refused);
        status_add_alarm(status, ALARM_REFUSED, refused);
    }
    status->head = *outbox_get_head(outbox);
    status->running = outbox_is_claimed(outbox);
    status->online = status->running && online;
    return 0;
}

static void status_print_json(const Station *station, const Status *status)
{
    const OutboxHead *head = &status->head;
    char chain[DIGEST_HEX_SIZE], oldest[CLOCK_TEXT_SIZE];

    hex_encode(head->chain, DIGEST_SIZE, chain);
    printf("{\"terminal\":\"%s\",\"area\":\"%s\",\"epoch\":\"%s\",\"next\":%" PRIu64 ",\"through\":%" PRIu64
           ",\"pending\":%" PRIu64 ",\"oldest\":%" PRIu64 ",",
           station->config->terminal, station->config->area, head->epoch, head->next, head->through,
           status->pending, head->oldest);
    if (status->oldest_pending == TIME_NONE) {
        printf("\"oldest_pending_at\":null,");
    } else {
        time_format_utc(status->oldest_pending, oldest);
        printf("\"oldest_pending_at\":\"%s\",", oldest);
    }
    printf("\"running\":%s,\"online\":%s,\"chain\":\"%s\",\"refused\":%" PRIu64 ",",
           status->running ? "true" : "false", status->online ? "true" : "false", chain, status->refused);
    if (head->store[0])
        printf("\"store\":\"%s\",\"generation\":%" PRId64 ",", head->store, head->generation);
    printf("\"plan\":\"%s\",\"checks\":[%s],\"alarms\":[%s]}\n", head->plan, text_cstr(&status->checks),
           text_cstr(&status->alarms));
}

static void status_print_text(const Station *station, const Status *status)
{
    const OutboxHead *head = &status->head;
    char oldest[CLOCK_TEXT_SIZE];

    printf(_("terminal %s in %s\n"), station->config->terminal, station->config->area);
    printf(_("recorded %llu, received %llu, waiting %llu\n"), (unsigned long long)head->next - 1,
           (unsigned long long)head->through, (unsigned long long)status->pending);
    if (status->oldest_pending != TIME_NONE) {
        time_format_short(status->oldest_pending, oldest);
        printf(_("the oldest that waits was recorded at %s\n"), oldest);
    }
    puts(!status->running ? _("the agent does not run")
         : status->online ? _("the agent runs, the line is up")
                          : _("the agent runs, the line is down"));
    fputs(text_cstr(&status->check_lines), stdout);
    fputs(text_cstr(&status->alarm_lines), stdout);
}

static int status_show(const Station *station, bool json)
{
    CLEANUP(cleanup_outbox) Outbox *outbox = NULL;
    const ConfigTerminal *config = station->config;
    Status status = {0};
    int code = command_open_outbox(config->outbox, config->terminal, false, &outbox);

    if (code != EX_OK)
        return code;
    if (status_collect(outbox, &status) < 0) {
        fprintf(stderr, _("%s: the outbox cannot be read\n"), config->outbox);
        code = EX_IOERR;
    } else if (json) {
        status_print_json(station, &status);
    } else {
        status_print_text(station, &status);
    }
    status_deinit(&status);
    return code;
}

static int status_run(const Options *options)
{
    const char *format = options_get(options, "format");
    bool json = format && strcmp(format, "json") == 0;
    Station station;

    if (options->operand_count != 0 || (format && !json && strcmp(format, "text") != 0))
        return command_misused(&command_status);
    int code = station_load(options_get(options, "config"), &station);
    if (code != EX_OK)
        return code;
    code = status_show(&station, json);
    station_deinit(&station);
    return code;
}

const TerminalCommand command_status = {
    .name = "status",
    .usage = N_("studyday-terminal status [--format FORMAT]"),
    .summary = N_("show what was recorded, received and is waiting, and the alarms"),
    .options = status_options,
    .run = status_run,
};
