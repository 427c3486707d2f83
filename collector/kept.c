// A terminal sends again what has no receipt, for ever, and a message that is quarantined whole gets none.
// Kept once, it says all there is to say; every further copy is counted and raises its alarm. The memory is
// since boot and bounded: what falls out of it is kept once more, which costs room and nothing else.
#include "collector/kept.h"

#include <string.h>

bool kept_has(Kept *kept, const char *topic, const char *reason, const void *payload, size_t size)
{
    const DigestPart parts[] = {{topic, strlen(topic) + 1}, {reason, strlen(reason) + 1}, {payload, size}};
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(parts, sizeof(parts) / sizeof(parts[0]), digest);
    for (size_t i = 0; i < kept->count; i++) {
        if (memcmp(kept->digests[i], digest, sizeof(digest)) == 0)
            return true;
    }
    memcpy(kept->digests[kept->next], digest, sizeof(digest));
    kept->next = (kept->next + 1) % KEPT_MAX;
    if (kept->count < KEPT_MAX)
        kept->count++;
    return false;
}

void kept_clear(Kept *kept)
{
    kept->count = kept->next = 0;
}
