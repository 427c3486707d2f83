// Recording. The lines are read first, without any lock. What is sound is added in one transaction under
// consecutive numbers, and only after the COMMIT is one word of it said: either every sound line is OK then,
// or none is recorded and each is REFUSED with the reason of the disk. Where the disk failed in the COMMIT
// itself, they are REFUSED as unsure: a scan that is in the outbox twice counts once.
#include "terminal/recorder.h"

#include <stdlib.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/model/session.h"
#include "core/wire/batch.h"
#include "terminal/scan.h"

typedef struct RecorderLine {
    Scan scan;
    const char *refused; // NULL: `scan` is sound
    uint64_t seq;
} RecorderLine;

typedef struct RecorderGuess {
    char *session;
    unsigned count;
} RecorderGuess;

static bool recorder_guess(void *user, const OutboxSession *session)
{
    RecorderGuess *guess = user;

    if (guess->count++ == 0)
        guess->session = alloc_string(session->session);
    return guess->count < 2;
}

/// The one session of the plan whose window (R1) holds `at`.
static char *recorder_session_at(void *user, Time at)
{
    Outbox *outbox = user;
    const Time window = SESSION_WINDOW_MINUTES * TIME_MINUTE;
    RecorderGuess guess = {0};
    int r = outbox_plan_sessions(outbox, at - window, at + window, recorder_guess, &guess);

    if (r < 0 || guess.count != 1) {
        free(guess.session);
        return NULL;
    }
    return guess.session;
}

static int recorder_add(Outbox *outbox, RecorderLine *line, Time now)
{
    const Scan *scan = &line->scan;
    CLEANUP(cleanup_text) Text canonical = {0};
    const OutboxEvent event = {
        .object = text_cstr(&scan->object),
        .object_size = scan->object.size,
        .kind = scan->kind,
        .session = scan->session,
        .member = scan->member,
        .card = scan->card,
        .of = scan->of,
        .at = scan->at,
        .recorded_at = now,
    };

    line->seq = outbox_get_head(outbox)->next;
    line->refused = batch_check_object(event.object, event.object_size, line->seq, &canonical);
    if (line->refused)
        return 0;
    return error_trace(outbox_add(outbox, &event, canonical.data, canonical.size));
}

static int recorder_commit(Outbox *outbox, RecorderLine *lines, size_t count, Time now)
{
    int r = outbox_begin(outbox);

    if (r != 0)
        return r;
    for (size_t i = 0; i < count && r >= 0; i++) {
        if (!lines[i].refused)
            r = recorder_add(outbox, &lines[i], now);
    }
    if (r >= 0)
        return outbox_commit(outbox);
    outbox_rollback(outbox);
    return error_trace(r);
}

const char *recorder_refusal(const char *path, int r, int *ret_exit)
{
    if (r == OUTBOX_E_BUSY) {
        *ret_exit = EX_TEMPFAIL;
        return "busy another program holds the outbox";
    }
    if (r == OUTBOX_E_MISSING || r == OUTBOX_E_FOREIGN) {
        *ret_exit = r == OUTBOX_E_MISSING ? EX_NOINPUT : EX_CONFIG;
        return "no-outbox";
    }
    *ret_exit = EX_IOERR;
    if (r == OUTBOX_E_UNSURE)
        return "unsure the disk failed while this was recorded: scan it again";
    return r == -ENOSPC || r == -EDQUOT || outbox_disk_is_full(path) ? "disk-full nothing was recorded"
                                                                     : "disk-error nothing was recorded";
}

static int recorder_reply(const Outbox *outbox, const RecorderLine *lines, size_t count, int r, Text *replies)
{
    int code = EX_OK;
    int failure_code = EX_OK;
    const char *failure = r != 0 ? recorder_refusal(outbox_get_path(outbox), r, &failure_code) : NULL;

    for (size_t i = 0; i < count; i++) {
        const char *refused = lines[i].refused ? lines[i].refused : failure;

        if (refused)
            text_appendf(replies, "REFUSED %s\n", refused);
        else
            text_appendf(replies, "OK %s:%llu\n", outbox_get_head(outbox)->epoch,
                         (unsigned long long)lines[i].seq);
        if (lines[i].refused && code == EX_OK)
            code = EX_DATAERR;
    }
    return failure ? failure_code : code;
}

int recorder_record(Outbox *outbox, const char *const *lines, size_t count, Text *replies)
{
    const Time now = clock_now();
    const ScanContext context = {
        .now = now,
        .clock = scan_clock_quality(now),
        .session_at = recorder_session_at,
        .user = outbox,
    };
    RecorderLine *read = alloc_zero(count * sizeof(*read));
    size_t sound = 0;

    for (size_t i = 0; i < count; i++) {
        read[i].refused = scan_parse(lines[i], &context, &read[i].scan);
        sound += !read[i].refused;
    }
    int r = sound > 0 ? recorder_commit(outbox, read, count, now) : 0;
    if (r != 0)
        log_error("recorder", "refused events=%zu result=%d", sound, r);
    int code = recorder_reply(outbox, read, count, r, replies);
    for (size_t i = 0; i < count; i++)
        scan_deinit(&read[i].scan);
    free(read);
    return code;
}
