#pragma once
// A command of `studyday-terminal`: a row of the table in main.c, one file each. Help and manual page follow
// the table.
#include "core/base/options.h"

typedef struct TerminalCommand {
    const char *name;
    const char *usage;            // N_()
    const char *summary;          // N_()
    const ProgramOption *options; // its own; ends with name NULL, may be NULL
    /// The operands are those after the command's name. Returns an exit code of sysexits.h.
    int (*run)(const Options *options);
} TerminalCommand;

extern const TerminalCommand command_init, command_run, command_scan, command_status, command_record;

struct Station;
struct Outbox;
/// Opens the outbox of the configuration; EX_OK, or the exit code after having said why on stderr.
int command_open_outbox(const char *path, const char *terminal, bool write, struct Outbox **ret_outbox);
/// Says on stderr that the command was called wrongly; EX_USAGE.
int command_misused(const TerminalCommand *command);
