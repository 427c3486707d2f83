#pragma once
// What all payloads share: limits, reasons, the MAC. Bytes become plain values or a reason with a field path;
// jansson stops here.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/digest.h"
#include "core/base/text.h"

#define WIRE_VERSION 1
#define WIRE_LINE_MAX (48 * 1024) // bytes of the JSON line, the MAC apart
#define WIRE_MAC_TAIL (1 + 64)    // LF and 64 hex digits
#define WIRE_PAYLOAD_MAX (WIRE_LINE_MAX + WIRE_MAC_TAIL)
#define WIRE_EVENTS_MAX 256
#define WIRE_DEPTH_MAX 8 // the outer object is 1
#define WIRE_REFUSED_MAX 256
#define WIRE_ALSO_MAX 16

enum { WIRE_E_UNREADABLE = 1 }; // the reason is in WireError

// Why a payload could not be read. `reason` is a constant word, kept as quarantine reason: "too-large",
// "bad-utf8", "line-break" (a payload is one line), "too-deep", "bad-json", "bad-key" (a NUL in it),
// "trailing-bytes", "duplicate-key", "not-an-object", "missing-key", "bad-version", "bad-value", "too-many";
// the caller adds "bad-mac" and "bad-topic". `path` says where ("sessions[3].title", "" for the whole).
typedef struct WireError {
    const char *reason;
    char path[96];
} WireError;

typedef enum WireMac { WIRE_MAC_ABSENT, WIRE_MAC_GOOD, WIRE_MAC_BAD } WireMac;

/// Splits a payload into its line and its MAC tail and checks the MAC over topic || 0x00 || line with `key`
/// (NULL: the sender has no key; a tail is then WIRE_MAC_BAD). `ret_line_size` is set in every case. A single
/// LF at the end, with nothing after it, belongs neither to the line nor to a MAC.
WireMac wire_mac_check(const uint8_t *key, const char *topic, const void *payload, size_t size,
                       size_t *ret_line_size);
/// Appends LF and the MAC to the line in `payload` (which must hold just the line).
void wire_mac_append(const uint8_t key[static DIGEST_SIZE], const char *topic, Text *payload);
