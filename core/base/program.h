#pragma once
// What every main() needs: exit codes (sysexits), the common options, start-up.
#include <stdbool.h>
#include <sysexits.h>

#include "core/base/log.h"

// Whether a core or another process of the user may see our memory: where leaks are sought, the checker must.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PROGRAM_DUMPABLE 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define PROGRAM_DUMPABLE 1
#endif
#ifndef PROGRAM_DUMPABLE
#define PROGRAM_DUMPABLE 0
#endif

#define EXIT_DIFFERENCE 1 // verify, recompute --diff: ran, and found a difference

typedef struct ProgramOption {
    const char *name;     // long name without dashes
    char letter;          // or 0
    const char *argument; // NULL: a flag
    const char *help;     // N_()
} ProgramOption;

// The options that all programs share; each program's own table is printed after it. Ends with name NULL.
// They are config, check-config, lang, log-level, help and version.
extern const ProgramOption program_common_options[];

/// Descriptors 0 to 2 open, locale, log, digest, SIGPIPE ignored, umask 027 (others get nothing).
void program_init(const char *program);
/// "NAME VERSION" on stdout; returns the exit code (74 if stdout fails).
int program_print_version(const char *program);
/// "Usage: ..." then the options, one a line, on stdout; returns the exit code.
int program_print_help(const char *usage, const char *summary, const ProgramOption *options);
/// fflush and check stdout: `code`, or EX_IOERR with a message if what was printed did not arrive.
int program_finish(int code);
