#pragma once
// Every read of one person's record leaves a row that says who looked (studyday person reads).
#include "cli/command.h"

/// Notes that whoever runs this is about to see `member`. `what` is the command. Otherwise says why not: then
/// nothing may be shown, and the exit code is returned.
int noted_read(CommandContext *context, const char *what, const char *member);
