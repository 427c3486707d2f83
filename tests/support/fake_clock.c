// The linker lets a program's own clock_gettime() win over the C library's, for shared libraries as well.
// Timers in the kernel (poll) keep to the true time.
#include "tests/support/fake_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static Time ahead;

void fake_clock_advance(Time by)
{
    ahead += by;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    long result = syscall(SYS_clock_gettime, id, time);

    if (result == 0 && id == CLOCK_MONOTONIC) {
        time->tv_sec += ahead / TIME_SECOND;
        time->tv_nsec += (ahead % TIME_SECOND) * 1000;
        if (time->tv_nsec >= 1000000000) {
            time->tv_nsec -= 1000000000;
            time->tv_sec++;
        }
    }
    return (int)result;
}
