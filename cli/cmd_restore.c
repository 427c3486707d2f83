// studyday restore FILE: a backup takes the place of the database, as a new generation. The collector must
// not run; when it starts again, terminals send what the backup lacks.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/watching.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/backup.h"
#include "office/office.h"

static const ProgramOption restore_options[] = {
    {"force", 0, NULL, N_("also where there is a database; it is kept under another name")},
    {"without-cards", 0, NULL,
     N_("take the cards out: cards.key is lost, and the members' file will state them anew")},
    {"generation", 0, "N", N_("at least this generation, where terminals have seen a later one")},
    {0},
};

#define RESTORE_GENERATION_MAX 9007199254740991 // 2^53 - 1, the largest integer of the protocol

static int restore_explain(int r, const RestoreRequest *request)
{
    switch (r) {
    case BACKUP_E_EXISTS:
        fprintf(stderr,
                _("studyday: %s: there is a database; --force puts the backup in its place and keeps it "
                  "under another name\n"),
                request->database);
        return EX_CANTCREAT;
    case BACKUP_E_MISSING:
        fprintf(stderr, "studyday: %s: %s\n", request->file, strerror(ENOENT));
        return EX_NOINPUT;
    case BACKUP_E_FOREIGN:
        fprintf(stderr, _("studyday: %s: not a database of studyday, or one made by a newer version\n"),
                request->file);
        return EX_DATAERR;
    case BACKUP_E_DAMAGED:
        fprintf(stderr, _("studyday: %s: verification found the above; nothing was restored\n"),
                request->file);
        return EX_DATAERR;
    case BACKUP_E_CARD_KEY:
        fprintf(
            stderr,
            _("studyday: %s: its cards stand under another cards.key; put that one beside %s, or take the "
              "cards out with --without-cards and import the members once more; nothing was restored\n"),
            request->file, request->database);
        return EX_CONFIG;
    case BACKUP_E_LOCKED:
        fprintf(stderr, _("studyday: %s: a collector is running; stop it first\n"), request->database);
        return EX_TEMPFAIL;
    case BACKUP_E_SLOW:
    case BACKUP_E_STOPPED:
        fputs(_("studyday: restore: stopped; nothing was restored\n"), stderr);
        return EX_TEMPFAIL;
    case -EACCES:
    case -EPERM:
        fprintf(stderr, "studyday: %s: %s\n", request->database, strerror(-r));
        return EX_NOPERM;
    case -ENOENT:
    case -ENOTDIR:
    case -EROFS:
        fprintf(stderr, "studyday: %s: %s\n", request->database, strerror(-r));
        return EX_CANTCREAT;
    default:
        fprintf(stderr, "studyday: %s: %s\n", request->database, strerror(r < 0 ? -r : EIO));
        return EX_IOERR;
    }
}

static void restore_tell(const RestoreRequest *request, const BackupResult *result, const char *aside)
{
    printf(_("%s: restored from %s: %" PRId64 " events, verified; generation %" PRId64 "\n"),
           request->database, request->file, result->summary.events, result->identity.generation);
    if (aside)
        printf(_("The database that was there is kept as %s\n"), aside);
    puts(_("Start the collector now: terminals send what the backup lacks, as far as they still have it."));
}

static int restore_start(const RestoreRequest *request)
{
    CLEANUP(cleanup_free) char *aside = NULL;
    BackupResult result;
    Watching watching;
    int r;

    if (access(request->file, R_OK) < 0 && errno == EACCES) {
        fprintf(stderr, "studyday: %s: %s\n", request->file, strerror(EACCES));
        return EX_NOPERM;
    }
    watching_begin(&watching);
    r = restore_run(request, &watching.watch, &result, &aside);
    watching_end(&watching);
    if (r)
        return restore_explain(r, request);
    restore_tell(request, &result, aside);
    return EX_OK;
}

static int cmd_restore_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_free) char *actor = NULL;
    const ConfigSite *config;
    const char *generation;
    long long number = 0;
    Options options;
    int code = EX_OK;

    if (!options_parse(restore_options, argc, argv, &options, &problem) || options.operand_count != 1 ||
        !*options.operands[0]) {
        fprintf(stderr, "studyday: restore: %s\n",
                problem.size ? text_cstr(&problem) : _("one FILE is needed"));
        return EX_USAGE;
    }
    generation = options_get(&options, "generation");
    if (generation && !text_parse_int64(generation, 1, RESTORE_GENERATION_MAX, &number)) {
        fprintf(stderr, _("studyday: restore: --generation %s: not a number from 1\n"), generation);
        return EX_USAGE;
    }
    config = command_config(context, &code);
    if (!config)
        return code;
    actor = office_actor(geteuid());
    return restore_start(&(RestoreRequest){
        .file = options.operands[0],
        .database = config->database,
        .heads = config->heads,
        .without_cards = options_has(&options, "without-cards"),
        .force = options_has(&options, "force"),
        .generation = number,
        .now = clock_now(),
        .actor = actor,
    });
}

const Command cmd_restore = {
    .name = "restore",
    .usage = N_("restore FILE [--force] [--without-cards] [--generation N]"),
    .summary = N_("put a backup in the place of the database"),
    .options = restore_options,
    .run = cmd_restore_run,
};
