// The MAC of a payload: LINE LF 64-hex-digits, HMAC-SHA-256(key, topic || 0x00 || LINE). The topic is inside,
// so that a broker cannot move a message to another terminal or leaf.
//
// What follows the last LF is a tail if it is nothing but hex digits, of whatever length and case: JSON
// cannot end like that, so such a payload was meant to carry a MAC and is judged as one. A last LF with
// nothing after it is just the end of the line, as `mosquitto_pub -s` sends it. Any other LF belongs to the
// line, whose decoder then refuses it. A tail is good only as exactly 64 lower-case digits that match; there
// is no way to make a payload with a wrong tail pass as one without.
#include "core/wire/wire.h"

#include <string.h>

static bool is_hex(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

static void compute(const uint8_t *key, const char *topic, const void *line, size_t size,
                    uint8_t ret_mac[static DIGEST_SIZE])
{
    const DigestPart parts[] = {
        {topic, strlen(topic) + 1}, // with its NUL: that is the 0x00
        {line, size},
    };

    digest_hmac(key, parts, sizeof(parts) / sizeof(parts[0]), ret_mac);
}

WireMac wire_mac_check(const uint8_t *key, const char *topic, const void *payload, size_t size,
                       size_t *ret_line_size)
{
    const char *bytes = payload;
    const char *lf = size > 0 ? memrchr(bytes, '\n', size) : NULL;
    uint8_t sent[DIGEST_SIZE], computed[DIGEST_SIZE];
    size_t line_size, tail_size;

    *ret_line_size = size;
    if (!lf)
        return WIRE_MAC_ABSENT;
    line_size = (size_t)(lf - bytes);
    tail_size = size - line_size - 1;
    if (tail_size > 0 && !is_hex(lf + 1, tail_size))
        return WIRE_MAC_ABSENT;
    *ret_line_size = line_size;
    if (tail_size == 0)
        return WIRE_MAC_ABSENT;
    // Nothing longer is hashed: an oversize payload is wrong whatever its MAC.
    if (!key || line_size > WIRE_LINE_MAX || !hex_decode(lf + 1, tail_size, sent, sizeof(sent)))
        return WIRE_MAC_BAD;
    compute(key, topic, bytes, line_size, computed);
    return digest_equal(sent, computed, sizeof(sent)) ? WIRE_MAC_GOOD : WIRE_MAC_BAD;
}

void wire_mac_append(const uint8_t key[static DIGEST_SIZE], const char *topic, Text *payload)
{
    uint8_t mac[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    compute(key, topic, text_cstr(payload), payload->size, mac);
    hex_encode(mac, sizeof(mac), hex);
    text_append_char(payload, '\n');
    text_append(payload, hex);
}
