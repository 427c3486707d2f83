// How fast the ledger takes events, and whether history slows it down: a city of MEMBERS members and
// TERMINALS terminals, DAYS study days one after the other into one database, each event through insert,
// fold, totals and chain, committed in groups. Prints a line a day: events a second, CPU microseconds an
// event, and an attendance in the night after, when credit is added up, system calls that read and write an
// event, bytes an event, resident memory. -l N lets the events of the last day come in rounds of N from each
// terminal instead of -b N: -l 1 is the worst order there is. -o N says how many branches there are, else one
// for 40 members; -y N ends the history with the year N. With -k it leaves the database as bench/run wants
// it: the terminals have keys (city.h), and one more session is open that nothing has been sent to.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/city.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/store/credit.h"
#include "core/store/ledger.h"

typedef struct City {
    const char *path;
    int members, terminals, branches, year, days, batch, commit, last_batch;
    Time today; // when the history is over
    bool keys;
    Store *store;
} City;

static void fail_on(int r, const char *what)
{
    if (r != 0) {
        fprintf(stderr, "%s: %d\n", what, r);
        exit(1);
    }
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void city_roster(const City *city)
{
    RosterChange change;
    RosterSettled settled;
    char code[32], parent[32], org[32];

    fail_on(store_begin(city->store), "begin");
    fail_on(roster_put_org(city->store,
                           &(OrgPut){.code = "CITY", .area = "city", .name = "CITY", .level = ORG_CITY},
                           &change),
            "org");
    for (int t = 0; t < city->terminals; t++) {
        snprintf(parent, sizeof(parent), "V%05d", t);
        fail_on(roster_put_org(city->store,
                               &(OrgPut){parent, "CITY", "city", parent, ORG_GENERAL_BRANCH, SECTOR_RURAL},
                               &change),
                "org");
        snprintf(code, sizeof(code), "P%05d", t);
        fail_on(
            roster_put_point(city->store, &(PointPut){.code = code, .org = parent, .name = code}, &change),
            "point");
        city_terminal(t, org);
        fail_on(roster_put_terminal(city->store, &(TerminalPut){org, CITY_AREA, code}, &change), "terminal");
        if (city->keys) {
            uint8_t key[DIGEST_SIZE];
            city_key(org, key);
            fail_on(terminal_set_key(city->store, org, key, 0), "key");
        }
    }
    for (int b = 0; b < city->branches; b++) {
        snprintf(code, sizeof(code), "B%05d", b);
        snprintf(parent, sizeof(parent), "V%05d", (int)((int64_t)b * city->terminals / city->branches));
        fail_on(roster_put_org(city->store, &(OrgPut){code, parent, "city", code, ORG_BRANCH, SECTOR_RURAL},
                               &change),
                "org");
    }
    for (int m = 0; m < city->members; m++) {
        city_member(m, code);
        snprintf(org, sizeof(org), "B%05d", (int)((int64_t)m * city->branches / city->members));
        MemberPut put = {.code = code,
                         .name = code,
                         .org = org,
                         .from = 0,
                         .to = DATE_NONE,
                         .exempt_from = DATE_NONE,
                         .exempt_to = DATE_NONE};
        fail_on(roster_put_member(city->store, &put, &change), "member");
    }
    fail_on(roster_settle(city->store, 0, &settled), "settle");
    fail_on(store_commit(city->store), "commit");
}

static void city_session(const City *city, Time starts, const char *code)
{
    RosterChange change;
    RosterSettled settled;
    SessionPut put = {.code = code,
                      .title = code,
                      .org = "CITY",
                      .kind = SESSION_STUDY_DAY,
                      .starts = starts,
                      .ends = starts + 90 * TIME_MINUTE,
                      .minutes = 90,
                      .makeup_until = DATE_NONE};

    fail_on(store_begin(city->store), "begin");
    fail_on(roster_put_session(city->store, &put, &change), "session");
    fail_on(roster_settle(city->store, starts, &settled), "settle");
    fail_on(store_commit(city->store), "commit");
}

// One study day: terminal after terminal in rounds of `batch` events each, as they would come in.
static void city_day(const City *city, Ledger *ledger, uint64_t *next, Time starts, const char *session)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    int per_terminal = city->members / city->terminals, pending = 0;
    char member[32], name[32], at_text[CLOCK_TEXT_SIZE], reason[32];

    fail_on(ledger_begin(ledger), "begin");
    for (int round = 0; round < per_terminal; round += city->batch) {
        for (int t = 0; t < city->terminals; t++) {
            StoreTerminal terminal = {.id = t + 2, .area_id = 1, .point_key = t + 1};
            LedgerStream *stream;
            city_terminal(t, name);
            memcpy(terminal.name, name, sizeof(name));
            memcpy(terminal.area, CITY_AREA, sizeof(CITY_AREA));
            fail_on(ledger_stream(ledger, &terminal, "01JD3Z6Y8Q4N7W2K9T5B0C1D2E", &stream), "stream");
            for (int i = round; i < round + city->batch && i < per_terminal; i++) {
                Event event = event_make(EVENT_IN);
                LedgerOutcome outcome;
                event.at = starts - (10 + i % 30) * TIME_SECOND;
                time_format_zone(event.at, at_text);
                city_member(t * per_terminal + i, member);
                event.session = session;
                event.member = member;
                event.at_text = at_text;
                event.by = EVENT_BY_CARD;
                text_clear(&canonical);
                event_canonical(&event, next[t], &canonical);
                LedgerEvent added = {.seq = next[t]++,
                                     .event = &event,
                                     .canonical = canonical.data,
                                     .canonical_size = canonical.size,
                                     .plain = true,
                                     .received_at = starts};
                fail_on(ledger_add(ledger, stream, &added, &outcome, reason), "add");
                if (outcome != LEDGER_STORED) {
                    fprintf(stderr, "not stored: %d\n", (int)outcome);
                    exit(1);
                }
                pending++;
            }
            if (pending >= city->commit) {
                fail_on(ledger_commit(ledger), "commit");
                fail_on(ledger_begin(ledger), "begin");
                pending = 0;
            }
        }
    }
    fail_on(ledger_commit(ledger), "commit");
}

static Time day_starts(const City *city, int day)
{
    return city->today - (city->days - day) * CITY_DAY_STEP * TIME_DAY;
}

static long resident_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

// The options into `city`; false for one that is not known.
static bool read_options(City *city, int argc, char **argv)
{
    for (int o; (o = getopt(argc, argv, "f:m:t:o:y:d:b:c:l:k")) != -1;) {
        int *const values[] = {['m'] = &city->members, ['t'] = &city->terminals,  ['o'] = &city->branches,
                               ['d'] = &city->days,    ['y'] = &city->year,       ['b'] = &city->batch,
                               ['c'] = &city->commit,  ['l'] = &city->last_batch, [127] = NULL};
        if (o == 'f')
            city->path = optarg;
        else if (o == 'k')
            city->keys = true;
        else if (o > 0 && o < 127 && values[o])
            *values[o] = atoi(optarg);
        else
            return false;
    }
    if (city->branches == 0)
        city->branches = city->members / 40; // as in the field: 265,000 members in 6,600 organisations
    return true;
}

typedef struct Calls {
    int64_t reads, writes;
} Calls;

static Calls system_calls(void)
{
    Calls calls = {0};
    FILE *file = fopen("/proc/self/io", "r");

    if (!file || fscanf(file, "rchar: %*d wchar: %*d syscr: %" SCNd64 " syscw: %" SCNd64, &calls.reads,
                        &calls.writes) != 2)
        fail_on(1, "/proc/self/io");
    fclose(file);
    return calls;
}

// The night after: the credit of the day; CPU microseconds an attendance.
static double night(const City *city, Time now)
{
    double cpu = cpu_seconds();

    for (bool more = true; more;)
        fail_on(credit_add_due(city->store, now, CREDIT_PIECE, &more), "credit");
    return (cpu_seconds() - cpu) * 1e6 / (city->members / city->terminals * city->terminals);
}

static void measure_day(const City *city, Ledger *ledger, uint64_t *next, int day)
{
    struct stat info;
    char code[32];

    snprintf(code, sizeof(code), "day-%03d", day);
    city_session(city, day_starts(city, day), code);
    ledger_rollback(ledger);
    double cpu = cpu_seconds(), events = (double)(city->members / city->terminals * city->terminals);
    Calls before = system_calls();
    Time began = clock_monotonic();
    city_day(city, ledger, next, day_starts(city, day), code);
    double wall = (double)(clock_monotonic() - began) / 1e6;
    Calls after = system_calls();
    double day_cpu = cpu_seconds() - cpu;
    double night_cpu = night(city, day_starts(city, day) + TIME_DAY);
    stat(city->path, &info);
    printf("%3d  %8.0f  %6.2f  %8.2f  %5.2f  %6.2f  %11.1f  %ld\n", day, events / wall,
           day_cpu * 1e6 / events, night_cpu, (double)(after.reads - before.reads) / events,
           (double)(after.writes - before.writes) / events, (double)info.st_size / (events * (day + 1)),
           resident_kib());
    fflush(stdout);
}

int main(int argc, char **argv)
{
    City city = {.path = "/tmp/ledger-rate.db",
                 .members = 265000,
                 .terminals = 3700,
                 .days = 4,
                 .batch = 50,
                 .commit = 8192};

    if (!read_options(&city, argc, argv))
        return 64;
    digest_init();
    zone_set("Asia/Shanghai");
    city.today = CITY_TODAY_STARTS * TIME_SECOND;
    if (city.year)
        city.today = zone_day_start(date_from_civil(city.year, 12, 31)) + 9 * TIME_HOUR;
    fail_on(store_create(city.path), "create (remove the old file first)");
    fail_on(store_open(city.path, STORE_WRITE, &city.store), "open");
    city_roster(&city);
    Ledger *ledger = ledger_new(city.store);
    uint64_t *next = alloc_zero((size_t)city.terminals * sizeof(*next));
    for (int t = 0; t < city.terminals; t++)
        next[t] = 1;
    printf("day  events/s  cpu_us  night_us  reads  writes  bytes/event  rss_kib\n");
    for (int day = 0; day < city.days; day++) {
        if (day == city.days - 1 && city.last_batch)
            city.batch = city.last_batch;
        measure_day(&city, ledger, next, day);
    }
    if (city.keys)
        city_session(&city, day_starts(&city, city.days), CITY_SESSION);
    ledger_free(ledger);
    store_close(city.store);
    free(next);
    return 0;
}
