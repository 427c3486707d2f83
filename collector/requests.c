// An office operation runs here in the one process that may write (C7), between two transactions of the
// ledger: what is pending is committed first, and what the ledger and the register remember is forgotten
// afterwards. While it runs nothing is read; a broker and the terminals wait, as they do for a slow disk.
#include "collector/requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "collector/collector.h"
#include "collector/retry.h"
#include "collector/status.h"
#include "core/base/i18n.h"
#include "office/office.h"

static int requests_office(Collector *collector, const ControlRequest *request, const char *actor, Text *out,
                           Text *err)
{
    OfficeReply reply = {0};
    OfficeRequest office = {
        .argc = request->argc,
        .argv = request->argv,
        .file = request->file,
        .file_name = request->file_name,
        .actor = actor,
        .chinese = request->language && strncmp(request->language, "zh", 2) == 0,
    };
    int code;

    office_run(collector->store, collector->config, &office, &reply);
    text_append_bytes(out, text_cstr(&reply.out), reply.out.size);
    text_append_bytes(err, text_cstr(&reply.err), reply.err.size);
    code = reply.exit_code;
    office_reply_deinit(&reply);
    ledger_rollback(collector->ledger);
    kept_clear(&collector->kept);
    // C6: after a failed fsync a probe that succeeds on the same connection proves nothing. It only tells
    // what is wrong.
    if (code == EX_IOERR)
        disk_fail(collector, store_probe(collector->store));
    else if (strcmp(request->argv[0], "read") != 0) // a note that somebody looked changes nothing else
        collector_refresh(collector);
    return code;
}

static int requests_write(Collector *collector, const ControlRequest *request, Text *out, Text *err)
{
    char *actor;
    int code;

    flush_run(collector);
    if (collector->disk.error) {
        text_appendf(err, _("studyday-collector: nothing can be stored at present: %s\n"),
                     collector->disk.fault);
        return EX_IOERR;
    }
    actor = office_actor(request->uid);
    if (request->argc >= 2 && strcmp(request->argv[0], "quarantine") == 0 &&
        strcmp(request->argv[1], "retry") == 0)
        code = retry_run(collector, request->argc - 1, request->argv + 1, actor, out, err);
    else
        code = requests_office(collector, request, actor, out, err);
    free(actor);
    return code;
}

void requests_answer(void *user, const ControlRequest *request, int *ret_exit, Text *out, Text *err)
{
    Collector *collector = user;

    if (request->argc >= 1 && strcmp(request->argv[0], "status") == 0) {
        status_write(collector, request->argc >= 2 && strcmp(request->argv[1], "--terminals") == 0, out);
        *ret_exit = EX_OK;
    } else if (request->argc >= 1 && office_knows(request->argv[0])) {
        *ret_exit = requests_write(collector, request, out, err);
    } else {
        text_append(err, _("studyday-collector: no such operation\n"));
        *ret_exit = EX_USAGE;
    }
}
