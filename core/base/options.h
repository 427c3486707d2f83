#pragma once
// Command lines: options of a ProgramOption table apart from operands, the same way in every program.
#include <stdbool.h>

#include "core/base/program.h"
#include "core/base/text.h"

#define OPTIONS_MAX 24  // options a command may have; the longest table has about a dozen
#define OPERANDS_MAX 63 // operands a command may have; the control socket hands over no more

typedef struct Options {
    const ProgramOption *table;
    const char *values[OPTIONS_MAX];        // beside the table: NULL not given, "" a flag that is
    const char *operands[OPERANDS_MAX + 1]; // NULL-terminated; borrowed from argv, as the values are
    int operand_count;
} Options;

/// Takes argv[1] on apart: "--name value", "--name=value", "-n value", flags; "--" ends the options; "-"
/// alone is an operand. `table` ends with name NULL and may be NULL. False after having put a sentence for
/// people into `problem`: an unknown option, one without its value, a flag with one, or one given twice.
bool options_parse(const ProgramOption *table, int argc, char *const *argv, Options *ret_options,
                   Text *problem);
/// Value of the option called `name`, "" for a flag that was given, NULL otherwise.
const char *options_get(const Options *options, const char *name);
bool options_has(const Options *options, const char *name);
/// The row of the table that `argument` ("--name", "--name=...", "-n") names, or NULL.
const ProgramOption *options_find(const ProgramOption *table, const char *argument);
