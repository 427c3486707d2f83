// A queue in the order of arrival. It is worked off between transactions, so that an answer never tells what
// is not committed, in slices, so that a thousand hellos at once delay nobody's receipt, and no faster than
// the broker acknowledges.
#include "collector/jobs.h"

#include <stdio.h>
#include <stdlib.h>

#include "collector/ask.h"
#include "collector/collector.h"
#include "collector/plan.h"
#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/store/reading.h"

#define JOBS_READS_MIN 32                   // answers of a slice, about
#define JOBS_SLICE (5 * TIME_SECOND / 1000) // what a receipt may at most wait for

static void jobs_add(Collector *collector, Job job)
{
    Jobs *jobs = &collector->jobs;

    if (jobs->count == JOBS_MAX) {
        collector->counters.dropped++;
        free(job.ask);
        return;
    }
    if (!jobs->ring)
        jobs->ring = alloc_zero(JOBS_MAX * sizeof(*jobs->ring));
    if (!job.ask)
        job.entry->plan_queued = true;
    jobs->ring[(jobs->first + jobs->count++) % JOBS_MAX] = job;
}

void jobs_add_plan(Collector *collector, RegisterEntry *entry)
{
    if (!entry->plan_queued)
        jobs_add(collector, (Job){.entry = entry});
}

void jobs_add_ask(Collector *collector, RegisterEntry *entry, const Ask *ask)
{
    jobs_add(collector, (Job){.entry = entry, .ask = alloc_copy(ask, sizeof(*ask))});
}

static Job jobs_take(Jobs *jobs)
{
    Job job = jobs->ring[jobs->first];

    jobs->first = (jobs->first + 1) % JOBS_MAX;
    jobs->count--;
    if (!job.ask)
        job.entry->plan_queued = false;
    return job;
}

static int jobs_do(Collector *collector, const Job *job)
{
    RegisterEntry *entry;
    int r = register_get(&collector->terminals, collector->store, job->entry->terminal.name, &entry);

    if (r < 0)
        return error_trace(r);
    if (r > 0 || entry->terminal.revoked)
        return 0;
    return error_trace(job->ask ? ask_answer(collector, entry, job->ask) : plan_offer(collector, entry));
}

void jobs_note_read(Collector *collector, const RegisterEntry *entry, const char *member, Time now)
{
    Jobs *jobs = &collector->jobs;

    if (jobs->read_count == jobs->read_capacity) {
        jobs->read_capacity = jobs->read_capacity ? 2 * jobs->read_capacity : JOBS_READS_MIN;
        jobs->reads = alloc_resize(jobs->reads, jobs->read_capacity, sizeof(*jobs->reads));
    }
    JobRead *read = &jobs->reads[jobs->read_count++];
    *read = (JobRead){.at = now};
    snprintf(read->terminal, sizeof(read->terminal), "%s", entry->terminal.name);
    snprintf(read->member, sizeof(read->member), "%s", member);
}

// One commit for all that a slice has answered. What was answered waits in memory meanwhile: where this
// fails, the line is cut, and it goes nowhere.
static void jobs_commit_reads(Collector *collector)
{
    Jobs *jobs = &collector->jobs;
    char who[sizeof("terminal:") + NAME_SIZE_MAX];
    int r = jobs->read_count > 0 && !collector->disk.error ? flush_begin(collector) : 0;

    for (size_t i = 0; i < jobs->read_count && r >= 0 && !collector->disk.error; i++) {
        const JobRead *read = &jobs->reads[i];
        snprintf(who, sizeof(who), "terminal:%s", read->terminal);
        r = reading_add(collector->store, read->at, who, "ask", read->member);
    }
    if (r < 0)
        disk_fail(collector, r);
    else if (jobs->read_count > 0)
        flush_run(collector);
    jobs->read_count = 0;
}

static bool jobs_run_slice(Collector *collector)
{
    Jobs *jobs = &collector->jobs;
    Time stop = clock_monotonic() + JOBS_SLICE;

    while (jobs->count > 0 && !collector->flush.open && !collector->disk.error &&
           link_has_room(&collector->link)) {
        Job job = jobs_take(jobs);
        int r = jobs_do(collector, &job);

        free(job.ask);
        if (r < 0)
            disk_fail(collector, r);
        if (clock_monotonic() >= stop)
            return jobs->count > 0;
    }
    return false;
}

bool jobs_run(Collector *collector)
{
    bool more = jobs_run_slice(collector);

    jobs_commit_reads(collector);
    return more;
}

void jobs_clear(Jobs *jobs)
{
    while (jobs->count > 0)
        free(jobs_take(jobs).ask);
}

void jobs_deinit(Jobs *jobs)
{
    jobs_clear(jobs);
    free(jobs->ring);
    free(jobs->reads);
    *jobs = (Jobs){0};
}
