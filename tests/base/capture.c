// A memory file stands in for the descriptor, so that nothing has to be read while it is written.
#include "tests/base/capture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"

#define CAPTURE_MAX 1048576 // bytes; a test that says more has run away

static void capture_require(int fine, const char *what)
{
    if (!fine) {
        perror(what);
        abort();
    }
}

void capture_init(Capture *capture, int fd)
{
    fflush(NULL);
    capture->fd = fd;
    capture->saved = dup(fd);
    capture->sink = memfd_create("capture", MFD_CLOEXEC);
    capture_require(capture->saved >= 0 && capture->sink >= 0, "capture");
    capture_require(dup2(capture->sink, fd) >= 0, "dup2");
}

char *capture_deinit(Capture *capture)
{
    Text text = {0};

    fflush(NULL);
    capture_require(dup2(capture->saved, capture->fd) >= 0, "dup2");
    close(capture->saved);
    lseek(capture->sink, 0, SEEK_SET);
    capture_require(file_read_fd(capture->sink, CAPTURE_MAX, &text) == 0, "read");
    close(capture->sink);
    return text_take(&text);
}

char *capture_folder_make(void)
{
    const char *base = getenv("TMPDIR");
    Text path = {0};

    text_appendf(&path, "%s/studyday-test-XXXXXX", base && *base ? base : "/tmp");
    capture_require(mkdtemp(path.data) != NULL, "mkdtemp");
    return text_take(&path);
}

void capture_folder_remove(char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    capture_require(folder != NULL, path);
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    capture_require(rmdir(path) == 0, path);
    free(path);
}

int capture_child(void (*function)(void))
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    capture_require(child >= 0, "fork");
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(nowhere, STDERR_FILENO);
        function();
        _exit(0);
    }
    capture_require(waitpid(child, &status, 0) == child, "waitpid");
    return status;
}
