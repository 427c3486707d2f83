// A queue in the order of arrival. It is worked off between transactions, so that an answer never tells what
// is not committed, in slices, so that a thousand hellos at once delay nobody's receipt, and no faster than
// the broker acknowledges.
#include "collector/jobs.h"

#include <stdlib.h>

#include "collector/ask.h"
#include "collector/collector.h"
#include "collector/plan.h"
#include "core/base/alloc.h"
#include "core/base/error.h"

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

bool jobs_run(Collector *collector)
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

void jobs_clear(Jobs *jobs)
{
    while (jobs->count > 0)
        free(jobs_take(jobs).ask);
}

void jobs_deinit(Jobs *jobs)
{
    jobs_clear(jobs);
    free(jobs->ring);
    *jobs = (Jobs){0};
}
