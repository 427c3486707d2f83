// studyday roll: paper rolls are printed, keyed in, and missed. The writer registers what is printed and says
// which rolls these are; they are read back and rendered here, so that every form of report is there.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/deliver.h"
#include "cli/listing.h"
#include "cli/roll_typing.h"
#include "cli/writer.h"
#include "core/base/i18n.h"
#include "office/office.h"
#include "reports/report_roll.h"

static int roll_fail(int r)
{
    fprintf(stderr, _("studyday: roll: the database cannot be read: %s\n"), strerror(-r));
    return EX_IOERR;
}

static int roll_unknown(const char *name)
{
    fprintf(stderr, _("studyday: roll: there is no roll %s\n"), name);
    return EX_DATAERR;
}

// One roll as a report; the exit code.
static int roll_read(Store *store, const char *name, bool filled, Report **ret_report)
{
    int64_t number;
    int r = roll_parse_code(name, &number) ? store_begin(store) : ROLL_E_UNKNOWN;

    if (r == 0) {
        r = report_roll(store, number, filled, ret_report);
        store_rollback(store);
    }
    return r == ROLL_E_UNKNOWN ? roll_unknown(name) : r < 0 ? roll_fail(r) : EX_OK;
}

static int roll_deliver(Store *store, const char *name, bool filled, const Options *options,
                        const Renderer *renderer, const char *path)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    int code = roll_read(store, name, filled, &report);

    return code == EX_OK ? deliver_report(report, renderer, path, options_has(options, "force")) : code;
}

static int roll_show(CommandContext *context, const Options *options, bool filled)
{
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_store) Store *store = NULL;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    return roll_deliver(store, options->operands[1], filled, options, renderer,
                        options_get(options, "output"));
}

static int roll_list(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    const char *session = options_get(options, "session");
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    int r = store_begin(store); // one moment for all
    if (r == 0)
        r = report_roll_list(store, session, clock_now(), &report);
    store_rollback(store);
    if (r == REPORT_E_UNKNOWN_SESSION) {
        fprintf(stderr, _("studyday: roll: there is no session %s\n"), session);
        return EX_DATAERR;
    }
    return r < 0 ? roll_fail(r) : deliver_report(report, renderer, NULL, false);
}

// "R12 P-0031": writes that roll to DIR/R12-P-0031.FORMAT, or where --output says.
static int roll_print_line(Store *store, char *line, const Options *options, const Renderer *renderer)
{
    const char *folder = options_get(options, "out-dir");
    CLEANUP(cleanup_text) Text path = {0};
    char *point = strchr(line, ' ');

    if (point)
        *point++ = '\0';
    if (!folder)
        return roll_deliver(store, line, false, options, renderer, options_get(options, "output"));
    text_appendf(&path, "%s/%s-%s.%s", folder, line, point ? point : "",
                 strcmp(renderer->name, "text") == 0 ? "txt" : renderer->name);
    return roll_deliver(store, line, false, options, renderer, text_cstr(&path));
}

static int roll_print_lines(CommandContext *context, char *lines, const Options *options,
                            const Renderer *renderer)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    int code = EX_OK, rolls = 0;

    store = command_open_read(context, &code);
    if (!store)
        return code;
    for (char *line = lines, *next; *line && code == EX_OK; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        code = roll_print_line(store, line, options, renderer);
        rolls++;
    }
    if (code == EX_OK && options_has(options, "out-dir"))
        printf(_("%d rolls in %s\n"), rolls, options_get(options, "out-dir"));
    return code;
}

/// False after having said what is wrong.
static bool roll_print_check(const Options *options, int *ret_code)
{
    const char *folder = options_get(options, "out-dir");
    struct stat status;

    *ret_code = EX_USAGE;
    if (folder && options_has(options, "output"))
        fputs(_("studyday: roll: --output is for one roll, --out-dir for many\n"), stderr);
    else if (!folder && !options_has(options, "point"))
        fputs(_("studyday: roll: --point is needed, or --out-dir for all points\n"), stderr);
    else if (folder && (stat(folder, &status) < 0 || !S_ISDIR(status.st_mode))) {
        fprintf(stderr, "studyday: %s: %s\n", folder, strerror(errno ? errno : ENOTDIR));
        *ret_code = EX_CANTCREAT;
    } else
        return true;
    return false;
}

static int roll_print(CommandContext *context, int argc, char **argv, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_text) Text out = {0};
    CLEANUP(cleanup_text) Text err = {0};
    int code = EX_OK;

    if (!renderer)
        return EX_USAGE;
    if (!roll_print_check(options, &code) || !command_config(context, &code))
        return code;
    code = writer_run(context->config, argc, argv, NULL, -1, &out, &err);
    fputs(text_cstr(&err), stderr);
    return code == EX_OK ? roll_print_lines(context, out.data ? out.data : (char[]){""}, options, renderer)
                         : code;
}

// At a terminal lines are looked at as they are typed; what is right is handed over in a file.
static int roll_type(CommandContext *context, int argc, char **argv, const char *name)
{
    CLEANUP(cleanup_text) Text lines = {0};
    CLEANUP(cleanup_text) Text out = {0};
    CLEANUP(cleanup_text) Text err = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_file) FILE *file = NULL;
    int code = EX_OK;

    store = command_open_read(context, &code);
    if (!store)
        return code;
    code = roll_typing_run(store, name, &lines);
    store = store_close(store);
    if (code != EX_OK || lines.size == 0)
        return code;
    file = tmpfile();
    if (!file || fwrite(lines.data, 1, lines.size, file) != lines.size || fflush(file) != 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        fprintf(stderr, "studyday: roll: %s\n", strerror(errno));
        return EX_IOERR;
    }
    code = writer_run(context->config, argc, argv, "-", fileno(file), &out, &err);
    fputs(text_cstr(&out), stdout);
    fputs(text_cstr(&err), stderr);
    return code;
}

static bool roll_is(const Options *options, const char *verb, int least, int most)
{
    return options->operand_count >= least && options->operand_count <= most &&
           strcmp(options->operands[0], verb) == 0;
}

static int cmd_roll_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_roll_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: roll: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (roll_is(&options, "print", 1, 1))
        return roll_print(context, argc, argv, &options);
    if (roll_is(&options, "print", 2, 2) || roll_is(&options, "show", 2, 2))
        return roll_show(context, &options, strcmp(options.operands[0], "show") == 0);
    if (roll_is(&options, "list", 1, 1))
        return roll_list(context, &options);
    if (roll_is(&options, "enter", 2, 2) && isatty(STDIN_FILENO))
        return roll_type(context, argc, argv, options.operands[1]);
    if (roll_is(&options, "enter", 2, 3))
        return command_office(context, argc, argv, options.operand_count == 3 ? options.operands[2] : "-");
    if (roll_is(&options, "import", 2, 2))
        return command_office(context, argc, argv, options.operands[1]);
    return command_office(context, argc, argv, NULL); // says what it takes
}

const Command cmd_roll = {
    .name = "roll",
    .usage = N_("roll print --session SESSION --point POINT [--format FORMAT] [-o FILE [--force]]\n"
                "roll print --session SESSION --out-dir DIR [--format FORMAT] [--force]\n"
                "roll print ROLL [--format FORMAT] [-o FILE [--force]]\n"
                "roll enter ROLL [FILE] [--why TEXT] [--dry-run]\n"
                "roll import FILE [--why TEXT] [--dry-run]\n"
                "roll close ROLL [--nil] [--why TEXT]\n"
                "roll reopen ROLL --why TEXT\n"
                "roll show ROLL [--format FORMAT] [-o FILE [--force]]\n"
                "roll list [--session SESSION] [--format FORMAT]"),
    .summary = N_("print paper rolls, and key in or import what was written on them"),
    .options = office_roll_options,
    .run = cmd_roll_run,
};
