#pragma once
// A command of `studyday` is data: its name, usage, summary, options and run function; one file per command.
// The help and the manual page's check are made from this table.
#include <stdbool.h>

#include "core/base/config.h"
#include "core/base/program.h"

typedef struct CommandContext {
    const char *config_path; // of --config, or NULL
    ConfigSite *config;      // loaded on first command_config()
} CommandContext;

typedef struct Command {
    const char *name;             // "report", "import", ...
    const char *usage;            // "report month YYYY-MM [--org ORG] ..." N_()
    const char *summary;          // one line, N_()
    const ProgramOption *options; // ends with name NULL; may be NULL
    /// argv[0] is the command's name. Returns an exit code of sysexits.h.
    int (*run)(CommandContext *context, int argc, char **argv);
    /// A more particular help for what else is on the line, with the exit code; false: the command's own. May
    /// be NULL.
    bool (*help)(int argc, char **argv, int *ret_code);
} Command;

extern const Command *const command_table[]; // NULL-terminated

/// Loads the site's configuration once; NULL after having said why (exit EX_CONFIG / EX_NOINPUT in
/// `ret_exit`).
ConfigSite *command_config(CommandContext *context, int *ret_exit);
struct Store;
/// Opens the database read-only, after the sessions that are due have been opened through the writer if need
/// be (design: a report must not miss obligations because nobody wrote). NULL after having said why.
struct Store *command_open_read(CommandContext *context, int *ret_exit);
/// Runs an office operation: through the collector's control socket when it runs, else here under the lock.
/// `file` (may be NULL) is opened by the caller's rights and handed over as a descriptor. Prints its output;
/// returns its exit code.
int command_office(CommandContext *context, int argc, char **argv, const char *file);
