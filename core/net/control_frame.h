#pragma once
// How requests and replies stand on the control socket, for the two sides in control.c and control_server.c.
// Both are on one machine and of one build, so numbers are in the machine's order.
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define CONTROL_MAGIC 0x31434453u // "SDC1"

typedef struct ControlHead {
    uint32_t magic;
    uint32_t size; // of the body: file name, language, arguments, each with its NUL
} ControlHead;

typedef struct ControlReplyHead {
    uint32_t magic;
    int32_t exit_code;
    uint32_t out_size, err_size; // the bytes follow in this order
} ControlReplyHead;

/// The address of a socket file. A path may be longer than an address holds: its folder is then opened
/// (`ret_folder`, to be closed after use, -1 otherwise) and named through /proc. Negative errno.
int control_address(const char *path, struct sockaddr_un *ret_address, int *ret_folder);
/// Connects; the caller closes. Negative errno.
int control_connect(const char *path, int *ret_fd);
