// studyday simulate: a made-up town (roster), what its terminals scan on a study day (scans), and a fleet of
// terminals that sends it all through a real broker (run). For trials, tests and measurements; the site's
// database is only read.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "simulate/fleet.h"
#include "simulate/town.h"

#define SIMULATE_ZONE "Asia/Shanghai" // where the towns lie
#define SIMULATE_DIR_MODE 0755
#define SIMULATE_FILE_MODE 0644
#define SIMULATE_MEMBERS 600 // the small town
#define SIMULATE_BRANCHES 12
#define SIMULATE_POINTS 10
#define SIMULATE_SECONDS_MAX 86400
#define SIMULATE_RATE_MAX 10000000

static const ProgramOption simulate_options[] = {
    {"seed", 0, "N", N_("seed of all chance (default: 1)")},
    {"members", 0, "N", N_("roster: members of the town (default: 600); run: members who take part")},
    {"branches", 0, "N", N_("roster: branches (default: 12)")},
    {"points", 0, "N", N_("roster: learning points, one terminal each (default: 10)")},
    {"month", 0, "YYYY-MM",
     N_("roster: month of the two study days (default: the latest in which both are over)")},
    {"out", 'o', "DIR",
     N_("roster: folder for orgs.csv, points.csv, terminals.csv, members.csv, sessions.csv")},
    {"session", 0, "SESSION", N_("scans, run: the session (default: the latest that has begun)")},
    {"terminal", 0, "TERMINAL", N_("scans: whose scan lines to print")},
    {"first", 0, "N", N_("scans: number that the first line's event will get; mistakes are then taken back")},
    {"terminals", 0, "N", N_("run: the first N terminals (default: all of the session)")},
    {"events", 0, "N", N_("run: events in all (default: what the day brings)")},
    {"batch", 0, "N", N_("run: events a message at most (default: as many as the protocol's window allows)")},
    {"rate", 0, "N", N_("run: scans a second in all (default: all at once)")},
    {"lines-fail", 0, "PERCENT", N_("run: chance that a line breaks after a message")},
    {"duplicates", 0, "PERCENT", N_("run: chance that a message is sent twice")},
    {"late", 0, "PERCENT", N_("run: share of the terminals that come when the others are done")},
    {"timeout", 0, "SECONDS", N_("run: give up after so long (default: never)")},
    {"trust-puback", 0, NULL,
     N_("run: believe the broker instead of receipts; this loses events, and shows that it does")},
    {"format", 'f', "FORMAT", N_("run: text or json (default: text)")},
    {0},
};

typedef struct Simulate {
    CommandContext *context;
    Options options;
    uint64_t seed;
    bool wrong; // an option had a bad value, and that was said
} Simulate;

static int simulate_refuse(const char *reason)
{
    fprintf(stderr, "studyday: simulate: %s\n", reason);
    return EX_USAGE;
}

/// The number of an option within its bounds, or `otherwise` if it was not given.
static long long simulate_number(Simulate *simulate, const char *name, long long min, long long max,
                                 long long otherwise)
{
    const char *value = options_get(&simulate->options, name);
    long long number = otherwise;

    if (value && !text_parse_int64(value, min, max, &number)) {
        fprintf(stderr, _("studyday: simulate: --%s %s: a whole number from %lld to %lld is needed\n"), name,
                value, min, max);
        simulate->wrong = true;
    }
    return number;
}

/// A percentage with at most one decimal, as per mille.
static uint32_t simulate_percent(Simulate *simulate, const char *name)
{
    const char *value = options_get(&simulate->options, name);
    char *end;
    double percent;

    if (!value)
        return 0;
    percent = strtod(value, &end);
    if (*end || end == value || !(percent >= 0 && percent <= 100)) {
        fprintf(stderr, _("studyday: simulate: --%s %s: a percentage from 0 to 100 is needed\n"), name,
                value);
        simulate->wrong = true;
        return 0;
    }
    return (uint32_t)(percent * 10 + 0.5);
}

static int simulate_write(const char *dir, const TownFile *file, const Town *town)
{
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_text) Text csv = {0};

    text_appendf(&path, "%s/%s.csv", dir, file->kind);
    file->write(town, &csv);
    int r = file_write_atomic(path.data, csv.data, csv.size, SIMULATE_FILE_MODE, false);
    if (r < 0) {
        fprintf(stderr, "studyday: %s: %s\n", path.data, strerror(-r));
        return EX_CANTCREAT;
    }
    printf("%s\n", path.data);
    return EX_OK;
}

static bool simulate_take_month(const Simulate *simulate, Month *ret_month)
{
    const char *month = options_get(&simulate->options, "month");

    *ret_month = town_month(clock_now());
    return !month || month_parse(month, ret_month);
}

static int simulate_roster(Simulate *simulate)
{
    const char *dir = options_get(&simulate->options, "out");
    TownOptions options = {.seed = simulate->seed};
    Town town;
    int code = EX_OK;

    zone_set(SIMULATE_ZONE);
    options.members = (uint32_t)simulate_number(simulate, "members", 1, TOWN_MEMBERS_MAX, SIMULATE_MEMBERS);
    options.branches =
        (uint32_t)simulate_number(simulate, "branches", 1, TOWN_BRANCHES_MAX, SIMULATE_BRANCHES);
    options.points = (uint32_t)simulate_number(simulate, "points", 1, TOWN_POINTS_MAX, SIMULATE_POINTS);
    if (simulate->wrong)
        return EX_USAGE;
    if (!simulate_take_month(simulate, &options.month))
        return simulate_refuse(_("--month: YYYY-MM is needed"));
    if (!dir || !*dir)
        return simulate_refuse(_("roster: --out DIR is needed"));
    if (mkdir(dir, SIMULATE_DIR_MODE) < 0 && errno != EEXIST) {
        fprintf(stderr, "studyday: %s: %s\n", dir, strerror(errno));
        return EX_CANTCREAT;
    }
    town_init(&town, &options);
    for (const TownFile *file = town_files; file->kind && code == EX_OK; file++)
        code = simulate_write(dir, file, &town);
    town_deinit(&town);
    return code;
}

static int simulate_explain(const Simulate *simulate, int r)
{
    const char *session = options_get(&simulate->options, "session");

    switch (r) {
    case SITE_E_NO_SESSION:
        if (session)
            fprintf(stderr, _("studyday: simulate: there is no session %s\n"), session);
        else
            fputs(_("studyday: simulate: no session has begun yet; name one by --session\n"), stderr);
        return EX_NOINPUT;
    case SITE_E_NO_POINTS:
    case SITE_E_NO_TERMINALS:
        fputs(_("studyday: simulate: no terminal takes part in the session\n"), stderr);
        return EX_NOINPUT;
    default:
        fprintf(stderr, "studyday: simulate: %s\n", strerror(r < 0 ? -r : EIO));
        return EX_IOERR;
    }
}

/// Opens the database and reads the session; the exit code. Both are the caller's if it is EX_OK.
static int simulate_open(Simulate *simulate, Store **ret_store, Site *ret_site)
{
    int code = EX_OK;
    CLEANUP(cleanup_store) Store *store = command_open_read(simulate->context, &code);

    if (!store)
        return code;
    int r =
        site_load(store, options_get(&simulate->options, "session"), simulate->seed, clock_now(), ret_site);
    if (r != 0)
        return simulate_explain(simulate, r);
    *ret_store = store;
    store = NULL;
    return EX_OK;
}

static void simulate_print_scans(const Site *site, const SiteTerminal *terminal, uint64_t first)
{
    CLEANUP(cleanup_free) DayMember *members = NULL;
    CLEANUP(cleanup_free) DayScan *scans = NULL;
    CLEANUP(cleanup_text) Text lines = {0};
    DayPoint day;
    size_t count;

    site_day(site, terminal, clock_now(), &members, &day);
    day.voids = first > 0;
    day_make(&day, &scans, &count);
    for (size_t i = 0; i < count; i++)
        day_append_line(&day, &scans[i], first, &lines);
    fputs(text_cstr(&lines), stdout);
}

static int simulate_scans(Simulate *simulate)
{
    const char *name = options_get(&simulate->options, "terminal");
    uint64_t first = (uint64_t)simulate_number(simulate, "first", 1, EVENT_NUMBER_MAX, 0);
    CLEANUP(cleanup_store) Store *store = NULL;
    Site site;

    if (simulate->wrong)
        return EX_USAGE;
    if (!name)
        return simulate_refuse(_("scans: --terminal TERMINAL is needed"));
    int code = simulate_open(simulate, &store, &site);
    if (code != EX_OK)
        return code;
    const SiteTerminal *terminal = site_find(&site, name);
    int r = terminal ? site_load_point(&site, store, terminal->point) : 0;
    if (r < 0) {
        code = simulate_explain(simulate, r);
    } else if (!terminal) {
        fprintf(stderr, _("studyday: simulate: there is no terminal %s at the session\n"), name);
        code = EX_NOINPUT;
    } else {
        simulate_print_scans(&site, terminal, first);
    }
    site_deinit(&site);
    return code;
}

static void simulate_print_json(const Site *site, const FleetSummary *summary, bool complete)
{
    printf("{\"session\":\"%s\",\"terminals\":%" PRIu64 ",\"events\":%" PRIu64 ",\"received\":%" PRIu64
           ",\"refused\":%" PRIu64 ",\"messages\":%" PRIu64 ",\"again\":%" PRIu64 ",\"receipts\":%" PRIu64
           ",\"lines_lost\":%" PRIu64 ",\"broker_refusals\":%" PRIu64 ",\"chain_errors\":%" PRIu64
           ",\"milliseconds\":%" PRId64 ",\"complete\":%s}\n",
           site->session, summary->terminals, summary->events, summary->received, summary->refused,
           summary->sends, summary->again, summary->receipts, summary->lines_lost, summary->broker_refusals,
           summary->chain_errors, summary->elapsed / 1000, complete ? "true" : "false");
}

static void simulate_print_text(const Site *site, const FleetSummary *summary)
{
    double seconds = (double)summary->elapsed / (double)TIME_SECOND;

    printf(_("Session %s: %" PRIu64 " terminals sent %" PRIu64 " events, %" PRIu64 " have their receipt.\n"),
           site->session, summary->terminals, summary->events, summary->received);
    printf(_("%.2f s to the last receipt, %.0f events a second; %" PRIu64 " messages, %" PRIu64
             " events sent again, %" PRIu64 " receipts, %" PRIu64 " lines lost.\n"),
           seconds, seconds > 0 ? (double)summary->received / seconds : 0, summary->sends, summary->again,
           summary->receipts, summary->lines_lost);
    if (summary->refused || summary->broker_refusals || summary->chain_errors)
        printf(_("Refused by the collector: %" PRIu64 ", by the broker: %" PRIu64
                 "; receipts with a wrong chain: %" PRIu64 ".\n"),
               summary->refused, summary->broker_refusals, summary->chain_errors);
}

static int simulate_finish(const Site *site, const FleetSummary *summary, int r, bool json)
{
    if (r == FLEET_E_DESCRIPTORS) {
        fputs(_("studyday: simulate: the system does not allow so many connections; raise `ulimit -n`\n"),
              stderr);
        return EX_OSERR;
    }
    if (r < 0) {
        fprintf(stderr, "studyday: simulate: %s\n", strerror(-r));
        return EX_SOFTWARE;
    }
    if (json)
        simulate_print_json(site, summary, r == 0);
    else
        simulate_print_text(site, summary);
    if (r == FLEET_E_INTERRUPTED)
        fputs(_("studyday: simulate: interrupted; what has no receipt was forgotten\n"), stderr);
    else if (r == FLEET_E_TIMEOUT)
        fputs(_("studyday: simulate: given up; not every event has its receipt\n"), stderr);
    return r == 0 ? EX_OK : EX_UNAVAILABLE;
}

/// False after having said what is wrong.
static bool simulate_take_fleet(Simulate *simulate, FleetOptions *fleet)
{
    const char *format = options_get(&simulate->options, "format");

    fleet->terminals = (size_t)simulate_number(simulate, "terminals", 1, FLEET_TERMINALS_MAX, 0);
    fleet->members = (uint64_t)simulate_number(simulate, "members", 1, TOWN_MEMBERS_MAX, 0);
    fleet->events = (uint64_t)simulate_number(simulate, "events", 1, FLEET_EVENTS_MAX, 0);
    fleet->batch = (uint32_t)simulate_number(simulate, "batch", 1, 256, 0);
    fleet->rate = (uint32_t)simulate_number(simulate, "rate", 1, SIMULATE_RATE_MAX, 0);
    fleet->seconds = (uint32_t)simulate_number(simulate, "timeout", 1, SIMULATE_SECONDS_MAX, 0);
    fleet->lines_fail = simulate_percent(simulate, "lines-fail");
    fleet->duplicates = simulate_percent(simulate, "duplicates");
    fleet->late = simulate_percent(simulate, "late");
    fleet->trust_puback = options_has(&simulate->options, "trust-puback");
    if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0) {
        fprintf(stderr, _("studyday: simulate: format %s: one of text, json\n"), format);
        return false;
    }
    return !simulate->wrong;
}

static int simulate_run(Simulate *simulate)
{
    const char *format = options_get(&simulate->options, "format");
    FleetOptions fleet = {0};
    FleetSummary summary = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    Site site;

    if (!simulate_take_fleet(simulate, &fleet))
        return EX_USAGE;
    int code = simulate_open(simulate, &store, &site);
    if (code != EX_OK)
        return code;
    if (fleet.terminals > site.terminal_count) {
        fprintf(stderr, _("studyday: simulate: the session has %zu terminals\n"), site.terminal_count);
        site_deinit(&site);
        return EX_NOINPUT;
    }
    if (fleet.terminals == 0)
        fleet.terminals = site.terminal_count;
    fleet.broker = &simulate->context->config->broker;
    int r = site_load_members(&site, store, fleet.terminals);
    store = store_close(store); // a reader that holds on keeps the collector's log from shrinking
    code = r < 0 ? simulate_explain(simulate, r) : EX_OK;
    if (code == EX_OK) {
        r = fleet_run(&site, &fleet, &summary);
        code = simulate_finish(&site, &summary, r, format && strcmp(format, "json") == 0);
    }
    site_deinit(&site);
    return code;
}

static int cmd_simulate_run(CommandContext *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(Simulate *simulate);
    } parts[] = {{"roster", simulate_roster}, {"scans", simulate_scans}, {"run", simulate_run}};
    CLEANUP(cleanup_text) Text problem = {0};
    Simulate simulate = {.context = context};

    if (!options_parse(simulate_options, argc, argv, &simulate.options, &problem))
        return simulate_refuse(text_cstr(&problem));
    simulate.seed = (uint64_t)simulate_number(&simulate, "seed", 0, INT64_MAX, 1);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (simulate.options.operand_count == 1 && strcmp(simulate.options.operands[0], parts[i].name) == 0)
            return simulate.wrong ? EX_USAGE : parts[i].run(&simulate);
    }
    return simulate_refuse(_("one of roster, scans, run is needed; see `studyday simulate --help`"));
}

const Command cmd_simulate = {
    .name = "simulate",
    .usage = N_(
        "simulate roster --out DIR [--members N] [--branches N] [--points N] [--seed N] [--month YYYY-MM]\n"
        "simulate scans --terminal TERMINAL [--session SESSION] [--seed N] [--first N]\n"
        "simulate run [--session SESSION] [--terminals N] [--events N] [--seed N] [OPTION]..."),
    .summary = N_("a made-up town, its study days, and a fleet of terminals that lives them"),
    .options = simulate_options,
    .run = cmd_simulate_run,
};
