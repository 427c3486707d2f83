// Who has to answer: the collector at its socket, the broker at its port. Where the broker's configuration
// lies on this machine and is one of ours, its limits are looked at too.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "broker-config/broker_config.h"
#include "cli/doctor.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/net/control.h"
#include "core/store/store_lock.h"

#define DOCTOR_CONNECT_MS 3000 // of one address: slower is as good as away
#define DOCTOR_CONF_MAX (256 * 1024)

static void doctor_nobody(Doctor *doctor)
{
    if (store_lock_is_held(doctor->config->database))
        doctor_say(doctor, "collector", DOCTOR_FAIL, EX_UNAVAILABLE,
                   _("somebody holds the database's lock, and nobody answers at %s"), doctor->config->socket);
    else
        doctor_say(doctor, "collector", DOCTOR_WARN, 0, _("is not running; the database's lock is free"));
}

void doctor_collector(Doctor *doctor)
{
    CLEANUP(cleanup_text) Text out = {0};
    CLEANUP(cleanup_text) Text err = {0};
    char operation[] = "status", *argv[] = {operation, NULL};
    int code = EX_OK, r = control_ask(doctor->config->socket, 1, argv, NULL, -1, &code, &out, &err);

    if (r == CONTROL_E_NOBODY) {
        doctor_nobody(doctor);
        return;
    }
    if (r < 0 || code != EX_OK) {
        doctor_say(doctor, "collector", DOCTOR_FAIL, EX_UNAVAILABLE, "%s: %s", doctor->config->socket,
                   r < 0 ? strerror(-r) : text_cstr(&err));
        return;
    }
    doctor->collector_runs = true;
    if (strstr(text_cstr(&out), "\"health\":\"ok\""))
        doctor_say(doctor, "collector", DOCTOR_OK, 0, _("runs, and is well"));
    else
        doctor_say(doctor, "collector", DOCTOR_FAIL, EX_UNAVAILABLE,
                   _("runs, and is not well; see `studyday status`"));
    if (!strstr(text_cstr(&out), "\"connected\":true"))
        doctor_say(doctor, "line", DOCTOR_FAIL, EX_UNAVAILABLE,
                   _("the collector is not connected to the broker; see `studyday status`"));
}

/// 0, or why not.
static int doctor_connect(const struct addrinfo *address)
{
    CLEANUP(cleanup_fd)
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address->ai_protocol);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);

    if (fd < 0)
        return errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (poll(&wait, 1, DOCTOR_CONNECT_MS) <= 0)
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

void doctor_broker(Doctor *doctor)
{
    const ConfigBroker *broker = &doctor->config->broker;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int error = EADDRNOTAVAIL, r;
    char port[16];

    snprintf(port, sizeof(port), "%d", broker->port);
    r = getaddrinfo(broker->host, port, &hints, &found);
    if (r != 0) {
        doctor_say(doctor, "broker", DOCTOR_FAIL, EX_UNAVAILABLE, "%s: %s", broker->host, gai_strerror(r));
        return;
    }
    for (const struct addrinfo *address = found; address && error; address = address->ai_next)
        error = doctor_connect(address);
    freeaddrinfo(found);
    if (error)
        doctor_say(doctor, "broker", DOCTOR_FAIL, EX_UNAVAILABLE, "%s:%d: %s", broker->host, broker->port,
                   strerror(error));
    else
        doctor_say(doctor, "broker", DOCTOR_OK, 0, _("%s:%d accepts connections"), broker->host,
                   broker->port);
}

// What may be too small, with the least that a site needs; 0 is "no limit" to mosquitto.
static const struct {
    const char *key;
    long long fallback; // where the file is silent
    long long least;
    long long each; // more for each terminal
} doctor_limits[] = {
    {"max_queued_messages", 1000, 10000, 4},    // two batches, a hello and a question of each at once
    {"max_inflight_messages", 20, 1000, 0},     // what one commit can hold
    {"max_packet_size", 0, 48 * 1024 + 256, 0}, // a payload and its MAC, with the topic
    {"message_size_limit", 0, 48 * 1024 + 256, 0},
};

static long long doctor_limit_of(const char *conf, const char *key, long long fallback)
{
    size_t size = strlen(key);
    long long value;

    for (const char *line = conf; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        if (strncmp(line, key, size) == 0 && line[size] == ' ' && sscanf(line + size, "%lld", &value) == 1)
            return value;
    }
    return fallback;
}

static void doctor_judge_conf(Doctor *doctor, const char *path, const char *conf)
{
    bool well = true;

    for (size_t i = 0; i < sizeof(doctor_limits) / sizeof(*doctor_limits); i++) {
        long long value = doctor_limit_of(conf, doctor_limits[i].key, doctor_limits[i].fallback);
        long long least = doctor_limits[i].least + doctor_limits[i].each * doctor->terminal_count;

        if (value == 0 || value >= least)
            continue;
        doctor_say(doctor, "broker-limits", DOCTOR_WARN, 0, _("%s: %s is %lld, and should be at least %lld"),
                   path, doctor_limits[i].key, value, least);
        well = false;
    }
    if (well)
        doctor_say(doctor, "broker-limits", DOCTOR_OK, 0, "%s", path);
}

void doctor_broker_limits(Doctor *doctor)
{
    static const char *const places[] = {"broker/mosquitto.conf", "../broker/mosquitto.conf",
                                         "/etc/mosquitto/conf.d/studyday.conf",
                                         "/etc/mosquitto/mosquitto.conf"};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        CLEANUP(cleanup_free) char *path = file_beside(doctor->config->path, places[i]);
        CLEANUP(cleanup_text) Text conf = {0};

        if (file_read(path, DOCTOR_CONF_MAX, &conf) != 0 ||
            strncmp(text_cstr(&conf), BROKER_CONFIG_MARK_CONF, strlen(BROKER_CONFIG_MARK_CONF)) != 0)
            continue;
        doctor_judge_conf(doctor, path, text_cstr(&conf));
        return;
    }
}
