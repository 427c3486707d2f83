#pragma once
// The bundle of a terminal: its secrets made, written down for its owner, and shown as a QR code.
#include "cli/command.h"
#include "core/base/options.h"

/// Whether the options ask for a bundle in any form.
bool bundle_wanted(const Options *options);
/// Makes the secrets for `options->operands[1]`, writes what was asked for, and runs the office's operation
/// with the key and the hash of the credential. Returns its exit code; what it refused leaves no file.
int bundle_enroll(CommandContext *context, const Options *options, int argc, char **argv);
