#pragma once
// Golden files: what a renderer printed when a person last looked at it and found it right.
#include "core/base/text.h"

/// `folder` holds the files; with `write` they are replaced by what the test got (look at the difference
/// before it is committed).
void golden_init(const char *folder, int write);
/// Fails the running test unless `text` is, byte for byte, the file `name`.
void golden_check(const char *name, const Text *text);
