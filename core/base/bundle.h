#pragma once
// All that one terminal needs to know, in one small text: where the broker is and how to know it, who the
// terminal is, and its two secrets. `key = value` lines, made by `studyday terminal enroll --bundle`, taken
// by `studyday-terminal init --bundle`; small enough for a QR code (studyday-files(5)).
#include <stdbool.h>

#include "core/base/digest.h"
#include "core/base/text.h"

#define BUNDLE_SIZE_MAX 2900 // bytes: what a QR code holds at the lowest correction is 2,953

typedef struct Bundle {
    char *area, *terminal, *zone;
    char *host;
    int port;
    char *credential; // the user's name at the broker is the terminal's
    uint8_t key[DIGEST_SIZE];
    char *ca; // certificates in PEM, "" without TLS
} Bundle;

/// False if the certificates are no PEM, or it is too large.
bool bundle_write(const Bundle *bundle, Text *text);
/// False after having put a sentence for people into `problem`. Every value is checked as a configuration's.
bool bundle_read(const char *text, size_t size, Bundle *ret_bundle, Text *problem);
/// Frees and wipes.
void bundle_deinit(Bundle *bundle);
/// Wipes a text that held a secret, and frees it.
void bundle_wipe(Text *text);
