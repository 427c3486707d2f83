// studyday status: how the collector is. It answers itself when it runs, with its counters since boot;
// without it the database alone is told of, and the counters are null: nobody counted.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/document.h"
#include "cli/live.h"
#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/net/control.h"
#include "core/store/store.h"

static const ProgramOption options_table[] = {
    {"points", 0, NULL, N_("the study day as it runs: points by organisation, rates with their bounds")},
    {"session", 0, "SESSION", N_("with --points: this session (default: those of today)")},
    {"org", 0, "ORG", N_("with --points: this subtree (default: the session's own)")},
    {"depth", 0, "N", N_("with --points: levels below it (default: 1)")},
    {"watch", 0, NULL, N_("with --points: show it again every five seconds until Ctrl-C")},
    {"format", 'f', "FORMAT", N_("text or json (default: text); with --points also csv and jsonl")},
    {0},
};

static const DocumentTitle titles[] = {
    {"running", N_("collector running")},
    {"counters", N_("events since the collector started")},
    {"received", N_("received")},
    {"stored", N_("stored")},
    {"duplicate", N_("duplicates")},
    {"quarantined", N_("quarantined")},
    {"deferred", N_("deferred")},
    {"parked", N_("parked")},
    {"receipts", N_("receipts sent")},
    {"store", N_("database identity")},
    {"generation", N_("generation")},
    {"database", N_("in the database")},
    {"events", N_("events")},
    {"refused", N_("refused events")},
    {"members", N_("members")},
    {"terminals", N_("terminals")},
    {"points", N_("points")},
    {"orgs", N_("orgs")},
    {"sessions", N_("sessions")},
    {"streams", N_("streams")},
    {"file_bytes", N_("bytes of the file")},
    {"connected", N_("connected to the broker")},
    {"trouble", N_("trouble with the broker")},
    {"health", N_("health")},
    {"fault", N_("fault of the disk")},
    {"boot", N_("boot")},
    {"broker", N_("broker")},
    {"started", N_("started")},
    {"uptime", N_("seconds since the start")},
    {"last_commit", N_("last commit")},
    {"areas", N_("areas")},
    {"messages", N_("messages")},
    {"hellos", N_("hellos of terminals")},
    {"states", N_("states of terminals")},
    {"asks", N_("questions of terminals")},
    {"answers", N_("answers")},
    {"plans", N_("plans sent")},
    {"unreadable", N_("messages that could not be read")},
    {"ignored", N_("messages passed over")},
    {"dropped", N_("messages dropped")},
    {"commits", N_("commits")},
    {"rollbacks", N_("rollbacks")},
    {"alarms", N_("alarms")},
    {"retried", N_("quarantine entries tried again")},
    {"counted_at", N_("counted at")},
    {"terminals_seen", N_("terminals seen since the start")},
    {"terminals_online", N_("terminals online")},
    {0},
};

static void status_append_number(Text *text, const char *key, int64_t value)
{
    text_appendf(text, "%s\"%s\":%" PRId64, text->data[text->size - 1] == '{' ? "" : ",", key, value);
}

static void status_append_counts(Text *text, const StoreCounts *counts)
{
    text_append(text, ",\"database\":{");
    status_append_number(text, "events", counts->events);
    status_append_number(text, "parked", counts->parked);
    status_append_number(text, "refused", counts->refused);
    status_append_number(text, "quarantined", counts->quarantined);
    status_append_number(text, "streams", counts->streams);
    status_append_number(text, "orgs", counts->orgs);
    status_append_number(text, "points", counts->points);
    status_append_number(text, "terminals", counts->terminals);
    status_append_number(text, "members", counts->members);
    status_append_number(text, "sessions", counts->sessions);
    status_append_number(text, "file_bytes", counts->file_bytes);
    text_append(text, "}");
}

// No collector: what the database says.
static int status_read(const ConfigSite *config, const char *running, Text *text)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    StoreIdentity identity;
    StoreCounts counts;
    int r = store_open(config->database, STORE_READ, &store);

    if (r == 0)
        r = store_identity(store, &identity);
    if (r == 0)
        r = store_counts(store, &counts);
    if (r) {
        CLEANUP(cleanup_text) Text why = {0};
        int code = writer_explain(config, r, &why);

        fputs(text_cstr(&why), stderr);
        return code;
    }
    text_appendf(text,
                 "{\"running\":%s,\"health\":null,\"counters\":null,\"store\":\"%s\",\"generation\":%" PRId64,
                 running, identity.store, identity.generation);
    status_append_counts(text, &counts);
    text_append(text, "}");
    return EX_OK;
}

static int status_get(const ConfigSite *config, Text *text)
{
    CLEANUP(cleanup_text) Text err = {0};
    char operation[] = "status", *argv[] = {operation, NULL};
    int code = EX_OK, r = control_ask(config->socket, 1, argv, NULL, -1, &code, text, &err);

    if (r == CONTROL_E_NOBODY)
        return status_read(config, "false", text);
    if (r == -EACCES || r == -EPERM) // somebody who may not ask the collector may still read the database
        return status_read(config, "null", text);
    if (r < 0) {
        fprintf(stderr, _("studyday: %s: the collector does not answer: %s\n"), config->socket, strerror(-r));
        return EX_UNAVAILABLE;
    }
    fputs(text_cstr(&err), stderr);
    return code;
}

static int cmd_status_run(CommandContext *context, int argc, char **argv)
{
    static const char *const with_points[] = {"session", "org", "depth", "watch"};
    CLEANUP(cleanup_text) Text problem = {0}, json = {0}, shown = {0};
    const char *format;
    Options options;
    int code = EX_OK;

    if (!options_parse(options_table, argc, argv, &options, &problem) || options.operand_count) {
        fprintf(stderr, "studyday: status: %s\n",
                problem.size ? text_cstr(&problem) : _("takes no arguments"));
        return EX_USAGE;
    }
    if (options_has(&options, "points"))
        return live_run(context, &options);
    for (size_t i = 0; i < sizeof(with_points) / sizeof(with_points[0]); i++) {
        if (options_has(&options, with_points[i])) {
            fprintf(stderr, _("studyday: status: --%s is for --points\n"), with_points[i]);
            return EX_USAGE;
        }
    }
    format = options_get(&options, "format");
    if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0) {
        fprintf(stderr, _("studyday: format %s: one of %s\n"), format, "text, json");
        return EX_USAGE;
    }
    if (!command_config(context, &code))
        return code;
    code = status_get(context->config, &json);
    if (code != EX_OK)
        return code;
    if (format && strcmp(format, "json") == 0) {
        while (json.size && json.data[json.size - 1] == '\n')
            json.data[--json.size] = '\0';
        puts(text_cstr(&json));
    } else {
        document_append(text_cstr(&json), titles, &shown);
        fputs(text_cstr(&shown), stdout);
    }
    return EX_OK;
}

const Command cmd_status = {
    .name = "status",
    .usage = N_("status [--format text|json]\n"
                "status --points [--session SESSION] [--org ORG] [--depth N] [--watch] [--format FORMAT]"),
    .summary = N_("show what the collector and the database have"),
    .options = options_table,
    .run = cmd_status_run,
};
