// A line that is redrawn in place. It costs one clock reading a call when drawing, and nothing when stderr is
// not a terminal, so loops call it without asking.
#include "core/base/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "core/base/i18n.h"

#define PROGRESS_INTERVAL (TIME_SECOND / 10) // smooth to the eye, cheap on a slow line
#define PROGRESS_BAR 30                      // columns; with label and figures it fits 80

void progress_init(Progress *progress, const char *label, uint64_t total)
{
    *progress = (Progress){.label = label, .total = total, .active = isatty(STDERR_FILENO) == 1};
    if (progress->active) {
        progress->started = clock_monotonic();
        progress->next = progress->started;
    }
}

static void progress_draw_known(const Progress *progress, uint64_t done, Time elapsed)
{
    double share = (double)done / (double)progress->total;
    int filled;

    if (share > 1)
        share = 1;
    filled = (int)(share * PROGRESS_BAR);
    fprintf(stderr, "\r%s [%.*s%*s] %3d%%", progress->label, filled, "##############################",
            PROGRESS_BAR - filled, "", (int)(share * 100));
    if (share > 0 && share < 1) {
        long long left = (long long)((double)(elapsed / TIME_SECOND) * (1 - share) / share);

        fprintf(stderr, " %s %lld:%02lld", _("left"), left / 60, left % 60);
    }
}

void progress_update(Progress *progress, uint64_t done)
{
    Time now;

    if (!progress->active)
        return;
    now = clock_monotonic();
    if (now < progress->next)
        return;
    progress->next = now + PROGRESS_INTERVAL;
    if (progress->total)
        progress_draw_known(progress, done, now - progress->started);
    else
        fprintf(stderr, "\r%s %llu", progress->label, (unsigned long long)done);
    fputs("\033[K", stderr);
    fflush(stderr);
}

void progress_deinit(Progress *progress)
{
    if (progress->active)
        fputs("\r\033[K", stderr);
    progress->active = false;
}
