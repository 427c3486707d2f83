#pragma once
// The local control socket: how `studyday` asks the running collector to do something. A Unix stream socket
// of mode 0660; one request and one reply a connection. Request: header, NUL-separated arguments, and at most
// one descriptor (SCM_RIGHTS) for an input file. Reply: exit code, standard output, standard error. Sizes are
// bounded.
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/text.h"

#define CONTROL_ARGUMENTS_MAX 64
#define CONTROL_REQUEST_MAX (64 * 1024)      // arguments are names and codes; files travel as descriptors
#define CONTROL_REPLY_MAX (64 * 1024 * 1024) // an import's error list is the longest answer

typedef struct ControlRequest {
    char *storage; // owns the strings
    char **argv;   // argc of them, NULL-terminated; argv[0] is the operation
    int argc;
    char *file_name; // "" none
    char *language;  // asker's LANGUAGE / locale
    int file;        // descriptor or -1
    uid_t uid;       // of the peer, by SO_PEERCRED
} ControlRequest;
void control_request_deinit(ControlRequest *request);

enum { CONTROL_E_NOBODY = 1 }; // nobody listens there

/// Client: sends the request and waits for the whole reply. CONTROL_E_NOBODY when no collector listens.
int control_ask(const char *socket_path, int argc, char *const *argv, const char *file_name, int file,
                int *ret_exit, Text *out, Text *err);

// Server: non-blocking, driven by the owner's poll loop; one client at a time is answered, others wait in the
// backlog.
typedef struct ControlServer ControlServer;
/// Binds and listens (mode 0660); a stale socket file is replaced. -EADDRINUSE when somebody answers there.
int control_open(const char *socket_path, ControlServer **ret_server);
ControlServer *control_close(ControlServer *server); // unlinks the socket
int control_fd(const ControlServer *server);         // to poll: the listener or the client at hand
short control_events(const ControlServer *server);   // POLLIN/POLLOUT wanted
/// Goes on with accepting, reading or writing. When a request is complete, calls `answer`, which fills in the
/// reply; the reply is then written as the client takes it, bounded by a deadline so that a client that stops
/// reading is dropped.
int control_handle(ControlServer *server,
                   void (*answer)(void *user, const ControlRequest *request, int *ret_exit, Text *out,
                                  Text *err),
                   void *user);
