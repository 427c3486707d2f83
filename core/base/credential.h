#pragma once
// What a client says to the broker: a random word, and the hash of it that the broker keeps (mosquitto's
// "$7$", PBKDF2 over SHA-512). The word itself is kept by its owner alone.
#include <stdbool.h>

#include "core/base/text.h"

#define CREDENTIAL_BYTES 20 // 160 random bits, more than the 128 below which rounds would matter
#define CREDENTIAL_SIZE (2 * CREDENTIAL_BYTES + 1)
#define CREDENTIAL_HASH_SIZE 128 // "$7$101$", 12 bytes of salt and 64 of hash in base64, and a NUL: 113

/// A new credential in lower-case hex.
void credential_make(char ret_credential[static CREDENTIAL_SIZE]);
/// The hash of a credential under a new salt, as it stands after "user:" in the broker's file.
void credential_hash(const char *credential, char ret_hash[static CREDENTIAL_HASH_SIZE]);
/// Whether `hash` is one that credential_hash() makes, as far as its form says.
bool credential_hash_valid(const char *hash);
/// Whether it is the hash of this credential. False for hashes of other makers.
bool credential_matches(const char *hash, const char *credential);
