#pragma once
// Where a report goes: to standard output, or whole into a file.
#include "reports/render.h"
#include "reports/report.h"

/// `path` NULL or "-": standard output. A file is written atomically; one that exists is refused without
/// `force`, and a symbolic link always. Returns the exit code, after having said on stderr what went wrong.
int deliver_report(const Report *report, const Renderer *renderer, const char *path, bool force);
