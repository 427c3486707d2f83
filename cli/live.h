#pragma once
// `studyday status --points`: the study day as it runs, once or again and again.
#include "cli/command.h"
#include "core/base/options.h"

/// Options "session", "org", "depth", "watch", "format" of the status command. Returns the exit code.
int live_run(CommandContext *context, const Options *options);
