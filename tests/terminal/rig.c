// The fixture turns the fake broker whenever it waits for the agent, since the broker has no life of its own.
#include "tests/terminal/rig.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/model/chain.h"
#include "core/store/outbox/outbox.h"
#include "core/wire/batch.h"
#include "tests/support/support.h"
#include "tests/terminal/test.h"

#define RIG_WAIT (20 * TIME_SECOND) // only a failing test waits it out
#define RIG_TURN_MS 5
#define RIG_ARGUMENTS_MAX 40
#define RIG_KEY_BYTE 7

static const char *rig_program(void)
{
    const char *program = getenv("TERMINAL");

    if (!program)
        support_die("TERMINAL is not set");
    return program;
}

/// Starts the program; `in` and `out` become its standard input and output (-1: /dev/null), its log goes to
/// rig->log.
static pid_t rig_exec(const Rig *rig, const char *const *argv, int in, int out)
{
    pid_t pid = fork();

    if (pid < 0)
        support_die("fork");
    if (pid > 0)
        return pid;
    int null = open("/dev/null", O_RDWR);
    int log = open(rig->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in >= 0 ? in : null, STDIN_FILENO);
    dup2(out >= 0 ? out : null, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

static int rig_exit_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int rig_execute(const Rig *rig, Text *out, const char *const *argv)
{
    char bytes[4096];
    int pipes[2];
    int status;

    if (pipe2(pipes, O_CLOEXEC) < 0)
        support_die("pipe");
    pid_t pid = rig_exec(rig, argv, -1, pipes[1]);
    close(pipes[1]);
    for (ssize_t size; (size = read(pipes[0], bytes, sizeof(bytes))) > 0;)
        text_append_bytes(out, bytes, (size_t)size);
    close(pipes[0]);
    waitpid(pid, &status, 0);
    return rig_exit_code(status);
}

int rig_command(const Rig *rig, Text *out, const char *const *arguments)
{
    const char *argv[RIG_ARGUMENTS_MAX] = {rig_program(), "--config", rig->config};

    for (size_t i = 0; arguments[i] && i < RIG_ARGUMENTS_MAX - 4; i++)
        argv[i + 3] = arguments[i];
    return rig_execute(rig, out, argv);
}

static char *rig_path(const Rig *rig, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", rig->folder, name);
    return text_take(&path);
}

static void rig_make_key(Rig *rig, const char *path)
{
    char hex[DIGEST_HEX_SIZE];

    memset(rig->key, RIG_KEY_BYTE, sizeof(rig->key));
    hex_encode(rig->key, sizeof(rig->key), hex);
    if (file_write_atomic(path, hex, strlen(hex), 0600, false) < 0)
        support_die("key file");
}

static void rig_set_protocol(const Rig *rig)
{
    CLEANUP(cleanup_text) Text text = {0};

    if (file_read(rig->config, 1 << 16, &text) != 0)
        support_die("no configuration");
    char *line = strstr(text.data, "protocol = \"5\"");
    CLEANUP(cleanup_text) Text changed = {0};
    text_append_bytes(&changed, text.data, (size_t)(line - text.data));
    text_append(&changed, "protocol = \"3.1.1\"");
    text_append(&changed, line + strlen("protocol = \"5\""));
    if (file_write_atomic(rig->config, changed.data, changed.size, 0600, true) < 0)
        support_die("configuration");
}

Rig *rig_new(bool with_key, int protocol)
{
    Rig *rig = alloc_zero(sizeof(*rig));
    CLEANUP(cleanup_text) Text out = {0};
    CLEANUP(cleanup_outbox) Outbox *outbox = NULL;
    char broker[32];

    digest_init();
    rig->in = rig->out = -1;
    rig->has_key = with_key;
    rig->folder = support_make_folder();
    rig->config = rig_path(rig, "terminal.conf");
    rig->outbox = rig_path(rig, "outbox.db");
    rig->log = rig_path(rig, "log");
    rig->broker = fake_broker_new();
    CLEANUP(cleanup_free) char *key = rig_path(rig, "key");
    if (with_key)
        rig_make_key(rig, key);
    snprintf(broker, sizeof(broker), "127.0.0.1:%d", rig->broker->port);
    const char *argv[] = {rig_program(), "init",       rig->folder, "--area", RIG_AREA,
                          "--terminal",  RIG_TERMINAL, "--broker",  broker,   with_key ? "--key-file" : NULL,
                          key,           NULL};
    if (rig_execute(rig, &out, argv) != 0)
        support_die("init failed");
    if (protocol != 5)
        rig_set_protocol(rig);
    if (outbox_open(rig->outbox, RIG_TERMINAL, OUTBOX_READ, &outbox) != 0)
        support_die("no outbox");
    memcpy(rig->epoch, outbox_get_head(outbox)->epoch, sizeof(rig->epoch));
    return rig;
}

int rig_end(Rig *rig, int signal)
{
    Time deadline = clock_monotonic() + RIG_WAIT;
    int status = 0;

    if (rig->pid == 0)
        return 0;
    if (signal)
        kill(rig->pid, signal);
    while (waitpid(rig->pid, &status, WNOHANG) == 0) {
        fake_broker_pump(rig->broker);
        support_has_ended(rig->pid, RIG_TURN_MS);
        if (clock_monotonic() > deadline)
            support_die("the agent does not end");
    }
    rig->pid = 0;
    cleanup_fd(&rig->in);
    cleanup_fd(&rig->out);
    rig->in = rig->out = -1;
    return rig_exit_code(status);
}

Rig *rig_free(Rig *rig)
{
    rig_end(rig, SIGKILL);
    fake_broker_free(rig->broker);
    support_remove_folder(rig->folder);
    free(rig->folder);
    free(rig->config);
    free(rig->outbox);
    free(rig->log);
    free(rig);
    return NULL;
}

char *rig_scan(const Rig *rig, const char *line, int *ret_exit)
{
    const char *arguments[RIG_ARGUMENTS_MAX] = {"scan"};
    CLEANUP(cleanup_free) char *words = alloc_string(line);
    Text out = {0};
    size_t count = 1;

    for (char *word = strtok(words, " "); word && count < RIG_ARGUMENTS_MAX - 1; word = strtok(NULL, " "))
        arguments[count++] = word;
    *ret_exit = rig_command(rig, &out, arguments);
    if (out.size > 0 && out.data[out.size - 1] == '\n')
        out.data[--out.size] = '\0';
    return text_take(&out);
}

char *rig_status(const Rig *rig)
{
    static const char *const arguments[] = {"status", "--format", "json", NULL};
    Text out = {0};

    assert_int_equal(rig_command(rig, &out, arguments), 0);
    return text_take(&out);
}

void rig_wait_status(Rig *rig, const char *text)
{
    Time deadline = clock_monotonic() + RIG_WAIT;

    for (;;) {
        CLEANUP(cleanup_free) char *status = rig_status(rig);

        if (strstr(status, text))
            return;
        if (clock_monotonic() > deadline)
            fail_msg("no %s in %s", text, status);
        fake_broker_pump(rig->broker);
    }
}

void rig_spawn(Rig *rig, const char *option)
{
    const char *const argv[] = {rig_program(), "run",   "--config", rig->config,
                                "--log-level", "debug", option,     NULL};
    int in[2], out[2];

    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        support_die("pipe");
    rig->pid = rig_exec(rig, argv, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    rig->in = in[1];
    rig->out = out[0];
}

void rig_start(Rig *rig)
{
    size_t hellos = rig_count(rig, "hello");

    rig_spawn(rig, NULL);
    rig_wait(rig, "hello", hellos);
}

void rig_write(const Rig *rig, const char *lines)
{
    assert_int_equal(write(rig->in, lines, strlen(lines)), strlen(lines));
}

char *rig_read_line(Rig *rig)
{
    Time deadline = clock_monotonic() + RIG_WAIT;
    struct pollfd ready = {.fd = rig->out, .events = POLLIN};
    Text line = {0};

    while (clock_monotonic() < deadline) {
        char c;

        fake_broker_pump(rig->broker);
        if (poll(&ready, 1, RIG_TURN_MS) <= 0)
            continue;
        if (read(rig->out, &c, 1) != 1)
            break;
        if (c == '\n')
            return text_take(&line);
        text_append_char(&line, c);
    }
    fail_msg("no line, only \"%s\"", text_cstr(&line));
    return NULL;
}

static void rig_topic(const char *leaf, char topic[static 96])
{
    snprintf(topic, 96, "studyday/1/" RIG_AREA "/" RIG_TERMINAL "/%s", leaf);
}

size_t rig_count(const Rig *rig, const char *leaf)
{
    char topic[96];
    size_t count = 0;

    rig_topic(leaf, topic);
    while (fake_broker_find_topic(rig->broker, topic, count))
        count++;
    return count;
}

const FakePacket *rig_wait(Rig *rig, const char *leaf, size_t index)
{
    Time deadline = clock_monotonic() + RIG_WAIT;
    const FakePacket *packet;
    char topic[96];

    rig_topic(leaf, topic);
    while (!(packet = fake_broker_find_topic(rig->broker, topic, index))) {
        struct pollfd polls[2];

        if (clock_monotonic() > deadline)
            fail_msg("no %s %zu", leaf, index);
        fake_broker_polls(rig->broker, polls);
        poll(polls, 2, RIG_TURN_MS);
        fake_broker_pump(rig->broker);
    }
    return packet;
}

void rig_send_raw(Rig *rig, const char *topic, const char *payload, bool retain)
{
    const FakePublish publish = {.topic = topic,
                                 .payload = payload,
                                 .size = strlen(payload),
                                 .qos = 1,
                                 .mid = ++rig->mid,
                                 .retain = retain};

    fake_broker_publish(rig->broker, &publish);
}

void rig_send(Rig *rig, const char *leaf, const Text *line)
{
    CLEANUP(cleanup_text) Text payload = {0};
    char topic[96];

    rig_topic(leaf, topic);
    text_append_bytes(&payload, line->data, line->size);
    if (rig->has_key)
        wire_mac_append(rig->key, topic, &payload);
    rig_send_raw(rig, topic, text_cstr(&payload), false);
}

void rig_make_receipt(const Rig *rig, uint64_t through, const char *chain_hex, int64_t generation, Text *line)
{
    text_appendf(line,
                 "{\"v\":1,\"epoch\":\"%s\",\"through\":%llu,\"chain\":\"%s\",\"also\":[],\"refused\":[],"
                 "\"store\":\"%s\","
                 "\"generation\":%lld,\"at\":\"2026-11-05T01:00:00Z\"}",
                 rig->epoch, (unsigned long long)through, chain_hex, RIG_STORE, (long long)generation);
}

typedef struct RigChain {
    uint64_t until;
    uint8_t chain[DIGEST_SIZE];
} RigChain;

static bool rig_chain_event(void *user, const OutboxEvent *event)
{
    RigChain *chain = user;
    CLEANUP(cleanup_text) Text canonical = {0};

    if (event->seq > chain->until)
        return false;
    assert_null(batch_check_object(event->object, event->object_size, event->seq, &canonical));
    chain_advance(chain->chain, canonical.data, canonical.size);
    return true;
}

void rig_chain(const Rig *rig, uint64_t seq, char ret_hex[static DIGEST_HEX_SIZE])
{
    CLEANUP(cleanup_outbox) Outbox *outbox = NULL;
    RigChain chain = {.until = seq};

    chain_start(RIG_TERMINAL, rig->epoch, chain.chain);
    assert_int_equal(outbox_open(rig->outbox, RIG_TERMINAL, OUTBOX_READ, &outbox), 0);
    assert_int_equal(outbox_each(outbox, 1, rig_chain_event, &chain), 0);
    hex_encode(chain.chain, DIGEST_SIZE, ret_hex);
}

void rig_send_receipt(Rig *rig, uint64_t through, int64_t generation)
{
    CLEANUP(cleanup_text) Text line = {0};
    char chain[DIGEST_HEX_SIZE];

    rig_chain(rig, through, chain);
    rig_make_receipt(rig, through, chain, generation, &line);
    rig_send(rig, "receipt", &line);
}

void rig_record(const Rig *rig, const char *line)
{
    int code;
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, line, &code);

    if (code != 0)
        fail_msg("%s: %s", line, reply);
}

void rig_expect_payload(const FakePacket *packet, const char *text)
{
    CLEANUP(cleanup_text) Text payload = {0};

    text_append_bytes(&payload, packet->payload, packet->payload_size);
    if (!strstr(text_cstr(&payload), text))
        fail_msg("no %s in %s", text, text_cstr(&payload));
}

void rig_expect_status(const Rig *rig, const char *text)
{
    CLEANUP(cleanup_free) char *status = rig_status(rig);

    if (!strstr(status, text))
        fail_msg("no %s in %s", text, status);
}
