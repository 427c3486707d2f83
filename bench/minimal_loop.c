// What the collector is measured against: the least that a correct-looking subscriber with a database does.
// libmosquitto, jansson, one table with a unique key, commits in groups of the collector's size, and
// acknowledgements that leave after the COMMIT. No check of who sends, no MAC, no chain, no attendance, no
// totals, no receipts: what the collector does beyond this is what its rules cost.
//
// usage: minimal-loop PORT DATABASE EVENTS. Prints "ready" when subscribed, then, when EVENTS rows are
// committed, "stored" and the monotonic microsecond; ends on end of standard input.
#include <errno.h>
#include <jansson.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMMIT_EVENTS 8192 // the collector's defaults (studyday.conf)
#define COMMIT_MICROS 200000
#define READ_MAX 64 // messages a round, as there
#define INFLIGHT_MAX 65535

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "CREATE TABLE event(terminal TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,"
    " kind TEXT, session TEXT, member TEXT, at TEXT, by TEXT, received_at INTEGER,"
    " PRIMARY KEY(terminal, epoch, seq)) STRICT, WITHOUT ROWID;";

typedef struct Loop {
    struct mosquitto *client;
    sqlite3 *db;
    sqlite3_stmt *insert, *begin, *commit;
    bool open, subscribed;
    int64_t since;
    long pending, stored, wanted;
} Loop;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "minimal-loop: %s: %s\n", what, why);
    exit(1);
}

static int64_t micros(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void run(Loop *loop, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        fail("database", sqlite3_errmsg(loop->db));
    sqlite3_reset(statement);
}

static void bind(sqlite3_stmt *insert, int column, const json_t *event, const char *key)
{
    const json_t *value = json_object_get(event, key);

    if (value)
        sqlite3_bind_text(insert, column, json_string_value(value), (int)json_string_length(value),
                          SQLITE_STATIC);
    else
        sqlite3_bind_null(insert, column);
}

static void on_message(struct mosquitto *client, void *owner, const struct mosquitto_message *message)
{
    Loop *loop = owner;
    json_t *batch = json_loadb(message->payload, (size_t)message->payloadlen, JSON_DISABLE_EOF_CHECK, NULL),
           *event;
    const char *terminal = strrchr(message->topic, '/');
    int64_t now = micros(CLOCK_REALTIME);
    json_int_t seq;
    size_t index;

    (void)client;
    if (!batch || !terminal)
        fail("message", message->topic);
    while (terminal > message->topic && terminal[-1] != '/')
        terminal--;
    if (!loop->open) {
        run(loop, loop->begin);
        loop->open = true;
        loop->since = micros(CLOCK_MONOTONIC);
    }
    seq = json_integer_value(json_object_get(batch, "first"));
    json_array_foreach(json_object_get(batch, "events"), index, event)
    {
        sqlite3_bind_text(loop->insert, 1, terminal, (int)strcspn(terminal, "/"), SQLITE_STATIC);
        bind(loop->insert, 2, batch, "epoch");
        sqlite3_bind_int64(loop->insert, 3, seq + (json_int_t)index);
        bind(loop->insert, 4, event, "kind");
        bind(loop->insert, 5, event, "session");
        bind(loop->insert, 6, event, "member");
        bind(loop->insert, 7, event, "at");
        bind(loop->insert, 8, event, "by");
        sqlite3_bind_int64(loop->insert, 9, now);
        run(loop, loop->insert);
        loop->pending += sqlite3_changes(loop->db);
    }
    json_decref(batch);
    errno = 0;
}

static void on_subscribe(struct mosquitto *client, void *owner, int mid, int count, const int *granted)
{
    (void)client, (void)mid, (void)count, (void)granted;
    ((Loop *)owner)->subscribed = true;
    puts("ready");
    fflush(stdout);
}

static void on_connect(struct mosquitto *client, void *owner, int code)
{
    (void)owner;
    if (code)
        fail("connect", mosquitto_reason_string(code));
    mosquitto_subscribe(client, NULL, "studyday/1/+/+/event", 1);
}

static void open_database(Loop *loop, const char *path)
{
    if (sqlite3_open(path, &loop->db) || sqlite3_exec(loop->db, schema, NULL, NULL, NULL) ||
        sqlite3_prepare_v2(loop->db, "INSERT OR IGNORE INTO event VALUES(?,?,?,?,?,?,?,?,?)", -1,
                           &loop->insert, NULL) ||
        sqlite3_prepare_v2(loop->db, "BEGIN IMMEDIATE", -1, &loop->begin, NULL) ||
        sqlite3_prepare_v2(loop->db, "COMMIT", -1, &loop->commit, NULL))
        fail(path, sqlite3_errmsg(loop->db));
}

static void commit_if_due(Loop *loop, bool drained)
{
    if (!loop->open ||
        (!drained && loop->pending < COMMIT_EVENTS && micros(CLOCK_MONOTONIC) - loop->since < COMMIT_MICROS))
        return;
    run(loop, loop->commit);
    loop->open = false;
    loop->stored += loop->pending;
    loop->pending = 0;
    if (loop->stored >= loop->wanted) {
        printf("stored %lld\n", (long long)micros(CLOCK_MONOTONIC));
        fflush(stdout);
    }
}

static bool read_some(Loop *loop)
{
    for (int i = 0; i < READ_MAX; i++) {
        errno = 0;
        int code = mosquitto_loop_read(loop->client, 1);
        if (code)
            fail("read", mosquitto_strerror(code));
        if (errno == EAGAIN)
            return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    Loop loop = {0};
    bool drained = true;

    if (argc != 4)
        fail("usage", "minimal-loop PORT DATABASE EVENTS");
    loop.wanted = atol(argv[3]);
    open_database(&loop, argv[2]);
    mosquitto_lib_init();
    loop.client = mosquitto_new("minimal-loop", true, &loop);
    mosquitto_threaded_set(loop.client, true); // queue the PUBACKs: they leave with loop_write()
    mosquitto_int_option(loop.client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(loop.client, MOSQ_OPT_RECEIVE_MAXIMUM, INFLIGHT_MAX);
    mosquitto_int_option(loop.client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_callback_set(loop.client, on_connect);
    mosquitto_subscribe_callback_set(loop.client, on_subscribe);
    mosquitto_message_callback_set(loop.client, on_message);
    if (mosquitto_connect(loop.client, "127.0.0.1", atoi(argv[1]), 60))
        fail("connect", strerror(errno));
    for (;;) {
        struct pollfd polls[] = {{.fd = mosquitto_socket(loop.client), .events = POLLIN},
                                 {.fd = 0, .events = POLLIN}};
        if (mosquitto_want_write(loop.client) && !loop.open)
            polls[0].events |= POLLOUT;
        poll(polls, 2, drained ? 1000 : 0);
        if (polls[1].revents)
            break;
        if (polls[0].revents & ~POLLOUT || !drained)
            drained = read_some(&loop);
        commit_if_due(&loop, drained);
        if (!loop.open && mosquitto_want_write(loop.client))
            mosquitto_loop_write(loop.client, 1);
        mosquitto_loop_misc(loop.client);
    }
    sqlite3_finalize(loop.insert);
    sqlite3_finalize(loop.begin);
    sqlite3_finalize(loop.commit);
    sqlite3_close(loop.db);
    mosquitto_destroy(loop.client);
    mosquitto_lib_cleanup();
    return 0;
}
