#pragma once
// studyday broker ca DIR
#include "cli/command.h"
#include "core/base/options.h"

/// Makes the authority in DIR if there is none, and a new certificate of the broker. Returns an exit code.
int broker_ca_run(const Options *options);
