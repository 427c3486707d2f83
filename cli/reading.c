// Whoever reads the file, this process or the collector that it was handed to, moves the offset that all
// descriptors of one opening share. A timer looks at it; the signal's handler does no more than lseek() and
// write(), which are safe there, so that neither the writer nor the wait for its answer knows of all this.
#include "cli/reading.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define READING_LABEL 48           // bytes shown of a file's name
#define READING_INTERVAL_US 200000 // smooth enough, and nothing of the writer's time

static struct {
    char label[READING_LABEL + 1];
    int fd;
    off_t size;
    bool active;
} reading = {.fd = -1};

static void reading_draw(void)
{
    char line[READING_LABEL + 16], digits[3];
    off_t at = lseek(reading.fd, 0, SEEK_CUR);
    int percent = at < 0 || reading.size <= 0 ? 0 : at >= reading.size ? 100 : (int)(at * 100 / reading.size);
    size_t size = 0, count = 0;

    line[size++] = '\r';
    for (const char *c = reading.label; *c; c++)
        line[size++] = *c;
    line[size++] = ' ';
    do
        digits[count++] = (char)('0' + percent % 10);
    while (percent /= 10);
    while (count > 0)
        line[size++] = digits[--count];
    line[size++] = '%';
    for (const char *c = "\033[K"; *c; c++)
        line[size++] = *c;
    if (write(STDERR_FILENO, line, size) < 0)
        return; // it is only for the eyes
}

static void reading_on_alarm(int signal)
{
    int kept = errno;

    (void)signal;
    reading_draw();
    errno = kept;
}

static void reading_tick(long interval)
{
    struct itimerval timer = {{0, interval}, {0, interval}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

void reading_begin(const char *label, int fd)
{
    struct sigaction action = {.sa_handler = reading_on_alarm, .sa_flags = SA_RESTART};
    struct stat status;
    size_t size = strlen(label);

    if (isatty(STDERR_FILENO) != 1 || fstat(fd, &status) < 0)
        return;
    if (size > READING_LABEL) // the end of a path says most
        label += size - READING_LABEL;
    while ((*label & 0xc0) == 0x80) // not in the middle of a character
        label++;
    strncpy(reading.label, label, READING_LABEL);
    reading.fd = fd;
    reading.size = status.st_size;
    reading.active = true;
    reading_draw();
    sigaction(SIGALRM, &action, NULL);
    reading_tick(READING_INTERVAL_US);
}

void reading_end(void)
{
    if (!reading.active)
        return;
    reading_tick(0);
    signal(SIGALRM, SIG_DFL);
    reading.active = false;
    if (write(STDERR_FILENO, "\r\033[K", strlen("\r\033[K")) < 0)
        return;
}
