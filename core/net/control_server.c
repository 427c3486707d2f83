// The answering side of the control socket, driven by the owner's poll loop and never blocking.
//
// One descriptor stands for all of it: an epoll instance that watches either the listener or the one client
// at hand, and a timer. So the owner polls one thing and needs to know nothing of deadlines: a client that
// does not finish its request, or stops taking its reply, makes the descriptor readable when its time is
// over, and is dropped.
//
//   LISTENING -> accept -> READING -> (answer) -> WRITING -> LISTENING
//
// Whoever may connect is decided by the mode of the socket (0660) and of its folder; who it was is told by
// SO_PEERCRED. What is malformed is dropped without an answer.
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/net/control.h"
#include "core/net/control_frame.h"

#define CONTROL_READ_SECONDS 5   // a request is one write of a few kilobytes
#define CONTROL_WRITE_SECONDS 30 // for the whole reply: only a stopped client takes longer
#define CONTROL_BACKLOG 16       // people at keyboards
#define CONTROL_SOCKET_MODE 0660
#define CONTROL_RECEIVE 4096

typedef enum ControlState { CONTROL_LISTENING, CONTROL_READING, CONTROL_WRITING } ControlState;

struct ControlServer {
    char *path;
    int listener, timer, poll;
    ControlState state;
    int client; // -1 while listening
    int file;   // what came with the request, or -1
    uid_t uid;
    Text in, out;
    size_t written;
};

void control_request_deinit(ControlRequest *request)
{
    free(request->storage);
    free(request->argv);
    if (request->file >= 0)
        close(request->file);
    *request = (ControlRequest){.file = -1};
}

static int control_watch(ControlServer *server, int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events};

    return epoll_ctl(server->poll, operation, fd, &event) < 0 ? error_origin(-errno) : 0;
}

// Starts the time that the client at hand has; 0 stops it.
static void control_allow(ControlServer *server, time_t seconds)
{
    struct itimerspec spec = {.it_value.tv_sec = seconds};

    timerfd_settime(server->timer, 0, &spec, NULL);
}

// A socket file that is left over is one where nobody answers; anything else of that name is not ours to
// remove.
static int control_remove_stale(const char *path)
{
    CLEANUP(cleanup_fd) int fd = -1;
    struct stat status;
    int r;

    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(status.st_mode))
        return -EEXIST;
    r = control_connect(path, &fd);
    if (r == 0)
        return -EADDRINUSE;
    if (r == -ECONNREFUSED && unlink(path) < 0 && errno != ENOENT)
        return -errno;
    return r == -ECONNREFUSED || r == -ENOENT ? 0 : r;
}

static int control_listen(const char *path, int *ret_fd)
{
    CLEANUP(cleanup_fd) int fd = -1, folder = -1;
    struct sockaddr_un address;
    mode_t before;
    int r = control_address(path, &address, &folder);

    if (r < 0)
        return error_origin(r);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_origin(-errno);
    before = umask((mode_t)~CONTROL_SOCKET_MODE & 0777); // the file never exists with more
    r = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
    umask(before);
    if (r == 0 && listen(fd, CONTROL_BACKLOG) < 0)
        r = -errno;
    if (r < 0)
        return error_origin(r);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

int control_open(const char *socket_path, ControlServer **ret_server)
{
    ControlServer *server = alloc_zero(sizeof(*server));
    int r;

    *server = (ControlServer){.listener = -1, .timer = -1, .poll = -1, .client = -1, .file = -1};
    r = control_remove_stale(socket_path);
    if (r == 0)
        r = control_listen(socket_path, &server->listener);
    if (r == 0)
        server->path = alloc_string(socket_path);
    if (r == 0) {
        server->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        server->poll = epoll_create1(EPOLL_CLOEXEC);
        r = server->timer < 0 || server->poll < 0 ? error_origin(-errno) : 0;
    }
    if (r == 0)
        r = control_watch(server, EPOLL_CTL_ADD, server->listener, EPOLLIN);
    if (r == 0)
        r = control_watch(server, EPOLL_CTL_ADD, server->timer, EPOLLIN);
    if (r < 0) {
        control_close(server);
        return error_trace(r);
    }
    *ret_server = server;
    return 0;
}

static void control_close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

// Lets the client go and listens again.
static void control_drop(ControlServer *server, const char *why)
{
    if (why)
        log_warning("control", "dropped uid=%u why=%s", (unsigned)server->uid, why);
    control_close_fd(&server->client);
    control_close_fd(&server->file);
    text_deinit(&server->in);
    text_deinit(&server->out);
    server->written = 0;
    server->state = CONTROL_LISTENING;
    control_allow(server, 0);
    control_watch(server, EPOLL_CTL_MOD, server->listener, EPOLLIN);
}

ControlServer *control_close(ControlServer *server)
{
    if (!server)
        return NULL;
    control_close_fd(&server->client);
    control_close_fd(&server->file);
    control_close_fd(&server->listener);
    control_close_fd(&server->timer);
    control_close_fd(&server->poll);
    if (server->path)
        unlink(server->path);
    free(server->path);
    text_deinit(&server->in);
    text_deinit(&server->out);
    free(server);
    return NULL;
}

int control_fd(const ControlServer *server)
{
    return server->poll;
}

short control_events(const ControlServer *server)
{
    (void)server;
    return POLLIN;
}

static void control_accept(ControlServer *server)
{
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (fd < 0)
        return; // gone again, or out of descriptors: the next round tries again
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
        control_watch(server, EPOLL_CTL_ADD, fd, EPOLLIN) < 0) {
        close(fd);
        return;
    }
    server->client = fd;
    server->uid = peer.uid;
    server->state = CONTROL_READING;
    control_watch(server, EPOLL_CTL_MOD, server->listener, 0);
    control_allow(server, CONTROL_READ_SECONDS);
}

// The first descriptor is the request's file; more than one is refused.
static bool control_keep_files(ControlServer *server, struct msghdr *message)
{
    bool fine = !(message->msg_flags & MSG_CTRUNC);

    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head)) {
        size_t count;

        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
            if (server->file < 0) {
                server->file = fd;
            } else {
                close(fd);
                fine = false;
            }
        }
    }
    return fine;
}

// Takes apart the body behind the head. False if it is not what a client of ours writes.
static bool control_parse(ControlServer *server, ControlRequest *ret_request)
{
    size_t size = server->in.size - sizeof(ControlHead);
    ControlRequest request = {.file = server->file, .uid = server->uid};
    char *end, *next;

    if (size == 0 || server->in.data[server->in.size - 1] != '\0')
        return false;
    request.storage = alloc_copy(server->in.data + sizeof(ControlHead), size);
    request.argv = alloc_zero((CONTROL_ARGUMENTS_MAX + 1) * sizeof(char *));
    end = request.storage + size;
    request.file_name = request.storage;
    next = request.storage + strlen(request.storage) + 1;
    if (next < end) {
        request.language = next;
        next += strlen(next) + 1;
    }
    for (; next < end && request.argc <= CONTROL_ARGUMENTS_MAX; next += strlen(next) + 1) {
        if (request.argc < CONTROL_ARGUMENTS_MAX)
            request.argv[request.argc] = next;
        request.argc++;
    }
    if (request.argc < 1 || request.argc > CONTROL_ARGUMENTS_MAX) {
        request.file = -1;
        control_request_deinit(&request);
        return false;
    }
    server->file = -1; // the request owns it now
    *ret_request = request;
    return true;
}

typedef void (*ControlAnswer)(void *user, const ControlRequest *request, int *ret_exit, Text *out, Text *err);

static void control_answer(ControlServer *server, ControlAnswer answer, void *user)
{
    CLEANUP(cleanup_text) Text out = {0}, err = {0};
    ControlReplyHead head = {.magic = CONTROL_MAGIC};
    ControlRequest request;
    int code = 0;

    if (!control_parse(server, &request)) {
        control_drop(server, "malformed");
        return;
    }
    control_allow(server, 0); // the time we take is not the client's
    answer(user, &request, &code, &out, &err);
    control_request_deinit(&request);
    if (out.size > CONTROL_REPLY_MAX || err.size > CONTROL_REPLY_MAX - out.size) {
        control_drop(server, "reply-too-large");
        return;
    }
    head.exit_code = code;
    head.out_size = (uint32_t)out.size;
    head.err_size = (uint32_t)err.size;
    text_append_bytes(&server->out, &head, sizeof(head));
    text_append_bytes(&server->out, text_cstr(&out), out.size);
    text_append_bytes(&server->out, text_cstr(&err), err.size);
    server->state = CONTROL_WRITING;
    control_watch(server, EPOLL_CTL_MOD, server->client, EPOLLOUT);
    control_allow(server, CONTROL_WRITE_SECONDS);
}

static void control_read(ControlServer *server, ControlAnswer answer, void *user)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))]; // room to notice one too many
    } control;
    char bytes[CONTROL_RECEIVE];
    struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    ssize_t got = recvmsg(server->client, &message, MSG_CMSG_CLOEXEC);
    ControlHead head;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got >= 0 && !control_keep_files(server, &message)) {
        control_drop(server, "too-many-files");
        return;
    }
    if (got <= 0) {
        control_drop(server, server->in.size ? "broken-off" : NULL);
        return;
    }
    text_append_bytes(&server->in, bytes, (size_t)got);
    if (server->in.size < sizeof(head))
        return;
    memcpy(&head, server->in.data, sizeof(head));
    if (head.magic != CONTROL_MAGIC || head.size > CONTROL_REQUEST_MAX ||
        server->in.size > sizeof(head) + head.size)
        control_drop(server, "malformed");
    else if (server->in.size == sizeof(head) + head.size)
        control_answer(server, answer, user);
}

static void control_write(ControlServer *server)
{
    ssize_t put = send(server->client, server->out.data + server->written, server->out.size - server->written,
                       MSG_NOSIGNAL);

    if (put < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (put < 0) {
        control_drop(server, "gone");
        return;
    }
    server->written += (size_t)put;
    if (server->written == server->out.size)
        control_drop(server, NULL);
}

static bool control_expired(ControlServer *server)
{
    uint64_t times;

    return read(server->timer, &times, sizeof(times)) == sizeof(times) && server->state != CONTROL_LISTENING;
}

int control_handle(ControlServer *server, ControlAnswer answer, void *user)
{
    if (control_expired(server)) {
        control_drop(server, "too-slow");
        return 0;
    }
    if (server->state == CONTROL_LISTENING)
        control_accept(server);
    if (server->state == CONTROL_READING)
        control_read(server, answer, user);
    if (server->state == CONTROL_WRITING)
        control_write(server);
    return 0;
}
