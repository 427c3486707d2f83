// Signals only set a flag that the copying looks at every few milliseconds: the temporary file is then taken
// away by who made it.
#include "cli/watching.h"

#include <signal.h>
#include <stdio.h>

#include "core/base/i18n.h"

#define WATCHING_LISTED_MAX 20 // findings that are printed; one damaged page can bring thousands

static volatile sig_atomic_t watching_stopped;

static void watching_on_signal(int signal)
{
    (void)signal;
    watching_stopped = 1;
}

static bool watching_go_on(void *user, BackupStage stage, uint64_t done, uint64_t total)
{
    Watching *watching = user;

    if (stage != watching->stage) {
        watching->stage = stage;
        progress_deinit(&watching->progress);
        progress_init(&watching->progress, _("verifying"), 0);
    }
    if (stage == BACKUP_COPYING)
        watching->progress.total = total;
    progress_update(&watching->progress, done);
    return !watching_stopped;
}

static void watching_found(void *user, const VerifyFinding *finding)
{
    Watching *watching = user;

    progress_deinit(&watching->progress);
    if (watching->found++ < WATCHING_LISTED_MAX)
        fprintf(stderr, "%s: %s\n", finding->what, finding->detail);
}

static void watching_handle(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler};

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        sigaction(signals[i], &action, NULL);
}

void watching_begin(Watching *watching)
{
    *watching = (Watching){.watch = {watching_go_on, watching_found, watching}};
    progress_init(&watching->progress, _("copying"), 0);
    watching_stopped = 0;
    watching_handle(watching_on_signal);
}

void watching_end(Watching *watching)
{
    progress_deinit(&watching->progress);
    watching_handle(SIG_DFL);
}
