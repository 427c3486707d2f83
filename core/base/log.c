// One line for each call, put together in memory and written by one write(2), so that lines of several
// programs on one descriptor do not mix. Two shapes: with time, program and level for a person or a pipe;
// with a priority only for the journal, which knows the rest. The finished line passes through
// text_append_escaped(): a caller who forgets to escape cannot break a line in two or colour a terminal.
// errno is left alone.
#include "core/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#define LOG_LINE_MAX \
    4096 // bytes of a message that are kept; a journal field is cut at 48 KiB, a reader long before

static const char *const log_level_names[LOG_LEVEL_COUNT] = {"error", "warning", "info", "debug"};
static const int log_priorities[LOG_LEVEL_COUNT] = {3, 4, 6, 7}; // sd-daemon(3)

static struct {
    const char *program;
    LogLevel level;
    bool journal;
} log_state = {"studyday", LOG_LEVEL_INFO, false};

bool log_level_parse(const char *name, LogLevel *ret_level)
{
    for (int i = 0; i < LOG_LEVEL_COUNT; i++) {
        if (strcmp(name, log_level_names[i]) == 0) {
            *ret_level = (LogLevel)i;
            return true;
        }
    }
    return false;
}

void log_set_level(LogLevel level)
{
    log_state.level = level;
}

LogLevel log_get_level(void)
{
    return log_state.level;
}

// JOURNAL_STREAM names the device and inode of the stream, since a child whose stderr was redirected inherits
// the variable but not the journal.
static bool log_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat status;

    if (!stream || sscanf(stream, "%llu:%llu", &device, &inode) != 2 || fstat(STDERR_FILENO, &status) < 0)
        return false;
    return device == (unsigned long long)status.st_dev && inode == (unsigned long long)status.st_ino;
}

void log_init(const char *program)
{
    log_state.program = program;
    log_state.journal = log_is_journal();
}

static void log_append_head(Text *line, LogLevel level)
{
    Time now;
    char stamp[CLOCK_TEXT_SIZE];

    if (log_state.journal) {
        text_appendf(line, "<%d>", log_priorities[level]);
        return;
    }
    now = clock_now();
    time_format_utc(now - now % TIME_SECOND, stamp);
    stamp[strlen(stamp) - 1] = '\0'; // its "Z" comes after the milliseconds
    text_appendf(line, "%s.%03dZ %s %s ", stamp, (int)(now % TIME_SECOND / 1000), log_state.program,
                 log_level_names[level]);
}

void log_write(LogLevel level, const char *module, const char *format, ...)
{
    int saved = errno;
    Text message = {0}, line = {0};
    va_list args;
    ssize_t r;

    if (level > log_state.level)
        return;
    va_start(args, format);
    text_vappendf(&message, format, args);
    va_end(args);

    log_append_head(&line, level);
    text_append(&line, module);
    text_append_char(&line, ' ');
    text_append_escaped(&line, text_cstr(&message), message.size, LOG_LINE_MAX);
    text_append_char(&line, '\n');
    r = write(STDERR_FILENO, text_cstr(&line), line.size);
    (void)r; // there is nowhere left to say that stderr is gone
    text_deinit(&message);
    text_deinit(&line);
    errno = saved;
}

bool log_limit_allow(LogLimit *limit, unsigned long *ret_suppressed)
{
    Time now = clock_monotonic();

    if (limit->next_us && now < limit->next_us) {
        limit->suppressed++;
        return false;
    }
    limit->next_us = now + LOG_REPEAT_SECONDS * TIME_SECOND;
    *ret_suppressed = limit->suppressed;
    limit->suppressed = 0;
    return true;
}
