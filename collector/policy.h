#pragma once
// The collector's decisions that need no I/O and no clock: tested by themselves.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/clock.h"
#include "core/base/config.h"
#include "core/wire/wire.h"

/// studyday-protocol(7) "Authenticity": NULL, or "bad-mac". A MAC that is wrong, or sent by a terminal
/// without a key, is bad in every mode; an absent one is bad where `require` asks for it.
const char *policy_mac(ConfigMac require, bool has_key, WireMac mac);

/// Whether `area` is one of the collector's: `areas` is NULL-terminated, "*" means all.
bool policy_serves(char *const *areas, const char *area);

/// Whether the collector's state can name them all.
bool policy_areas_fit(char *const *areas);

// Under a flood the line is drained every now and then, because we are faster than the broker. A commit of so
// many events waits so long for more, which then share its pages and its fsync; fewer are committed at once.
// CPU against the minimal loop's in the same runs: 0.63 before, 0.70 with it (bench/history.md).
#define POLICY_BUSY_EVENTS 512
#define POLICY_GATHER_TIME (50 * TIME_SECOND / 1000)

/// Whether to commit `events` events that wait since `since`: there are enough of them, they have waited long
/// enough, or nothing more is there to be read (`drained`), so that a lone event does not wait for company
/// that is not coming.
bool policy_flush_due(const ConfigSite *config, size_t events, Time since, Time now, bool drained);

/// The word for the collector's state of a failure (negative errno) of the store: "disk-full" or
/// "disk-error".
const char *policy_fault(int error);
