// SIGKILL at any moment, while scans come in on both ways: whatever printed OK is in the outbox under that
// very number, nothing else is but what was being answered, and numbers and chain are whole. The seed is
// printed.
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/store/outbox/outbox.h"
#include "tests/model/seed.h"
#include "tests/terminal/rig.h"
#include "tests/terminal/test.h"

#define KILLS 40
#define LINES_MAX 60      // scans of one life
#define LIFE_MICROS 30000 // at most, after the first OK
#define MEMBERS_MAX (KILLS * (LINES_MAX + 1) + 1)

typedef struct Ledger {
    uint64_t seq_of[MEMBERS_MAX]; // by member: the number that its OK named, 0 none
    bool given[MEMBERS_MAX];      // the scan was handed over
    unsigned members;
    unsigned ok;
} Ledger;

static void note_reply(Ledger *ledger, unsigned member, const char *reply)
{
    unsigned long long seq;

    if (sscanf(reply, "OK %*26s:%llu", &seq) != 1 &&
        sscanf(strchr(reply, ':') ? strchr(reply, ':') : ":0", ":%llu", &seq) != 1)
        fail_msg("member %u: %s", member, reply);
    ledger->seq_of[member] = seq;
    ledger->ok++;
}

/// Reads what is there; a line without its end was cut off by the kill, and said nothing.
static void read_replies(const Rig *rig, Ledger *ledger, unsigned first)
{
    Text out = {0};
    char bytes[4096];

    for (ssize_t size; (size = read(rig->out, bytes, sizeof(bytes))) > 0;)
        text_append_bytes(&out, bytes, (size_t)size);
    char *line = out.data;
    for (char *end = line ? strchr(line, '\n') : NULL; end; line = end + 1, end = strchr(line, '\n')) {
        *end = '\0';
        note_reply(ledger, first++, line);
    }
    text_deinit(&out);
}

static void live_and_die(Rig *rig, Ledger *ledger, Seed *seed)
{
    CLEANUP(cleanup_text) Text lines = {0};
    unsigned count = 1 + seed_below(seed, LINES_MAX);
    unsigned first = ledger->members;
    const struct timespec life = {.tv_nsec = (long)seed_below(seed, LIFE_MICROS) * 1000};
    struct pollfd ready = {.events = POLLIN};

    rig_spawn(rig, NULL);
    for (unsigned i = 0; i < count; i++) {
        text_clear(&lines);
        text_appendf(&lines, "in %u\n", ledger->members);
        ledger->given[ledger->members++] = true;
        rig_write(rig, text_cstr(&lines)); // one by one, so that it takes several commits
    }
    ready.fd = rig->out;
    if (seed_below(seed, 4) > 0)
        poll(&ready, 1, 20000); // else it may die before it has begun
    nanosleep(&life, NULL);
    kill(rig->pid, SIGKILL);
    int out = dup(rig->out);
    rig_end(rig, 0);
    rig->out = out;
    read_replies(rig, ledger, first);
    close(out);
    rig->out = -1;
}

static void scan_one(const Rig *rig, Ledger *ledger)
{
    char line[32];
    int code;

    snprintf(line, sizeof(line), "in %u", ledger->members);
    ledger->given[ledger->members] = true;
    CLEANUP(cleanup_free) char *reply = rig_scan(rig, line, &code);
    assert_int_equal(code, 0);
    note_reply(ledger, ledger->members++, reply);
}

typedef struct Audit {
    const Ledger *ledger;
    bool *seen;
    uint64_t next;
    unsigned found;
} Audit;

static bool audit_event(void *user, const OutboxEvent *event)
{
    Audit *audit = user;
    unsigned member = (unsigned)strtoul(event->member, NULL, 10);

    assert_int_equal(event->seq, audit->next); // no gaps
    audit->next++;
    assert_true(member < audit->ledger->members && audit->ledger->given[member]);
    assert_false(audit->seen[member]); // nothing twice
    audit->seen[member] = true;
    if (audit->ledger->seq_of[member]) {
        assert_int_equal(audit->ledger->seq_of[member], event->seq);
        audit->found++;
    }
    return true;
}

static void test_t1_every_ok_is_stored_and_nothing_twice_whenever_it_is_killed(void **state)
{
    Rig *rig = rig_new(false, 5);
    Ledger *ledger = alloc_zero(sizeof(*ledger));
    Seed seed = seed_start("kill");
    Audit audit = {.ledger = ledger, .seen = alloc_zero(MEMBERS_MAX), .next = 1};
    CLEANUP(cleanup_outbox) Outbox *outbox = NULL;
    char chain[DIGEST_HEX_SIZE], expected[DIGEST_HEX_SIZE];

    (void)state;
    for (unsigned i = 0; i < KILLS; i++) {
        live_and_die(rig, ledger, &seed);
        scan_one(rig, ledger);
    }
    assert_int_equal(outbox_open(rig->outbox, RIG_TERMINAL, OUTBOX_WRITE, &outbox), 0);
    assert_int_equal(outbox_each(outbox, 1, audit_event, &audit), 0);
    assert_int_equal(audit.found, ledger->ok);
    assert_true(ledger->ok > KILLS); // some lives were long enough to say OK
    hex_encode(outbox_get_head(outbox)->chain, DIGEST_SIZE, chain);
    rig_chain(rig, audit.next - 1, expected);
    assert_string_equal(chain, expected);
    printf("# %u scans, %u OK, %llu stored\n", ledger->members, ledger->ok,
           (unsigned long long)audit.next - 1);
    free(audit.seen);
    free(ledger);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_t1_every_ok_is_stored_and_nothing_twice_whenever_it_is_killed),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("kill", tests, NULL, NULL);
}
