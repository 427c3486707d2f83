// A report is either there in full or not at all: it is rendered first and written then.
#include "cli/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"

#define DELIVER_MODE 0640 // names of people stand in it: nothing for others

static int explain(const char *path, int r)
{
    if (r == -EEXIST) {
        fprintf(stderr, _("studyday: %s: exists already; --force writes over it\n"), path);
        return EX_CANTCREAT;
    }
    if (r == -ELOOP) {
        fprintf(stderr, _("studyday: %s: is a symbolic link, which is not followed\n"), path);
        return EX_CANTCREAT;
    }
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EIO || r == -ENOSPC || r == -EDQUOT || r == -EFBIG ? EX_IOERR : EX_CANTCREAT;
}

static int explain_render(const Renderer *renderer, int r)
{
    if (r == -ENOPKG) {
        fprintf(stderr,
                _("studyday: %s cannot be drawn here: its library or the fonts are not installed (Debian: "
                  "libpangocairo-1.0-0 and fonts-noto-cjk)\n"),
                renderer->name);
        return EX_UNAVAILABLE;
    }
    fprintf(stderr, _("studyday: %s could not be made: %s\n"), renderer->name, strerror(-r));
    return r == -ENOSPC || r == -EIO || r == -EDQUOT || r == -EFBIG ? EX_IOERR : EX_SOFTWARE;
}

// What a file is filled with.
typedef struct Delivery {
    const Report *report;
    const Renderer *renderer;
    int rendered; // 0, or why it could not be rendered
} Delivery;

static int fill(void *user, int fd)
{
    static const RenderOptions options;
    Delivery *delivery = user;

    return delivery->rendered = delivery->renderer->into(delivery->report, &options, fd);
}

/// A form that can be written as it is made: nothing of it is held.
static int deliver_by_parts(const Report *report, const Renderer *renderer, const char *path, bool force)
{
    Delivery delivery = {report, renderer, 0};

    int r = file_write_atomic_by(path, fill, &delivery, DELIVER_MODE, force);
    if (delivery.rendered < 0 && r < 0)
        return explain_render(renderer, r);
    return r < 0 ? explain(path, r) : EX_OK;
}

int deliver_report(const Report *report, const Renderer *renderer, const char *path, bool force)
{
    CLEANUP(cleanup_text) Text text = {0};
    static const RenderOptions options;

    if (!path || strcmp(path, "-") == 0) {
        int r = listing_print(report, renderer);
        return r < 0 ? explain_render(renderer, r) : EX_OK;
    }
    if (renderer->into)
        return deliver_by_parts(report, renderer, path, force);
    int r = renderer->render(report, &options, &text);
    if (r < 0)
        return explain_render(renderer, r);
    if (!renderer->binary && text.size > 0 && text.data[text.size - 1] != '\n')
        text_append_char(&text, '\n');
    r = file_write_atomic(path, text_cstr(&text), text.size, DELIVER_MODE, force);
    return r < 0 ? explain(path, r) : EX_OK;
}
