#pragma once
// Keying a roll in at a terminal: each line is looked at when it is typed, and the lines that are right are
// handed over together at the end.
#include "core/base/text.h"
#include "core/store/store.h"

/// Reads lines from standard input until it ends, says whose each is or what is wrong with it, and appends
/// the right ones to `lines`. `name` is the roll as it was asked for. Returns the exit code.
int roll_typing_run(Store *store, const char *name, Text *lines);
