#pragma once
// Cards in the database: what a card says (its token) stands there only under the site's key.
#include "core/model/code.h"
#include "core/store/sqlite/store_private.h"

#define CARD_HASH_SIZE 16 // of HMAC-SHA-256: two cards of a country never meet
#define CARD_TOKEN_SIZE (CODE_SIZE_MAX + 1)

/// Reads the site's card key, which lies beside the database; a writer of a database without cards makes it
/// where there is none. A reader goes on without; a writer gets STORE_E_CARD_KEY where the cards stand under
/// another key. -EACCES where others can read the key.
int cards_open(Store *store);
/// Whether tokens can be hashed and opened here.
bool cards_have_key(const Store *store);
int cards_exist(Store *store, bool *ret_exist);
/// The keyed hash that a token is found by.
void card_hash(const Store *store, const char *token, uint8_t ret_hash[static CARD_HASH_SIZE]);
/// The token itself, sealed under its hash: as many bytes as the token has.
size_t card_seal(const Store *store, const char *token, uint8_t ret_sealed[static CARD_TOKEN_SIZE]);
/// False if this key did not seal it.
bool card_unseal(const Store *store, const void *hash, const void *sealed, size_t size,
                 char ret_token[static CARD_TOKEN_SIZE]);
