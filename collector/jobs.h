#pragma once
// Work that need not be done before the next commit: plans to offer, questions to answer.
#include <stdbool.h>
#include <stddef.h>

#include "collector/register.h"
#include "core/model/code.h"
#include "core/wire/message.h"

#define JOBS_MAX 8192 // more than twice a city's terminals; what finds no place is asked for again

typedef struct Job {
    RegisterEntry *entry;
    Ask *ask; // owned; NULL: offer the plan
} Job;

// A record that a terminal is about to see (core/store/reading.h).
typedef struct JobRead {
    char terminal[NAME_SIZE_MAX + 1], member[CODE_SIZE_MAX + 1];
    Time at;
} JobRead;

typedef struct Jobs {
    Job *ring; // JOBS_MAX of them, allocated on first use
    size_t first, count;
    JobRead *reads; // of the slice at hand
    size_t read_count, read_capacity;
} Jobs;

typedef struct Collector Collector;

/// Offers the terminal its plan, soon; nothing if that waits already.
void jobs_add_plan(Collector *collector, RegisterEntry *entry);
void jobs_add_ask(Collector *collector, RegisterEntry *entry, const Ask *ask);
/// Notes that the terminal is shown the member's record: committed at the end of the slice, and before
/// anything leaves.
void jobs_note_read(Collector *collector, const RegisterEntry *entry, const char *member, Time now);
/// Works for a few milliseconds while no transaction is open and the broker takes what is sent. True if it
/// could go on at once.
bool jobs_run(Collector *collector);
void jobs_clear(Jobs *jobs);
void jobs_deinit(Jobs *jobs);
