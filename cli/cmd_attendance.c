// studyday attendance add|void: corrections to what was recorded, always with a reason.
#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/i18n.h"
#include "office/office.h"

static int cmd_attendance_run(CommandContext *context, int argc, char **argv)
{
    return command_office(context, argc, argv, NULL);
}

const Command cmd_attendance = {
    .name = "attendance",
    .usage = N_("attendance add SESSION MEMBER KIND [--at TIME] [--mode MODE] [--minutes N] --why TEXT\n"
                "attendance void TERMINAL EPOCH:SEQ --why TEXT"),
    .summary = N_("correct what was recorded: add an event, or void one"),
    .options = office_attendance_options,
    .run = cmd_attendance_run,
};
