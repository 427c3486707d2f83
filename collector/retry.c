// The same rules as on arrival, applied to the kept bytes: the terminal may be registered by now, its key
// enrolled, its area put right. Whether a message was retained is not kept, since it is the broker's and not
// the sender's doing: an operator who has such a message taken vouches for it. The counters since boot do not
// move: the message was counted when it came.
//
// An event that was refused under its own key cannot be retried: it has its place in the chain as what it
// was, and the terminal was told; the office adds what is missing (`studyday attendance add`).
#include "collector/retry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "collector/collector.h"
#include "collector/ingest.h"
#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "office/detail.h"

typedef struct RetryEntry {
    char *topic;
    void *payload;
    size_t size;
    uint64_t seq;
    char state[sizeof(((QuarantineEntry *)0)->state)];
} RetryEntry;

static const ProgramOption retry_options[] = {
    {"why", 0, "TEXT", N_("reason, for the audit log")},
    {0},
};

static void retry_entry_deinit(RetryEntry *entry)
{
    free(entry->topic);
    free(entry->payload);
}

static int retry_keep(void *user, const QuarantineEntry *entry)
{
    RetryEntry *kept = user;

    kept->topic = alloc_string(entry->topic ? entry->topic : "");
    kept->payload = alloc_copy(entry->payload ? entry->payload : "", entry->size);
    kept->size = entry->size;
    kept->seq = entry->seq;
    memcpy(kept->state, entry->state, sizeof(kept->state));
    return 0;
}

/// Why the entry cannot be taken at all, or NULL with its topic read.
static const char *retry_obstacle(const RetryEntry *entry, Topic *ret_topic)
{
    if (strcmp(entry->state, "open") != 0)
        return N_("has been dealt with");
    if (entry->seq != 0)
        return N_("an event that was refused keeps its place; the office can add what is missing");
    if (!topic_parse(entry->topic, ret_topic) || ret_topic->leaf != TOPIC_EVENT)
        return N_("not a message of events");
    return NULL;
}

/// Takes the message, marks the entry and writes the audit entry, in one transaction. A reason, or NULL;
/// negative: the disk.
static int retry_take(Collector *collector, int64_t id, const RetryEntry *entry, const Topic *topic,
                      const char *actor, const char *why, CounterEvents *counters, IngestResult *ret_result)
{
    const IngestMessage message = {entry->topic, entry->payload, entry->size, false};
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    CLEANUP(cleanup_text) Text detail = {0};
    char subject[32];
    int r;

    r = ingest_events(collector, &message, topic, counters, ret_result);
    if (r < 0 || ret_result->reason)
        return error_trace(r);
    r = flush_begin(collector);
    if (r < 0)
        return error_trace(r);
    if (counters->deferred == 0) // what is left for a later send has not been dealt with
        r = quarantine_mark(collector->store, id, "retried");
    if (r != 0)
        return error_origin(r < 0 ? r : -EIO); // it was there a moment ago, and we are the only writer
    snprintf(subject, sizeof(subject), "%" PRId64, id);
    detail_number(&is, "duplicate", (int64_t)counters->duplicate);
    detail_number(&is, "events", (int64_t)counters->received);
    detail_text(&is, "state", counters->deferred == 0 ? "retried" : "open");
    detail_number(&is, "stored", (int64_t)counters->stored);
    detail_text(&was, "state", "open");
    detail_join(&was, &is, &detail);
    return error_trace(audit_add(collector->store, clock_now(), actor, "quarantine-retry", subject, why,
                                 text_cstr(&detail)));
}

static int retry_report(Collector *collector, const char *id, int r, const IngestResult *result,
                        const CounterEvents *counters, Text *out, Text *err)
{
    if (r < 0) {
        disk_fail(collector, r);
        text_appendf(err, _("studyday-collector: nothing can be stored at present: %s\n"),
                     collector->disk.fault);
        return EX_IOERR;
    }
    if (result->reason) {
        text_appendf(err, _("%s: refused again: %s %s\n"), id, result->reason, result->path);
        return EX_DATAERR;
    }
    flush_run(collector);
    if (collector->disk.error) {
        text_appendf(err, _("studyday-collector: nothing can be stored at present: %s\n"),
                     collector->disk.fault);
        return EX_IOERR;
    }
    collector->counters.retried++;
    kept_clear(&collector->kept);
    text_appendf(out,
                 _("%s: %" PRIu64 " events: %" PRIu64 " stored, %" PRIu64 " duplicates, %" PRIu64
                   " refused, %" PRIu64 " deferred\n"),
                 id, counters->received, counters->stored, counters->duplicate, counters->quarantined,
                 counters->deferred);
    return EX_OK;
}

static int retry_one(Collector *collector, const char *argument, const char *actor, const char *why,
                     Text *out, Text *err)
{
    CLEANUP(retry_entry_deinit) RetryEntry entry = {0};
    CounterEvents counters = {0};
    IngestResult result = {0};
    const char *obstacle;
    long long id;
    Topic topic;
    int r;

    if (!text_parse_int64(argument, 1, INT64_MAX, &id)) {
        text_appendf(err, _("%s: not a number of the quarantine list\n"), argument);
        return EX_USAGE;
    }
    r = quarantine_get(collector->store, id, retry_keep, &entry);
    if (r < 0)
        return retry_report(collector, argument, r, &result, &counters, out, err);
    obstacle = r > 0 ? N_("no such entry") : retry_obstacle(&entry, &topic);
    if (obstacle) {
        text_appendf(err, "%s: %s\n", argument, _(obstacle));
        return EX_DATAERR;
    }
    r = retry_take(collector, id, &entry, &topic, actor, why, &counters, &result);
    return retry_report(collector, argument, r, &result, &counters, out, err);
}

int retry_run(Collector *collector, int argc, char *const *argv, const char *actor, Text *out, Text *err)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;
    const char *why;
    int code = EX_OK;

    if (!options_parse(retry_options, argc, argv, &options, &problem) || options.operand_count == 0) {
        text_appendf(err, "%s\n",
                     problem.size ? text_cstr(&problem) : _("which entries? `studyday quarantine list`"));
        return EX_USAGE;
    }
    why = options_get(&options, "why");
    for (int i = 0; i < options.operand_count && code != EX_IOERR; i++) {
        int one = retry_one(collector, options.operands[i], actor, why ? why : "", out, err);
        if (one != EX_OK)
            code = one;
    }
    return code;
}
