// The moment of live figures is not in their digest: the same figures an hour later need no new file.
#include "cli/set_digest.h"

#include <errno.h>
#include <string.h>

#include "build-config.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"

#define SET_FILE_MAX (256 << 20) // bytes of a file that is read back to be compared: far beyond any report

static void digest_hex(const DigestPart *parts, size_t count, char ret_hex[static DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(parts, count, digest);
    hex_encode(digest, sizeof(digest), ret_hex);
}

int set_digest_figures(const Report *report, const Renderer *renderer, char ret_hex[static DIGEST_HEX_SIZE])
{
    static const RenderOptions options;
    CLEANUP(cleanup_text) Text all = {0};

    text_appendf(&all, "studyday " STUDYDAY_VERSION " %s %s%s\n%s\n", renderer->name, i18n_language(),
                 report->links.append ? " explained" : "", report->title);
    int r = render_json(report, &options, &all);
    for (size_t i = 0; i < report->note_count; i++)
        text_appendf(&all, "\n%s", report->notes[i].text);
    if (r < 0)
        return error_trace(r);
    digest_hex(&(DigestPart){all.data, all.size}, 1, ret_hex);
    return 0;
}

int set_digest_file(const char *path, char ret_hex[static DIGEST_HEX_SIZE])
{
    CLEANUP(cleanup_text) Text text = {0};

    ret_hex[0] = '\0';
    int r = file_read(path, SET_FILE_MAX, &text);
    if (r == FILE_E_MISSING)
        return 0;
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EFBIG);
    digest_hex(&(DigestPart){text.data ? text.data : "", text.size}, 1, ret_hex);
    return 0;
}
