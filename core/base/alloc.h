#pragma once
// Allocation that cannot fail: running out of memory ends the process. Nothing is lost by that, since
// "recorded" and "received" are only said after an fsync. Input from outside is bounded before it allocates.
#include <stddef.h>

/// Zeroed memory of `size` bytes (at least 1); the caller frees it.
void *alloc_zero(size_t size) __attribute__((malloc, returns_nonnull));
/// Grows `ptr` to `count` items of `size` bytes; the overflow of the product aborts.
void *alloc_resize(void *ptr, size_t count, size_t size) __attribute__((returns_nonnull));
/// A copy of `size` bytes, followed by a NUL that does not count.
void *alloc_copy(const void *data, size_t size) __attribute__((returns_nonnull));
/// A copy of a string; NULL gives NULL.
char *alloc_string(const char *text);
