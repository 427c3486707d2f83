#pragma once
// A text as a QR code, in the three forms in which it may be shown. The drawings hold what the text held: a
// secret stays one.
#include <stdbool.h>

#include "core/base/text.h"

#define QR_QUIET 4 // modules of margin that the standard asks for

typedef struct Qr {
    int width;              // modules a side, without the margin
    unsigned char *modules; // one byte each, row by row: 1 is dark
} Qr;

enum { QR_E_TOO_LARGE = 1 };
/// QR_E_TOO_LARGE: more than a QR code can hold, 2,953 bytes.
int qr_make(const char *text, Qr *ret_qr);
void qr_deinit(Qr *qr);
/// Whether the module is dark; outside is the margin.
bool qr_dark(const Qr *qr, int column, int row);

/// Two modules a character in UTF-8 half blocks, black on white by escape sequences.
void qr_draw_text(const Qr *qr, Text *text);
void qr_draw_svg(const Qr *qr, Text *text);
void qr_draw_png(const Qr *qr, Text *text);
