#pragma once
// The site's and the terminal's configuration files (libconfuse syntax). Unknown keys are errors; every error
// is reported as FILE:LINE: reason on stderr, all of one run before giving up. Relative paths in a
// configuration are relative to its folder and come back resolved.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/clock.h"

typedef enum ConfigMac { CONFIG_MAC_ENROLLED, CONFIG_MAC_ALWAYS, CONFIG_MAC_NEVER } ConfigMac;

typedef struct ConfigBroker {
    char *host;
    int port;
    int protocol;        // 5 or 4 (MQTT 3.1.1)
    char *username;      // "" none
    char *password_file; // resolved, or ""
    char *ca_file, *cert_file, *key_file;
} ConfigBroker;

typedef struct ConfigSite {
    char *path;     // the file it came from
    char *database; // resolved
    char *heads;    // resolved: core/store/heads.h
    char *socket;   // resolved
    char *zone;
    ConfigBroker broker;
    char **areas; // collector.areas, NULL-terminated; {"*"} means all
    char *client_id;
    ConfigMac require_mac;
    int commit_events;     // collector.commit-events: commit at the latest after so many events
    int commit_millis;     // collector.commit-millis: … or after so many milliseconds
    bool second_person;    // month.second-person: a closed month is changed by two people
    int grace_days;        // month.grace-days: days after a month before it is due to be closed
    char *broker_folder;   // broker-files.folder, resolved, or "": where `passwords` is kept up to date
    char *broker_pid_file; // broker-files.pid-file, resolved, or "": whom to tell
} ConfigSite;

typedef struct ConfigTerminal {
    char *path;
    char *area, *terminal;
    char *outbox; // resolved
    char *zone;
    char *key_file; // resolved, or ""
    ConfigBroker broker;
} ConfigTerminal;

// Both have been reported on stderr when the caller sees them: INVALID is exit code 78, MISSING (no such
// file, or it cannot be opened) too.
enum { CONFIG_E_INVALID = 1, CONFIG_E_MISSING };

/// `path` NULL: $STUDYDAY_CONFIG, else SYSCONFDIR/studyday/studyday.conf.
int config_site_load(const char *path, ConfigSite **ret_config);
ConfigSite *config_site_free(ConfigSite *config);
/// The text of a studyday.conf with every key at its default, live, explained by comments.
const char *config_site_sample(void);

int config_terminal_load(const char *path, ConfigTerminal **ret_config);
ConfigTerminal *config_terminal_free(ConfigTerminal *config);
/// Text of a terminal.conf for these values; the caller frees it.
char *config_terminal_make(const char *area, const char *terminal, const char *host, int port,
                           const char *key_file);
// The same with all that may differ from one terminal to another. NULL: the default.
typedef struct ConfigTerminalValues {
    const char *area, *terminal, *host;
    int port;
    const char *zone, *key_file, *username, *password_file, *ca_file;
} ConfigTerminalValues;
char *config_terminal_text(const ConfigTerminalValues *values);
