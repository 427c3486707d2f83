// studyday backup FILE: a copy of the database as it is now, while the collector goes on.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/watching.h"
#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/backup.h"

static int backup_explain(int r, const char *file)
{
    switch (r) {
    case BACKUP_E_EXISTS:
        fprintf(stderr, _("studyday: %s: is there already; a backup is never written over another file\n"),
                file);
        return EX_CANTCREAT;
    case BACKUP_E_DAMAGED:
        fprintf(stderr,
                _("studyday: backup: verification found the above, so no backup was made; see `studyday "
                  "verify`\n"));
        return EX_DATAERR;
    case BACKUP_E_SLOW:
        fprintf(stderr, _("studyday: %s: writing takes too long, so no backup was made; try a faster disk\n"),
                file);
        return EX_TEMPFAIL;
    case BACKUP_E_STOPPED:
        fputs(_("studyday: backup: stopped; no backup was made\n"), stderr);
        return EX_TEMPFAIL;
    case -EACCES:
    case -EPERM:
        fprintf(stderr, "studyday: %s: %s\n", file, strerror(-r));
        return EX_NOPERM;
    case -ENOENT:
    case -ENOTDIR:
    case -EROFS:
    case -ENAMETOOLONG:
        fprintf(stderr, "studyday: %s: %s\n", file, strerror(-r));
        return EX_CANTCREAT;
    default:
        fprintf(stderr, "studyday: %s: %s\n", file, strerror(r < 0 ? -r : EIO));
        return EX_IOERR;
    }
}

static Store *backup_open(CommandContext *context, int *ret_exit)
{
    const ConfigSite *config = command_config(context, ret_exit);
    CLEANUP(cleanup_text) Text why = {0};
    Store *store = NULL;
    int r;

    if (!config)
        return NULL;
    r = store_open(config->database, STORE_READ, &store);
    if (r == 0)
        return store;
    *ret_exit = writer_explain(config, r, &why);
    fputs(text_cstr(&why), stderr);
    return NULL;
}

static int cmd_backup_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    BackupResult result;
    Watching watching;
    Options options;
    int code = EX_OK, r;

    if (!options_parse(NULL, argc, argv, &options, &problem) || options.operand_count != 1 ||
        !*options.operands[0]) {
        fprintf(stderr, "studyday: backup: %s\n",
                problem.size ? text_cstr(&problem) : _("one FILE is needed"));
        return EX_USAGE;
    }
    store = backup_open(context, &code);
    if (!store)
        return code;
    watching_begin(&watching);
    r = backup_make(store, options.operands[0], &watching.watch, &result);
    watching_end(&watching);
    if (r)
        return backup_explain(r, options.operands[0]);
    printf(_("%s: %" PRId64 " events, %" PRId64 " bytes, verified; database %s, generation %" PRId64 "\n"),
           options.operands[0], result.summary.events, result.bytes, result.identity.store,
           result.identity.generation);
    return EX_OK;
}

const Command cmd_backup = {
    .name = "backup",
    .usage = N_("backup FILE"),
    .summary = N_("copy the database into a file while the collector goes on"),
    .run = cmd_backup_run,
};
