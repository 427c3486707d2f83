// libqrencode's matrix under our own name, and the two forms that are text. Correction is the lowest: a
// bundle is shown on a screen or fresh paper and read at once, and each step up makes the modules smaller.
#include "core/qr/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/error.h"

int qr_make(const char *text, Qr *ret_qr)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    size_t size;

    if (!code)
        return errno == ERANGE ? QR_E_TOO_LARGE : error_origin(-errno);
    size = (size_t)code->width * (size_t)code->width;
    ret_qr->width = code->width;
    ret_qr->modules = alloc_zero(size);
    for (size_t i = 0; i < size; i++)
        ret_qr->modules[i] = code->data[i] & 1; // the other bits say what a module is for
    digest_wipe(code->data, size);
    QRcode_free(code);
    return 0;
}

void qr_deinit(Qr *qr)
{
    if (qr->modules)
        digest_wipe(qr->modules, (size_t)qr->width * (size_t)qr->width);
    free(qr->modules);
    *qr = (Qr){0};
}

bool qr_dark(const Qr *qr, int column, int row)
{
    if (column < 0 || row < 0 || column >= qr->width || row >= qr->width)
        return false;
    return qr->modules[row * qr->width + column];
}

void qr_draw_text(const Qr *qr, Text *text)
{
    // By upper and lower half: light is the block, since the colours are set to white on black.
    static const char *const halves[2][2] = {{"\u2588", "\u2580"}, {"\u2584", " "}};

    for (int row = -QR_QUIET; row < qr->width + QR_QUIET; row += 2) {
        text_append(text, "\033[40;97m");
        for (int column = -QR_QUIET; column < qr->width + QR_QUIET; column++)
            text_append(text, halves[qr_dark(qr, column, row)][qr_dark(qr, column, row + 1)]);
        text_append(text, "\033[0m\n");
    }
}

void qr_draw_svg(const Qr *qr, Text *text)
{
    int side = qr->width + 2 * QR_QUIET;

    text_appendf(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
        "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
        side, side, side, side);
    for (int row = 0; row < qr->width; row++) {
        for (int column = 0; column < qr->width; column++) {
            if (qr_dark(qr, column, row))
                text_appendf(text, "M%d %dh1v1h-1z", column + QR_QUIET, row + QR_QUIET);
        }
    }
    text_append(text, "\"/></svg>\n");
}
