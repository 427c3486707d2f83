// The trace of a failure: one debug line where it was first seen and one for each function that passes it up.
// It leaves errno alone, so that it may stand anywhere in an expression.
#include "core/base/error.h"

#include <string.h>

#include "core/base/log.h"

int error_note(int r, const char *what, const char *file, int line, const char *function)
{
    int saved = errno;

    if (r < 0)
        log_debug("error", "%s at=%s:%d in=%s errno=%d reason=\"%s\"", what, file, line, function, -r,
                  strerror(-r));
    errno = saved;
    return r;
}
