#pragma once
// A terminal as its user has it: the real program ($TERMINAL) with a folder of its own, before the fake
// broker.
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/text.h"
#include "core/wire/message.h"
#include "tests/support/fake_broker.h"

#define RIG_AREA "lf-gy"
#define RIG_TERMINAL "t1"
#define RIG_TOPIC(leaf) "studyday/1/" RIG_AREA "/" RIG_TERMINAL "/" leaf
#define RIG_STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define RIG_COLLECTOR "studyday/1/collector/col"

typedef struct Rig {
    char *folder, *config, *outbox, *log;
    char epoch[ULID_SIZE];
    bool has_key;
    uint8_t key[DIGEST_SIZE];
    FakeBroker *broker;
    pid_t pid;   // of `run`, 0: it does not run
    int in, out; // its standard input and output, -1
    int mid;
} Rig;

/// Made with `studyday-terminal init`. `protocol` is 5 or 4.
Rig *rig_new(bool with_key, int protocol);
/// Ends the agent, frees all and removes the folder.
Rig *rig_free(Rig *rig);

/// Runs the program to its end with these arguments (NULL-terminated) after --config; appends its standard
/// output. The exit code, -1 for a signal.
int rig_command(const Rig *rig, Text *out, const char *const *arguments);
/// `scan` with the words of `line`; the reply without its line feed, which the caller frees.
char *rig_scan(const Rig *rig, const char *line, int *ret_exit);
/// The status document; the caller frees it.
char *rig_status(const Rig *rig);
/// Waits until the status document has `text`, pumping the broker meanwhile; fails the test if it never does.
void rig_wait_status(Rig *rig, const char *text);

/// Starts `run` with one option (or NULL), its input and output on pipes.
void rig_spawn(Rig *rig, const char *option);
/// The same, and waits for its first hello on a new connection.
void rig_start(Rig *rig);
void rig_write(const Rig *rig, const char *lines);
/// Reads one line of its output, pumping the broker meanwhile; the caller frees it.
char *rig_read_line(Rig *rig);
/// Sends a signal (0: none) and waits for its end: the exit code, -1 if a signal ended it.
int rig_end(Rig *rig, int signal);

/// The `index`th publish (from 0) with this leaf; fails the test if it does not come.
const FakePacket *rig_wait(Rig *rig, const char *leaf, size_t index);
size_t rig_count(const Rig *rig, const char *leaf);
/// A message to the terminal, sealed where there is a key.
void rig_send(Rig *rig, const char *leaf, const Text *line);
void rig_send_raw(Rig *rig, const char *topic, const char *payload, bool retain);
/// A receipt of `generation` with the chain that the terminal itself would have there.
void rig_send_receipt(Rig *rig, uint64_t through, int64_t generation);
/// The line of a receipt with any chain.
void rig_make_receipt(const Rig *rig, uint64_t through, const char *chain_hex, int64_t generation,
                      Text *line);
/// Chain of the events that the outbox holds, up to `seq`, computed anew from the bytes that are sent.
void rig_chain(const Rig *rig, uint64_t seq, char ret_hex[static DIGEST_HEX_SIZE]);

/// A scan that must be OK.
void rig_record(const Rig *rig, const char *line);
void rig_expect_payload(const FakePacket *packet, const char *text);
void rig_expect_status(const Rig *rig, const char *text);
