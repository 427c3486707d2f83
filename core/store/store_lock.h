#pragma once
// The lock of the one writer (C7): the file DATABASE.lock under flock, which the kernel gives back when its
// holder dies, however it dies.
#include <stdbool.h>

/// Takes it without waiting; closing the descriptor gives it back. STORE_E_LOCKED (store.h).
int store_lock_take(const char *database, int *ret_fd);
/// Whether somebody holds it now. Takes nothing and makes no file; false also where there is none.
bool store_lock_is_held(const char *database);
