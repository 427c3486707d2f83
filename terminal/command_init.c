// studyday-terminal init: a folder with the configuration and a new outbox. Never touches what is there.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/config.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/outbox/outbox.h"
#include "terminal/command.h"
#include "terminal/init_bundle.h"
#include "terminal/station.h"

#define INIT_FOLDER_MODE 0750
#define INIT_CONFIG_MODE 0640
#define INIT_PORT 1883 // MQTT without TLS
#define INIT_PORT_MAX 65535
#define INIT_CONFIG "terminal.conf"
#define INIT_OUTBOX "outbox.db"

static const ProgramOption init_options[] = {
    {"area", 0, "AREA", N_("the area that the terminal belongs to")},
    {"terminal", 0, "TERMINAL", N_("its name, also at the broker")},
    {"broker", 0, "HOST:PORT", N_("the broker (default port: 1883)")},
    {"key-file", 0, "FILE", N_("its key: 64 hex digits in a file of mode 0600")},
    {"bundle", 0, "FILE",
     N_("all of this, as `studyday terminal enroll --bundle` made it, and its credential")},
    {0},
};

/// "host:port", "[::1]:port" or a host alone.
static bool init_parse_broker(const char *broker, char **ret_host, int *ret_port)
{
    const char *colon = strrchr(broker, ':');
    const char *bracket = strrchr(broker, ']');
    size_t size = strlen(broker);
    long long port = INIT_PORT;

    if (colon && (!bracket || colon > bracket)) {
        if (!text_parse_int64(colon + 1, 1, INIT_PORT_MAX, &port))
            return false;
        size = (size_t)(colon - broker);
    }
    if (size >= 2 && broker[0] == '[' && broker[size - 1] == ']') {
        broker++;
        size -= 2;
    }
    if (size == 0)
        return false;
    *ret_host = alloc_copy(broker, size);
    *ret_port = (int)port;
    return true;
}

/// The key's path as the configuration holds it: absolute, or relative where it lies in the folder itself.
static char *init_key_path(const char *folder, const char *file)
{
    CLEANUP(cleanup_free) char *real_folder = realpath(folder, NULL);
    char *real_file = realpath(file, NULL);
    size_t size = real_folder ? strlen(real_folder) : 0;

    if (!real_file) {
        char here[PATH_MAX];
        CLEANUP(cleanup_text) Text path = {0};

        if (file[0] != '/' && getcwd(here, sizeof(here)))
            text_appendf(&path, "%s/", here);
        text_append(&path, file);
        fprintf(stderr, _("%s: no such file yet; the terminal needs it to run\n"), file);
        return text_take(&path);
    }
    if (size > 0 && strncmp(real_file, real_folder, size) == 0 && real_file[size] == '/')
        memmove(real_file, real_file + size + 1, strlen(real_file + size + 1) + 1);
    return real_file;
}

static int init_check_names(const char *area, const char *terminal)
{
    if (!name_valid_area(area, strlen(area))) {
        fprintf(stderr, _("%s: not the name of an area: a-z, 0-9 and -, at most 32\n"), area);
        return EX_USAGE;
    }
    if (!name_valid_terminal(terminal, strlen(terminal))) {
        fprintf(stderr, _("%s: not the name of a terminal: a-z, 0-9 and -, at most 32\n"), terminal);
        return EX_USAGE;
    }
    return EX_OK;
}

static int init_failed(const char *path, int error)
{
    fprintf(stderr, "%s: %s\n", path, strerror(error));
    return EX_CANTCREAT;
}

static char *init_join(const char *folder, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", folder, name);
    return text_take(&path);
}

static int init_make_outbox(const char *path, const char *terminal)
{
    int r = outbox_create(path, terminal);

    if (r == OUTBOX_E_EXISTS)
        return init_failed(path, EEXIST);
    return r == 0 ? EX_OK : init_failed(path, r < 0 ? -r : EBUSY);
}

static int init_make(const char *folder, const char *area, const char *terminal, const char *broker,
                     const char *key_file)
{
    CLEANUP(cleanup_free) char *host = NULL;
    CLEANUP(cleanup_free) char *key = NULL;
    CLEANUP(cleanup_free) char *text = NULL;
    CLEANUP(cleanup_free) char *config = init_join(folder, INIT_CONFIG);
    CLEANUP(cleanup_free) char *outbox = init_join(folder, INIT_OUTBOX);
    int port;

    if (!init_parse_broker(broker, &host, &port)) {
        fprintf(stderr, _("%s: a broker is HOST:PORT\n"), broker);
        return EX_USAGE;
    }
    if (mkdir(folder, INIT_FOLDER_MODE) < 0 && errno != EEXIST)
        return init_failed(folder, errno);
    if (access(config, F_OK) == 0)
        return init_failed(config, EEXIST);
    int code = init_make_outbox(outbox, terminal);
    if (code != EX_OK)
        return code;
    key = key_file ? init_key_path(folder, key_file) : NULL;
    text = config_terminal_make(area, terminal, host, port, key);
    int r = file_write_atomic(config, text, strlen(text), INIT_CONFIG_MODE, false);
    if (r < 0) {
        unlink(outbox);
        return init_failed(config, -r);
    }
    printf(_("made %s and %s\n"), config, outbox);
    printf(_("Next: studyday-terminal --config %s run\n"), config);
    return EX_OK;
}

/// A key that is there already must be one that `run` takes; one that is not there may be brought later.
static int init_check_key(const char *path)
{
    uint8_t key[DIGEST_SIZE];

    if (!path || access(path, F_OK) < 0)
        return EX_OK;
    int code = station_read_key(path, key);
    digest_wipe(key, sizeof(key));
    return code;
}

static int init_run(const Options *options)
{
    const char *area = options_get(options, "area");
    const char *terminal = options_get(options, "terminal");
    const char *broker = options_get(options, "broker");
    const char *bundle = options_get(options, "bundle");

    if (bundle && options->operand_count == 1 && !area && !terminal && !broker &&
        !options_has(options, "key-file"))
        return init_bundle_take(options->operands[0], bundle);
    if (options->operand_count != 1 || !area || !terminal || !broker)
        return command_misused(&command_init);
    int code = init_check_names(area, terminal);
    if (code == EX_OK)
        code = init_check_key(options_get(options, "key-file"));
    return code == EX_OK
               ? init_make(options->operands[0], area, terminal, broker, options_get(options, "key-file"))
               : code;
}

const TerminalCommand command_init = {
    .name = "init",
    .usage =
        N_("studyday-terminal init DIR --area AREA --terminal TERMINAL --broker HOST:PORT [--key-file FILE]\n"
           "studyday-terminal init DIR --bundle FILE"),
    .summary = N_("make the configuration and the outbox of a terminal"),
    .options = init_options,
    .run = init_run,
};
