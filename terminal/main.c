// studyday-terminal: the agent at a learning point. The common options may stand before or after the command.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "terminal/command.h"
#include "terminal/station.h"

static const TerminalCommand *const main_commands[] = {
    &command_init, &command_run, &command_scan, &command_status, &command_record,
};
#define MAIN_COMMAND_COUNT (sizeof(main_commands) / sizeof(main_commands[0]))

static const TerminalCommand *main_find_command(const char *name)
{
    for (size_t i = 0; i < MAIN_COMMAND_COUNT; i++) {
        if (strcmp(main_commands[i]->name, name) == 0)
            return main_commands[i];
    }
    return NULL;
}

/// Index of the first word that is neither a common option nor the value of one; `argc` if there is none.
static int main_find_word(int argc, char **argv)
{
    int i = 1;

    while (i < argc && argv[i][0] == '-') {
        const ProgramOption *option = options_find(program_common_options, argv[i]);
        bool takes_next = option && option->argument && !strchr(argv[i], '=');

        i += takes_next ? 2 : 1;
    }
    return i < argc ? i : argc;
}

static size_t main_append_options(ProgramOption *table, size_t count, const ProgramOption *options)
{
    for (; options && options->name; options++)
        table[count++] = *options;
    return count;
}

static int main_help(const TerminalCommand *command)
{
    if (command)
        return program_print_help(_(command->usage), command->summary, command->options);
    int code = program_print_help(
        "studyday-terminal [OPTIONS] COMMAND ...",
        N_("records who has come to a learning point, and sends it until it is received"), NULL);
    printf("\n%s\n", _("Commands:"));
    for (size_t i = 0; i < MAIN_COMMAND_COUNT; i++)
        printf("  %-8s  %s\n", main_commands[i]->name, _(main_commands[i]->summary));
    return program_finish(code);
}

static int main_check_config(const Options *options)
{
    Station station;
    int code = station_load(options_get(options, "config"), &station);

    if (code == EX_OK)
        station_deinit(&station);
    return code;
}

static int main_run(const TerminalCommand *command, const Options *options)
{
    const char *lang = options_get(options, "lang");
    const char *level_name = options_get(options, "log-level");
    LogLevel level;

    if (lang)
        i18n_init(lang);
    if (level_name && !log_level_parse(level_name, &level)) {
        fprintf(stderr, _("%s: log level %s: one of error, warning, info, debug\n"), STATION_PROGRAM,
                level_name);
        return EX_USAGE;
    }
    if (level_name)
        log_set_level(level);
    if (options_has(options, "help"))
        return main_help(command);
    if (options_has(options, "version"))
        return program_print_version(STATION_PROGRAM);
    if (options_has(options, "check-config"))
        return main_check_config(options);
    if (!command) {
        fprintf(stderr, _("%s: which command? See --help\n"), STATION_PROGRAM);
        return EX_USAGE;
    }
    return command->run(options);
}

int main(int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    ProgramOption table[OPTIONS_MAX + 1] = {0};
    const TerminalCommand *command = NULL;
    Options options;

    program_init(STATION_PROGRAM);
    signal(SIGXFSZ, SIG_IGN); // a file at its size limit is a failing write, answered with REFUSED
    int word = main_find_word(argc, argv);
    if (word < argc) {
        command = main_find_command(argv[word]);
        if (!command) {
            fprintf(stderr, _("%s: there is no command %s; see --help\n"), STATION_PROGRAM, argv[word]);
            return EX_USAGE;
        }
        memmove(&argv[word], &argv[word + 1],
                (size_t)(argc - word) * sizeof(*argv)); // with the NULL at the end
        argc--;
    }
    main_append_options(table, main_append_options(table, 0, program_common_options),
                        command ? command->options : NULL);
    if (!options_parse(table, argc, argv, &options, &problem)) {
        fprintf(stderr, "%s: %s\n", STATION_PROGRAM, text_cstr(&problem));
        return EX_USAGE;
    }
    return program_finish(main_run(command, &options));
}
