#pragma once
// The way to the one writer: the collector that runs, or this process under the lock.
#include "core/base/config.h"
#include "core/base/text.h"

/// Runs an office operation. `file` is a descriptor or -1, called `file_name` in messages. What it has to say
/// is appended to `out` and `err`; returns the exit code.
int writer_run(const ConfigSite *config, int argc, char *const *argv, const char *file_name, int file,
               Text *out, Text *err);
/// What `r` of store_open() means for the user, as a line; returns the exit code.
int writer_explain(const ConfigSite *config, int r, Text *text);
