// To be preloaded into a collector: COMMIT is said to be done and is not. It is what a collector would be
// that sends receipts before its commit; one that is killed then has lost what it receipted. The control of
// chaos.py.
#include <dlfcn.h>
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

typedef int (*Exec)(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);

int sqlite3_exec(sqlite3 *handle, const char *sql, int (*row)(void *, int, char **, char **), void *user,
                 char **ret_error)
{
    static Exec real;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_exec");
    if (strcmp(sql, "COMMIT") == 0 || (strncmp(sql, "BEGIN", 5) == 0 && !sqlite3_get_autocommit(handle)))
        return SQLITE_OK;
    return real(handle, sql, row, user, ret_error);
}
