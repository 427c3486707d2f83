// A PNG with one bit a pixel and nothing compressed: stored blocks need no library, and a code of this size
// is some 30 KiB (RFC 2083, RFC 1950, RFC 1951).
#include <stdint.h>

#include "core/base/digest.h"
#include "core/qr/qr.h"

#define PNG_SCALE 4         // pixels a module: readable at 300 dots an inch and on a screen
#define PNG_BLOCK_MAX 65535 // bytes of a stored block
#define PNG_ADLER 65521     // the largest prime below 2^16
#define PNG_CRC 0xedb88320u // the polynomial, reversed

static void png_number(Text *text, uint32_t number)
{
    const uint8_t bytes[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                             (uint8_t)number};

    text_append_bytes(text, bytes, sizeof(bytes));
}

static uint32_t png_crc(const char *data, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= (uint8_t)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ PNG_CRC : crc >> 1;
    }
    return ~crc;
}

static void png_chunk(Text *text, const char *type, const Text *data)
{
    size_t begin;

    png_number(text, (uint32_t)data->size);
    begin = text->size;
    text_append(text, type);
    text_append_bytes(text, text_cstr(data), data->size);
    png_number(text, png_crc(text->data + begin, text->size - begin));
}

// Each row of pixels begins with its filter, which is none.
static void png_rows(const Qr *qr, int side, Text *rows)
{
    for (int y = 0; y < side * PNG_SCALE; y++) {
        uint8_t byte = 0;

        text_append_char(rows, '\0');
        for (int x = 0; x < side * PNG_SCALE; x++) {
            byte = (uint8_t)(byte << 1 | !qr_dark(qr, x / PNG_SCALE - QR_QUIET, y / PNG_SCALE - QR_QUIET));
            if (x % 8 == 7)
                text_append_bytes(rows, &byte, 1);
        }
        if (side * PNG_SCALE % 8) {
            byte = (uint8_t)(byte << (8 - side * PNG_SCALE % 8));
            text_append_bytes(rows, &byte, 1);
        }
    }
}

static void png_store(const Text *rows, Text *stream)
{
    uint32_t low = 1, high = 0;

    text_append_bytes(stream, "\x78\x01", 2);
    for (size_t at = 0; at < rows->size; at += PNG_BLOCK_MAX) {
        size_t size = rows->size - at < PNG_BLOCK_MAX ? rows->size - at : PNG_BLOCK_MAX;
        const uint8_t head[] = {at + size == rows->size, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)~size,
                                (uint8_t)(~size >> 8)};

        text_append_bytes(stream, head, sizeof(head));
        text_append_bytes(stream, rows->data + at, size);
    }
    for (size_t i = 0; i < rows->size; i++) {
        low = (low + (uint8_t)rows->data[i]) % PNG_ADLER;
        high = (high + low) % PNG_ADLER;
    }
    png_number(stream, high << 16 | low);
}

static void png_wipe(Text *text)
{
    if (text->data)
        digest_wipe(text->data, text->capacity);
    text_deinit(text);
}

void qr_draw_png(const Qr *qr, Text *text)
{
    Text head = {0}, rows = {0}, stream = {0}, nothing = {0};
    int side = qr->width + 2 * QR_QUIET;

    png_number(&head, (uint32_t)(side * PNG_SCALE));
    png_number(&head, (uint32_t)(side * PNG_SCALE));
    text_append_bytes(&head, "\1\0\0\0\0", 5); // one bit, grey, and nothing special
    png_rows(qr, side, &rows);
    png_store(&rows, &stream);
    text_append_bytes(text, "\x89PNG\r\n\x1a\n", 8);
    png_chunk(text, "IHDR", &head);
    png_chunk(text, "IDAT", &stream);
    png_chunk(text, "IEND", &nothing);
    text_deinit(&head);
    png_wipe(&rows);
    png_wipe(&stream);
}
