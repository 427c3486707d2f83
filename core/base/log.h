#pragma once
// Logs for grep: `module event key=value ...` on stderr, one line each. The level says who must act: error an
// operator now, warning an operator soon, info nobody, debug a developer. Text from the network is escaped by
// its writer (text_append_escaped). No personal data at info level and above.
#include <stdbool.h>

typedef enum LogLevel {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_COUNT
} LogLevel;

/// "error", "warning", "info", "debug"; false if `name` is none of them.
bool log_level_parse(const char *name, LogLevel *ret_level);
void log_set_level(LogLevel level);
LogLevel log_get_level(void);
/// Where stderr is the journal (JOURNAL_STREAM names it) lines begin with <N> priorities instead of a time.
void log_init(const char *program);
void log_write(LogLevel level, const char *module, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(module, ...) log_write(LOG_LEVEL_ERROR, module, __VA_ARGS__)
#define log_warning(module, ...) log_write(LOG_LEVEL_WARNING, module, __VA_ARGS__)
#define log_info(module, ...) log_write(LOG_LEVEL_INFO, module, __VA_ARGS__)
#define log_debug(module, ...)                               \
    do {                                                     \
        if (log_get_level() >= LOG_LEVEL_DEBUG)              \
            log_write(LOG_LEVEL_DEBUG, module, __VA_ARGS__); \
    } while (0)

// A reason that repeats is told once, then summed up at most every LOG_REPEAT_SECONDS ("repeated=N").
#define LOG_REPEAT_SECONDS 30
typedef struct LogLimit {
    long long next_us;
    unsigned long suppressed;
} LogLimit;
/// True if the caller should log now; `ret_suppressed` is how many it swallowed since the last time.
bool log_limit_allow(LogLimit *limit, unsigned long *ret_suppressed);
