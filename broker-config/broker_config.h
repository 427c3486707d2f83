#pragma once
// The mosquitto configuration and the ACL of a site, made from the templates beside this file. Pure text:
// files are the caller's.
#include <stdbool.h>

#include "core/base/text.h"

// First words of every rendered file: what does not begin so is not ours to overwrite.
#define BROKER_CONFIG_MARK_CONF "# mosquitto.conf of a studyday site"
#define BROKER_CONFIG_MARK_ACL "# Rules of a studyday site's broker"

typedef struct BrokerConfig {
    const char *host; // of the listener
    int port;
    bool anonymous;                   // no users and passwords: for the loopback alone
    const char *collector_user;       // the collector's user name at the broker
    const char *collector_client;     // its client id, the last part of the topic of its state
    const char *acl_file;             // paths as mosquitto is to open them
    const char *password_file;        // not used with `anonymous`
    const char *cert_file, *key_file; // NULL: no TLS
    const char *ca_file;              // NULL: clients show no certificate
    const char *pid_file;             // where it writes its process id, NULL: nowhere
    const char *user;                 // the system user to run as, NULL: mosquitto's own default
} BrokerConfig;

void broker_config_conf(const BrokerConfig *config, Text *conf);
void broker_config_acl(const BrokerConfig *config, Text *acl);
/// An address by which only this machine is reached.
bool broker_config_is_loopback(const char *host);
