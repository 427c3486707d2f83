// The collector answers for the office, and is not linked with what workbooks and pages need: those forms are
// for the commands that only read.
#include "office/show.h"

#include <string.h>
#include <sysexits.h>

#include "core/base/i18n.h"
#include "reports/render.h"

bool show_report(Office *office, const Report *report)
{
    static const RenderOptions options;
    const char *format = options_get(&office->options, "format");
    Text *out = &office->reply->out;

    if (!format || strcmp(format, "text") == 0) {
        (void)render_text(report, &options, out);
    } else if (strcmp(format, "csv") == 0) {
        (void)render_csv(report, &options, out);
    } else if (strcmp(format, "json") == 0) {
        (void)render_json(report, &options, out);
    } else if (strcmp(format, "jsonl") == 0) {
        (void)render_jsonl(report, &options, out);
    } else {
        office_refuse(office, EX_USAGE, _("format %s: one of text, csv, json, jsonl"), format);
        return false;
    }
    if (out->size && out->data[out->size - 1] != '\n')
        text_append_char(out, '\n');
    return true;
}
