// Everything from outside passes html_append_text(): what could be markup is escaped, what could turn the
// reading order around is made visible. Coordinates are written with two decimals by integer arithmetic, so
// that no locale puts a comma there.
#include "reports/html/html_text.h"

#include <math.h>
#include <string.h>

#include "core/base/digest.h"
#include "reports/render.h"

#define HUNDREDTHS 100

void html_append_text(Text *text, const char *string)
{
    CLEANUP(cleanup_text) Text safe = {0};

    render_append_safe(string, &safe);
    for (const char *at = text_cstr(&safe); *at;) {
        size_t plain = strcspn(at, "&<>\"'");
        text_append_bytes(text, at, plain);
        at += plain;
        if (*at)
            text_appendf(text, "&#%d;", *at++);
    }
}

static void append_number(Text *text, const char *name, double value)
{
    long hundredths = lround(value * HUNDREDTHS);
    long size = hundredths < 0 ? -hundredths : hundredths;

    text_appendf(text, " %s=\"%s%ld", name, hundredths < 0 ? "-" : "", size / HUNDREDTHS);
    if (size % HUNDREDTHS)
        text_appendf(text, ".%02ld", size % HUNDREDTHS);
    text_append_char(text, '"');
}

static void end_mark(Text *text, const ChartMark *mark, const char *element)
{
    if (!mark->text) {
        text_append(text, "/>");
        return;
    }
    text_append(text, "><title>");
    html_append_text(text, mark->text);
    text_appendf(text, "</title></%s>", element);
}

static void append_words(Text *text, const ChartMark *mark)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};

    text_appendf(text, "<text class=\"f-%s\"%s", look_tones[mark->colour].name, anchors[mark->anchor]);
    append_number(text, "x", mark->x);
    append_number(text, "y", mark->y);
    append_number(text, "font-size", mark->size);
    text_append_char(text, '>');
    html_append_text(text, mark->text);
    text_append(text, "</text>");
}

static void append_mark(Text *text, const ChartMark *mark)
{
    const char *tone = look_tones[mark->colour].name;

    switch (mark->shape) {
    case CHART_TEXT:
        append_words(text, mark);
        break;
    case CHART_RECT:
        text_appendf(text, "<rect class=\"f-%s\"", tone);
        append_number(text, "x", mark->x);
        append_number(text, "y", mark->y);
        append_number(text, "width", mark->x2);
        append_number(text, "height", mark->y2);
        end_mark(text, mark, "rect");
        break;
    case CHART_LINE:
        text_appendf(text, "<line class=\"s-%s\"%s", tone, mark->dashed ? " stroke-dasharray=\"3 3\"" : "");
        append_number(text, "x1", mark->x);
        append_number(text, "y1", mark->y);
        append_number(text, "x2", mark->x2);
        append_number(text, "y2", mark->y2);
        append_number(text, "stroke-width", mark->size);
        end_mark(text, mark, "line");
        break;
    case CHART_DOT:
        text_appendf(text, "<circle class=\"dot f-%s\"", tone);
        append_number(text, "cx", mark->x);
        append_number(text, "cy", mark->y);
        append_number(text, "r", mark->size);
        end_mark(text, mark, "circle");
        break;
    }
}

void html_append_chart(Text *text, const Chart *chart)
{
    text_appendf(text, "<svg viewBox=\"0 0 %ld %ld\" role=\"img\" aria-label=\"", lround(chart->width),
                 lround(chart->height));
    html_append_text(text, chart->title);
    text_append(text, "\">");
    for (size_t i = 0; i < chart->count; i++)
        append_mark(text, &chart->marks[i]);
    text_append(text, "</svg>");
}

void html_append_digest(Text *text, const char *content)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t digest[DIGEST_SIZE + 1] = {0}; // 33 bytes are eleven whole groups of base 64
    char base64[(DIGEST_SIZE + 1) / 3 * 4 + 1] = "";
    DigestPart part = {content, strlen(content)};
    size_t size = 0;

    digest_sha256(&part, 1, digest);
    for (size_t i = 0; i < DIGEST_SIZE; i += 3) {
        unsigned group = (unsigned)digest[i] << 16 | (unsigned)digest[i + 1] << 8 | digest[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            base64[size++] = digits[group >> shift & 63];
    }
    base64[size - 1] = '='; // the last byte of the last group is none
    text_appendf(text, "'sha256-%s'", base64);
}
