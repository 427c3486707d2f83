// studyday terminal: keys and standing of the terminals. A key is made here, with the user's rights, in a
// file of mode 0600, and travels to the writer as a descriptor: it never stands in an argument, in the
// environment or on the screen.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/bundle_make.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/roster.h"
#include "office/office.h"

#define KEY_FILE_MODE 0600
#define KEY_FILE_MAX (DIGEST_HEX_SIZE + 1) // the digits and a line's end

enum { COLUMN_TERMINAL, COLUMN_AREA, COLUMN_POINT, COLUMN_STATE, COLUMN_ENROLLED, COLUMN_REVOKED };

static const ReportColumn columns[] = {
    [COLUMN_TERMINAL] = {"terminal", N_("terminal"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_AREA] = {"area", N_("area"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_POINT] = {"point", N_("point"), REPORT_TEXT, REPORT_EVERYWHERE},
    [COLUMN_STATE] = {"state", N_("state"), REPORT_WORD, REPORT_EVERYWHERE},
    [COLUMN_ENROLLED] = {"enrolled_at", N_("enrolled"), REPORT_TIME, REPORT_EVERYWHERE},
    [COLUMN_REVOKED] = {"revoked_at", N_("revoked"), REPORT_TIME, REPORT_EVERYWHERE | REPORT_IF_ROOM},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static ReportWord terminal_state(const StoreTerminal *terminal)
{
    if (terminal->revoked)
        return (ReportWord){"revoked", N_("revoked")};
    if (terminal->has_old_key && clock_now() < terminal->old_key_until)
        return (ReportWord){"rotating", N_("rotating")};
    if (terminal->has_key)
        return (ReportWord){"enrolled", N_("enrolled")};
    return (ReportWord){"registered", N_("registered, no key")};
}

static int terminal_row(void *user, const StoreTerminal *terminal)
{
    ReportCell *cells;

    if (strcmp(terminal->name, NAME_OFFICE) == 0)
        return 0; // no device
    cells = report_row(user, 0);
    cells[COLUMN_TERMINAL] = report_text(terminal->name);
    cells[COLUMN_AREA] = report_text(terminal->area);
    cells[COLUMN_POINT] = report_text(*terminal->point ? terminal->point : NULL);
    cells[COLUMN_STATE].word = terminal_state(terminal);
    cells[COLUMN_ENROLLED] =
        report_number(terminal->enrolled_at == TIME_NONE ? REPORT_NULL : terminal->enrolled_at);
    cells[COLUMN_REVOKED] =
        report_number(terminal->revoked_at == TIME_NONE ? REPORT_NULL : terminal->revoked_at);
    return 0;
}

static int terminal_list(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    report = report_new("terminals", _("Terminals"), "terminals", columns, COLUMN_COUNT);
    if (terminal_each(store, terminal_row, report) < 0)
        return EX_IOERR;
    listing_print(report, renderer);
    return EX_OK;
}

// A new random key in a new file. Written before the register knows it: a key file too many does no harm, a
// registered key that nobody has locks the terminal out.
static int terminal_make_key(const char *path)
{
    uint8_t key[DIGEST_SIZE];
    char line[DIGEST_HEX_SIZE + 1];
    int r;

    digest_random(key, sizeof(key));
    hex_encode(key, sizeof(key), line);
    line[DIGEST_HEX_SIZE - 1] = '\n';
    r = file_write_atomic(path, line, DIGEST_HEX_SIZE, KEY_FILE_MODE, false);
    digest_wipe(key, sizeof(key));
    digest_wipe(line, sizeof(line));
    if (r == 0)
        return EX_OK;
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EACCES || r == -EPERM ? EX_NOPERM : EX_CANTCREAT;
}

// The key file as it is, checked without showing what is in it. `ret_made`: there was none, and one was made.
static int terminal_check_key(const char *path, bool *ret_made)
{
    uint8_t key[DIGEST_SIZE];
    Text text = {0};
    bool valid;
    int r = file_read_secret(path, KEY_FILE_MAX, &text);

    if (r == FILE_E_MISSING) {
        text_deinit(&text);
        *ret_made = true;
        return terminal_make_key(path);
    }
    valid = r == 0 && hex_decode(text_cstr(&text), text.size, key, sizeof(key));
    digest_wipe(key, sizeof(key));
    if (text.data)
        digest_wipe(text.data, text.size);
    text_deinit(&text);
    if (valid)
        return EX_OK;
    if (r < 0) {
        fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
        return r == -EACCES ? EX_NOPERM : EX_IOERR;
    }
    if (r == FILE_E_EXPOSED) {
        fprintf(stderr,
                _("studyday: %s: others than its owner can read this key; chmod 600, or make a new one\n"),
                path);
        return EX_NOPERM;
    }
    fprintf(stderr, _("studyday: %s: a key is 64 lower-case hex digits\n"), path);
    return EX_DATAERR;
}

// Whether the register certainly does not know the new key; otherwise its file must stay.
static bool terminal_surely_undone(int code)
{
    return code == EX_DATAERR || code == EX_USAGE || code == EX_TEMPFAIL || code == EX_NOINPUT ||
           code == EX_NOPERM;
}

static int terminal_enroll(CommandContext *context, const Options *options, int argc, char **argv)
{
    const char *terminal = options->operands[1], *given = options_get(options, "key-file");
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_free) char *folder = NULL;
    bool made = false;
    int code = EX_OK;

    if (!name_valid_terminal(terminal, strlen(terminal))) {
        fprintf(stderr,
                _("studyday: terminal: %s is no name of a terminal: a to z, 0 to 9 and -, at most 32\n"),
                terminal);
        return EX_USAGE;
    }
    if (!command_config(context, &code))
        return code;
    folder = file_beside(context->config->path, "keys");
    if (given)
        text_append(&path, given);
    else
        text_appendf(&path, "%s/%s.key", folder, terminal);
    code = terminal_check_key(text_cstr(&path), &made);
    if (code == EX_OK)
        code = command_office(context, argc, argv, text_cstr(&path));
    if (code == EX_OK)
        printf(_("Key: %s (give the terminal a copy, readable by it alone)\n"), text_cstr(&path));
    else if (made && terminal_surely_undone(code))
        unlink(text_cstr(&path));
    return code;
}

static int cmd_terminal_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_terminal_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: terminal: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 1 && strcmp(options.operands[0], "list") == 0)
        return terminal_list(context, &options);
    bool rotate = options.operand_count == 2 && strcmp(options.operands[0], "rotate") == 0;
    bool enroll = options.operand_count == 2 && strcmp(options.operands[0], "enroll") == 0;
    if ((enroll || rotate) && bundle_wanted(&options))
        return bundle_enroll(context, &options, argc, argv);
    if (rotate && !options_has(&options, "key-file")) {
        fprintf(stderr, _("studyday: terminal: rotate needs --bundle, --qr or --key-file: where is the new "
                          "key to go?\n"));
        return EX_USAGE;
    }
    if (enroll || rotate)
        return terminal_enroll(context, &options, argc, argv);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_terminal = {
    .name = "terminal",
    .usage = N_("terminal enroll TERMINAL [--key-file FILE] [--bundle FILE] [--qr]\n"
                "terminal rotate TERMINAL [--key-file FILE] [--bundle FILE] [--qr] [--why TEXT]\n"
                "terminal revoke TERMINAL [--why TEXT]\n"
                "terminal list [--format text|csv|json|jsonl]"),
    .summary = N_("give a terminal its secrets, renew or revoke them, or list them all"),
    .options = office_terminal_options,
    .run = cmd_terminal_run,
};
