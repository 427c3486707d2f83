#pragma once
// Ask: a terminal wants a member's record or its plan. Answered after the commit of what came before.
#include <stddef.h>

#include "collector/register.h"
#include "core/wire/message.h"

typedef struct Collector Collector;

/// Reads a question and queues it. 0, WIRE_E_UNREADABLE with the reason, or negative: the disk has failed.
int ask_take(Collector *collector, RegisterEntry *entry, const char *line, size_t size, WireError *ret_error);
/// Answers it. Negative: the disk has failed.
int ask_answer(Collector *collector, RegisterEntry *entry, const Ask *ask);
