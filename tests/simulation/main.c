// studyday-simtest: plays seeds until one of them finds something.
#include <getopt.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <time.h>

#include "core/base/log.h"
#include "tests/simulation/breaks.h"
#include "tests/simulation/play.h"
#include "tests/simulation/site.h"

#define SEEDS_DEFAULT 1000
#define MEMORY_KEPT (32 * 1024 * 1024)

typedef struct Options {
    uint64_t first, count;
    bool trace, keep_on;
} Options;

void __wrap_log_write(LogLevel level, const char *module, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// What the programs log belongs to the trace.
void __wrap_log_write(LogLevel level, const char *module, const char *format, ...)
{
    char line[300];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (level <= LOG_LEVEL_INFO)
        world_note("  %s: %s %s", world.current ? world.current->name : "-", module, line);
}

static void usage(FILE *out)
{
    fputs("usage: studyday-simtest [--seed N] [--count N] [--trace] [--keep-on] [--break WHAT]\n"
          "  --seed N      the first seed, or the only one with --trace (default: 1)\n"
          "  --count N     how many seeds\n"
          "  --trace       prints all that happens\n"
          "  --keep-on     goes on after a seed that failed\n"
          "  --break WHAT  breaks a promise, which must be found:\n",
          out);
    for (int i = 1; i < BREAK_COUNT; i++)
        fprintf(out, "      %-24s%s\n", break_words[i].name, break_words[i].what);
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static bool play_one(const Options *options, uint64_t seed, unsigned long *rounds)
{
    Text trace = {0};
    PlayEnd end = play(seed, options->trace ? &trace : NULL);

    if (options->trace)
        fputs(text_cstr(&trace), stdout);
    text_deinit(&trace);
    if (options->trace || end.failed)
        fprintf(options->trace ? stdout : stderr, "seed %llu print %016llx %s%s\n", (unsigned long long)seed,
                (unsigned long long)end.print, end.failed ? "FAILED: " : "holds", end.reason);
    if (end.failed && !options->trace)
        fprintf(stderr, "replay: studyday-simtest --seed %llu --trace\n", (unsigned long long)seed);
    *rounds += end.rounds;
    return !end.failed;
}

static int play_all(const Options *options)
{
    double before = cpu_seconds();
    unsigned long rounds = 0;
    uint64_t played = 0, failed = 0;

    while (played < options->count && (failed == 0 || options->keep_on))
        failed += !play_one(options, options->first + played++, &rounds);
    double took = cpu_seconds() - before;
    fprintf(options->trace ? stderr : stdout, // a trace is the same each time
            "%llu seeds, %llu failed, %lu rounds, %.1f s of CPU, %.0f seeds a minute\n",
            (unsigned long long)played, (unsigned long long)failed, rounds, took, (double)played / took * 60);
    return failed ? EXIT_FAILURE : EX_OK;
}

int main(int argc, char **argv)
{
    static const struct option names[] = {{"seed", required_argument, NULL, 's'},
                                          {"count", required_argument, NULL, 'c'},
                                          {"trace", no_argument, NULL, 't'},
                                          {"keep-on", no_argument, NULL, 'k'},
                                          {"break", required_argument, NULL, 'b'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    Options options = {.first = 1};
    Break which = BREAK_NOTHING;

    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 's')
            options.first = strtoull(optarg, NULL, 10);
        else if (c == 'c')
            options.count = strtoull(optarg, NULL, 10);
        else if (c == 't')
            options.trace = true;
        else if (c == 'k')
            options.keep_on = true;
        else if (c != 'b' || !break_parse(optarg, &which)) {
            usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? EX_OK : EX_USAGE;
        }
    }
    if (options.count == 0)
        options.count = options.trace ? 1 : SEEDS_DEFAULT;
    setvbuf(stdout, NULL, _IOLBF, 0);       // a run that is cut short has said what it found
    mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT); // each play takes the same memory again
    mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT);
    setenv("TMPDIR", "/dev/shm", 0); // lock files need no disk
    break_set(which);
    site_make();
    int code = play_all(&options);
    site_unmake();
    return code;
}
