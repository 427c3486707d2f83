// To be preloaded: the NOMEM_AT-th allocation of the process fails, the others do not. With NOMEM_COUNT, how
// many there were is written to that file at the end. Allocations of libraries count like our own.
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static long number, fail_at;

static bool fails(void)
{
    if (++number != fail_at)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

// Counting begins where the program does: what the loader asks for is not ours to lack.
__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("NOMEM_AT");

    number = 0;
    fail_at = at ? strtol(at, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("NOMEM_COUNT");
    char text[24];
    int fd, size;

    if (!path)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size = snprintf(text, sizeof(text), "%ld\n", number);
    if (fd < 0 || write(fd, text, (size_t)size) != size)
        _exit(70);
    close(fd);
}
