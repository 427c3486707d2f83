// The database says how far the points have reported; which terminals are on line only the collector knows,
// who has it in memory. Where none runs, or may not be asked, those columns are unknown: not asked is not off
// line.
//
// With --watch the same is shown again every few seconds until Ctrl-C. Each time is a moment of its own, read
// in one transaction, and nothing is held open in between.
#include "cli/live.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/listing.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/i18n.h"
#include "core/net/control.h"
#include "core/store/store.h"
#include "reports/report_coverage.h"

#define DEPTH_DEFAULT 1   // studyday(1): the org and its children, with their points
#define WATCH_SECONDS 5   // a reading takes a third of a second of a city's database
#define POINT_CODE_MAX 64 // bytes, as everywhere

// A terminal of the collector's answer.
typedef struct LiveTerminal {
    char point[POINT_CODE_MAX + 1];
    bool online;
    Time last_seen; // TIME_NONE: not since the collector started
} LiveTerminal;

typedef struct LiveTerminals {
    LiveTerminal *rows;
    size_t count;
} LiveTerminals;

static volatile sig_atomic_t live_stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    live_stopped = 1;
}

static void catch_stop(void)
{
    struct sigaction action = {.sa_handler = stop}; // no SA_RESTART: a sleep ends at once

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

// The value behind `"key":` within the object that ends at `end`; NULL if it has none.
static const char *value_of(const char *object, const char *end, const char *key)
{
    char quoted[32];
    int size = snprintf(quoted, sizeof(quoted), "\"%s\":", key);
    const char *at = strstr(object, quoted);

    return at && at < end ? at + size : NULL;
}

static void take_terminal(const char *object, const char *end, LiveTerminals *terminals)
{
    const char *point = value_of(object, end, "point"), *online = value_of(object, end, "online"),
               *seen = value_of(object, end, "last_seen");
    LiveTerminal terminal = {.last_seen = TIME_NONE};
    size_t size = point && *point == '"' ? strcspn(point + 1, "\"") : 0;
    int offset;

    if (size == 0 || size > POINT_CODE_MAX)
        return; // without a point
    memcpy(terminal.point, point + 1, size);
    terminal.online = online && strncmp(online, "true", strlen("true")) == 0;
    if (!seen || *seen != '"' ||
        !time_parse_rfc3339(seen + 1, strcspn(seen + 1, "\""), &terminal.last_seen, &offset))
        terminal.last_seen = TIME_NONE;
    terminals->rows = alloc_resize(terminals->rows, terminals->count + 1, sizeof(*terminals->rows));
    terminals->rows[terminals->count++] = terminal;
}

static int compare_terminals(const void *a, const void *b)
{
    return strcmp(((const LiveTerminal *)a)->point, ((const LiveTerminal *)b)->point);
}

/// Asks the collector; false where nobody answers.
static bool ask_terminals(const char *socket, LiveTerminals *ret_terminals)
{
    CLEANUP(cleanup_text) Text json = {0}, err = {0};
    char operation[] = "status", which[] = "--terminals", *argv[] = {operation, which, NULL};
    int code = EX_OK;

    if (control_ask(socket, 2, argv, NULL, -1, &code, &json, &err) != 0 || code != EX_OK)
        return false;
    const char *list = strstr(text_cstr(&json), "\"terminals\":[");
    for (const char *object = list ? strchr(list, '{') : NULL; object;) {
        const char *end = strchr(object, '}'); // a terminal has no object in it
        if (!end)
            break;
        take_terminal(object, end, ret_terminals);
        object = end[1] == ',' ? strchr(end, '{') : NULL;
    }
    if (ret_terminals->count)
        qsort(ret_terminals->rows, ret_terminals->count, sizeof(*ret_terminals->rows), compare_terminals);
    return list != NULL;
}

// All terminals of a point stand together; bsearch finds one of them.
static LivePresence find_presence(void *user, const char *point)
{
    const LiveTerminals *terminals = user;
    LivePresence presence = {.last_seen = TIME_NONE};
    LiveTerminal key = {0};

    snprintf(key.point, sizeof(key.point), "%s", point);
    const LiveTerminal *found =
        terminals->count ? bsearch(&key, terminals->rows, terminals->count, sizeof(key), compare_terminals)
                         : NULL;
    while (found && found > terminals->rows && strcmp(found[-1].point, point) == 0)
        found--;
    for (; found && found < terminals->rows + terminals->count && strcmp(found->point, point) == 0; found++) {
        presence.online += found->online;
        if (found->last_seen > presence.last_seen)
            presence.last_seen = found->last_seen;
    }
    return presence;
}

static int explain(const LiveRequest *request, int r)
{
    switch (r) {
    case REPORT_E_UNKNOWN_ORG:
        fprintf(stderr, _("studyday: status: there is no organisation %s\n"),
                request->scope.org ? request->scope.org : "");
        return EX_DATAERR;
    case REPORT_E_UNKNOWN_SESSION:
        fprintf(stderr, _("studyday: status: there is no session %s\n"), request->session);
        return EX_DATAERR;
    default:
        fprintf(stderr, _("studyday: status: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
}

static int show(CommandContext *context, LiveRequest *request, const Renderer *renderer, bool clear)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    LiveTerminals terminals = {0};
    int code = EX_OK;

    store = command_open_read(context, &code);
    if (!store)
        return code;
    request->scope.now = clock_now();
    request->presence = ask_terminals(context->config->socket, &terminals) ? find_presence : NULL;
    request->user = &terminals;
    int r = store_begin(store);
    if (r == 0)
        r = report_live(store, request, &report);
    store_rollback(store);
    free(terminals.rows);
    if (r != 0)
        return explain(request, r);
    if (clear)
        fputs("\033[H\033[2J", stdout);
    listing_print(report, renderer);
    return EX_OK;
}

static int watch(CommandContext *context, LiveRequest *request, const Renderer *renderer)
{
    const struct timespec pause = {.tv_sec = WATCH_SECONDS};
    bool clear = isatty(STDOUT_FILENO);
    int code;

    catch_stop();
    do {
        code = show(context, request, renderer, clear);
        if (code == EX_OK)
            code = program_finish(EX_OK); // a reader that has gone ends it
        if (code == EX_OK && !live_stopped)
            nanosleep(&pause, NULL);
    } while (code == EX_OK && !live_stopped);
    return code;
}

int live_run(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    const char *given = options_get(options, "depth");
    long long depth = DEPTH_DEFAULT;
    LiveRequest request = {.session = options_get(options, "session"),
                           .scope = {.org = options_get(options, "org")}};

    if (given && !text_parse_int64(given, 0, REPORT_DEPTH_MAX, &depth)) {
        fprintf(stderr, _("studyday: status: --depth %s: a whole number from 0 to %d\n"), given,
                REPORT_DEPTH_MAX);
        return EX_USAGE;
    }
    if (!renderer)
        return EX_USAGE;
    if (renderer->binary) {
        fprintf(stderr, _("studyday: status: the running day cannot be shown as %s; `report coverage` can\n"),
                renderer->name);
        return EX_USAGE;
    }
    request.scope.depth = (int)depth;
    return options_has(options, "watch") ? watch(context, &request, renderer)
                                         : show(context, &request, renderer, false);
}
