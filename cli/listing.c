// Lists are reports without figures: the same renderers show them.
#include "cli/listing.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/i18n.h"

const Renderer *listing_format(const Options *options)
{
    const char *format = options_get(options, "format");
    const Renderer *renderer = render_find(format ? format : "text");

    if (!renderer) {
        CLEANUP(cleanup_text) Text names = {0};

        render_append_names(&names);
        fprintf(stderr, _("studyday: format %s: one of %s\n"), format, text_cstr(&names));
        return NULL;
    }
    if (renderer->binary && !options_get(options, "output") && isatty(STDOUT_FILENO)) {
        fprintf(stderr, _("studyday: %s is nothing for a terminal: write it into a file\n"), renderer->name);
        return NULL;
    }
    return renderer;
}

int listing_print(const Report *report, const Renderer *renderer)
{
    RenderOptions options = {.terminal = isatty(STDOUT_FILENO)};
    CLEANUP(cleanup_text) Text text = {0};
    struct winsize size;

    if (options.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        options.columns = size.ws_col;
    if (renderer->into && report->source.each) {
        fflush(stdout); // what was printed before stands before it
        return renderer->into(report, &options, STDOUT_FILENO);
    }
    int r = renderer->render(report, &options, &text);
    if (r < 0)
        return r;
    if (!renderer->binary && text.size && text.data[text.size - 1] != '\n')
        text_append_char(&text, '\n');
    fwrite(text_cstr(&text), 1, text.size, stdout);
    return 0;
}
