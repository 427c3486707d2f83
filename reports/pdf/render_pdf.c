// A report on A4, to be printed, signed and filed: title, what stands out, charts, the table, how complete it
// is, what the figures mean, lines to sign on. Everything is laid out twice, since "page 2 of 5" must be
// known on page 1. The same report gives the same bytes: its date is the moment that the figures are of.
#include "reports/render.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/chart.h"
#include "reports/pdf/paper.h"

#define CHART_WIDTH 400.0 // units that charts are drawn in, as in html
#define CHART_GAP 22.0
#define CHART_WIDTH_MIN 230.0 // below that labels cannot be read
#define CHART_WIDTH_MAX 300.0 // above it they are larger than the table's
#define CARD_HEIGHT 44.0
#define SIGN_SPACE 40.0 // above a line, for a hand and a seal
#define SIGN_TIGHT 26.0
#define SIGN_FOOT 16.0

static const CanvasFont font_title = {17, true};
static const CanvasFont font_heading = {9.5, true};
static const CanvasFont font_body = {8, false};
static const CanvasFont font_value = {14, true};

static void draw_head(Paper *paper)
{
    const Report *report = paper->report;
    CLEANUP(cleanup_text) Text title = {0};

    render_append_safe(report->title, &title);
    paper->y += paper_paragraph(paper, PAPER_MARGIN, paper->y, paper_content(paper), font_title, CANVAS_LEFT,
                                LOOK_INK, text_cstr(&title));
    for (size_t i = 0; i < report->note_count; i++) {
        CLEANUP(cleanup_text) Text about = {0};
        if (report->notes[i].kind != REPORT_NOTE_ABOUT)
            continue;
        render_append_safe(report->notes[i].text, &about);
        paper->y += 2 + paper_paragraph(paper, PAPER_MARGIN, paper->y + 2, paper_content(paper), font_body,
                                        CANVAS_LEFT, LOOK_MUTED, text_cstr(&about));
    }
    paper->y += 6;
    paper_line(paper, PAPER_MARGIN, paper->y, paper->width - PAPER_MARGIN, paper->y, 1.4, LOOK_INK, false);
    paper->y += 10;
}

static size_t count_large(const Report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->column_count && report->row_count > 0; i++)
        count += (report->columns[i].forms & REPORT_LARGE) != 0;
    return count;
}

static void draw_card(Paper *paper, size_t index, double x, double width)
{
    const Report *report = paper->report;
    const ReportColumn *column = &report->columns[index];
    const ReportCell *cell = &report->rows[0].cells[index];
    CLEANUP(cleanup_text) Text value = {0};

    render_append_shown(column->type, cell, &value);
    paper_paragraph(paper, x, paper->y, width, font_body, CANVAS_LEFT, LOOK_MUTED, _(column->title));
    paper_text(paper, x, paper->y + CARD_HEIGHT - 9, font_value, CANVAS_LEFT, LOOK_INK, text_cstr(&value));
    if ((column->forms & REPORT_BAR) && cell->number != REPORT_NULL) {
        double share = cell->number > 1000 ? 1 : (double)cell->number / 1000;
        paper_rect(paper, x, paper->y + CARD_HEIGHT - 4, width, 3, LOOK_RULE);
        paper_rect(paper, x, paper->y + CARD_HEIGHT - 4, width * share, 3, LOOK_FIRST);
    }
}

static void draw_cards(Paper *paper)
{
    const Report *report = paper->report;
    size_t count = count_large(report), place = 0;

    if (count == 0)
        return;
    double step = paper_content(paper) / (double)count;
    for (size_t i = 0; i < report->column_count; i++) {
        if (report->columns[i].forms & REPORT_LARGE)
            draw_card(paper, i, PAPER_MARGIN + step * (double)place++, step - 16);
    }
    paper->y += CARD_HEIGHT + 14;
}

static void draw_mark(Paper *paper, const ChartMark *mark, double x, double y, double scale)
{
    double from_x = x + mark->x * scale, from_y = y + mark->y * scale;

    switch (mark->shape) {
    case CHART_RECT:
        paper_rect(paper, from_x, from_y, mark->x2 * scale, mark->y2 * scale, mark->colour);
        break;
    case CHART_LINE:
        paper_line(paper, from_x, from_y, x + mark->x2 * scale, y + mark->y2 * scale, mark->size * scale,
                   mark->colour, mark->dashed);
        break;
    case CHART_DOT:
        paper_dot(paper, from_x, from_y, mark->size * scale, mark->colour);
        break;
    case CHART_TEXT:
        paper_text(paper, from_x, from_y, (CanvasFont){mark->size * scale, false}, (CanvasAlign)mark->anchor,
                   mark->colour, mark->text);
        break;
    }
}

static double draw_chart(Paper *paper, const Chart *chart, double x, double width)
{
    double scale = width / chart->width;
    double height =
        4 + paper_paragraph(paper, x, paper->y, width, font_heading, CANVAS_LEFT, LOOK_INK, chart->title);

    for (size_t i = 0; i < chart->count; i++)
        draw_mark(paper, &chart->marks[i], x, paper->y + height, scale);
    return height + chart->height * scale;
}

/// As many beside each other as the sheet has room for.
static void draw_charts(Paper *paper)
{
    Chart charts[CHART_KIND_COUNT];
    size_t count = 0;
    double heights[CHART_KIND_COUNT] = {0};

    for (int kind = 0; kind < CHART_KIND_COUNT; kind++)
        count += chart_draw(paper->report, (ChartKind)kind, CHART_WIDTH, &charts[count]);
    size_t beside = (size_t)((paper_content(paper) + CHART_GAP) / (CHART_WIDTH_MIN + CHART_GAP));
    beside = beside > count ? count : beside;
    for (size_t from = 0; from < count; from += beside) {
        double width = (paper_content(paper) - (double)(beside - 1) * CHART_GAP) / (double)beside;
        double most = 0;
        width = width > CHART_WIDTH_MAX ? CHART_WIDTH_MAX : width;
        for (size_t i = from; i < count && i < from + beside; i++) {
            heights[i] = charts[i].height * width / CHART_WIDTH + 30;
            most = heights[i] > most ? heights[i] : most;
        }
        paper_need(paper, most);
        most = 0;
        for (size_t i = from; i < count && i < from + beside; i++) {
            double one =
                draw_chart(paper, &charts[i], PAPER_MARGIN + (double)(i - from) * (width + CHART_GAP), width);
            most = one > most ? one : most;
        }
        paper->y += most + 14;
    }
    for (size_t i = 0; i < count; i++)
        chart_deinit(&charts[i]);
}

/// Notes of one kind under their heading, in a column of the sheet.
static void draw_notes(Paper *paper, ReportNoteKind kind, const char *heading, double x, double width)
{
    const Report *report = paper->report;
    bool any = false;

    for (size_t i = 0; i < report->note_count; i++) {
        CLEANUP(cleanup_text) Text note = {0};
        if (report->notes[i].kind != kind)
            continue;
        render_append_safe(report->notes[i].text, &note);
        double height = paper_measure(paper, width - 10, font_body, text_cstr(&note));
        if (!any) {
            paper_need(paper, height + 18);
            paper->y +=
                3 + paper_paragraph(paper, x, paper->y, width, font_heading, CANVAS_LEFT, LOOK_INK, heading);
        }
        any = true;
        paper_need(paper, height);
        paper_dot(paper, x + 3, paper->y + font_body.size * 0.72, 1.1, LOOK_MUTED);
        paper->y += 1.5 + paper_paragraph(paper, x + 10, paper->y, width - 10, font_body, CANVAS_LEFT,
                                          LOOK_INK, text_cstr(&note));
    }
}

static double measure_notes(Paper *paper, ReportNoteKind kind, double width)
{
    double height = 0;

    for (size_t i = 0; i < paper->report->note_count; i++) {
        CLEANUP(cleanup_text) Text note = {0};
        if (paper->report->notes[i].kind != kind)
            continue;
        render_append_safe(paper->report->notes[i].text, &note);
        height += 1.5 + paper_measure(paper, width - 10, font_body, text_cstr(&note));
    }
    return height > 0 ? height + 18 : 0;
}

/// How complete, and what it means: beside each other where both fit on what is left or on one sheet.
static void draw_all_notes(Paper *paper)
{
    CLEANUP(cleanup_text) Text definitions = {0};
    double content = paper_content(paper);
    double half = (content - CHART_GAP) / 2;
    double left = measure_notes(paper, REPORT_NOTE_COMPLETENESS, half);
    double right = measure_notes(paper, REPORT_NOTE_DEFINITION, half);
    double most = left > right ? left : right;
    bool beside = left > 0 && right > 0 && most < paper->height - 2 * PAPER_MARGIN - PAPER_FOOT;

    text_appendf(&definitions, _("Definitions, version %d"), REPORT_DEFINITIONS);
    paper->y += 12;
    if (!beside) {
        draw_notes(paper, REPORT_NOTE_COMPLETENESS, _("Completeness"), PAPER_MARGIN, content);
        paper->y += left > 0 ? 10 : 0;
        draw_notes(paper, REPORT_NOTE_DEFINITION, text_cstr(&definitions), PAPER_MARGIN, content);
        return;
    }
    paper_need(paper, most);
    double top = paper->y;
    draw_notes(paper, REPORT_NOTE_COMPLETENESS, _("Completeness"), PAPER_MARGIN, half);
    paper->y = top;
    draw_notes(paper, REPORT_NOTE_DEFINITION, text_cstr(&definitions), PAPER_MARGIN + half + CHART_GAP, half);
    paper->y = top + most;
}

static void draw_signs(Paper *paper)
{
    const char *const *titles = render_signs(paper->report);
    size_t count = 0;

    while (titles[count])
        count++;
    double step = paper_content(paper) / (double)count;

    paper_need(paper, paper->tight ? SIGN_TIGHT + SIGN_FOOT : SIGN_SPACE + SIGN_FOOT);
    paper->y += paper->tight ? SIGN_TIGHT : SIGN_SPACE;
    for (size_t i = 0; i < count; i++) {
        double x = PAPER_MARGIN + step * (double)i;
        paper_line(paper, x, paper->y, x + step - 24, paper->y, 0.6, LOOK_INK, false);
        paper_text(paper, x, paper->y + 11, font_body, CANVAS_LEFT, LOOK_MUTED, _(titles[i]));
    }
    paper->y += 14;
}

static void draw_report(Paper *paper)
{
    paper_begin(paper);
    draw_head(paper);
    draw_cards(paper);
    draw_charts(paper);
    if (paper->report->row_count > 0)
        pdf_table(paper);
    else
        paper->y += paper_paragraph(paper, PAPER_MARGIN, paper->y, paper_content(paper), font_body,
                                    CANVAS_LEFT, LOOK_MUTED, _("(none)"));
    draw_all_notes(paper);
    draw_signs(paper);
    paper_end(paper);
}

static bool take_bytes(void *user, const unsigned char *data, size_t size)
{
    text_append_bytes(user, data, size);
    return true;
}

static int render_held(const Report *report, const RenderOptions *options, Text *text)
{
    CLEANUP(cleanup_text) Text title = {0};
    char created[CLOCK_TEXT_SIZE];
    Paper paper = {.report = report, .api = canvas_load()};
    bool wide = pdf_table_is_wide(report);
    (void)options;

    if (!paper.api)
        return error_origin(-ENOPKG);
    paper.width = wide ? LOOK_PAPER_HEIGHT : LOOK_PAPER_WIDTH;
    paper.height = wide ? LOOK_PAPER_WIDTH : LOOK_PAPER_HEIGHT;
    render_append_safe(report->title, &title);
    time_format_utc(report->as_of == TIME_NONE ? clock_now() : report->as_of, created);
    CanvasDocument document = {.title = text_cstr(&title),
                               .creator = "studyday",
                               .created = created,
                               .language = strncmp(i18n_language(), "en", 2) == 0 ? "en" : "zh-cn",
                               .width = paper.width,
                               .height = paper.height};
    paper.canvas = paper.api->open(&document, take_bytes, text);
    if (!paper.canvas)
        return error_origin(-ENOPKG);
    draw_report(&paper);
    if (paper.page == 2) { // a record of a year should be one sheet if it can
        paper.tight = true;
        draw_report(&paper);
        paper.tight = paper.page == 1;
        if (!paper.tight)
            draw_report(&paper);
    }
    paper.pages = paper.page;
    paper.draw = true;
    draw_report(&paper);
    return error_trace(paper.api->close(paper.canvas));
}

int render_pdf(const Report *report, const RenderOptions *options, Text *text)
{
    Report held;

    if (!report->source.each)
        return error_trace(render_held(report, options, text));
    int r = render_hold(report, &held);
    if (r < 0)
        return error_trace(r);
    r = render_held(&held, options, text);
    render_release(&held);
    return error_trace(r);
}
