// The asking side of the control socket: one request, one reply, blocking. The file of a request is opened by
// whoever asks and travels as a descriptor, so that the collector reads with the asker's rights.
//
// A reply that breaks off is an error of its own kind: the collector may have done what was asked. The caller
// says so rather than guessing.
#include "core/net/control.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/net/control_frame.h"

#define CONTROL_ASK_SECONDS 600 // an import of a whole city takes seconds; a big recompute minutes
#define CONTROL_CHUNK 65536

int control_address(const char *path, struct sockaddr_un *ret_address, int *ret_folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *name = strrchr(path, '/');
    int folder = -1, length;

    if (strlen(path) < sizeof(address.sun_path)) {
        memcpy(address.sun_path, path, strlen(path));
    } else {
        CLEANUP(cleanup_free) char *beside = file_beside(path, ".");

        folder = open(beside, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0)
            return -errno;
        length = snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", folder,
                          name ? name + 1 : path);
        if (length >= (int)sizeof(address.sun_path)) {
            close(folder);
            return -ENAMETOOLONG;
        }
    }
    *ret_address = address;
    *ret_folder = folder;
    return 0;
}

int control_connect(const char *path, int *ret_fd)
{
    CLEANUP(cleanup_fd) int fd = -1, folder = -1;
    struct sockaddr_un address;
    int r = control_address(path, &address, &folder);

    if (r < 0)
        return r;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_origin(-errno);
    do {
        r = connect(fd, (struct sockaddr *)&address, sizeof(address));
    } while (r < 0 && errno == EINTR);
    if (r < 0)
        return -errno;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

static void control_append_body(Text *body, int argc, char *const *argv, const char *file_name)
{
    const char *language = i18n_language();

    text_append_bytes(body, file_name ? file_name : "", strlen(file_name ? file_name : "") + 1);
    text_append_bytes(body, language, strlen(language) + 1);
    for (int i = 0; i < argc; i++)
        text_append_bytes(body, argv[i], strlen(argv[i]) + 1);
}

// The first bytes of a message, with the descriptor.
static ssize_t control_send_first(int fd, const void *data, size_t size, int file)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (file >= 0) {
        struct cmsghdr *head;

        message.msg_control = control.bytes;
        message.msg_controllen = sizeof(control.bytes);
        head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &file, sizeof(int));
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static int control_send(int fd, const char *data, size_t size, int file)
{
    while (size) {
        ssize_t put = control_send_first(fd, data, size, file);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_origin(errno == EAGAIN ? -ETIMEDOUT : -errno);
        data += put;
        size -= (size_t)put;
        file = -1; // it went with the first bytes
    }
    return 0;
}

static int control_receive(int fd, void *data, size_t size)
{
    char *bytes = data;

    while (size) {
        ssize_t got = recv(fd, bytes, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_origin(errno == EAGAIN ? -ETIMEDOUT : -errno);
        if (got == 0)
            return error_origin(-ECONNRESET);
        bytes += got;
        size -= (size_t)got;
    }
    return 0;
}

static int control_receive_text(int fd, size_t size, Text *text)
{
    CLEANUP(cleanup_free) char *chunk = alloc_zero(CONTROL_CHUNK);

    while (size) {
        size_t part = size < CONTROL_CHUNK ? size : CONTROL_CHUNK;
        int r = control_receive(fd, chunk, part);

        if (r < 0)
            return r;
        text_append_bytes(text, chunk, part);
        size -= part;
    }
    return 0;
}

static int control_receive_reply(int fd, int *ret_exit, Text *out, Text *err)
{
    ControlReplyHead head;
    int r = control_receive(fd, &head, sizeof(head));

    if (r < 0)
        return r;
    if (head.magic != CONTROL_MAGIC || (uint64_t)head.out_size + head.err_size > CONTROL_REPLY_MAX)
        return error_origin(-EPROTO);
    r = control_receive_text(fd, head.out_size, out);
    if (r == 0)
        r = control_receive_text(fd, head.err_size, err);
    if (r == 0)
        *ret_exit = head.exit_code;
    return r;
}

int control_ask(const char *socket_path, int argc, char *const *argv, const char *file_name, int file,
                int *ret_exit, Text *out, Text *err)
{
    CLEANUP(cleanup_fd) int fd = -1;
    CLEANUP(cleanup_text) Text request = {0}, body = {0};
    struct timeval patience = {.tv_sec = CONTROL_ASK_SECONDS};
    ControlHead head = {.magic = CONTROL_MAGIC};
    int r;

    control_append_body(&body, argc, argv, file_name);
    if (argc < 1 || argc > CONTROL_ARGUMENTS_MAX || body.size > CONTROL_REQUEST_MAX)
        return error_origin(-E2BIG);
    r = control_connect(socket_path, &fd);
    if (r == -ENOENT || r == -ECONNREFUSED || r == -ENOTDIR || r == -ENOTSOCK)
        return CONTROL_E_NOBODY;
    if (r < 0)
        return error_trace(r);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));

    head.size = (uint32_t)body.size;
    text_append_bytes(&request, &head, sizeof(head));
    text_append_bytes(&request, body.data, body.size);
    r = control_send(fd, request.data, request.size, file);
    if (r == 0)
        r = control_receive_reply(fd, ret_exit, out, err);
    return error_trace(r);
}
