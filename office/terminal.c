// terminal enroll|rotate|revoke: who may send, and with which key. The key comes in a file that the asker
// opened; it is read, wiped, and said nowhere. A second line is the hash of the terminal's credential at the
// broker; the credential itself never comes here. A terminal that was revoked is taken back by enrolling it
// again.
//
// Enrolling replaces the old key at once, as for a key that somebody else may have. Rotating is for a
// terminal that is trusted: messages under its old key are on their way, and it may be offline for days; the
// old key is good until it speaks under the new one, but not for longer than TERMINAL_OLD_KEY_TIME.
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/credential.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/roster.h"
#include "office/detail.h"
#include "office/operation.h"

#define KEY_FILE_MAX (DIGEST_HEX_SIZE + CREDENTIAL_HASH_SIZE + 1) // two lines and their ends
#define TERMINAL_OLD_KEY_TIME (7 * TIME_DAY) // a point that meets once a week has then had its chance

const ProgramOption office_terminal_options[] = {
    {"key-file", 0, "FILE",
     N_("enroll: the key as 64 hex digits; made if it is not there (default: keys/TERMINAL.key)")},
    {"bundle", 0, "FILE",
     N_("enroll, rotate: make all that the terminal needs as one new file of mode 0600")},
    {"address", 0, "HOST:PORT", N_("the bundle's broker (default: the site's)")},
    {"ca", 0, "FILE", N_("the bundle's certificate authority (default: the site's ca-file)")},
    {"qr", 0, NULL, N_("show the bundle as a QR code on this terminal")},
    {"qr-file", 0, "FILE", N_("draw the bundle as a QR code into a new file of mode 0600, .svg or .png")},
    {"why", 0, "TEXT", N_("rotate, revoke: the reason, for the audit log")},
    {"format", 'f', "FORMAT", N_("list: text, csv, json or jsonl (default: text)")},
    {0},
};

static int terminal_lookup(Office *office, const char *name, StoreTerminal *ret_terminal, bool *ret_found)
{
    int r = strcmp(name, NAME_OFFICE) == 0 ? TERMINAL_E_UNKNOWN
                                           : terminal_find(office->store, name, ret_terminal);

    if (r < 0)
        return error_trace(r);
    *ret_found = r == 0;
    if (r == TERMINAL_E_UNKNOWN)
        office_refuse(office, EX_DATAERR, _("%s: no such terminal; import it first"), name);
    return 0;
}

// Reads the key from the request's file, and the hash that may follow. False after having refused.
static bool terminal_read_key(Office *office, uint8_t ret_key[static DIGEST_SIZE],
                              char ret_login[static CREDENTIAL_HASH_SIZE])
{
    Text text = {0};
    bool valid = false;

    if (office->request->file < 0) {
        office_refuse(office, EX_USAGE, _("the key comes in a file"));
        return false;
    }
    if (file_read_fd(office->request->file, KEY_FILE_MAX, &text) == 0) {
        const char *line = text_cstr(&text);
        size_t size = strcspn(line, "\n");

        if (text.size && text.data[text.size - 1] == '\n')
            text.data[--text.size] = '\0';
        snprintf(ret_login, CREDENTIAL_HASH_SIZE, "%s", line[size] ? line + size + 1 : "");
        valid = hex_decode(line, size, ret_key, DIGEST_SIZE) && strlen(line) == text.size &&
                (size >= text.size || credential_hash_valid(line + size + 1));
    }
    if (text.data)
        digest_wipe(text.data, text.capacity);
    text_deinit(&text);
    if (!valid)
        office_refuse(office, EX_DATAERR, _("%s: a key is 64 lower-case hex digits"),
                      office->request->file_name);
    return valid;
}

static const char *terminal_state(const StoreTerminal *terminal)
{
    if (terminal->revoked)
        return "revoked";
    if (terminal->has_old_key)
        return "rotating";
    return terminal->has_key ? "enrolled" : "registered";
}

// Keys are said nowhere: an entry tells that there is another one, not which.
static int terminal_note(Office *office, const char *action, const StoreTerminal *before, const char *state,
                         const char *why)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};

    detail_text(&was, "state", terminal_state(before));
    detail_text(&is, "state", state);
    return error_trace(detail_audit(office, action, before->name, why, &was, &is));
}

static int terminal_put_login(Office *office, const char *name, const char *login)
{
    office->commit = office->logins_changed = true;
    return error_trace(terminal_set_login(office->store, name, login));
}

static int terminal_rotate(Office *office, const char *name)
{
    const char *why = options_get(&office->options, "why");
    uint8_t key[DIGEST_SIZE];
    char login[CREDENTIAL_HASH_SIZE];
    StoreTerminal terminal;
    bool found = false;
    int r = terminal_lookup(office, name, &terminal, &found);

    if (r < 0 || !found || (why && !(why = office_why(office))))
        return r;
    if (terminal.revoked || !terminal.has_key)
        return office_refuse(office, EX_DATAERR, _("%s: is not enrolled: there is nothing to rotate"), name);
    if (!terminal_read_key(office, key, login))
        return 0;
    if (digest_equal(terminal.key, key, sizeof(key)))
        return office_refuse(office, EX_DATAERR, _("%s: has this key already"), name);
    r = terminal_rotate_key(office->store, name, key, office->now, office->now + TERMINAL_OLD_KEY_TIME);
    if (r == 0 && *login)
        r = terminal_put_login(office, name, login);
    if (r == 0)
        r = terminal_note(office, "terminal-rotate", &terminal, "rotating", why);
    office->commit = office->reply->roster_changed = true;
    digest_wipe(key, sizeof(key));
    digest_wipe(&terminal, sizeof(terminal));
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out,
                 _("%s: has a new key; the old one is good until it uses the new one, at most 7 days\n"),
                 name);
    return 0;
}

static int terminal_enroll(Office *office, const char *name)
{
    uint8_t key[DIGEST_SIZE];
    char login[CREDENTIAL_HASH_SIZE];
    StoreTerminal terminal;
    bool found = false, same;
    int r = terminal_lookup(office, name, &terminal, &found);

    if (r < 0 || !found || !terminal_read_key(office, key, login))
        return r;
    same = terminal.has_key && !terminal.revoked && !*login && digest_equal(terminal.key, key, sizeof(key));
    if (!same) {
        r = terminal_set_key(office->store, name, key, office->now);
        if (r == 0 && *login)
            r = terminal_put_login(office, name, login);
        if (r == 0)
            r = terminal_note(office, terminal.has_key ? "terminal-new-key" : "terminal-enroll", &terminal,
                              "enrolled", "");
        office->commit = office->reply->roster_changed = true;
    }
    digest_wipe(key, sizeof(key));
    digest_wipe(&terminal, sizeof(terminal));
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, same ? _("%s: enrolled with this key already\n") : _("%s: enrolled\n"),
                 name);
    return 0;
}

static int terminal_revoke_one(Office *office, const char *name)
{
    const char *why = options_get(&office->options, "why");
    StoreTerminal terminal;
    bool found = false;
    int r = terminal_lookup(office, name, &terminal, &found);

    if (r < 0 || !found)
        return r;
    if (why && !(why = office_why(office)))
        return 0;
    if (terminal.revoked) {
        text_appendf(&office->reply->out, _("%s: revoked already\n"), name);
        return 0;
    }
    r = terminal_revoke(office->store, name, office->now);
    if (r == 0)
        r = terminal_note(office, "terminal-revoke", &terminal, "revoked", why);
    if (r < 0)
        return error_trace(r);
    office->commit = office->reply->roster_changed = office->logins_changed = true;
    text_appendf(&office->reply->out, _("%s: revoked; what it sends from now on is quarantined\n"), name);
    return 0;
}

static int terminal_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count == 2 && strcmp(options->operands[0], "enroll") == 0)
        return terminal_enroll(office, options->operands[1]);
    if (options->operand_count == 2 && strcmp(options->operands[0], "revoke") == 0)
        return terminal_revoke_one(office, options->operands[1]);
    if (options->operand_count == 2 && strcmp(options->operands[0], "rotate") == 0)
        return terminal_rotate(office, options->operands[1]);
    return office_refuse(office, EX_USAGE, _("enroll TERMINAL, rotate TERMINAL, revoke TERMINAL or list"));
}

const OfficeOperation office_terminal = {
    .name = "terminal", .options = office_terminal_options, .run = terminal_run};
