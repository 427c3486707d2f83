// One operation, two ways. The socket is asked first; that nobody listens there is only known by trying.
// Should a collector start between the two, the lock decides, and the user is told to try again.
#include "cli/writer.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/net/control.h"
#include "core/store/heads.h"
#include "core/store/store.h"
#include "office/office.h"

int writer_explain(const ConfigSite *config, int r, Text *text)
{
    switch (r) {
    case STORE_E_LOCKED:
        text_appendf(
            text, _("studyday: %s: another process is writing, and nobody answers at %s; try again later\n"),
            config->database, config->socket);
        return EX_TEMPFAIL;
    case STORE_E_MISSING:
        text_appendf(text, _("studyday: %s: no such database; `studyday init DIR` makes one\n"),
                     config->database);
        return EX_NOINPUT;
    case STORE_E_FOREIGN:
        text_appendf(text, _("studyday: %s: not a database of studyday, or one made by a newer version\n"),
                     config->database);
        return EX_DATAERR;
    case STORE_E_CARD_KEY:
        text_appendf(
            text,
            _("studyday: %s: its cards stand under another cards.key than the one beside it, or none is "
              "there; put it back, or see --without-cards of `studyday restore`\n"),
            config->database);
        return EX_CONFIG;
    case -EACCES:
    case -EPERM:
    case -EROFS:
        text_appendf(text, "studyday: %s: %s\n", config->database, strerror(-r));
        return EX_NOPERM;
    case -EBUSY:
        text_appendf(text, "studyday: %s: %s\n", config->database, strerror(EBUSY));
        return EX_TEMPFAIL;
    default:
        text_appendf(text, "studyday: %s: %s\n", config->database, strerror(r < 0 ? -r : EIO));
        return EX_IOERR;
    }
}

// Whether the database is the one that was noted, and has all of it. What cannot be noted is done all the
// same.
static int writer_keep_heads(const ConfigSite *config, Store *store, const char *actor, Text *err)
{
    CLEANUP(cleanup_text) Text words = {0};
    HeadsOutcome outcome;
    int r = heads_keep(store, config->heads, false, clock_now(), actor, &outcome, &words);

    if (r > 0) {
        text_appendf(
            err,
            _("studyday: %s: not what was noted of it (%s): %s; `studyday verify` tells more, `studyday "
              "restore` puts a backup in its place; the collector, when it starts, asks terminals for "
              "what they can send again\n"),
            config->database, config->heads, text_cstr(&words));
        return EX_DATAERR;
    }
    if (r == -EBADMSG)
        text_appendf(err, _("studyday: %s: this is no file of heads; nothing is noted there\n"),
                     config->heads);
    else if (r < 0)
        text_appendf(err, _("studyday: %s: %s; what is done now is not noted there\n"), config->heads,
                     strerror(-r));
    return EX_OK;
}

static int writer_run_here(const ConfigSite *config, const OfficeRequest *request, Text *out, Text *err)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    OfficeReply reply = {0};
    int code, r = store_open(config->database, STORE_WRITE, &store);

    if (r)
        return writer_explain(config, r, err);
    code = writer_keep_heads(config, store, request->actor, err);
    if (code != EX_OK)
        return code;
    office_run(store, config, request, &reply);
    text_append_bytes(out, text_cstr(&reply.out), reply.out.size);
    text_append_bytes(err, text_cstr(&reply.err), reply.err.size);
    code = reply.exit_code;
    office_reply_deinit(&reply);
    return code;
}

// The collector was reached, or should have been: what went wrong on the way.
static int writer_explain_socket(const ConfigSite *config, int r, Text *err)
{
    if (r == -EACCES || r == -EPERM) {
        text_appendf(err, "studyday: %s: %s\n", config->socket, strerror(-r));
        return EX_NOPERM;
    }
    text_appendf(err,
                 _("studyday: %s: the collector did not answer: %s; whether it has done what was asked is "
                   "not known\n"),
                 config->socket, strerror(-r));
    return EX_UNAVAILABLE;
}

int writer_run(const ConfigSite *config, int argc, char *const *argv, const char *file_name, int file,
               Text *out, Text *err)
{
    int code = EX_OK, r = control_ask(config->socket, argc, argv, file_name, file, &code, out, err);
    OfficeRequest request = {.argc = argc, .argv = argv, .file = file, .file_name = file_name};
    CLEANUP(cleanup_free) char *actor = NULL;

    if (r == 0)
        return code;
    if (r != CONTROL_E_NOBODY)
        return writer_explain_socket(config, r, err);
    actor = office_actor(geteuid());
    request.actor = actor;
    request.chinese = strncmp(i18n_language(), "zh", 2) == 0;
    return writer_run_here(config, &request, out, err);
}
