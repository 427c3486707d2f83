#pragma once
// Paper to draw on: what a page needs, and nothing of the library that does it. The library is brought in as
// a module when a PDF is asked for (canvas_load.c), so that every other command starts as fast as without it,
// and so that a machine without fonts can do without the module. Units are points, y grows downwards.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CANVAS_VERSION 1
#define CANVAS_SYMBOL "studyday_canvas" // of the module: a `const CanvasApi`

typedef enum CanvasAlign { CANVAS_LEFT, CANVAS_CENTRE, CANVAS_RIGHT } CanvasAlign;

typedef struct CanvasFont {
    double size;
    bool bold;
} CanvasFont;

typedef struct CanvasDocument {
    const char *title, *creator;
    const char *created;  // RFC 3339, or NULL
    const char *language; // "zh-cn", "en": decides which form of a Chinese character is drawn
    double width, height;
} CanvasDocument;

/// Takes the document's bytes; false to give up.
typedef bool CanvasWrite(void *user, const unsigned char *data, size_t size);
typedef struct Canvas Canvas;

typedef struct CanvasApi {
    int version;
    /// The first page is there. NULL when the library cannot.
    Canvas *(*open)(const CanvasDocument *document, CanvasWrite *write, void *user);
    void (*next_page)(Canvas *canvas);
    void (*rect)(Canvas *canvas, double x, double y, double width, double height, uint32_t colour);
    void (*line)(Canvas *canvas, double x, double y, double x2, double y2, double size, uint32_t colour,
                 bool dashed);
    void (*dot)(Canvas *canvas, double x, double y, double radius, uint32_t colour);
    /// A line of text whose baseline is at `y`; `x` is its start, middle or end.
    void (*text)(Canvas *canvas, double x, double y, CanvasFont font, CanvasAlign align, uint32_t colour,
                 const char *text);
    double (*text_width)(Canvas *canvas, CanvasFont font, const char *text);
    /// Text wrapped at `width`, its top at `y`; `draw` false measures. Returns its height.
    double (*paragraph)(Canvas *canvas, double x, double y, double width, CanvasFont font, CanvasAlign align,
                        uint32_t colour, const char *text, bool draw);
    /// Ends the document. 0 or negative errno.
    int (*close)(Canvas *canvas);
} CanvasApi;

/// The module's functions, or NULL if it cannot be loaded. Loaded once, kept until the process ends.
const CanvasApi *canvas_load(void);
