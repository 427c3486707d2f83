// Credentials of the broker, hashed here so that the plain word never reaches the server. The rounds are
// those of mosquitto_passwd: they stretch nothing worth mentioning, and need not, since the words are random.
#include "core/base/credential.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/digest.h"

#define CREDENTIAL_ROUNDS 101    // mosquitto_passwd's own
#define CREDENTIAL_SALT_SIZE 12  // the one length that each mosquitto 2.0 reads
#define CREDENTIAL_HASH_BYTES 64 // SHA-512
#define CREDENTIAL_SALT_TEXT 16  // in base64
#define CREDENTIAL_HASH_TEXT 88

static const char credential_mark[] = "$7$101$";

void credential_make(char ret_credential[static CREDENTIAL_SIZE])
{
    uint8_t bytes[CREDENTIAL_BYTES];

    digest_random(bytes, sizeof(bytes));
    hex_encode(bytes, sizeof(bytes), ret_credential);
    digest_wipe(bytes, sizeof(bytes));
}

static void credential_hash_salted(const char *credential, const uint8_t *salt,
                                   char ret_hash[static CREDENTIAL_HASH_SIZE])
{
    uint8_t hash[CREDENTIAL_HASH_BYTES];
    char salt_text[CREDENTIAL_SALT_TEXT + 1], hash_text[CREDENTIAL_HASH_TEXT + 1];

    if (PKCS5_PBKDF2_HMAC(credential, (int)strlen(credential), salt, CREDENTIAL_SALT_SIZE, CREDENTIAL_ROUNDS,
                          EVP_sha512(), sizeof(hash), hash) != 1)
        abort(); // out of memory, or a libcrypto without SHA-512
    EVP_EncodeBlock((unsigned char *)salt_text, salt, CREDENTIAL_SALT_SIZE);
    EVP_EncodeBlock((unsigned char *)hash_text, hash, sizeof(hash));
    snprintf(ret_hash, CREDENTIAL_HASH_SIZE, "%s%s$%s", credential_mark, salt_text, hash_text);
    digest_wipe(hash, sizeof(hash));
}

void credential_hash(const char *credential, char ret_hash[static CREDENTIAL_HASH_SIZE])
{
    uint8_t salt[CREDENTIAL_SALT_SIZE];

    digest_random(salt, sizeof(salt));
    credential_hash_salted(credential, salt, ret_hash);
}

bool credential_hash_valid(const char *hash)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t mark = sizeof(credential_mark) - 1;

    if (strncmp(hash, credential_mark, mark) != 0)
        return false;
    hash += mark;
    if (strspn(hash, base64) != CREDENTIAL_SALT_TEXT || hash[CREDENTIAL_SALT_TEXT] != '$')
        return false;
    hash += CREDENTIAL_SALT_TEXT + 1;
    return strlen(hash) == CREDENTIAL_HASH_TEXT && strspn(hash, base64) == CREDENTIAL_HASH_TEXT - 2 &&
           strcmp(hash + CREDENTIAL_HASH_TEXT - 2, "==") == 0;
}

bool credential_matches(const char *hash, const char *credential)
{
    uint8_t salt[CREDENTIAL_SALT_SIZE];
    char own[CREDENTIAL_HASH_SIZE];

    if (!credential_hash_valid(hash) ||
        EVP_DecodeBlock(salt, (const unsigned char *)hash + sizeof(credential_mark) - 1,
                        CREDENTIAL_SALT_TEXT) != CREDENTIAL_SALT_SIZE)
        return false;
    credential_hash_salted(credential, salt, own);
    return digest_equal((const uint8_t *)own, (const uint8_t *)hash, strlen(own));
}
