// Fuzzes the control socket: the bytes of a request after the head's magic, sent by a client that then hangs
// up. It is answered or dropped; the answer sees strings only, and the server listens again.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/net/control.h"
#include "core/net/control_frame.h"

#define ROUNDS 32 // turns of the loop that are enough for any request of one write

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ControlServer *server;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char folder[] = "/tmp/studyday-fuzz-XXXXXX";

    (void)argc;
    (void)argv;
    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof(path), "%s/s", folder);
    return control_open(path, &server);
}

static void answer(void *user, const ControlRequest *request, int *ret_exit, Text *out, Text *err)
{
    (void)user;
    (void)err;
    *ret_exit = 0;
    for (int i = 0; i < request->argc; i++)
        text_append(out, request->argv[i]);
    text_append(out, request->file_name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ControlHead head = {.magic = CONTROL_MAGIC, .size = (uint32_t)size};
    int fd;

    if (size > CONTROL_REQUEST_MAX || control_connect(path, &fd) != 0)
        return 0;
    // An odd first byte: the head is the input's own.
    if (size > sizeof(head) && data[0] % 2)
        memcpy(&head.size, data + 1, sizeof(head.size));
    if (send(fd, &head, sizeof(head), MSG_NOSIGNAL) < 0 || (size && send(fd, data, size, MSG_NOSIGNAL) < 0))
        abort();
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < ROUNDS; i++)
        control_handle(server, answer, NULL);
    close(fd);
    for (int i = 0; i < 4; i++)
        control_handle(server, answer, NULL);
    return 0;
}
