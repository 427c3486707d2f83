#pragma once
// One cleanup idiom for the whole tree: an owning local is declared with CLEANUP(function) and handed over by
// storing it elsewhere, then setting the local to NULL (or -1 for a descriptor).
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

/// Defines cleanup_NAME(T **) for a `T *T_free(T *)`-like function that takes NULL.
#define CLEANUP_DEFINE(name, Type, function)      \
    static inline void cleanup_##name(Type **ptr) \
    {                                             \
        if (*ptr)                                 \
            function(*ptr);                       \
    }

static inline void cleanup_free(void *ptr)
{
    free(*(void **)ptr);
}

static inline void cleanup_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_file(FILE **file)
{
    if (*file)
        fclose(*file);
}
