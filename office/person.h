#pragma once
// Erasing a person from within another operation.
#include "office/operation.h"

/// Erases the member and notes it in the audit log; the caller settles the roster and wipes. Says what is in
/// the way by office_refuse().
int person_erase_noted(Office *office, const char *member, const char *why);
