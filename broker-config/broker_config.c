// Renders the templates: @NAME@ stands for a value or a block of lines. A template that names what is not in
// the table is a fault of ours and ends the program, in the tests at the latest.
//
// It refuses nothing: whether a listener without TLS is wise is the command's decision.
#include "broker-config/broker_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"

typedef struct BrokerValue {
    const char *name; // with its marks
    const char *value;
} BrokerValue;

static const char template_conf[] =
#include "broker-config/mosquitto.conf.inc"
    ;

static const char template_acl[] =
#include "broker-config/acl.inc"
    ;

static const char *broker_value(const BrokerValue *values, const char *at, size_t size)
{
    for (; values->name; values++) {
        if (strlen(values->name) == size && memcmp(values->name, at, size) == 0)
            return values->value;
    }
    fprintf(stderr, "broker-config: a template names %.*s\n", (int)size, at);
    abort();
}

static void broker_fill(const char *template, const BrokerValue *values, Text *text)
{
    const char *at;

    while ((at = strchr(template, '@'))) {
        size_t size = strcspn(at + 1, "@") + 2;

        text_append_bytes(text, template, (size_t)(at - template));
        text_append(text, broker_value(values, at, size));
        template = at + size;
    }
    text_append(text, template);
}

static void broker_listener(const BrokerConfig *config, Text *block)
{
    text_appendf(block, "listener %d %s\n", config->port, config->host);
    if (config->cert_file) {
        text_appendf(block, "certfile %s\nkeyfile %s\ntls_version tlsv1.2\n", config->cert_file,
                     config->key_file);
    }
    if (config->cert_file && config->ca_file)
        text_appendf(block, "cafile %s\nrequire_certificate true\nuse_identity_as_username false\n",
                     config->ca_file);
    if (config->pid_file)
        text_appendf(block,
                     "# By it studyday tells the broker that the passwords have changed.\npid_file %s\n",
                     config->pid_file);
    if (config->user)
        text_appendf(
            block,
            "# Started by root, it would change to the user `mosquitto`, who cannot read this folder.\n"
            "user %s\n",
            config->user);
}

static void broker_access(const BrokerConfig *config, Text *block)
{
    if (config->anonymous) {
        text_append(block, "# Anonymous: a trial on one machine, behind a listener of the loopback.\n"
                           "allow_anonymous true\n");
    } else {
        text_appendf(
            block,
            "# Trap: `mosquitto_passwd` hashes in 101 rounds, so passwords are random, at least 128\n"
            "# bits, never chosen by people.\n"
            "allow_anonymous false\n"
            "password_file %s\n",
            config->password_file);
    }
    text_appendf(block, "acl_file %s\n", config->acl_file);
}

void broker_config_conf(const BrokerConfig *config, Text *conf)
{
    CLEANUP(cleanup_text) Text listener = {0};
    CLEANUP(cleanup_text) Text access = {0};

    broker_listener(config, &listener);
    broker_access(config, &access);
    const BrokerValue values[] = {
        {"@LISTENER@", text_cstr(&listener)},
        {"@ACCESS@", text_cstr(&access)},
        {0},
    };
    broker_fill(template_conf, values, conf);
}

void broker_config_acl(const BrokerConfig *config, Text *acl)
{
    const BrokerValue values[] = {
        {"@ANONYMOUS@", config->anonymous ? "\n# Whoever gives no name, on the loopback: everything of ours, "
                                            "and nothing else.\ntopic readwrite studyday/1/#\n"
                                          : ""},
        {"@COLLECTOR@", config->collector_user},
        {"@CLIENT@", config->collector_client},
        {0},
    };

    broker_fill(template_acl, values, acl);
}

bool broker_config_is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 || strncmp(host, "127.", 4) == 0;
}
