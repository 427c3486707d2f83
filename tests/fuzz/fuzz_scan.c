// Fuzzes the organiser's and the card reader's line. What is taken must be an event that the wire's own check
// takes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/wire/batch.h"
#include "terminal/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *no_session(void *user, Time at)
{
    (void)user;
    return at % 2 ? strdup("2026-11-05") : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ScanContext context = {.now = 1700000000 * TIME_SECOND, .clock = 0, .session_at = no_session};
    CLEANUP(cleanup_text) Text line = {0}, canonical = {0};
    const char *reason;
    Scan scan = {0};

    if (memchr(data, '\0', size) || memchr(data, '\n', size) || size > SCAN_LINE_MAX)
        return 0; // the reader of lines lets none of these through
    text_append_bytes(&line, data, size);
    reason = scan_parse(text_cstr(&line), &context, &scan);
    if (reason)
        return 0;
    if (!scan.kind || batch_check_object(scan.object.data, scan.object.size, 1, &canonical) != NULL)
        abort();
    scan_deinit(&scan);
    return 0;
}
