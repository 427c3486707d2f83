// studyday leave: a member is on leave for a session, or takes the leave back.
#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/i18n.h"
#include "office/office.h"

static int cmd_leave_run(CommandContext *context, int argc, char **argv)
{
    return command_office(context, argc, argv, NULL);
}

const Command cmd_leave = {
    .name = "leave",
    .usage = N_("leave add SESSION MEMBER [--reason CODE] --why TEXT\n"
                "leave withdraw SESSION MEMBER --why TEXT"),
    .summary = N_("enter that a member is on leave for a session, or no longer is"),
    .options = office_leave_options,
    .run = cmd_leave_run,
};
