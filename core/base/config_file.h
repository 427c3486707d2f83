#pragma once
// What both configurations have in common: a table of keys, a text that holds their defaults, and a file read
// over it. Internal to core/base.
#include <stdbool.h>

#include "core/base/config.h"

/// NULL if `value` is fine, otherwise the reason (N_()).
typedef const char *(*ConfigCheck)(const char *value);

typedef struct ConfigKey {
    const char *section; // NULL: top level
    const char *name;    // NULL ends the table
    ConfigCheck check;   // NULL: anything goes
    bool list;
} ConfigKey;

typedef struct ConfigFile ConfigFile;

/// Reads `path` over the text `defaults` and checks every value. What is wrong is collected, not yet printed.
/// CONFIG_E_MISSING (already reported).
int config_file_open(const char *path, const char *defaults, const ConfigKey *keys, ConfigFile **ret_file);
/// Notes a fault that involves more than one value, at the line of the key.
void config_file_complain(ConfigFile *file, const char *section, const char *name, const char *reason);
/// Prints what was collected, in the order of the lines. 0, or CONFIG_E_INVALID if there was anything.
int config_file_report(ConfigFile *file);
ConfigFile *config_file_close(ConfigFile *file);

/// Never NULL; the caller frees what these give.
char *config_file_string(const ConfigFile *file, const char *section, const char *name);
char *config_file_path(const ConfigFile *file, const char *section, const char *name); // resolved, or ""
long long config_file_number(const ConfigFile *file, const char *section,
                             const char *name);                                         // 0 if it is none
char **config_file_list(const ConfigFile *file, const char *section, const char *name); // NULL-terminated

// config_check.c
const char *config_check_name(const char *value);     // a name of studyday-protocol(7) "Names"
const char *config_check_area(const char *value);     // a name that an area may have
const char *config_check_terminal(const char *value); // a name that a terminal may have
const char *config_check_area_or_all(const char *value);
const char *config_check_filled(const char *value);
const char *config_check_host(const char *value);
const char *config_check_port(const char *value);
const char *config_check_protocol(const char *value);
const char *config_check_zone(const char *value);
const char *config_check_mac(const char *value);
const char *config_check_commit_events(const char *value);
const char *config_check_commit_millis(const char *value);
const char *config_check_yes_no(const char *value);
const char *config_check_grace_days(const char *value);

// The broker's section is the same in both files.
#define CONFIG_BROKER_KEYS                                                                         \
    {"broker", "host", config_check_host, false}, {"broker", "port", config_check_port, false},    \
        {"broker", "protocol", config_check_protocol, false}, {"broker", "username", NULL, false}, \
        {"broker", "password-file", NULL, false}, {"broker", "ca-file", NULL, false},              \
        {"broker", "cert-file", NULL, false},                                                      \
    {                                                                                              \
        "broker", "key-file", NULL, false                                                          \
    }

/// Fills a broker from a file, and notes what does not go together.
void config_broker_take(ConfigFile *file, ConfigBroker *ret_broker);
void config_broker_deinit(ConfigBroker *broker);
