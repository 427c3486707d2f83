// What commands share: the configuration, the database for reading, and the way of everything that writes.
//
// A write goes to the collector when one listens on the control socket, since there is only one writer (C7);
// otherwise it is done here under the writer's lock. In both cases the same office operation runs, and a file
// is opened by this process, with the user's rights, and handed over as a descriptor.
#include "cli/command.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/reading.h"
#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/roster.h"
#include "core/store/store.h"

#define COMMAND_SPOOL_CHUNK 65536 // a pipe's capacity

ConfigSite *command_config(CommandContext *context, int *ret_exit)
{
    ConfigSite *config = NULL;

    if (context->config)
        return context->config;
    if (config_site_load(context->config_path, &config)) {
        *ret_exit = EX_CONFIG; // said why itself, missing or invalid
        return NULL;
    }
    if (!zone_set(config->zone)) { // known, as was checked when it was loaded: but not to be had
        fprintf(stderr, _("studyday: time zone %s: cannot be loaded\n"), config->zone);
        config_site_free(config);
        *ret_exit = EX_CONFIG;
        return NULL;
    }
    context->config = config;
    return config;
}

// Opens the sessions that are due, which only the writer can. A reader without the right to write, or a
// writer that is busy, must not keep anybody from reading: that is said, and the report shows what is there.
static void command_open_due(CommandContext *context)
{
    char operation[] = "open-due", *argv[] = {operation, NULL};
    Text out = {0}, err = {0};
    int code = writer_run(context->config, 1, argv, NULL, -1, &out, &err);

    if (code != EX_OK)
        fprintf(stderr,
                _("studyday: sessions that have begun could not be opened, so their members are missing "
                  "here: %s"),
                err.size ? text_cstr(&err) : "\n");
    text_deinit(&out);
    text_deinit(&err);
}

struct Store *command_open_read(CommandContext *context, int *ret_exit)
{
    ConfigSite *config = command_config(context, ret_exit);
    CLEANUP(cleanup_store) Store *store = NULL;
    Store *handed;
    bool due = false;
    int r;

    if (!config)
        return NULL;
    r = store_open(config->database, STORE_READ, &store);
    if (r == 0)
        r = roster_is_due(store, clock_now(), &due);
    if (r == 0 && due) {
        store = store_close(store);
        command_open_due(context);
        r = store_open(config->database, STORE_READ, &store);
    }
    if (r) {
        Text why = {0};

        *ret_exit = writer_explain(config, r, &why);
        fputs(text_cstr(&why), stderr);
        text_deinit(&why);
        return NULL;
    }
    handed = store;
    store = NULL;
    return handed;
}

// What comes through a pipe is laid down first: an import reads its input more than once.
static int command_spool(int from)
{
    static char chunk[COMMAND_SPOOL_CHUNK];
    const char *folder = getenv("TMPDIR");
    CLEANUP(cleanup_fd)
    int fd = open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int handed;

    if (fd < 0)
        return -errno;
    for (;;) {
        ssize_t got = read(from, chunk, sizeof(chunk));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        for (ssize_t put = 0, r; put < got; put += r) {
            r = write(fd, chunk + put, (size_t)(got - put));
            if (r < 0)
                return -errno;
        }
    }
    if (lseek(fd, 0, SEEK_SET) < 0)
        return -errno;
    handed = fd;
    fd = -1;
    return handed;
}

// Opens the input of a command; "-" is standard input. Returns a descriptor or negative errno.
static int command_open_file(const char *file)
{
    CLEANUP(cleanup_fd)
    int fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    int handed;

    if (fd < 0 || fstat(fd, &status) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    if (!S_ISREG(status.st_mode))
        return command_spool(fd);
    handed = fd;
    fd = -1;
    return handed;
}

static int command_file_code(int r)
{
    switch (-r) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
        return EX_NOINPUT;
    case EACCES:
    case EPERM:
        return EX_NOPERM;
    default:
        return EX_IOERR;
    }
}

int command_office(CommandContext *context, int argc, char **argv, const char *file)
{
    CLEANUP(cleanup_fd) int fd = -1;
    Text out = {0}, err = {0};
    int code = EX_OK;

    if (!command_config(context, &code))
        return code;
    if (file) {
        fd = command_open_file(file);
        if (fd < 0) {
            fprintf(stderr, "studyday: %s: %s\n", file, strerror(-fd));
            return command_file_code(fd);
        }
    }
    if (file)
        reading_begin(file, fd);
    code = writer_run(context->config, argc, argv, file, fd, &out, &err);
    reading_end();
    fputs(text_cstr(&out), stdout);
    fflush(stdout);
    fputs(text_cstr(&err), stderr);
    text_deinit(&out);
    text_deinit(&err);
    return code;
}
