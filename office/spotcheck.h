#pragma once
// Parts of the operation `spotcheck`.
#include "office/operation.h"

/// enter ID MEMBER: what was found, where no terminal was at hand.
int spotcheck_enter(Office *office);
