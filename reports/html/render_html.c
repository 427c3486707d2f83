// A page that is one file: it loads nothing, and its Content-Security-Policy says so by the digests of its
// own style sheet and script, so that a name which got through as markup could still do nothing. Without
// script everything is there; with it the table can be sorted and filtered. Tones come from look.c, charts
// from chart.c, cells from render.c, as in every form.
#include "reports/render.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "reports/html/html_text.h"
#include "reports/html/page.h"

#define CHART_WIDTH 400    // about what a phone shows, so that texts keep their size
#define BARS_ROWS_MAX 2000 // rows with bars beside their rates; more would make a page of megabytes of them
#define DEPTH_INDENTED 5   // deeper rows are indented like these
#define BAR_UNITS "1000"   // of a bar's own scale: per mille
#define LEVEL_CHOICE_MIN 2 // deepest row that makes choosing a level worth while

typedef struct Page {
    const Report *report;
    Text *text;
} Page;

static void append_tones(Text *text)
{
    text_append(text, ":root{color-scheme:light dark");
    for (size_t i = 0; i < LOOK_COLOUR_COUNT; i++)
        text_appendf(text, ";--%s:#%06x", look_tones[i].name, look_tones[i].paper);
    text_append(text, "}\n@media screen and (prefers-color-scheme:dark){:root{");
    for (size_t i = 0; i < LOOK_COLOUR_COUNT; i++)
        text_appendf(text, "%s--%s:#%06x", i ? ";" : "", look_tones[i].name, look_tones[i].darkness);
    text_append(text, "}}\n");
}

static void append_element(Text *text, const char *element, const char *content)
{
    text_appendf(text, "<%s>", element);
    html_append_text(text, content);
    text_appendf(text, "</%s>", element);
}

static void append_head(const Page *page)
{
    CLEANUP(cleanup_text) Text style = {0};
    Text *text = page->text;

    append_tones(&style);
    text_append(&style, page_style);
    text_appendf(text,
                 "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ",
                 strncmp(i18n_language(), "zh", 2) == 0 ? "zh-CN" : "en");
    html_append_digest(text, text_cstr(&style));
    text_append(text, "; script-src ");
    html_append_digest(text, page_script);
    text_append(text, "; base-uri 'none'; form-action 'none'\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"referrer\" content=\"no-referrer\">\n");
    append_element(text, "title", page->report->title);
    text_appendf(text, "\n<style>%s</style>\n</head>\n", text_cstr(&style));
}

static void append_bar(Text *text, int64_t permille, int64_t reference)
{
    int64_t clipped = permille < 0 ? 0 : permille > 1000 ? 1000 : permille;

    text_append(text,
                "<svg viewBox=\"0 0 " BAR_UNITS " 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                "<rect class=\"f-rule\" width=\"" BAR_UNITS "\" height=\"8\"/>");
    text_appendf(text, "<rect class=\"f-first\" width=\"%" PRId64 "\" height=\"8\"/>", clipped);
    if (reference != REPORT_NULL)
        text_appendf(text, "<rect class=\"f-ink\" x=\"%" PRId64 "\" width=\"10\" height=\"8\"/>",
                     reference > 990 ? 990 : reference);
    text_append(text, "</svg>");
}

static void append_cards(const Page *page)
{
    const Report *report = page->report;
    bool any = false;

    for (size_t i = 0; i < report->column_count && report->row_count > 0; i++) {
        const ReportColumn *column = &report->columns[i];
        const ReportCell *cell = &report->rows[0].cells[i];
        CLEANUP(cleanup_text) Text value = {0};

        if (!(column->forms & REPORT_LARGE))
            continue;
        text_append(page->text, any ? "" : "<dl class=\"cards\">\n");
        any = true;
        render_append_shown(column->type, cell, &value);
        text_append(page->text, "<div>");
        append_element(page->text, "dt", _(column->title));
        append_element(page->text, "dd", text_cstr(&value));
        if ((column->forms & REPORT_BAR) && cell->number != REPORT_NULL)
            append_bar(page->text, cell->number, REPORT_NULL);
        text_append(page->text, "</div>\n");
    }
    text_append(page->text, any ? "</dl>\n" : "");
}

static void append_charts(const Page *page)
{
    bool any = false;

    for (int kind = 0; kind < CHART_KIND_COUNT; kind++) {
        Chart chart;
        if (!chart_draw(page->report, (ChartKind)kind, CHART_WIDTH, &chart))
            continue;
        text_append(page->text, any ? "" : "<section class=\"charts\">\n");
        any = true;
        text_append(page->text, "<figure>");
        append_element(page->text, "h2", chart.title);
        html_append_chart(page->text, &chart);
        text_append(page->text, "</figure>\n");
        chart_deinit(&chart);
    }
    text_append(page->text, any ? "</section>\n" : "");
}

/// The classes of a column: numbers, words on one line, what shows only when all columns are wanted.
static void append_classes(Text *text, const ReportColumn *column)
{
    bool bar = column->type == REPORT_PERMILLE && (column->forms & REPORT_BAR);
    bool words = column->type == REPORT_WORD || column->type == REPORT_DATE || column->type == REPORT_TIME;

    text_append(text, render_is_number(column->type) ? "n" : words ? "w" : "t");
    text_append(text, bar ? " r" : "");
    text_append(text, !(column->forms & REPORT_IN_TEXT) ? " x" : column->forms & REPORT_IF_ROOM ? " o" : "");
}

static bool is_exact(ReportType type)
{
    return type != REPORT_TEXT && type != REPORT_WORD && type != REPORT_WORDS && type != REPORT_FRACTION;
}

/// What a cell shows, as a link where it leads to somewhere.
static void append_value(const Page *page, const ReportRow *row, const ReportColumn *column,
                         const char *shown)
{
    const ReportLinks *links = &page->report->links;
    CLEANUP(cleanup_text) Text address = {0};

    if (links->append)
        links->append(links->user, row, column, &address);
    if (address.size) {
        text_append(page->text, "<a href=\"");
        html_append_text(page->text, text_cstr(&address));
        text_append(page->text, "\">");
    }
    html_append_text(page->text, shown);
    text_append(page->text, address.size ? "</a>" : "");
}

static void append_cell(const Page *page, const ReportRow *row, size_t index, bool first)
{
    const ReportColumn *column = &page->report->columns[index];
    const ReportCell *cell = &row->cells[index];
    CLEANUP(cleanup_text) Text value = {0};
    bool unknown = render_is_unknown(column->type, cell);

    text_append(page->text, first ? "<th scope=\"row\" class=\"" : "<td class=\"");
    append_classes(page->text, column);
    text_append(page->text, unknown ? " u" : "");
    text_append(page->text, render_is_behind(page->report, index, row) ? " low\"" : "\"");
    if (is_exact(column->type) && unknown)
        text_append(page->text, " data-v=\"\"");
    else if (is_exact(column->type))
        text_appendf(page->text, " data-v=\"%" PRId64 "\"", cell->number);
    text_append_char(page->text, '>');
    render_append_cell(column->type, cell, &value);
    append_value(page, row, column, unknown ? "–" : text_cstr(&value));
    if (!unknown && column->type == REPORT_PERMILLE && (column->forms & REPORT_BAR) &&
        page->report->row_count <= BARS_ROWS_MAX)
        append_bar(page->text, cell->number,
                   chart_rate_column(page->report) == (int)index ? page->report->reference : REPORT_NULL);
    text_append(page->text, first ? "</th>" : "</td>");
}

static int tag_column(const Report *report)
{
    for (size_t i = 0; i < report->column_count; i++)
        if (report->columns[i].forms & REPORT_TAGS)
            return (int)i;
    return -1;
}

static void append_row(const Page *page, const ReportRow *row)
{
    bool first = true;

    int tags = tag_column(page->report);
    text_appendf(page->text, "<tr class=\"d%d\"", row->depth < DEPTH_INDENTED ? row->depth : DEPTH_INDENTED);
    if (tags >= 0 && row->cells[tags].text) {
        text_append(page->text, " data-g=\"");
        html_append_text(page->text, row->cells[tags].text);
        text_append_char(page->text, '"');
    }
    text_append_char(page->text, '>');
    for (size_t i = 0; i < page->report->column_count; i++) {
        if (!(page->report->columns[i].forms & REPORT_IN_TABLE))
            continue;
        append_cell(page, row, i, first);
        first = false;
    }
    text_append(page->text, "</tr>\n");
}

static int deepest(const Report *report)
{
    int depth = 0;
    for (size_t i = 0; i < report->row_count; i++)
        depth = report->rows[i].depth > depth ? report->rows[i].depth : depth;
    return depth < DEPTH_INDENTED ? depth : DEPTH_INDENTED;
}

static void append_level_choice(Text *text, int depth)
{
    text_append(text, "<label>");
    html_append_text(text, _("Level"));
    text_append(text, " <select><option value=\"\">");
    html_append_text(text, _("all"));
    text_append(text, "</option>");
    for (int i = 0; i <= depth; i++)
        text_appendf(text, "<option value=\"d%d\">%d</option>", i, i);
    text_append(text, "</select></label>");
}

/// Whether `words`, separated by blanks, have this one.
static bool has_word(const char *words, const char *word, size_t size)
{
    for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == size && memcmp(at, word, size) == 0)
            return true;
    return false;
}

/// The tags that any row has, in the order in which they come up.
static void append_tag_choice(const Page *page, size_t column)
{
    CLEANUP(cleanup_text) Text known = {0};
    const Report *report = page->report;

    text_append(page->text, "<label>");
    html_append_text(page->text, _(report->columns[column].title));
    text_append(page->text, " <select class=\"g\"><option value=\"\">");
    html_append_text(page->text, _("all"));
    text_append(page->text, "</option>");
    for (size_t i = 0; i < report->row_count; i++) {
        const char *at = report->rows[i].cells[column].text;
        for (; at && *at; at += strcspn(at, " "), at += *at == ' ') {
            size_t size = strcspn(at, " ");
            if (has_word(text_cstr(&known), at, size))
                continue;
            text_append(&known, known.size ? " " : "");
            text_append_bytes(&known, at, size);
        }
    }
    for (const char *at = text_cstr(&known); *at; at += strcspn(at, " "), at += *at == ' ') {
        CLEANUP(cleanup_text) Text word = {0};
        text_append_bytes(&word, at, strcspn(at, " "));
        append_element(page->text, "option", text_cstr(&word));
    }
    text_append(page->text, "</select></label>");
}

/// Hidden until the script, which alone gives them a use, shows them.
static void append_tools(const Page *page)
{
    const Report *report = page->report;
    bool more = false;

    for (size_t i = 0; i < report->column_count; i++)
        more = more ||
               (report->columns[i].forms & (REPORT_IN_TABLE | REPORT_IF_ROOM)) ==
                   (REPORT_IN_TABLE | REPORT_IF_ROOM) ||
               (report->columns[i].forms & (REPORT_IN_TABLE | REPORT_IN_TEXT)) == REPORT_IN_TABLE;
    text_append(page->text, "<div class=\"tools\" hidden><input type=\"search\" placeholder=\"");
    html_append_text(page->text, _("Filter rows"));
    text_append(page->text, "\" aria-label=\"");
    html_append_text(page->text, _("Filter rows"));
    text_append(page->text, "\">");
    if (deepest(report) >= LEVEL_CHOICE_MIN)
        append_level_choice(page->text, deepest(report));
    if (tag_column(report) >= 0)
        append_tag_choice(page, (size_t)tag_column(report));
    if (more) {
        text_append(page->text, "<label><input type=\"checkbox\">");
        append_element(page->text, "span", _("All columns"));
        text_append(page->text, "</label>");
    }
    text_append(page->text, "<output aria-live=\"polite\"></output></div>\n");
}

static void append_table(const Page *page)
{
    const Report *report = page->report;
    CLEANUP(cleanup_text) Text behind = {0};

    if (report->row_count == 0) {
        append_element(page->text, "p", _("(none)"));
        return;
    }
    append_tools(page);
    text_appendf(page->text, "<div class=\"frame\"><table%s>\n<thead><tr>",
                 deepest(report) > 0       ? ""
                 : tag_column(report) >= 0 ? " class=\"flat tagged\""
                                           : " class=\"flat\"");
    for (size_t i = 0; i < report->column_count; i++) {
        if (!(report->columns[i].forms & REPORT_IN_TABLE))
            continue;
        text_append(page->text, "<th scope=\"col\" class=\"");
        append_classes(page->text, &report->columns[i]);
        text_append(page->text, "\">");
        html_append_text(page->text, _(report->columns[i].title));
        text_append(page->text, "</th>");
    }
    text_append(page->text, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < report->row_count; i++)
        append_row(page, &report->rows[i]);
    text_append(page->text, "</tbody></table></div>\n");
    if (render_append_behind(report, &behind)) {
        text_append(page->text, "<p class=\"legend\"><i></i>");
        html_append_text(page->text, text_cstr(&behind));
        text_append(page->text, "</p>\n");
    }
}

static void append_notes(const Page *page, ReportNoteKind kind, const char *heading)
{
    const Report *report = page->report;
    bool any = false;

    for (size_t i = 0; i < report->note_count; i++) {
        if (report->notes[i].kind != kind)
            continue;
        if (!any) {
            text_append(page->text, "<section>");
            append_element(page->text, "h2", heading);
            text_append(page->text, "<ul>\n");
        }
        any = true;
        append_element(page->text, "li", report->notes[i].text);
        text_append_char(page->text, '\n');
    }
    text_append(page->text, any ? "</ul></section>\n" : "");
}

static void append_foot(const Page *page)
{
    CLEANUP(cleanup_text) Text definitions = {0};
    CLEANUP(cleanup_text) Text origin = {0};
    const char *const *signs = render_signs(page->report);

    text_append(page->text, "<div class=\"notes\">\n");
    append_notes(page, REPORT_NOTE_COMPLETENESS, _("Completeness"));
    text_appendf(&definitions, _("Definitions, version %d"), REPORT_DEFINITIONS);
    append_notes(page, REPORT_NOTE_DEFINITION, text_cstr(&definitions));
    text_append(page->text, "</div>\n<div class=\"sign\">");
    for (size_t i = 0; signs[i]; i++)
        append_element(page->text, "span", _(signs[i]));
    text_append(page->text, "</div>\n");
    render_append_origin(page->report, &origin);
    append_element(page->text, "footer", text_cstr(&origin));
    text_appendf(page->text, "\n</main>\n<script>%s</script>\n</body>\n</html>\n", page_script);
}

static int render_held(const Report *report, const RenderOptions *options, Text *text)
{
    Page page = {.report = report, .text = text};
    (void)options;

    append_head(&page);
    text_append(text, "<body>\n<main>\n<header>");
    append_element(text, "h1", report->title);
    for (size_t i = 0; i < report->note_count; i++) {
        if (report->notes[i].kind == REPORT_NOTE_ABOUT)
            append_element(text, "p", report->notes[i].text);
    }
    text_append(text, "</header>\n");
    append_cards(&page);
    append_charts(&page);
    append_table(&page);
    append_foot(&page);
    return 0;
}

int render_html(const Report *report, const RenderOptions *options, Text *text)
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
