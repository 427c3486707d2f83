#pragma once
// Scan lines from standard input: bytes in, whole lines out.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"

typedef struct Input {
    Text buffer; // bytes of lines not yet taken
    bool ended;  // end of input, or an error
    bool typed;  // from a terminal that does not edit lines itself: we do
} Input;

void input_deinit(Input *input);
/// Reads what is there from a descriptor that poll() found ready.
void input_read(Input *input, int fd);
/// The line that is being typed, borrowed until the next call.
const char *input_get_unfinished(const Input *input);
/// Takes over at most `max` lines (the caller frees each); the last one needs no line feed at the end of the
/// input. Empty lines and those that begin with '#' are left out. Returns how many.
size_t input_take(Input *input, char **lines, size_t max);
