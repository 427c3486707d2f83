// What every main() does first and last.
#include "core/base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "build-config.h"
#include "core/base/digest.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

#define PROGRAM_UMASK 027 // others get nothing; the group may be given the socket and the database to read

const ProgramOption program_common_options[] = {
    {"config", 0, "FILE", N_("configuration to use")},
    {"check-config", 0, NULL, N_("check the configuration and exit")},
    {"lang", 0, "LANG", N_("language of messages, such as zh_CN or en")},
    {"log-level", 0, "LEVEL", N_("error, warning, info or debug (default: info)")},
    {"help", 'h', NULL, N_("show this help and exit")},
    {"version", 0, NULL, N_("show the version and exit")},
    {0},
};

static const char *program_name = "studyday";

// A program started with a standard descriptor closed would get that number for its database, and print into
// it.
static void program_fill_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

// Each program may hold keys: what dies of a fault leaves no copy of its memory behind. A limit of 0 does not
// stop a core that is piped to a program (core_pattern); being undumpable does, and keeps other processes of
// the same user from reading the memory. The leak checker of the sanitizers is such a process.
static void program_forbid_cores(void)
{
    const struct rlimit none = {0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, PROGRAM_DUMPABLE, 0, 0, 0);
}

void program_init(const char *program)
{
    program_fill_descriptors();
    program_name = program;
    umask(PROGRAM_UMASK);
    program_forbid_cores();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is to be met like a full disk, by an error
    tzset();
    i18n_init(NULL);
    log_init(program);
    digest_init();
}

int program_print_version(const char *program)
{
    printf("%s %s\n", program, STUDYDAY_VERSION);
    return program_finish(EX_OK);
}

static void program_append_option(Text *text, const ProgramOption *option)
{
    if (option->letter)
        text_appendf(text, "  -%c, --%s", option->letter, option->name);
    else
        text_appendf(text, "      --%s", option->name);
    if (option->argument)
        text_appendf(text, " %s", option->argument);
}

static size_t program_options_width(const ProgramOption *options)
{
    size_t widest = 0;

    for (; options->name; options++) {
        Text text = {0};

        program_append_option(&text, options);
        if (text.size > widest)
            widest = text.size;
        text_deinit(&text);
    }
    return widest;
}

static void program_print_options(const ProgramOption *options, size_t width)
{
    for (; options->name; options++) {
        Text text = {0};

        program_append_option(&text, options);
        printf("%-*s  %s\n", (int)width, text_cstr(&text), _(options->help));
        text_deinit(&text);
    }
}

int program_print_help(const char *usage, const char *summary, const ProgramOption *options)
{
    size_t common = program_options_width(program_common_options);
    size_t own = options ? program_options_width(options) : 0;
    size_t width = common > own ? common : own;

    printf("%s %s\n\n%s\n\n", _("Usage:"), usage, _(summary));
    program_print_options(program_common_options, width);
    if (options)
        program_print_options(options, width);
    return program_finish(EX_OK);
}

int program_finish(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "%s: %s: %s\n", program_name, _("standard output"), strerror(errno ? errno : EIO));
    return EX_IOERR;
}
