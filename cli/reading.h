#pragma once
// How far the writer has got with a file, on stderr when that is a terminal.

/// From now on until reading_end(): one line, redrawn a few times a second. `label` is copied.
void reading_begin(const char *label, int fd);
void reading_end(void);
