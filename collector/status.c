// The status document. Counters are since boot (C8); `database` holds the totals of all time beside them,
// with the moment at which they were counted. Nothing here names a member.
#include "collector/status.h"

#include <inttypes.h>
#include <string.h>

#include "collector/collector.h"
#include "core/base/error.h"

#define STATUS_TOTALS_SHARE 20 // counting may take one part in so many of the collector's time

static void status_string(Text *out, const char *key, const char *value)
{
    text_appendf(out, "\"%s\":", key);
    if (value && *value)
        text_append_json(out, value, strlen(value));
    else
        text_append(out, "null");
    text_append_char(out, ',');
}

static void status_number(Text *out, const char *key, int64_t value)
{
    text_appendf(out, "\"%s\":%" PRId64 ",", key, value);
}

static void status_time(Text *out, const char *key, Time value)
{
    char text[CLOCK_TEXT_SIZE];

    if (value != TIME_NONE)
        time_format_utc(value - value % TIME_SECOND, text);
    status_string(out, key, value == TIME_NONE ? NULL : text);
}

// Each item leaves a comma; the last one becomes the bracket that closes.
static void status_close(Text *out, char bracket)
{
    if (out->data[out->size - 1] == ',')
        out->data[out->size - 1] = bracket;
    else
        text_append_char(out, bracket);
}

static void status_counters(const Counters *counters, Text *out)
{
    const CounterEvents *events = &counters->events;
    const struct {
        const char *key;
        uint64_t value;
    } rows[] = {
        {"received", events->received},   {"stored", events->stored},
        {"duplicate", events->duplicate}, {"quarantined", events->quarantined},
        {"deferred", events->deferred},   {"parked", events->parked},
        {"receipts", counters->receipts}, {"messages", counters->messages},
        {"hellos", counters->hellos},     {"states", counters->states},
        {"asks", counters->asks},         {"answers", counters->answers},
        {"plans", counters->plans},       {"unreadable", counters->unreadable},
        {"ignored", counters->ignored},   {"dropped", counters->dropped},
        {"commits", counters->commits},   {"rollbacks", counters->rollbacks},
        {"alarms", counters->alarms},     {"retried", counters->retried},
    };

    text_append(out, "\"counters\":{");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        status_number(out, rows[i].key, (int64_t)rows[i].value);
    status_close(out, '}');
    text_append_char(out, ',');
}

static void status_count_totals(Collector *collector)
{
    StatusTotals *totals = &collector->totals;
    Time begun = clock_monotonic(), ended;

    if (!collector->store || (totals->known && begun < totals->next))
        return;
    if (store_counts(collector->store, &totals->counts) < 0)
        return; // a reading that fails is shown by its old figures; a disk that fails is found by the next
                // commit
    ended = clock_monotonic();
    totals->known = true;
    totals->counted_at = clock_now();
    totals->next = ended + (ended - begun) * STATUS_TOTALS_SHARE;
}

static void status_database(Collector *collector, Text *out)
{
    const StatusTotals *totals = &collector->totals;
    const StoreCounts *counts = &totals->counts;

    status_count_totals(collector);
    if (!totals->known) {
        text_append(out, "\"database\":null,");
        return;
    }
    text_append(out, "\"database\":{");
    status_number(out, "events", counts->events);
    status_number(out, "parked", counts->parked);
    status_number(out, "refused", counts->refused);
    status_number(out, "quarantined", counts->quarantined);
    status_number(out, "members", counts->members);
    status_number(out, "terminals", counts->terminals);
    status_number(out, "points", counts->points);
    status_number(out, "orgs", counts->orgs);
    status_number(out, "sessions", counts->sessions);
    status_number(out, "streams", counts->streams);
    status_number(out, "file_bytes", counts->file_bytes);
    status_time(out, "counted_at", totals->counted_at);
    status_close(out, '}');
    text_append_char(out, ',');
}

static void status_terminal(const RegisterEntry *entry, Text *out)
{
    text_append_char(out, '{');
    status_string(out, "terminal", entry->terminal.name);
    status_string(out, "area", entry->terminal.area);
    status_string(out, "point", entry->terminal.point);
    text_appendf(out, "\"online\":%s,", entry->online ? "true" : "false");
    status_time(out, "last_seen", entry->last_seen);
    status_string(out, "software", entry->software);
    status_number(out, "clock_skew_seconds", entry->clock_skew_seconds);
    if (entry->chain_error != EVENT_NUMBER_NONE)
        status_number(out, "chain_error", entry->chain_error);
    status_close(out, '}');
    text_append_char(out, ',');
}

static void status_terminals(const Register *terminals, bool each, Text *out)
{
    int64_t seen = 0, online = 0;
    RegisterEntry *entry;

    for (size_t i = 0; (entry = register_next(terminals, &i));) {
        seen += entry->last_seen != TIME_NONE;
        online += entry->online;
    }
    status_number(out, "terminals_seen", seen);
    status_number(out, "terminals_online", online);
    if (!each)
        return;
    text_append(out, "\"terminals\":[");
    for (size_t i = 0; (entry = register_next(terminals, &i));) {
        if (entry->last_seen != TIME_NONE)
            status_terminal(entry, out);
    }
    status_close(out, ']');
    text_append_char(out, ',');
}

static const char *status_health(const Collector *collector)
{
    if (collector->disk.error)
        return "fault";
    if (!collector->link.serving)
        return "offline";
    return counters_balanced(&collector->counters.events) ? "ok" : "counters-differ";
}

void status_write(Collector *collector, bool terminals, Text *out)
{
    const ConfigSite *config = collector->config;
    Text broker = {0};

    text_append(out, "{\"running\":true,");
    status_string(out, "health", status_health(collector));
    status_string(out, "fault", collector->disk.fault);
    status_string(out, "boot", collector->boot);
    status_string(out, "store", collector->identity.store);
    status_number(out, "generation", collector->identity.generation);
    text_appendf(&broker, "%s:%d", config->broker.host, config->broker.port);
    status_string(out, "broker", text_cstr(&broker));
    text_deinit(&broker);
    text_appendf(out, "\"connected\":%s,", link_is_up(&collector->link) ? "true" : "false");
    status_string(out, "trouble", collector->link.trouble);
    status_time(out, "started", collector->started);
    status_number(out, "uptime", (clock_monotonic() - collector->started_mono) / TIME_SECOND);
    status_time(out, "last_commit", collector->last_commit);
    text_append(out, "\"areas\":[");
    for (char **area = config->areas; *area; area++)
        text_appendf(out, "\"%s\",", *area);
    status_close(out, ']');
    text_append_char(out, ',');
    status_counters(&collector->counters, out);
    status_database(collector, out);
    status_terminals(&collector->terminals, terminals, out);
    status_close(out, '}');
    text_append_char(out, '\n');
}
