// The collector's binary is named by $COLLECTOR. Everything is awaited: what must come by an event with a
// deadline that only a failing test reaches.
#include "tests/collector/site.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <setjmp.h>

#include <cmocka.h>

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/net/control.h"
#include "core/store/query.h"
#include "core/store/roster.h"
#include "tests/support/support.h"

#define SITE_ZONE "Asia/Shanghai"
#define SITE_SUBSCRIPTIONS 4

static void need(int r, const char *what)
{
    if (r != 0)
        support_die("%s: %d", what, r);
}

static Time instant(const char *text)
{
    Time t;
    int offset;

    if (!time_parse_rfc3339(text, strlen(text), &t, &offset))
        support_die("no instant: %s", text);
    return t;
}

static void fill_terminals(Store *store, const uint8_t *key)
{
    const TerminalPut terminals[] = {
        {"t1", "a", "P1"}, {"t2", "a", "P1"}, {"t3", "b", "P2"}, {"keyed", "a", "P1"}, {"gone", "a", "P1"}};
    RosterChange change;

    for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++)
        need(roster_put_terminal(store, &terminals[i], &change), "terminal");
    need(terminal_set_key(store, "keyed", key, clock_now()), "key");
    need(terminal_revoke(store, "gone", clock_now()), "revoke");
}

static void fill_members(Store *store)
{
    const char *const codes[] = {"M1", "M2", "M3"};
    RosterChange change;

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        MemberPut member = {.code = codes[i],
                            .name = "\xe5\xbc\xa0\xe4\xb8\x89",
                            .org = "LF-1",
                            .to = DATE_NONE,
                            .exempt_from = DATE_NONE,
                            .exempt_to = DATE_NONE};
        member.from = date_from_civil(2026, 1, 1);
        member.card = i == 0 ? "C1" : NULL;
        need(roster_put_member(store, &member, &change), "member");
    }
}

static void fill(Store *store, const uint8_t *key)
{
    const OrgPut orgs[] = {{"LF", NULL, "a", "City", ORG_CITY, SECTOR_NONE},
                           {"LF-1", "LF", "a", "One", ORG_BRANCH, SECTOR_RURAL},
                           {"LF-2", "LF", "b", "Two", ORG_BRANCH, SECTOR_RURAL}};
    const PointPut points[] = {{"P1", "LF-1", "One", NULL}, {"P2", "LF-2", "Two", NULL}};
    const SessionPut session = {.code = "S1",
                                .title = "Study day",
                                .org = "LF",
                                .kind = SESSION_STUDY_DAY,
                                .starts = instant("2026-11-05T09:00:00+08:00"),
                                .ends = instant("2026-11-05T10:30:00+08:00"),
                                .minutes = 90,
                                .makeup_until = DATE_NONE};
    RosterSettled settled;
    RosterChange change;

    need(store_begin(store), "begin");
    for (size_t i = 0; i < sizeof(orgs) / sizeof(orgs[0]); i++)
        need(roster_put_org(store, &orgs[i], &change), "org");
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
        need(roster_put_point(store, &points[i], &change), "point");
    fill_terminals(store, key);
    fill_members(store);
    need(roster_put_session(store, &session, &change), "session");
    need(roster_settle(store, clock_now(), &settled), "settle");
    need(store_commit(store), "commit");
}

void site_write_config(const Site *site, const char *keys, int protocol)
{
    CLEANUP(cleanup_text) Text text = {0};

    text_appendf(&text,
                 "database = \"studyday.db\"\nsocket = \"studyday.sock\"\nzone = \"" SITE_ZONE "\"\n"
                 "broker { host = \"127.0.0.1\"\n port = %d\n protocol = \"%s\" }\n"
                 "collector { client-id = \"col\"\n%s }\n",
                 site->port, protocol == 5 ? "5" : "3.1.1", keys);
    need(file_write_atomic(site->config, text.data, text.size, 0600, true), "configuration");
}

Site *site_new(const char *keys, int protocol)
{
    Site *site = alloc_zero(sizeof(*site));
    Text path = {0};
    Store *store;

    digest_init();
    if (!zone_set(SITE_ZONE))
        support_die("no zone " SITE_ZONE);
    site->folder = support_make_folder();
    text_appendf(&path, "%s/studyday.conf", site->folder);
    site->config = text_take(&path);
    site->database = file_beside(site->config, "studyday.db");
    site->socket = file_beside(site->config, "studyday.sock");
    site->log = file_beside(site->config, "log");
    site->broker = fake_broker_new();
    site->port = site->broker->port;
    memset(site->key, 7, sizeof(site->key));
    site_write_config(site, keys, protocol);
    need(store_create(site->database), "store_create");
    need(store_open(site->database, STORE_WRITE, &store), "store_open");
    fill(store, site->key);
    store_close(store);
    return site;
}

Site *site_free(Site *site)
{
    if (site->pid > 0)
        site_end(site, SIGKILL);
    fake_broker_free(site->broker);
    support_remove_folder(site->folder);
    free(site->folder);
    free(site->config);
    free(site->database);
    free(site->socket);
    free(site->log);
    free(site);
    return NULL;
}

void site_spawn(Site *site, const char *const *wrapper)
{
    const char *argv[32];
    size_t count = 0;

    for (; wrapper && *wrapper; wrapper++)
        argv[count++] = *wrapper;
    argv[count++] = getenv("COLLECTOR") ? getenv("COLLECTOR") : "studyday-collector";
    argv[count++] = "--config";
    argv[count++] = site->config;
    argv[count] = NULL;
    site->pid = support_spawn(argv, site->log);
}

void site_start(Site *site, const char *const *wrapper)
{
    int connections = site->broker->connections;

    site_spawn(site, wrapper);
    site_wait_serving(site, connections + 1);
}

static bool site_round(Site *site, Time deadline)
{
    struct pollfd polls[2];
    Time rest = deadline - clock_monotonic();

    if (rest <= 0)
        return false;
    fake_broker_polls(site->broker, polls);
    poll(polls, 2, (int)(rest / 1000) + 1);
    fake_broker_pump(site->broker);
    return true;
}

static Time site_deadline(void)
{
    return clock_monotonic() + (Time)SITE_WAIT_MS * 1000;
}

static void site_give_up(const Site *site, const char *what)
{
    CLEANUP(cleanup_text) Text log = {0};

    file_read(site->log, 1 << 20, &log);
    fprintf(stderr, "%s did not come. The collector's log:\n%s\n", what, text_cstr(&log));
    fail();
}

void site_wait_serving(Site *site, int connection)
{
    Time deadline = site_deadline();
    size_t count;

    do {
        count = 0;
        for (size_t i = 0; i < site->broker->count; i++) {
            const FakePacket *packet = &site->broker->packets[i];
            count += packet->connection == connection && packet->type == FAKE_SUBSCRIBE;
        }
        if (count >= SITE_SUBSCRIPTIONS)
            return;
    } while (site_round(site, deadline));
    site_give_up(site, "a connection with subscriptions");
}

int site_end(Site *site, int signal)
{
    Time deadline = site_deadline();
    int status;

    kill(site->pid, signal);
    while (!support_has_ended(site->pid, 1) && site_round(site, clock_monotonic() + 10000) &&
           clock_monotonic() < deadline)
        ;
    if (!support_has_ended(site->pid, 0))
        site_give_up(site, "the end of the process");
    fake_broker_pump(site->broker);
    status = support_end(site->pid, 0);
    site->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int site_send(Site *site, const char *topic, const char *payload)
{
    int mid = ++site->next_mid;

    fake_broker_send_event(site->broker, topic, payload, mid);
    return mid;
}

int site_send_batch(Site *site, const char *terminal, const char *epoch, uint64_t first, const char *events)
{
    CLEANUP(cleanup_text) Text line = {0};
    char topic[128];

    snprintf(topic, sizeof(topic), "studyday/1/a/%s/event", terminal);
    text_appendf(&line, "{\"v\":1,\"epoch\":\"%s\",\"first\":%llu,\"events\":[%s]}", epoch,
                 (unsigned long long)first, events);
    return site_send(site, topic, text_cstr(&line));
}

const FakePacket *site_wait_topic(Site *site, const char *topic, size_t index)
{
    Time deadline = site_deadline();

    do {
        const FakePacket *packet = fake_broker_find_topic(site->broker, topic, index);
        if (packet)
            return packet;
    } while (site_round(site, deadline));
    site_give_up(site, topic);
    return NULL;
}

Receipt site_receipt(Site *site, const char *terminal, size_t index)
{
    const FakePacket *packet;
    Receipt receipt = {0};
    WireError error = {0};
    char topic[128];
    size_t size;

    snprintf(topic, sizeof(topic), "studyday/1/a/%s/receipt", terminal);
    packet = site_wait_topic(site, topic, index);
    wire_mac_check(NULL, topic, packet->payload, packet->payload_size, &size);
    if (receipt_decode((const char *)packet->payload, size, &receipt, &error) != 0)
        fail_msg("receipt: %s %s", error.reason, error.path);
    return receipt;
}

bool site_has_ack(const Site *site, int mid)
{
    for (size_t i = 0; i < site->broker->count; i++) {
        const FakePacket *packet = &site->broker->packets[i];
        if (packet->type == FAKE_PUBACK && packet->mid == mid)
            return true;
    }
    return false;
}

void site_wait_ack(Site *site, int mid)
{
    Time deadline = site_deadline();

    while (!site_has_ack(site, mid)) {
        if (!site_round(site, deadline))
            site_give_up(site, "a PUBACK");
    }
}

void site_settle(Site *site)
{
    size_t before = 0;

    while (fake_broker_find_topic(site->broker, "studyday/1/a/t2/receipt", before))
        before++;
    site_send(site, "studyday/1/a/t2/hello",
              "{\"v\":1,\"epoch\":\"" SITE_EPOCH "\",\"next\":1,\"oldest\":1}");
    site_wait_topic(site, "studyday/1/a/t2/receipt", before);
}

void site_pump(Site *site, int milliseconds)
{
    Time deadline = clock_monotonic() + (Time)milliseconds * 1000;

    while (site_round(site, deadline))
        ;
}

Store *site_store(const Site *site)
{
    Store *store = NULL;

    if (store_open(site->database, STORE_READ, &store) != 0)
        fail_msg("the database cannot be read");
    return store;
}

int64_t site_count_events(const Site *site)
{
    CLEANUP(cleanup_store) Store *store = site_store(site);
    StoreCounts counts;

    assert_int_equal(store_counts(store, &counts), 0);
    return counts.events;
}

static int note_reason(void *user, const QuarantineEntry *entry)
{
    text_appendf(user, "%s ", entry->reason);
    return 0;
}

char *site_quarantine(const Site *site)
{
    CLEANUP(cleanup_store) Store *store = site_store(site);
    Text reasons = {0};

    assert_int_equal(quarantine_each(store, true, note_reason, &reasons), 0);
    return text_take(&reasons);
}

char *site_ask_with(const Site *site, int *ret_exit, const char *const *argv, const char *file)
{
    CLEANUP(cleanup_fd) int fd = -1;
    Text out = {0};
    int argc = 0;

    if (file) {
        fd = memfd_create("file", MFD_CLOEXEC);
        if (fd < 0 || write(fd, file, strlen(file)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
            support_die("no file in memory");
    }
    while (argv[argc])
        argc++;
    assert_int_equal(
        control_ask(site->socket, argc, (char *const *)argv, file ? "file" : NULL, fd, ret_exit, &out, &out),
        0);
    return text_take(&out);
}

char *site_ask(const Site *site, int *ret_exit, const char *const *argv)
{
    return site_ask_with(site, ret_exit, argv, NULL);
}

long site_status(const Site *site, const char *key)
{
    const char *const argv[] = {"status", NULL};
    char name[64], *status, *found;
    long value;
    int code;

    status = site_ask(site, &code, argv);
    snprintf(name, sizeof(name), "\"%s\":", key);
    found = strstr(status, name);
    assert_non_null(found);
    value = strtol(found + strlen(name), NULL, 10);
    free(status);
    return value;
}

void site_wait_log(Site *site, const char *text)
{
    Time deadline = site_deadline();

    do {
        CLEANUP(cleanup_text) Text log = {0};
        file_read(site->log, 1 << 20, &log);
        if (strstr(text_cstr(&log), text))
            return;
        site_pump(site, 10);
    } while (clock_monotonic() < deadline);
    site_give_up(site, text);
}
