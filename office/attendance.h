#pragma once
// What the commands about single attendances share: attendance, leave, home.
#include "office/column.h"
#include "office/operation.h"

/// The parsed value of an option. False after having refused.
bool attendance_option(Office *office, const char *name, CellParse parse, void *ret_value);
/// Whether the operands are `verb` and so many in all.
bool attendance_is(const Office *office, const char *verb, int operands);
/// Looks up what the event names, adds it, and says and notes what was done. `ret_seq`: its number among the
/// events of the office; may be NULL.
int attendance_state(Office *office, Event *event, const char *why, uint64_t *ret_seq);
/// Voids an event of any terminal and notes what was and what is; refuses one that is not there. The commit
/// is the caller's. `key` is "EPOCH:SEQ".
int attendance_void_event(Office *office, const char *terminal, const char *key, const char *epoch,
                          uint64_t seq, const char *why);
