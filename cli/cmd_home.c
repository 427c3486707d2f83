// studyday home add: a member was visited at home and studied there.
#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/i18n.h"
#include "office/office.h"

static int cmd_home_run(CommandContext *context, int argc, char **argv)
{
    return command_office(context, argc, argv, NULL);
}

const Command cmd_home = {
    .name = "home",
    .usage = N_("home add SESSION MEMBER --visitor MEMBER [--at TIME] --why TEXT"),
    .summary = N_("enter that a member studied at home with a visitor"),
    .options = office_home_options,
    .run = cmd_home_run,
};
