// From the first failing call to the last good probe. After a failed fsync the kernel may have dropped the
// pages and call the next fsync a success, so nothing of the open database is believed: it is closed, opened
// again, which runs SQLite's recovery, and must take a write with an fsync before events are read again. What
// was rolled back has neither PUBACK nor receipt and comes again.
//
// Invariant: `error` is nonzero exactly while the store may not be used; store and ledger are NULL from the
// next disk_tick() on.
#include "collector/disk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "collector/collector.h"
#include "collector/policy.h"

#define DISK_PROBE_INTERVAL TIME_SECOND // an operator who makes room need not wait; a probe costs one fsync

void disk_fail(Collector *collector, int error)
{
    Disk *disk = &collector->disk;

    if (disk->error)
        return;
    disk->error = error < 0 ? error : -EIO; // the ledger knows no outcome that would be fine here
    disk->since = clock_now();
    snprintf(disk->fault, sizeof(disk->fault), "%s", policy_fault(disk->error));
    collector->counters.alarms++;
    log_error("disk", "failed fault=%s reason=\"%s\" database=%s: nothing is stored until it is well",
              disk->fault, strerror(-disk->error), collector->config->database);
    link_drop(&collector->link);
}

static void disk_close(Collector *collector)
{
    ledger_rollback(collector->ledger);
    collector->ledger = ledger_free(collector->ledger);
    collector->store = store_close(collector->store);
    flush_forget(collector);
    counters_rollback(&collector->counters);
    jobs_clear(&collector->jobs);
    kept_clear(&collector->kept);
    collector->disk.next_probe = clock_monotonic() + DISK_PROBE_INTERVAL;
    herald_start(collector);
    notify_status(collector);
}

static int disk_reopen(Collector *collector)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    int r = store_open(collector->config->database, STORE_WRITE, &store);

    if (r == 0)
        r = store_probe(store);
    if (r == 0 && marks_open(collector, store, true) != EX_OK)
        r = -EUCLEAN;
    if (r == 0)
        r = store_identity(store, &collector->identity);
    if (r != 0)
        return r;
    collector->store = store;
    collector->ledger = ledger_new(store);
    store = NULL;
    return 0;
}

static void disk_recover(Collector *collector)
{
    Disk *disk = &collector->disk;
    unsigned long suppressed;
    int r = disk_reopen(collector);

    if (r != 0) {
        disk->next_probe = clock_monotonic() + DISK_PROBE_INTERVAL;
        if (log_limit_allow(&disk->limit, &suppressed))
            log_error("disk", "still-failing reason=\"%s\" repeated=%lu",
                      r < 0 ? strerror(-r) : "the database is gone, foreign, or another's", suppressed);
        return;
    }
    log_info("disk", "well-again after-seconds=%lld", (long long)((clock_now() - disk->since) / TIME_SECOND));
    disk->error = 0;
    disk->fault[0] = '\0';
    collector_refresh(collector);
    if (disk->error)
        return;
    herald_stop(collector);
    link_resume(&collector->link);
    notify_status(collector);
}

Time disk_tick(Collector *collector)
{
    Disk *disk = &collector->disk;

    if (!disk->error)
        return LOOP_NEVER;
    if (collector->store)
        disk_close(collector);
    else if (clock_monotonic() >= disk->next_probe)
        disk_recover(collector);
    return disk->error ? disk->next_probe : LOOP_NEVER;
}
