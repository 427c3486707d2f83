// studyday: one command for everyone. What it can do is the table below, one file a command.
#include <stdio.h>
#include <stdlib.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/i18n.h"
#include "core/base/log.h"
#include "core/base/program.h"

const Command *const command_table[] = {
    &cmd_init,      &cmd_import, &cmd_terminal,  &cmd_session,    &cmd_attendance,
    &cmd_audit,     &cmd_leave,  &cmd_home,      &cmd_spotcheck,  &cmd_roll,
    &cmd_headcount, &cmd_month,  &cmd_objection, &cmd_quarantine, &cmd_status,
    &cmd_report,    &cmd_record, &cmd_rules,     &cmd_person,     &cmd_retention,
    &cmd_points,    &cmd_events, &cmd_explain,   &cmd_verify,     &cmd_head,
    &cmd_recompute, &cmd_backup, &cmd_restore,   &cmd_doctor,     &cmd_broker,
    &cmd_simulate,  NULL,
};

static bool main_set_up(const Arguments *arguments)
{
    LogLevel level;

    if (arguments->lang)
        i18n_init(arguments->lang);
    if (!arguments->log_level)
        return true;
    if (!log_level_parse(arguments->log_level, &level)) {
        fprintf(stderr, _("studyday: log level %s: one of error, warning, info, debug\n"),
                arguments->log_level);
        return false;
    }
    log_set_level(level);
    return true;
}

static int main_run(const Arguments *arguments)
{
    CommandContext context = {.config_path = arguments->config};
    int code = EX_OK;

    if (arguments->help)
        return arguments_help(arguments);
    if (arguments->version)
        return program_print_version("studyday");
    if (arguments->check_config)
        command_config(&context, &code);
    else if (arguments->command)
        code = arguments->command->run(&context, arguments->argc, arguments->argv);
    else {
        fputs(_("studyday: which command? See `studyday --help`\n"), stderr);
        code = EX_USAGE;
    }
    config_site_free(context.config);
    return program_finish(code);
}

int main(int argc, char **argv)
{
    Arguments arguments;
    int code = EX_USAGE;

    program_init("studyday");
    if (!arguments_parse(argc, argv, &arguments))
        return code;
    if (main_set_up(&arguments))
        code = main_run(&arguments);
    arguments_deinit(&arguments);
    return code;
}
