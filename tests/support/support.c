// Processes are started with PR_SET_PDEATHSIG, so that a test that fails or is killed leaves none behind.
#include "tests/support/support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/text.h"

#define LISTEN_BACKLOG 16
#define REMOVE_FDS 8 // descriptors that nftw() may hold open
#define EXEC_FAILED 127

void support_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

int support_listen(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, LISTEN_BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        support_die("cannot listen on the loopback: %s", strerror(errno));
    *ret_port = ntohs(address.sin_port);
    return fd;
}

int support_listen_full(int *ret_port)
{
    int listener = support_listen(ret_port), last = -1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)*ret_port),
    };

    if (listen(listener, 0) < 0)
        support_die("listen: %s", strerror(errno));
    // The queue holds one more than its length. The connections in it need no descriptor of ours to stay
    // there.
    for (int i = 0; i < 2; i++) {
        last = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(last, (struct sockaddr *)&address, sizeof address);
        close(last);
    }
    return listener;
}

int support_free_port(void)
{
    int port;

    close(support_listen(&port));
    return port;
}

char *support_make_folder(void)
{
    const char *base = getenv("TMPDIR");
    Text path = {0};

    text_appendf(&path, "%s/studyday-test-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path.data))
        support_die("mkdtemp %s: %s", path.data, strerror(errno));
    return text_take(&path);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status, (void)kind, (void)at;
    return remove(path);
}

void support_remove_folder(const char *path)
{
    if (!strstr(path, "/studyday-test-"))
        support_die("not a folder of ours: %s", path);
    nftw(path, remove_entry, REMOVE_FDS, FTW_DEPTH | FTW_PHYS);
}

/// The program's path, or NULL. The caller frees it.
static char *find_program(const char *name)
{
    const char *search = getenv("PATH");
    CLEANUP(cleanup_text) Text folders = {0};
    char *rest, *folder;

    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? alloc_string(name) : NULL;
    text_appendf(&folders, "%s:/usr/local/sbin:/usr/sbin:/sbin", search ? search : "/usr/bin:/bin");
    rest = folders.data;
    while ((folder = strsep(&rest, ":"))) {
        Text path = {0};

        text_appendf(&path, "%s/%s", folder, name);
        if (access(path.data, X_OK) == 0)
            return text_take(&path);
        text_deinit(&path);
    }
    return NULL;
}

bool support_has_program(const char *name)
{
    CLEANUP(cleanup_free) char *path = find_program(name);

    return path;
}

static _Noreturn void run_child(const char *path, const char *const *argv, const char *log_path)
{
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (log_path) {
        int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

        if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
            _exit(EXEC_FAILED);
    }
    execv(path, (char *const *)argv);
    _exit(EXEC_FAILED);
}

pid_t support_spawn(const char *const *argv, const char *log_path)
{
    CLEANUP(cleanup_free) char *path = find_program(argv[0]);
    pid_t pid;

    if (!path)
        support_die("no program %s", argv[0]);
    fflush(NULL);
    pid = fork();
    if (pid < 0)
        support_die("fork: %s", strerror(errno));
    if (pid == 0)
        run_child(path, argv, log_path);
    return pid;
}

int support_end(pid_t pid, int signal)
{
    int status;

    if (signal)
        kill(pid, signal);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            support_die("waitpid: %s", strerror(errno));
    }
    return status;
}

bool support_has_ended(pid_t pid, int milliseconds)
{
    CLEANUP(cleanup_fd) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    if (fd < 0)
        support_die("pidfd_open: %s", strerror(errno));
    return poll(&wait, 1, milliseconds) > 0;
}
