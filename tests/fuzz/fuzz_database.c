// Fuzzes a database that somebody else has written to: three bytes of the input are a change of one byte of a
// sound one with some events in it (two of the place, one of the value; the place is stretched over the
// file). It is opened for reading, verified and rebuilt: findings, or an error, never more than that.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "tests/store/site.h"

#define FILE_MAX (16 * 1024 * 1024)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Text sound;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char folder[] = "/tmp/studyday-fuzz-XXXXXX";
    void *state = NULL;
    Site *site;

    (void)argc;
    (void)argv;
    site_setup(&state);
    site = state;
    store_begin(site->store);
    site_session(site, "day", "CITY", "2026-11-05 09:00");
    site_settle(site);
    site_event(site, "t-a", 1, "in day m1 2026-11-05T08:58:12+08:00");
    site_event(site, "t-a", 2, "out day m1 2026-11-05T10:28:12+08:00");
    site_event(site, "t-a", 3, "in day nobody 2026-11-05T08:58:12+08:00");
    site_reopen(site); // closing has written the WAL back
    if (file_read(site->path, FILE_MAX, &sound) < 0 || !mkdtemp(folder))
        abort();
    site_teardown(&state);
    snprintf(path, sizeof(path), "%s/studyday.db", folder);
    return 0;
}

static void found(void *user, const VerifyFinding *finding)
{
    (void)user;
    if (!finding->what || !finding->detail)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_text) Text changed = {0};
    VerifySummary summary;
    int fd;

    text_append_bytes(&changed, sound.data, sound.size);
    for (size_t i = 0; i + 2 < size; i += 3) {
        size_t place = (size_t)data[i] << 8 | data[i + 1];

        changed.data[place * changed.size >> 16] = (char)data[i + 2];
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, changed.data, changed.size) != (ssize_t)changed.size)
        abort();
    close(fd);
    if (store_open(path, STORE_READ, &store) == 0) {
        (void)verify_store(store, found, NULL, &summary);
        (void)recompute_diff(store, 1800000000 * TIME_SECOND, found, NULL, &summary);
    }
    return 0;
}
