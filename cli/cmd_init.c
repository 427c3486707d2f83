// studyday init DIR: a site from nothing. Where there is something already, nothing is touched. The steps
// take milliseconds and run with the signals of a terminal held back, so that Ctrl-C leaves all of it or
// nothing.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/base/text.h"
#include "core/store/store.h"

#define INIT_DIR_MODE 0750  // the group may be given the socket and read the database
#define INIT_KEYS_MODE 0700 // keys of terminals are for the operator alone
#define INIT_CONF_MODE 0640

typedef struct InitPaths {
    char *conf, *database, *keys;
} InitPaths;

static char *init_join(const char *dir, const char *name)
{
    Text text = {0};

    text_appendf(&text, "%s/%s", dir, name);
    return text_take(&text);
}

static void init_paths_deinit(InitPaths *paths)
{
    free(paths->conf);
    free(paths->database);
    free(paths->keys);
}

static int init_fail(const char *path, int error)
{
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(error));
    return error == EACCES || error == EPERM || error == EROFS ? EX_NOPERM : EX_CANTCREAT;
}

static int init_check_free(const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return EX_OK;
    fprintf(stderr, _("studyday: %s: is there already; a site is never made over another\n"), path);
    return EX_CANTCREAT;
}

// What a database that was only just made leaves behind.
static void init_remove_database(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        CLEANUP(cleanup_text) Text name = {0};

        text_appendf(&name, "%s%s", path, suffixes[i]);
        unlink(text_cstr(&name));
    }
}

static int init_database(const char *path)
{
    int r = store_create(path);

    if (r == 0)
        return EX_OK;
    if (r != STORE_E_EXISTS)
        init_remove_database(path);
    return init_fail(path, r == STORE_E_EXISTS ? EEXIST : r < 0 ? -r : EIO);
}

static int init_make(const InitPaths *paths)
{
    const char *sample = config_site_sample();
    int code, r;

    if (mkdir(paths->keys, INIT_KEYS_MODE) < 0)
        return init_fail(paths->keys, errno);
    code = init_database(paths->database);
    if (code == EX_OK) {
        // The configuration comes last: with it, the site is there.
        r = file_write_atomic(paths->conf, sample, strlen(sample), INIT_CONF_MODE, false);
        if (r == 0)
            return EX_OK;
        code = init_fail(paths->conf, -r);
        init_remove_database(paths->database);
    }
    rmdir(paths->keys);
    return code;
}

static int init_site(const char *dir, const InitPaths *paths)
{
    bool made = mkdir(dir, INIT_DIR_MODE) == 0;
    int code = EX_OK;

    if (!made && errno != EEXIST)
        return init_fail(dir, errno);
    code = init_check_free(paths->conf);
    if (code == EX_OK)
        code = init_check_free(paths->database);
    if (code == EX_OK)
        code = init_check_free(paths->keys);
    if (code == EX_OK)
        code = init_make(paths);
    if (code != EX_OK && made)
        rmdir(dir);
    return code;
}

static void init_tell(const char *conf)
{
    printf(_("Made %s, an empty database and a folder for the keys of terminals.\n"
             "\n"
             "What to do next:\n"
             "  1. Look through the configuration: the broker, the zone, the areas.\n"
             "  2. Bring in the register, in this order:\n"
             "       studyday --config %s import orgs orgs.csv\n"
             "       studyday --config %s import points points.csv\n"
             "       studyday --config %s import terminals terminals.csv\n"
             "       studyday --config %s import members members.csv\n"
             "       studyday --config %s import sessions sessions.csv\n"
             "  3. Start the collector:\n"
             "       studyday-collector --config %s\n"),
           conf, conf, conf, conf, conf, conf, conf);
}

static int cmd_init_run(CommandContext *context, int argc, char **argv)
{
    Text problem = {0};
    InitPaths paths;
    sigset_t held, before;
    Options options;
    int code;

    (void)context;
    if (!options_parse(NULL, argc, argv, &options, &problem) || options.operand_count != 1 ||
        !*options.operands[0]) {
        fprintf(stderr, "studyday: init: %s\n", problem.size ? text_cstr(&problem) : _("one DIR is needed"));
        text_deinit(&problem);
        return EX_USAGE;
    }
    paths = (InitPaths){
        .conf = init_join(options.operands[0], "studyday.conf"),
        .database = init_join(options.operands[0], "studyday.db"),
        .keys = init_join(options.operands[0], "keys"),
    };
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &before);
    code = init_site(options.operands[0], &paths);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (code == EX_OK)
        init_tell(paths.conf);
    init_paths_deinit(&paths);
    return code;
}

const Command cmd_init = {
    .name = "init",
    .usage = N_("init DIR"),
    .summary = N_("make a new site: configuration, database, folder for keys"),
    .run = cmd_init_run,
};
