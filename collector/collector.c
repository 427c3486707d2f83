// The daemon's life. One thread, one poll(); a round is:
//
//   wait -> read messages into the open transaction -> commit and send receipts, if it is time -> answer
//   questions
//        -> let acknowledgements out -> look at the clocks
//
// Order is the whole point. Messages are taken in link_ready(); only flush_run() commits and builds receipts;
// only link_write() releases PUBACKs, and not while a transaction is open. Whatever finds the disk failing
// calls disk_fail(), which cuts the line at once; the database is closed in disk_tick(), at the end of the
// round, when nobody uses it any more.
#include "collector/collector.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "collector/policy.h"
#include "collector/presence.h"
#include "collector/requests.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/program.h"
#include "core/store/credit.h"
#include "core/store/sheet.h"
#include "office/broker_files.h"

#define COLLECTOR_DUE_INTERVAL TIME_MINUTE          // sessions open by the minute
#define COLLECTOR_CREDIT_INTERVAL (TIME_SECOND / 5) // between two pieces of credit
#define COLLECTOR_SHEET_INTERVAL (TIME_SECOND / 20) // between two pieces of a sheet, each some 5 ms
#define COLLECTOR_DRAIN_TIME \
    (3 * TIME_SECOND) // for PUBACKs, receipts and the goodbye to leave; systemd would wait 90

static int collector_open_store(Collector *collector)
{
    const char *path = collector->config->database;
    int code, r = store_open(path, STORE_WRITE, &collector->store);

    if (r == 0) {
        code = marks_open(collector, collector->store, true);
        if (code != EX_OK)
            return code;
        r = store_identity(collector->store, &collector->identity);
    }
    if (r == 0) {
        collector->ledger = ledger_new(collector->store);
        return EX_OK;
    }
    switch (r) {
    case STORE_E_LOCKED:
        log_error("collector", "database=%s another process is writing it", path);
        return EX_TEMPFAIL;
    case STORE_E_MISSING:
        log_error("collector", "database=%s there is none: `studyday init DIR` makes one", path);
        return EX_NOINPUT;
    case STORE_E_FOREIGN:
        log_error("collector", "database=%s is not ours, or of a newer version", path);
        return EX_DATAERR;
    case STORE_E_CARD_KEY:
        log_error("collector",
                  "database=%s its cards stand under another cards.key than the one beside it, or none is "
                  "there: put "
                  "it back, or see --without-cards of `studyday restore`",
                  path);
        return EX_CONFIG;
    case -EACCES:
    case -EPERM:
    case -EROFS:
        log_error("collector", "database=%s %s", path, strerror(-r));
        return EX_NOPERM;
    default:
        log_error("collector", "database=%s %s", path, strerror(r < 0 ? -r : EIO));
        return EX_IOERR;
    }
}

static int collector_open_control(Collector *collector)
{
    const char *path = collector->config->socket;
    int r = control_open(path, &collector->control);

    if (r == 0)
        return EX_OK;
    log_error("collector", "socket=%s %s", path, strerror(-r));
    return r == -EADDRINUSE ? EX_TEMPFAIL : r == -EACCES || r == -EPERM ? EX_NOPERM : EX_CANTCREAT;
}

int collector_open(Collector *collector, ConfigSite *config)
{
    int code;

    *collector = (Collector){.config = config, .signal_fd = -1, .last_commit = TIME_NONE};
    collector->started = clock_now();
    collector->started_mono = clock_monotonic();
    collector->link.retry_at = collector->link.resubscribe_at = LOOP_NEVER;
    ulid_make(collector->boot);
    loop_init(&collector->loop, COLLECTOR_SLOT_COUNT);
    if (!zone_set(config->zone)) {
        log_error("collector", "zone=%s unknown to this system", config->zone);
        return EX_CONFIG;
    }
    if (loop_signals_open(&collector->signal_fd) < 0)
        return EX_OSERR;
    code = collector_open_store(collector);
    if (code == EX_OK)
        code = collector_open_control(collector);
    if (code == EX_OK)
        code = link_open(collector);
    if (code != EX_OK)
        return code;
    collector_refresh(collector);
    broker_files_update(collector->store, config); // logs by itself; the broker may not be ours
    notify_ready(collector);
    log_info("collector", "started database=%s store=%s generation=%lld boot=%s", config->database,
             collector->identity.store, (long long)collector->identity.generation, collector->boot);
    return EX_OK;
}

static void collector_offer_plans(Collector *collector)
{
    RegisterEntry *entry;

    for (size_t i = 0; (entry = register_next(&collector->terminals, &i));) {
        if (entry->wants_plan && entry->online)
            jobs_add_plan(collector, entry);
    }
}

// Opening the sessions that are due writes in a transaction of its own, so none of ours may be open.
static void collector_open_due(Collector *collector)
{
    int64_t opened = 0;
    int r;

    flush_run(collector);
    collector->due_next = clock_monotonic() + COLLECTOR_DUE_INTERVAL;
    if (collector->disk.error)
        return;
    r = roster_open_due(collector->store, clock_now(), &opened);
    if (r != 0) {
        disk_fail(collector, r);
        return;
    }
    if (opened > 0)
        log_info("collector", "sessions-opened count=%lld", (long long)opened);
}

// The same holds for the credit of past days. Piece by piece, so that no receipt waits for a whole city.
static void collector_add_credit(Collector *collector)
{
    bool more = false;
    int r;

    flush_run(collector);
    if (collector->disk.error)
        return;
    r = credit_add_due(collector->store, clock_now(), CREDIT_PIECE, &more);
    if (r < 0)
        disk_fail(collector, r);
    else if (more)
        collector->due_next = clock_monotonic() + COLLECTOR_CREDIT_INTERVAL;
}

// What makes reports quick waits for everything else.
static void collector_make_sheets(Collector *collector)
{
    Time next = clock_monotonic() + COLLECTOR_SHEET_INTERVAL;
    bool more = false;
    int r = sheet_make_due(collector->store, clock_now(), SHEET_PIECE, &more);

    if (r < 0)
        disk_fail(collector, r);
    else if (more && next < collector->due_next)
        collector->due_next = next;
}

void collector_refresh(Collector *collector)
{
    register_invalidate(&collector->terminals);
    collector_open_due(collector);
    if (collector->disk.error)
        return;
    collector->today = zone_date(clock_now());
    collector->roster_version = store_roster_version(collector->store);
    collector_offer_plans(collector);
}

static Time collector_due_tick(Collector *collector)
{
    if (collector->disk.error || clock_monotonic() < collector->due_next)
        return collector->disk.error ? LOOP_NEVER : collector->due_next;
    collector_open_due(collector);
    if (!collector->disk.error)
        collector_add_credit(collector);
    if (!collector->disk.error)
        collector_make_sheets(collector);
    if (!collector->disk.error && collector->today != zone_date(clock_now())) {
        collector->today = zone_date(clock_now());
        collector_offer_plans(collector);
    }
    return collector->due_next;
}

static bool collector_same_areas(char *const *a, char *const *b)
{
    for (; *a && *b; a++, b++) {
        if (strcmp(*a, *b) != 0)
            return false;
    }
    return !*a && !*b;
}

static bool collector_same_broker(const ConfigBroker *a, const ConfigBroker *b)
{
    return text_equal(a->host, b->host) && a->port == b->port && a->protocol == b->protocol &&
           text_equal(a->username, b->username) && text_equal(a->password_file, b->password_file) &&
           text_equal(a->ca_file, b->ca_file) && text_equal(a->cert_file, b->cert_file) &&
           text_equal(a->key_file, b->key_file);
}

// What the process has been built around stays until it is started again; the rest changes hands.
static void collector_reload(Collector *collector)
{
    ConfigSite *config = collector->config, *fresh = NULL;
    char **areas;
    bool changed;

    collector->reload = false;
    notify_reloading();
    if (config_site_load(config->path, &fresh) != 0 || !policy_areas_fit(fresh->areas)) {
        log_error("collector", "reload config=%s not usable, the old one stays", config->path);
        config_site_free(fresh);
        notify_ready(collector);
        return;
    }
    if (!text_equal(config->database, fresh->database) || !text_equal(config->socket, fresh->socket) ||
        !text_equal(config->zone, fresh->zone) || !text_equal(config->client_id, fresh->client_id) ||
        !collector_same_broker(&config->broker, &fresh->broker))
        log_warning("collector",
                    "reload database, socket, zone, client-id and broker change at the next start only");
    changed = !collector_same_areas(config->areas, fresh->areas);
    areas = config->areas;
    config->areas = fresh->areas;
    fresh->areas = areas;
    config->require_mac = fresh->require_mac;
    config->commit_events = fresh->commit_events;
    config->commit_millis = fresh->commit_millis;
    config->second_person = fresh->second_person;
    config->grace_days = fresh->grace_days;
    config_site_free(fresh);
    if (!collector->disk.error)
        collector_refresh(collector);
    if (changed && link_is_up(&collector->link)) {
        link_subscribe(collector);
        presence_announce(collector, collector->link.mqtt, true);
    }
    log_info("collector", "reloaded config=%s", config->path);
    notify_ready(collector);
}

static void collector_signal(void *owner, short revents)
{
    Collector *collector = owner;

    (void)revents;
    for (int signal; (signal = loop_signals_take(collector->signal_fd)) != 0;) {
        if (signal == SIGHUP)
            collector->reload = true;
        else
            collector->stopping = true;
    }
}

static void collector_control(void *owner, short revents)
{
    Collector *collector = owner;

    (void)revents;
    control_handle(collector->control, requests_answer, collector);
}

static void collector_arm(Collector *collector)
{
    loop_set(&collector->loop, COLLECTOR_SLOT_SIGNAL, collector->signal_fd, POLLIN, collector_signal,
             collector);
    loop_set(&collector->loop, COLLECTOR_SLOT_CONTROL, control_fd(collector->control),
             control_events(collector->control), collector_control, collector);
    link_arm(collector);
    herald_arm(collector);
}

// The disk comes first: what it finds makes the others' next step due.
static Time collector_tick(Collector *collector)
{
    Time disk = disk_tick(collector);
    Time deadlines[] = {
        disk,
        collector_due_tick(collector),
        link_tick(collector),
        herald_tick(collector),
        notify_tick(collector),
        marks_tick(collector),
    };
    Time next = LOOP_NEVER;

    for (size_t i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++) {
        if (deadlines[i] < next)
            next = deadlines[i];
    }
    if (collector->disk.error && collector->store) // failed since: disk_tick() has not seen it yet
        return clock_monotonic();
    return next;
}

Time collector_round(Collector *collector, Time deadline)
{
    Time next;
    bool busy;

    collector_arm(collector);
    if (loop_wait(&collector->loop, deadline) < 0) {
        log_error("collector", "poll reason=\"%s\"", strerror(errno));
        collector->broken = collector->stopping = true;
    }
    link_read_rest(collector);
    if (flush_is_due(collector, link_is_drained(&collector->link)))
        flush_run(collector);
    if (collector->reload)
        collector_reload(collector);
    busy = jobs_run(collector);
    link_write(collector);
    next = collector_tick(collector);
    if (next > flush_deadline(collector))
        next = flush_deadline(collector);
    return busy || collector->link.more ? clock_monotonic() : next;
}

// Nothing is read any more. What was read is committed, acknowledged and receipted; then the goodbye, which
// keeps the broker from sending the Will. While the disk fails there is nothing to drain, and the herald says
// it.
static void collector_drain(Collector *collector)
{
    Time stop = clock_monotonic() + COLLECTOR_DRAIN_TIME;
    Mqtt *mqtt;

    notify_stopping();
    log_info("collector", "stopping");
    flush_run(collector);
    mqtt = collector->disk.error ? collector->herald.mqtt : collector->link.mqtt;
    if (!mqtt || !mqtt_is_open(mqtt))
        return;
    presence_announce(collector, mqtt, false);
    mqtt_disconnect(mqtt);
    while (mqtt_is_open(mqtt) && clock_monotonic() < stop) {
        Time tick;

        mqtt_write(mqtt); // flush_run() has left no transaction behind
        tick = mqtt_tick(mqtt);
        if (!mqtt_is_open(mqtt))
            break;
        collector_arm(collector);
        if (loop_wait(&collector->loop, tick < stop ? tick : stop) < 0)
            break;
    }
}

int collector_run(Collector *collector)
{
    Time deadline = clock_monotonic();

    while (!collector->stopping)
        deadline = collector_round(collector, deadline);
    collector_drain(collector);
    log_info("collector", "stopped received=%llu stored=%llu",
             (unsigned long long)collector->counters.events.received,
             (unsigned long long)collector->counters.events.stored);
    return collector->broken ? EX_OSERR : EX_OK;
}

void collector_close(Collector *collector)
{
    link_close(&collector->link);
    herald_close(&collector->herald);
    collector->control = control_close(collector->control);
    if (collector->ledger)
        ledger_rollback(collector->ledger); // empty unless the drain has failed
    collector->ledger = ledger_free(collector->ledger);
    collector->store = store_close(collector->store);
    jobs_deinit(&collector->jobs);
    flush_deinit(&collector->flush);
    register_deinit(&collector->terminals);
    loop_deinit(&collector->loop);
    if (collector->signal_fd >= 0)
        close(collector->signal_fd);
    text_deinit(&collector->scratch);
    collector->config = config_site_free(collector->config);
}
