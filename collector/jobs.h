#pragma once
// Work that need not be done before the next commit: plans to offer, questions to answer.
#include <stdbool.h>
#include <stddef.h>

#include "collector/register.h"
#include "core/wire/message.h"

#define JOBS_MAX 8192 // more than twice a city's terminals; what finds no place is asked for again

typedef struct Job {
    RegisterEntry *entry;
    Ask *ask; // owned; NULL: offer the plan
} Job;

typedef struct Jobs {
    Job *ring; // JOBS_MAX of them, allocated on first use
    size_t first, count;
} Jobs;

typedef struct Collector Collector;

/// Offers the terminal its plan, soon; nothing if that waits already.
void jobs_add_plan(Collector *collector, RegisterEntry *entry);
void jobs_add_ask(Collector *collector, RegisterEntry *entry, const Ask *ask);
/// Works for a few milliseconds while no transaction is open and the broker takes what is sent. True if it
/// could go on at once.
bool jobs_run(Collector *collector);
void jobs_clear(Jobs *jobs);
void jobs_deinit(Jobs *jobs);
