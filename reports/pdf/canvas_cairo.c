// The module behind canvas.h: cairo draws, pango sets the text, fontconfig finds Noto's fonts. It knows
// nothing of reports and none of our own libraries. The same calls give the same bytes: the date is the
// caller's, and everything else follows from the drawing and the fonts.
#include "reports/pdf/canvas.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <pango/pangocairo.h>

#define FONT_FAMILY "Noto Sans CJK SC, Noto Sans, DejaVu Sans, sans-serif"
#define DASH 2.4
#define TONES 255.0

struct Canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    PangoFontDescription *font;
    CanvasFont current;
    CanvasWrite *write;
    void *user;
};

// What other programs find when they load the module.
extern const CanvasApi studyday_canvas;

static cairo_status_t canvas_write(void *closure, const unsigned char *data, unsigned int size)
{
    Canvas *canvas = closure;
    return canvas->write(canvas->user, data, size) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_up_text(Canvas *canvas, const char *language)
{
    cairo_font_options_t *options = cairo_font_options_create();

    // Paper has no pixels: advances are those of the font, wherever the text stands.
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    canvas->layout = pango_cairo_create_layout(canvas->cairo);
    PangoContext *context = pango_layout_get_context(canvas->layout);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string(language));
    cairo_font_options_destroy(options);
    canvas->font = pango_font_description_from_string(FONT_FAMILY);
}

static Canvas *canvas_open(const CanvasDocument *document, CanvasWrite *write, void *user)
{
    Canvas *canvas = g_new0(Canvas, 1);

    canvas->write = write;
    canvas->user = user;
    canvas->surface =
        cairo_pdf_surface_create_for_stream(canvas_write, canvas, document->width, document->height);
    cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_TITLE, document->title);
    cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATOR, document->creator);
    if (document->created)
        cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATE_DATE, document->created);
    canvas->cairo = cairo_create(canvas->surface);
    set_up_text(canvas, document->language);
    return canvas;
}

static void canvas_next_page(Canvas *canvas)
{
    cairo_show_page(canvas->cairo);
}

static void set_colour(Canvas *canvas, uint32_t colour)
{
    cairo_set_source_rgb(canvas->cairo, (colour >> 16 & 0xff) / TONES, (colour >> 8 & 0xff) / TONES,
                         (colour & 0xff) / TONES);
}

static void canvas_rect(Canvas *canvas, double x, double y, double width, double height, uint32_t colour)
{
    set_colour(canvas, colour);
    cairo_rectangle(canvas->cairo, x, y, width, height);
    cairo_fill(canvas->cairo);
}

static void canvas_line(Canvas *canvas, double x, double y, double x2, double y2, double size,
                        uint32_t colour, bool dashed)
{
    const double dash = DASH;

    set_colour(canvas, colour);
    cairo_set_line_width(canvas->cairo, size);
    cairo_set_dash(canvas->cairo, &dash, dashed ? 1 : 0, 0);
    cairo_move_to(canvas->cairo, x, y);
    cairo_line_to(canvas->cairo, x2, y2);
    cairo_stroke(canvas->cairo);
}

static void canvas_dot(Canvas *canvas, double x, double y, double radius, uint32_t colour)
{
    set_colour(canvas, colour);
    cairo_new_path(canvas->cairo); // else the arc is joined to where the last text ended
    cairo_arc(canvas->cairo, x, y, radius, 0, 2 * G_PI);
    cairo_fill(canvas->cairo);
}

static void set_font(Canvas *canvas, CanvasFont font)
{
    if (font.size == canvas->current.size && font.bold == canvas->current.bold)
        return;
    pango_font_description_set_absolute_size(canvas->font, font.size * PANGO_SCALE);
    pango_font_description_set_weight(canvas->font, font.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(canvas->layout, canvas->font);
    canvas->current = font;
}

static void set_line(Canvas *canvas, CanvasFont font, const char *text)
{
    set_font(canvas, font);
    pango_layout_set_width(canvas->layout, -1);
    pango_layout_set_alignment(canvas->layout, PANGO_ALIGN_LEFT);
    pango_layout_set_text(canvas->layout, text, -1);
}

static double canvas_text_width(Canvas *canvas, CanvasFont font, const char *text)
{
    PangoRectangle extents;

    set_line(canvas, font, text);
    pango_layout_get_extents(canvas->layout, NULL, &extents);
    return (double)extents.width / PANGO_SCALE;
}

static void canvas_text(Canvas *canvas, double x, double y, CanvasFont font, CanvasAlign align,
                        uint32_t colour, const char *text)
{
    double width = canvas_text_width(canvas, font, text);

    set_colour(canvas, colour);
    x -= align == CANVAS_RIGHT ? width : align == CANVAS_CENTRE ? width / 2 : 0;
    cairo_move_to(canvas->cairo, x, y - (double)pango_layout_get_baseline(canvas->layout) / PANGO_SCALE);
    pango_cairo_show_layout(canvas->cairo, canvas->layout);
}

static double canvas_paragraph(Canvas *canvas, double x, double y, double width, CanvasFont font,
                               CanvasAlign align, uint32_t colour, const char *text, bool draw)
{
    static const PangoAlignment alignments[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
    PangoRectangle extents;

    set_line(canvas, font, text);
    pango_layout_set_width(canvas->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(canvas->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(canvas->layout, alignments[align]);
    pango_layout_get_extents(canvas->layout, NULL, &extents);
    if (draw) {
        set_colour(canvas, colour);
        cairo_move_to(canvas->cairo, x, y);
        pango_cairo_show_layout(canvas->cairo, canvas->layout);
    }
    return (double)extents.height / PANGO_SCALE;
}

static int canvas_close(Canvas *canvas)
{
    g_object_unref(canvas->layout);
    pango_font_description_free(canvas->font);
    cairo_destroy(canvas->cairo);
    cairo_surface_finish(canvas->surface);
    cairo_status_t status = cairo_surface_status(canvas->surface);
    cairo_surface_destroy(canvas->surface);
    g_free(canvas);
    return status == CAIRO_STATUS_SUCCESS ? 0 : status == CAIRO_STATUS_NO_MEMORY ? -ENOMEM : -EIO;
}

const CanvasApi studyday_canvas = {
    .version = CANVAS_VERSION,
    .open = canvas_open,
    .next_page = canvas_next_page,
    .rect = canvas_rect,
    .line = canvas_line,
    .dot = canvas_dot,
    .text = canvas_text,
    .text_width = canvas_text_width,
    .paragraph = canvas_paragraph,
    .close = canvas_close,
};
