// Ready means: a connection is accepted at the port, and our process is still there (so nobody else has the
// port).
#include "tests/support/broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "tests/support/support.h"

#define START_SECONDS 20 // on a loaded machine
#define RETRY_MILLIS 5   // between two looks at the port; ends at once if the process does

bool broker_is_installed(void)
{
    return support_has_program("mosquitto");
}

static char *path_in(const char *folder, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", folder, name);
    return text_take(&path);
}

Broker *broker_new(void)
{
    Broker *broker = alloc_zero(sizeof *broker);

    broker->folder = support_make_folder();
    broker->config = path_in(broker->folder, "mosquitto.conf");
    broker->log = path_in(broker->folder, "mosquitto.log");
    broker->port = support_free_port();
    return broker;
}

static bool accepts(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)port),
    };
    CLEANUP(cleanup_fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

void broker_resume(Broker *broker)
{
    const char *const argv[] = {"mosquitto", "-c", broker->config, NULL};
    Time deadline = clock_monotonic() + START_SECONDS * TIME_SECOND;

    broker->pid = support_spawn(argv, broker->log);
    while (!accepts(broker->port)) {
        if (support_has_ended(broker->pid, RETRY_MILLIS) || clock_monotonic() > deadline)
            support_die("mosquitto did not start; see %s", broker->log);
    }
}

void broker_run(Broker *broker, const char *config)
{
    FILE *file = fopen(broker->config, "we");

    if (!file || fputs(config, file) < 0 || fclose(file) != 0)
        support_die("%s: %s", broker->config, strerror(errno));
    broker_resume(broker);
}

Broker *broker_start(const char *config)
{
    Broker *broker = broker_new();
    CLEANUP(cleanup_text) Text text = {0};

    text_appendf(&text, "listener %d 127.0.0.1\n%s%s\n", broker->port, geteuid() == 0 ? "user root\n" : "",
                 config);
    broker_run(broker, text.data);
    return broker;
}

void broker_stop(Broker *broker, int signal)
{
    if (broker->pid)
        support_end(broker->pid, signal);
    broker->pid = 0;
}

Broker *broker_free(Broker *broker)
{
    if (!broker)
        return NULL;
    broker_stop(broker, SIGTERM);
    support_remove_folder(broker->folder);
    free(broker->folder);
    free(broker->config);
    free(broker->log);
    free(broker);
    return NULL;
}
