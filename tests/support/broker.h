#pragma once
// A real mosquitto for a test: a free port of the loopback, a folder of its own, gone with the test.
#include <stdbool.h>
#include <sys/types.h>

typedef struct Broker {
    char *folder; // holds mosquitto.conf and mosquitto.log; the test may put more there before it starts
    char *config; // path of mosquitto.conf
    char *log;    // path of its log
    int port;
    pid_t pid; // 0: not running
} Broker;

bool broker_is_installed(void);
/// `config` follows after "listener PORT 127.0.0.1" (and "user root" when we are root, for the private
/// folder). Returns when it accepts connections.
Broker *broker_start(const char *config);
/// The same in two steps, for a configuration that names files in the folder; `config` has its own listener
/// at `broker->port`.
Broker *broker_new(void);
void broker_run(Broker *broker, const char *config);
/// Ends it with `signal` (SIGTERM, SIGKILL) and keeps port, configuration and folder; broker_resume() starts
/// it again.
void broker_stop(Broker *broker, int signal);
void broker_resume(Broker *broker);
/// Stops it and removes the folder.
Broker *broker_free(Broker *broker);
