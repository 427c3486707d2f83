// studyday import KIND FILE: the file is opened here, with the user's rights, and read by the writer.
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "office/office.h"

static int cmd_import_run(CommandContext *context, int argc, char **argv)
{
    Text problem = {0};
    Options options;

    if (!options_parse(office_import_options, argc, argv, &options, &problem) || options.operand_count != 2) {
        fprintf(stderr, "studyday: import: %s\n",
                problem.size ? text_cstr(&problem)
                             : _("a KIND and a FILE are needed; see `studyday import --help`"));
        text_deinit(&problem);
        return EX_USAGE;
    }
    return command_office(context, argc, argv, options.operands[1]);
}

const Command cmd_import = {
    .name = "import",
    .usage =
        N_("import KIND FILE [--dry-run] [--verbose] [--format FORMAT] [--from DATE] [--complete] [--force]\n"
           "import online FILE --session SESSION [--course TITLE] [--map HEADING=COLUMN;…] [--batch CODE] "
           "[--dry-run]"),
    .summary = N_(
        "read orgs, points, terminals, members, sessions, invitations, attendance or an online course from "
        "a CSV file or a workbook"),
    .options = office_import_options,
    .run = cmd_import_run,
};
