// The operations of the office: found in a table, run in one transaction, answered in buffers.
//
// The transaction is the ledger's, so that an operation may state roster facts and add events alike. Whatever
// an operation refuses, and whatever fails, is rolled back as a whole; only what set `commit` without a
// refusal stays. Messages are in the asker's language, which in the collector is another one with each
// request.
#include "office/office.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/person.h"
#include "core/store/roster.h"
#include "office/broker_files.h"
#include "office/operation.h"

#define OFFICE_WHY_MAX 500        // bytes: a sentence or two
#define OFFICE_PASSWD_BUFFER 4096 // of one line of the user database

static const OfficeOperation *const operations[] = {
    &office_import,    &office_terminal, &office_quarantine, &office_attendance, &office_leave,
    &office_home,      &office_open_due, &office_recompute,  &office_month,      &office_objection,
    &office_session,   &office_rules,    &office_points,     &office_spotcheck,  &office_roll,
    &office_headcount, &office_person,   &office_retention,  &office_read,
};

static const OfficeOperation *office_find(const char *name)
{
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (strcmp(operations[i]->name, name) == 0)
            return operations[i];
    }
    return NULL;
}

bool office_knows(const char *operation)
{
    return office_find(operation) != NULL;
}

int office_refuse(Office *office, int exit_code, const char *format, ...)
{
    va_list args;

    text_appendf(&office->reply->err, "studyday: %s: ", office->request->argv[0]);
    va_start(args, format);
    text_vappendf(&office->reply->err, format, args);
    va_end(args);
    text_append_char(&office->reply->err, '\n');
    office->reply->exit_code = exit_code;
    return 0;
}

int office_audit(Office *office, const char *action, const char *subject, const char *why, const char *detail)
{
    return error_trace(
        audit_add(office->store, office->now, office->request->actor, action, subject, why, detail));
}

const char *office_words(Office *office, const char *option, const char *missing)
{
    const char *words = options_get(&office->options, option);

    if (!words || !*words)
        office_refuse(office, EX_USAGE, "%s", missing);
    else if (strlen(words) > OFFICE_WHY_MAX || !text_is_clean(words, strlen(words)))
        office_refuse(office, EX_USAGE, _("--%s: one line of text of at most %d bytes"), option,
                      OFFICE_WHY_MAX);
    else
        return words;
    return NULL;
}

const char *office_why(Office *office)
{
    return office_words(office, "why", _("--why is needed: what is the reason?"));
}

char *office_actor(uid_t uid)
{
    char buffer[OFFICE_PASSWD_BUFFER];
    struct passwd entry, *found = NULL;
    Text text = {0};

    text_appendf(&text, "uid:%u", (unsigned)uid);
    if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
        text_appendf(&text, " %s", found->pw_name);
    return text_take(&text);
}

// After the COMMIT, which stands whatever becomes of the broker's files: the collector goes by the register.
static void office_tell_broker(Office *office)
{
    int r = broker_files_update(office->store, office->config);

    if (r < 0)
        text_appendf(
            &office->reply->err,
            _("studyday: %s: the broker's passwords could not be written: %s; this is recorded and the "
              "collector acts on it, but the broker does not know yet\n"),
            office->config->broker_folder, strerror(-r));
    else if (r == BROKER_FILES_E_NOT_TOLD)
        text_appendf(&office->reply->err,
                     _("studyday: %s: the broker could not be told; it must be reloaded (SIGHUP)\n"),
                     office->config->broker_pid_file);
}

// After the COMMIT: what is said is true already, but bytes of what is gone may still lie about.
static void office_wipe(Office *office)
{
    int r = store_wipe(office->store);

    if (r == 0)
        return;
    if (r == STORE_E_READERS) {
        office->reply->exit_code = EX_TEMPFAIL;
        text_append(
            &office->reply->err,
            _("studyday: this is recorded, but somebody who reads the database keeps what was deleted "
              "from being wiped out of its WAL; do the same again\n"));
        return;
    }
    office->reply->exit_code = EX_IOERR;
    text_appendf(&office->reply->err,
                 _("studyday: this is recorded, but what was deleted could not be wiped out of the file: %s; "
                   "do the same again\n"),
                 strerror(-r));
}

// A fatal error as the asker sees it. What exactly went wrong stands in the log.
static void office_fail(Office *office, int r, bool sure)
{
    int code = EX_SOFTWARE;

    if (r == -EBUSY)
        code = EX_TEMPFAIL;
    else if (r == -EACCES || r == -EPERM || r == -EROFS)
        code = EX_NOPERM;
    else if (r == -ENOSPC || r == -EIO || r == -EUCLEAN || r == -EFBIG || r == -EDQUOT)
        code = EX_IOERR;
    office_refuse(office, code,
                  sure ? _("%s; nothing was changed")
                       : _("%s; it is not sure whether this was recorded: look before you repeat it"),
                  strerror(-r));
}

// What a failed COMMIT wrote may still lie in the WAL, and a crash could bring it back. A change that is
// committed after it takes its place; then it is certain that nothing was changed.
static bool office_seal(Office *office)
{
    int r = store_begin(office->store);

    if (r == 0)
        r = store_probe(office->store);
    if (r == 0)
        r = store_commit(office->store);
    if (r < 0)
        store_rollback(office->store);
    return r == 0;
}

static void office_run_operation(Office *office, const OfficeOperation *operation)
{
    int r = ledger_begin(office->ledger);
    bool sure = true;

    if (r == 0)
        r = operation->run(office);
    if (r == 0 && office->commit && office->reply->exit_code == EX_OK) {
        r = ledger_commit(office->ledger);
        if (r < 0) {
            ledger_rollback(office->ledger);
            sure = r == -ENOSPC || office_seal(office); // what ends a transaction is written last
        } else {
            office->reply->exit_code = office->committed_code;
            if (office->logins_changed)
                office_tell_broker(office);
            if (office->wipe)
                office_wipe(office);
        }
    } else {
        ledger_rollback(office->ledger);
        office->reply->roster_changed = false;
    }
    if (r < 0) {
        text_clear(&office->reply->out);
        office->reply->roster_changed = false;
        office_fail(office, r, sure);
    }
}

void office_run(Store *store, const ConfigSite *config, const OfficeRequest *request, OfficeReply *reply)
{
    CLEANUP(cleanup_ledger) Ledger *ledger = NULL;
    CLEANUP(cleanup_text) Text problem = {0};
    Office office = {
        .store = store, .config = config, .request = request, .reply = reply, .now = clock_now()};
    const OfficeOperation *operation = request->argc > 0 ? office_find(request->argv[0]) : NULL;

    i18n_init(request->chinese ? "zh_CN" : "en");
    if (!operation) {
        text_appendf(&reply->err, _("studyday: the office has no such operation\n"));
        reply->exit_code = EX_USAGE;
        return;
    }
    if (!options_parse(operation->options, request->argc, request->argv, &office.options, &problem)) {
        office_refuse(&office, EX_USAGE, "%s", text_cstr(&problem));
        return;
    }
    ledger = ledger_new(store);
    office.ledger = ledger;
    office_run_operation(&office, operation);
}

void office_reply_deinit(OfficeReply *reply)
{
    text_deinit(&reply->out);
    text_deinit(&reply->err);
    *reply = (OfficeReply){0};
}
