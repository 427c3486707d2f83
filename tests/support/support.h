#pragma once
// What tests of several folders need: places to work in, ports, processes.
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// Ends the test program with a message: for what cannot go wrong in a sound environment.
_Noreturn void support_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// A listening, non-blocking socket on a free port of 127.0.0.1.
int support_listen(int *ret_port);
/// A socket that listens but whose queue is full: whoever connects waits for ever. Closing it frees all.
int support_listen_full(int *ret_port);
/// A port of 127.0.0.1 that nobody listened at a moment ago.
int support_free_port(void);
/// A new private folder under $TMPDIR or /tmp; the caller frees the path and calls support_remove_folder().
char *support_make_folder(void);
/// Removes a folder that support_make_folder() made, with all in it.
void support_remove_folder(const char *path);

/// Starts a program (searched in $PATH and the sbin folders) that dies with this process; its output goes to
/// `log_path`, or where ours goes if NULL. Signals are as in a fresh process.
pid_t support_spawn(const char *const *argv, const char *log_path);
/// Sends `signal` (0: none) and waits for the end. The wait status.
int support_end(pid_t pid, int signal);
/// Waits at most `milliseconds` for the process to end, without collecting it: true if it has.
bool support_has_ended(pid_t pid, int milliseconds);
bool support_has_program(const char *name);
