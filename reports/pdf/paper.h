#pragma once
// Sheets of paper, one after the other: where the next thing goes, and when a new sheet begins. A document is
// laid out twice with the same calls; the first time nothing is drawn, and the number of pages is found.
#include "reports/look.h"
#include "reports/pdf/canvas.h"
#include "reports/report.h"

#define PAPER_MARGIN 40.0 // what office printers leave, and room for two holes
#define PAPER_FOOT 30.0   // below it only the footer

typedef struct Paper {
    const CanvasApi *api;
    Canvas *canvas;
    const Report *report;
    double width, height; // of the sheet
    double y;             // where the next thing goes
    bool draw;
    bool tight;      // lines stand closer, so that all fits on one sheet
    int page, pages; // pages: known in the second round
} Paper;

static inline double paper_content(const Paper *paper)
{
    return paper->width - 2 * PAPER_MARGIN;
}
static inline double paper_room(const Paper *paper)
{
    return paper->height - PAPER_MARGIN - PAPER_FOOT / 2 - paper->y;
}

/// The first sheet.
void paper_begin(Paper *paper);
/// The next one, headed by the report's title.
void paper_turn(Paper *paper);
/// Turns if less than `height` is left; true if it did.
bool paper_need(Paper *paper, double height);
/// The last sheet's footer.
void paper_end(Paper *paper);

void paper_rect(Paper *paper, double x, double y, double width, double height, LookColour colour);
void paper_line(Paper *paper, double x, double y, double x2, double y2, double size, LookColour colour,
                bool dashed);
void paper_dot(Paper *paper, double x, double y, double radius, LookColour colour);
void paper_text(Paper *paper, double x, double y, CanvasFont font, CanvasAlign align, LookColour colour,
                const char *text);
/// Wrapped, its top at `y`; returns its height.
double paper_paragraph(Paper *paper, double x, double y, double width, CanvasFont font, CanvasAlign align,
                       LookColour colour, const char *text);
/// The height that it would have.
double paper_measure(Paper *paper, double width, CanvasFont font, const char *text);

/// The table of all rows, over as many pages as it takes; headings stand on each.
void pdf_table(Paper *paper);
/// Whether the table wants a sheet that lies on its side.
bool pdf_table_is_wide(const Report *report);
