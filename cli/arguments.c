// Common options stand before or after the command. Words of the command are passed through untouched, and
// the value of one of its options is never taken for a common option (`--why --help` has a reason called
// "--help").
#include "cli/arguments.h"

#include <stdio.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/base/program.h"

static const Command *command_find(const char *name)
{
    for (const Command *const *command = command_table; *command; command++) {
        if (strcmp((*command)->name, name) == 0)
            return *command;
    }
    return NULL;
}

static void arguments_store(Arguments *arguments, const char *name, const char *value)
{
    if (strcmp(name, "config") == 0)
        arguments->config = value;
    else if (strcmp(name, "lang") == 0)
        arguments->lang = value;
    else if (strcmp(name, "log-level") == 0)
        arguments->log_level = value;
    else if (strcmp(name, "check-config") == 0)
        arguments->check_config = true;
    else if (strcmp(name, "help") == 0)
        arguments->help = true;
    else
        arguments->version = true;
}

// A common option at argv[i]; returns how many words it took, 0 after having said what is wrong.
static int arguments_take(Arguments *arguments, const ProgramOption *option, int argc, char **argv, int i)
{
    const char *equals = argv[i][1] == '-' ? strchr(argv[i], '=') : NULL;

    if (option->argument && !equals && i + 1 >= argc) {
        fprintf(stderr, _("studyday: option --%s needs a value: %s\n"), option->name, option->argument);
        return 0;
    }
    if (!option->argument && equals) {
        fprintf(stderr, _("studyday: option --%s takes no value\n"), option->name);
        return 0;
    }
    arguments_store(arguments, option->name, equals ? equals + 1 : argv[i + 1]);
    return option->argument && !equals ? 2 : 1;
}

// A word that is no common option: the command's name, or what belongs to the command. Returns as above.
static int arguments_pass(Arguments *arguments, int argc, char **argv, int i)
{
    const ProgramOption *own = NULL;
    int words = 1;

    if (!arguments->command) {
        if (argv[i][0] == '-') {
            fprintf(stderr, _("studyday: there is no option %s\n"), argv[i]);
            return 0;
        }
        arguments->command = command_find(argv[i]);
        if (!arguments->command) {
            fprintf(stderr, _("studyday: there is no command %s; see `studyday --help`\n"), argv[i]);
            return 0;
        }
    } else {
        own = options_find(arguments->command->options, argv[i]);
        if (own && own->argument && !strchr(argv[i], '=') && i + 1 < argc)
            words = 2;
    }
    for (int k = 0; k < words; k++)
        arguments->argv[arguments->argc++] = argv[i + k];
    return words;
}

bool arguments_parse(int argc, char **argv, Arguments *ret_arguments)
{
    Arguments arguments = {.argv = alloc_zero(((size_t)argc + 1) * sizeof(char *))};
    bool own_only = false;

    for (int i = 1; i < argc;) {
        const ProgramOption *common = own_only ? NULL : options_find(program_common_options, argv[i]);
        int words;

        if (arguments.command && options_find(arguments.command->options, argv[i]))
            common = NULL;
        own_only |= arguments.command && strcmp(argv[i], "--") == 0;
        words = common ? arguments_take(&arguments, common, argc, argv, i)
                       : arguments_pass(&arguments, argc, argv, i);
        if (!words) {
            arguments_deinit(&arguments);
            return false;
        }
        i += words;
    }
    *ret_arguments = arguments;
    return true;
}

void arguments_deinit(Arguments *arguments)
{
    free(arguments->argv);
    arguments->argv = NULL;
}

// The usage of a command has a line for each of its forms.
static char *arguments_usage(const Command *command)
{
    Text text = {0};
    const char *line = command->usage;

    while (line) {
        const char *end = strchr(line, '\n');

        text_append(&text, text.size ? "\n       studyday " : "studyday ");
        text_append_bytes(&text, line, end ? (size_t)(end - line) : strlen(line));
        line = end ? end + 1 : NULL;
    }
    return text_take(&text);
}

static size_t arguments_name_width(void)
{
    size_t widest = 0;

    for (const Command *const *command = command_table; *command; command++) {
        if (strlen((*command)->name) > widest)
            widest = strlen((*command)->name);
    }
    return widest;
}

int arguments_help(const Arguments *arguments)
{
    int width = (int)arguments_name_width();
    int r;

    if (arguments->command && arguments->command->help &&
        arguments->command->help(arguments->argc, arguments->argv, &r))
        return r;
    if (arguments->command) {
        CLEANUP(cleanup_free) char *usage = arguments_usage(arguments->command);

        return program_print_help(usage, arguments->command->summary, arguments->command->options);
    }
    r = program_print_help("studyday [OPTIONS] COMMAND [ARGUMENTS]",
                           N_("Study days, attendance and training hours: set up, import, correct, report."),
                           NULL);
    if (r)
        return r;
    printf("\n%s\n", _("Commands:"));
    for (const Command *const *command = command_table; *command; command++)
        printf("  %-*s  %s\n", width, (*command)->name, _((*command)->summary));
    printf("\n%s\n", _("`studyday COMMAND --help` tells more about one of them."));
    return program_finish(EX_OK);
}
