#pragma once
// The command line of `studyday`: common options, which may stand before or after the command, and the rest,
// which is the command's own.
#include <stdbool.h>

#include "cli/command.h"

typedef struct Arguments {
    const char *config, *lang, *log_level;
    bool check_config, help, version;
    const Command *command; // NULL: none was named
    int argc;               // of the command: argv[0] is its name, common options are taken out
    char **argv;            // NULL-terminated; the strings are those of main()
} Arguments;

/// False after having said on stderr what is wrong (64).
bool arguments_parse(int argc, char **argv, Arguments *ret_arguments);
void arguments_deinit(Arguments *arguments);
/// What `--help` prints: of the named command, else of the program with its commands. Returns the exit code.
int arguments_help(const Arguments *arguments);
