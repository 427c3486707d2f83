// A hand-made report in any form on standard output, for tests that read the form with another program.
// usage: render_sample orgs|types|hostile FORM, or long|sourced FORM ROWS (sourced: rows are not held)
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/i18n.h"
#include "reports/render.h"
#include "tests/reports/sample.h"

static Report *make(const char *name, const int *rows)
{
    if (strcmp(name, "orgs") == 0)
        return sample_orgs();
    if (strcmp(name, "types") == 0)
        return sample_types();
    if (strcmp(name, "sourced") == 0)
        return sample_sourced(rows);
    return strcmp(name, "long") == 0 ? sample_long(*rows) : sample_hostile();
}

int main(int argc, char **argv)
{
    CLEANUP(cleanup_text) Text text = {0};
    static const RenderOptions options;

    i18n_init(NULL);
    digest_init();
    if (argc < 3 || !zone_set("Asia/Shanghai"))
        return 1;
    const Renderer *renderer = render_find(argv[2]);
    int rows = argc > 3 ? atoi(argv[3]) : 0;
    CLEANUP(cleanup_report) Report *report = make(argv[1], &rows);
    if (!renderer)
        return 1;
    if (report->source.each && renderer->into)
        return renderer->into(report, &options, STDOUT_FILENO) < 0;
    int r = renderer->render(report, &options, &text);
    if (r == -ENOPKG)
        return 77; // what a test that is skipped says
    return r < 0 || fwrite(text_cstr(&text), 1, text.size, stdout) != text.size;
}
