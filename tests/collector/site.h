#pragma once
// A small site with its collector as a process of its own, and the fake broker in front of it. One point has
// the terminals t1 and t2 in area "a", another one t3 in area "b"; "keyed" (area "a") has a MAC key, "gone"
// is revoked. Members M1 to M3, M1 with the card C1; session S1 of SITE_DAY.
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/store/ledger.h"
#include "core/store/store.h"
#include "core/wire/message.h"
#include "tests/support/fake_broker.h"

#define SITE_EPOCH "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define SITE_EPOCH_TWO "01JD3Z6Y8Q4N7W2K9T5B0C1D2F"
#define SITE_WAIT_MS 20000 // only a failing test waits it out

typedef struct Site {
    char *folder, *config, *database, *socket, *log;
    FakeBroker *broker;
    int port; // what the configuration says: the fake broker's unless the test sets another
    pid_t pid;
    int next_mid;
    uint8_t key[DIGEST_SIZE]; // of "keyed"
} Site;

/// `keys` stands in the section `collector` of the configuration ("" nothing); `protocol` is 5 or 4.
Site *site_new(const char *keys, int protocol);
/// Stops the collector, frees all and removes the folder.
Site *site_free(Site *site);
void site_write_config(const Site *site, const char *keys, int protocol);
/// Starts the collector and does not wait.
void site_spawn(Site *site, const char *const *wrapper);
/// Starts the collector and returns when it has subscribed. `wrapper` (NULL-terminated, or NULL) comes before
/// its command line.
void site_start(Site *site, const char *const *wrapper);
/// Waits until the latest connection has subscribed to everything.
void site_wait_serving(Site *site, int connection);
/// Sends a signal and pumps the broker until the process has ended; its exit code, -1 if a signal ended it.
int site_end(Site *site, int signal);

/// QoS 1, not retained; returns the packet identifier.
int site_send(Site *site, const char *topic, const char *payload);
/// An event batch of a terminal of area "a": `first` and the items of `events` as JSON.
int site_send_batch(Site *site, const char *terminal, const char *epoch, uint64_t first, const char *events);
/// A check-in of `member`.
#define SITE_IN(member) \
    "{\"kind\":\"in\",\"session\":\"S1\",\"member\":\"" member "\",\"at\":\"2026-11-05T08:58:12+08:00\"}"

/// Waits for the `index`th PUBLISH (from 0) on the topic; fails the test if it does not come.
const FakePacket *site_wait_topic(Site *site, const char *topic, size_t index);
/// The `index`th receipt of a terminal in area "a"; receipt_deinit() is the caller's.
Receipt site_receipt(Site *site, const char *terminal, size_t index);
/// Waits for the PUBACK of a packet.
void site_wait_ack(Site *site, int mid);
bool site_has_ack(const Site *site, int mid);
/// Pumps until the collector has answered all that was sent before: sends a hello of t2 and waits for its
/// receipt.
void site_settle(Site *site);
/// Pumps for so long; for showing that something does not happen.
void site_pump(Site *site, int milliseconds);

/// The database as it is now, read-only; fails the test if it cannot be opened.
Store *site_store(const Site *site);
int64_t site_count_events(const Site *site);
/// Reasons of the quarantine in the order of arrival, each followed by a space; the caller frees it.
char *site_quarantine(const Site *site);
/// The reply of a control operation, which may take along `file` (NULL: none) with this text; the caller
/// frees it. Pumps nothing.
char *site_ask_with(const Site *site, int *ret_exit, const char *const *argv, const char *file);
char *site_ask(const Site *site, int *ret_exit, const char *const *argv);
/// A number of the status document.
long site_status(const Site *site, const char *key);
/// Waits until the log has the text.
void site_wait_log(Site *site, const char *text);
