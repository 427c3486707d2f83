#pragma once
// By what a set of reports knows its files again.
#include "core/base/digest.h"
#include "reports/render.h"

/// A digest of all that the report says, whatever the form makes of it.
int set_digest_figures(const Report *report, const Renderer *renderer, char ret_hex[static DIGEST_HEX_SIZE]);
/// The digest of a file of ours; "" if it is not there.
int set_digest_file(const char *path, char ret_hex[static DIGEST_HEX_SIZE]);
