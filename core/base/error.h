#pragma once
// The one return convention of the tree.
//
//   < 0   negative errno: fatal to the operation, traced where it passes, never matched on
//   0     fine
//   > 0   MODULE_E_X, a named outcome of that very function; its direct caller handles it, never forwards it
//
// error_origin(-EIO) marks the line where a failure was first seen, error_trace(r) each line that passes it
// up; both print at debug level and return their argument.
#include <errno.h>

#define error_origin(r) error_note((r), "origin", __FILE__, __LINE__, __func__)
#define error_trace(r) error_note((r), "trace", __FILE__, __LINE__, __func__)

int error_note(int r, const char *what, const char *file, int line, const char *function);
