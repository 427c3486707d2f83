#include "tests/simulation/site.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/store/outbox/outbox.h"
#include "core/store/roster.h"
#include "tests/simulation/disk.h"
#include "tests/support/support.h"

#define SITE_ZONE "Asia/Shanghai"
#define SITE_DAY_BEGINS "2026-11-05 08:30"

Site site;
const char *const site_branches[SITE_ORGS_LEAF] = {"BR-1", "BR-2", "BR-3"};
static const char *const session_starts[SITE_SESSIONS] = {"2026-11-05 09:00", "2026-11-20 14:00",
                                                          "2026-12-03 09:00"};
static const int session_minutes[SITE_SESSIONS] = {90, 120, 90};

static void need(int r, const char *what)
{
    if (r != 0)
        support_die("%s: %d", what, r);
}

static Time site_time(const char *text)
{
    Time t = 0;

    need(!time_parse_local(text, &t), text);
    return t;
}

Time site_begin_time(void)
{
    return site_time(SITE_DAY_BEGINS);
}

void site_session_times(int session, Time *ret_starts, Time *ret_ends)
{
    *ret_starts = site_time(session_starts[session]);
    *ret_ends = *ret_starts + session_minutes[session] * TIME_MINUTE;
}

static char *site_path(const char *name)
{
    Text path = {0};

    text_append(&path, name); // below the folder, whose own name would be another one in each run
    return text_take(&path);
}

static void site_put_orgs(Store *store)
{
    static const OrgPut orgs[] = {
        {.code = "CITY", .area = SITE_AREA, .name = "City", .level = ORG_CITY},
        {.code = "COUNTY", .parent = "CITY", .area = SITE_AREA, .name = "County", .level = ORG_COUNTY},
        {.code = "TOWN-A", .parent = "COUNTY", .area = SITE_AREA, .name = "A", .level = ORG_TOWNSHIP},
        {.code = "TOWN-B", .parent = "COUNTY", .area = SITE_AREA, .name = "B", .level = ORG_TOWNSHIP},
        {.code = "BR-1", .parent = "TOWN-A", .area = SITE_AREA, .name = "1", .level = ORG_BRANCH},
        {.code = "BR-2", .parent = "TOWN-A", .area = SITE_AREA, .name = "2", .level = ORG_BRANCH},
        {.code = "BR-3", .parent = "TOWN-B", .area = SITE_AREA, .name = "3", .level = ORG_BRANCH}};
    static const PointPut points[] = {{"P-A", "TOWN-A", "A", NULL}, {"P-B", "TOWN-B", "B", NULL}};
    static const TerminalPut terminals[] = {
        {"t1", SITE_AREA, "P-A"}, {"t2", SITE_AREA, "P-A"}, {"t3", SITE_AREA, "P-B"}};
    RosterChange change;

    for (size_t i = 0; i < sizeof(orgs) / sizeof(*orgs); i++)
        need(roster_put_org(store, &orgs[i], &change), "org");
    for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
        need(roster_put_point(store, &points[i], &change), "point");
    for (size_t i = 0; i < sizeof(terminals) / sizeof(*terminals); i++)
        need(roster_put_terminal(store, &terminals[i], &change), "terminal");
    need(terminal_set_key(store, "t1", site.stations[0].key, world.now), "key");
}

static void site_put_members(Store *store)
{
    RosterChange change;

    for (int i = 0; i < SITE_MEMBERS; i++) {
        char code[16], card[8];
        snprintf(code, sizeof(code), "m%d", i + 1);
        snprintf(card, sizeof(card), "c%d", i + 1);
        const MemberPut member = {.code = code,
                                  .name = code,
                                  .org = site_branches[i < 3   ? 0
                                                       : i < 5 ? 1
                                                               : 2],
                                  .from = date_from_civil(2026, 1, 1),
                                  .to = DATE_NONE,
                                  .card = card,
                                  .exempt_from = DATE_NONE,
                                  .exempt_to = DATE_NONE};
        need(roster_put_member(store, &member, &change), "member");
    }
}

static void site_put_sessions(Store *store)
{
    RosterChange change;

    for (int i = 0; i < SITE_SESSIONS; i++) {
        char code[16];
        SessionPut session = {.code = code,
                              .title = code,
                              .org = "CITY",
                              .kind = SESSION_STUDY_DAY,
                              .minutes = session_minutes[i],
                              .makeup_until = DATE_NONE};
        snprintf(code, sizeof(code), "S%d", i + 1);
        site_session_times(i, &session.starts, &session.ends);
        need(roster_put_session(store, &session, &change), "session");
    }
}

static void site_make_database(void)
{
    Store *store;
    RosterSettled settled;
    size_t size;

    need(store_create(site.database), "store_create");
    need(store_open(site.database, STORE_WRITE, &store), "store_open");
    need(store_begin(store), "begin");
    site_put_orgs(store);
    site_put_members(store);
    site_put_sessions(store);
    need(roster_settle(store, world.now, &settled), "settle");
    need(store_commit(store), "commit");
    store_close(store);
    const void *data = disk_get(site.database, &size);
    text_append_bytes(&site.first_database, data, size);
}

static void site_write(const char *name, const char *text)
{
    char *path = site_path(name);

    need(file_write_atomic(path, text, strlen(text), 0600, true), path);
    free(path);
}

// Terminals differ in their names, and the first one has a key.
static void site_make_terminal(int number)
{
    char terminal[8], name[16], outbox[16];
    Text config = {0};
    size_t size;

    snprintf(terminal, sizeof(terminal), "t%d", number + 1);
    snprintf(name, sizeof(name), "%s.conf", terminal);
    snprintf(outbox, sizeof(outbox), "%s.outbox", terminal);
    text_appendf(&config,
                 "area = \"" SITE_AREA "\"\nterminal = \"%s\"\noutbox = \"%s\"\nzone = \"" SITE_ZONE
                 "\"\nkey-file = \"%s\"\nbroker { host = \"127.0.0.1\"\n port = 1\n }\n",
                 terminal, outbox, number == 0 ? "key" : "");
    site_write(name, text_cstr(&config));
    text_deinit(&config);
    char *path = site_path(name);
    need(station_load(path, &site.stations[number]) != EX_OK, path);
    free(path);
    path = site.stations[number].config->outbox;
    need(outbox_create(path, terminal), path);
    const void *data = disk_get(path, &size);
    text_append_bytes(&site.first_outbox[number], data, size);
}

void site_make(void)
{
    digest_init();
    disk_install();
    need(!zone_set(SITE_ZONE), SITE_ZONE);
    world_begin(1, site_begin_time() - 30 * TIME_DAY, NULL);
    site.folder = support_make_folder();
    need(chdir(site.folder), site.folder);
    site.database = site_path("studyday.db");
    site_write("studyday.conf", "database = \"studyday.db\"\nsocket = \"control\"\nzone = \"" SITE_ZONE "\"\n"
                                "collector { client-id = \"collector\" }\n");
    site_write("key", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    for (int i = 0; i < WORLD_TERMINALS; i++)
        site_make_terminal(i);
    site_make_database();
}

void site_unmake(void)
{
    disk_wipe();
    for (int i = 0; i < WORLD_TERMINALS; i++) {
        station_deinit(&site.stations[i]);
        text_deinit(&site.first_outbox[i]);
    }
    text_deinit(&site.first_database);
    text_deinit(&site.snapshot);
    support_remove_folder(site.folder);
    free(site.folder);
    free(site.database);
}

ConfigSite *site_config(void)
{
    char *path = site_path("studyday.conf");
    ConfigSite *config;

    need(config_site_load(path, &config), path);
    free(path);
    return config;
}

// The names of databases are real: a terminal may have been made anew, or have died of it.
static void site_mark(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0)
        support_die("%s cannot be made", path);
    close(fd);
}

void site_lay_out(Machine *collector, Machine *const *terminals)
{
    disk_wipe();
    unlink(SITE_HEADS);
    text_clear(&site.snapshot);
    disk_put(site.database, collector, site.first_database.data, site.first_database.size);
    for (int i = 0; i < WORLD_TERMINALS; i++) {
        site_mark(site.stations[i].config->outbox);
        disk_put(site.stations[i].config->outbox, terminals[i], site.first_outbox[i].data,
                 site.first_outbox[i].size);
    }
}
