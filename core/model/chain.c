// The hash chain of a stream. Each link covers the one before it and the canonical bytes of one event, so
// that a head stands for every byte of every event up to it: terminal and collector compare heads, never
// events.
#include "core/model/chain.h"

#include <string.h>

#define CHAIN_TAG \
    "studyday/1\n" // names the protocol and its version, so that no other use of SHA-256 collides

void chain_start(const char *terminal, const char *epoch, uint8_t ret_chain[static DIGEST_SIZE])
{
    const DigestPart parts[] = {
        {CHAIN_TAG, sizeof(CHAIN_TAG) - 1},
        {terminal, strlen(terminal)},
        {"\n", 1},
        {epoch, strlen(epoch)},
    };
    digest_sha256(parts, sizeof(parts) / sizeof(parts[0]), ret_chain);
}

void chain_advance(uint8_t chain[static DIGEST_SIZE], const void *canonical, size_t size)
{
    uint8_t next[DIGEST_SIZE]; // input and output must not share memory
    const DigestPart parts[] = {{chain, DIGEST_SIZE}, {canonical, size}};
    digest_sha256(parts, sizeof(parts) / sizeof(parts[0]), next);
    memcpy(chain, next, sizeof(next));
}
