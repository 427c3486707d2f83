// Allocation that ends the process instead of failing. The message goes out by write(2), since anything that
// formats might allocate again; abort() rather than exit(), so that no handler runs on half-built state.
#include "core/base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void alloc_abort(void)
{
    static const char message[] = "out of memory\n";
    ssize_t r = write(STDERR_FILENO, message, sizeof(message) - 1);

    (void)r;
    abort();
}

void *alloc_zero(size_t size)
{
    void *ptr = calloc(1, size ? size : 1);

    if (!ptr)
        alloc_abort();
    return ptr;
}

void *alloc_resize(void *ptr, size_t count, size_t size)
{
    size_t bytes;
    void *grown;

    if (__builtin_mul_overflow(count, size, &bytes))
        alloc_abort();
    grown = realloc(ptr, bytes ? bytes : 1);
    if (!grown)
        alloc_abort();
    return grown;
}

void *alloc_copy(const void *data, size_t size)
{
    char *copy;

    if (size == SIZE_MAX)
        alloc_abort();
    copy = malloc(size + 1);
    if (!copy)
        alloc_abort();
    if (size)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

char *alloc_string(const char *text)
{
    return text ? alloc_copy(text, strlen(text)) : NULL;
}
