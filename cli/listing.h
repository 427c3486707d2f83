#pragma once
// A list of things as a Report: for people a table, for programs JSON or JSON lines.
#include "core/base/options.h"
#include "reports/render.h"
#include "reports/report.h"

/// The renderer that --format names (default: text); NULL after having said on stderr which there are (64).
const Renderer *listing_format(const Options *options);
/// Prints the report to standard output. Negative errno if it could not be rendered: nothing was printed.
int listing_print(const Report *report, const Renderer *renderer);
