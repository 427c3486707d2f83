// Footer and continued title are the same on every sheet, so that sheets that were dropped can be put
// together again: whose report, of when, which page of how many.
#include "reports/pdf/paper.h"

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "reports/render.h"

static const CanvasFont small = {7.5, false};

void paper_rect(Paper *paper, double x, double y, double width, double height, LookColour colour)
{
    if (paper->draw)
        paper->api->rect(paper->canvas, x, y, width, height, look_tones[colour].paper);
}

void paper_line(Paper *paper, double x, double y, double x2, double y2, double size, LookColour colour,
                bool dashed)
{
    if (paper->draw)
        paper->api->line(paper->canvas, x, y, x2, y2, size, look_tones[colour].paper, dashed);
}

void paper_dot(Paper *paper, double x, double y, double radius, LookColour colour)
{
    if (paper->draw)
        paper->api->dot(paper->canvas, x, y, radius, look_tones[colour].paper);
}

void paper_text(Paper *paper, double x, double y, CanvasFont font, CanvasAlign align, LookColour colour,
                const char *text)
{
    if (paper->draw)
        paper->api->text(paper->canvas, x, y, font, align, look_tones[colour].paper, text);
}

double paper_paragraph(Paper *paper, double x, double y, double width, CanvasFont font, CanvasAlign align,
                       LookColour colour, const char *text)
{
    return paper->api->paragraph(paper->canvas, x, y, width, font, align, look_tones[colour].paper, text,
                                 paper->draw);
}

double paper_measure(Paper *paper, double width, CanvasFont font, const char *text)
{
    return paper->api->paragraph(paper->canvas, 0, 0, width, font, CANVAS_LEFT, 0, text, false);
}

static void draw_footer(Paper *paper)
{
    CLEANUP(cleanup_text) Text origin = {0};
    CLEANUP(cleanup_text) Text number = {0};
    double y = paper->height - PAPER_FOOT + 6;

    render_append_origin(paper->report, &origin);
    text_appendf(&number, _("Page %d of %d"), paper->page, paper->pages);
    paper_line(paper, PAPER_MARGIN, y - 11, paper->width - PAPER_MARGIN, y - 11, 0.5, LOOK_RULE, false);
    paper_text(paper, PAPER_MARGIN, y, small, CANVAS_LEFT, LOOK_MUTED, text_cstr(&origin));
    paper_text(paper, paper->width - PAPER_MARGIN, y, small, CANVAS_RIGHT, LOOK_MUTED, text_cstr(&number));
}

void paper_begin(Paper *paper)
{
    paper->page = 1;
    paper->y = PAPER_MARGIN;
}

void paper_turn(Paper *paper)
{
    CLEANUP(cleanup_text) Text title = {0};

    draw_footer(paper);
    if (paper->draw)
        paper->api->next_page(paper->canvas);
    paper->page++;
    render_append_safe(paper->report->title, &title);
    paper_text(paper, PAPER_MARGIN, PAPER_MARGIN - 8, small, CANVAS_LEFT, LOOK_MUTED, text_cstr(&title));
    paper->y = PAPER_MARGIN;
}

bool paper_need(Paper *paper, double height)
{
    if (paper_room(paper) >= height || paper->y == PAPER_MARGIN)
        return false;
    paper_turn(paper);
    return true;
}

void paper_end(Paper *paper)
{
    draw_footer(paper);
}
