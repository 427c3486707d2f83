// A libmosquitto client made from plain options. Every line begins with a client of its own, so that nothing
// of an old connection (half-done QoS 2 handshakes, unanswered publishes, half-read packets) leaks into the
// next.
//
// Three properties of libmosquitto 2.0 that this file is built around:
//
// - With mosquitto_threaded_set(true) the library only queues what is to be sent, and leaves the writing to
//   the one who calls mosquitto_loop_write(). Without it a PUBACK is written to the socket before the
//   message is handed over.
// - It wakes a supposed other thread for each queued packet by a byte into a socket pair whose other end
//   only mosquitto_loop() reads. Driven by hand, the pair fills with some 200 KiB of kernel memory for each
//   client, and from then on every PUBACK costs a write() that fails with EAGAIN. A library that cannot open
//   the pair does without it, so it is made while the process may open no descriptor.
// - Properties for CONNECT can only be given to the connect function that blocks. It stores them before it
//   looks at its other arguments; called without a host it does nothing else.
//
// Refuses: options that libmosquitto would drop in silence, and keys that would ask for a passphrase on the
// terminal.
#include "core/net/mqtt_options.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/file.h"

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

void mqtt_options_copy(const MqttOptions *options, MqttOptions *ret_options)
{
    MqttOptions copy = *options;

    copy.host = alloc_string(text_or_empty(options->host));
    copy.client_id = alloc_string(text_or_empty(options->client_id));
    copy.username = alloc_string(text_or_empty(options->username));
    copy.password = alloc_string(text_or_empty(options->password));
    copy.ca_file = alloc_string(text_or_empty(options->ca_file));
    copy.cert_file = alloc_string(text_or_empty(options->cert_file));
    copy.key_file = alloc_string(text_or_empty(options->key_file));
    copy.will_topic = alloc_string(options->will_topic);
    copy.will_payload = options->will_size ? alloc_copy(options->will_payload, options->will_size) : NULL;
    if (!copy.receive_maximum)
        copy.receive_maximum = MQTT_RECEIVE_MAXIMUM;
    *ret_options = copy;
}

void mqtt_options_deinit(MqttOptions *options)
{
    if (options->password)
        digest_wipe((char *)options->password, strlen(options->password));
    free((char *)options->host);
    free((char *)options->client_id);
    free((char *)options->username);
    free((char *)options->password);
    free((char *)options->ca_file);
    free((char *)options->cert_file);
    free((char *)options->key_file);
    free((char *)options->will_topic);
    free((void *)options->will_payload);
    *options = (MqttOptions){0};
}

static struct mosquitto *new_without_pair(const char *client_id, bool clean_start, void *owner)
{
    struct rlimit limit, none;
    struct mosquitto *client;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return mosquitto_new(client_id, clean_start, owner);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &none) < 0)
        return mosquitto_new(client_id, clean_start, owner);
    client = mosquitto_new(client_id, clean_start, owner);
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        abort(); // raising a soft limit back to where it was cannot fail; without it nothing else would work
    return client ? client : mosquitto_new(client_id, clean_start, owner);
}

/// Called by OpenSSL for a key under a passphrase, which it would otherwise ask for on the terminal.
static int refuse_passphrase(char *buffer, int size, int writing, void *owner)
{
    (void)buffer, (void)size, (void)writing, (void)owner;
    return 0;
}

static int set_session_expiry(struct mosquitto *client, uint32_t seconds)
{
    mosquitto_property *properties = NULL;
    int rc = mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, seconds);

    if (rc != MOSQ_ERR_SUCCESS)
        return rc;
    // Without a host this stores the properties and then refuses to connect.
    rc = mosquitto_connect_bind_v5(client, NULL, 0, 0, NULL, properties);
    mosquitto_property_free_all(&properties);
    return rc == MOSQ_ERR_INVAL ? MOSQ_ERR_SUCCESS : rc;
}

#define OPTIONS_KEY_MAX 65536 // of a private key in PEM; the largest in use take 3 KiB

// libmosquitto reads the key by itself, whoever else may.
static bool options_are_exposed(const MqttOptions *options)
{
    Text key = {0};
    int r = file_read_secret(options->key_file, OPTIONS_KEY_MAX, &key);

    if (key.data)
        digest_wipe(key.data, key.capacity);
    text_deinit(&key);
    return r == FILE_E_EXPOSED;
}

static const char *find_bad_option(const MqttOptions *options, const char **ret_reason)
{
    const char *const *file;

    *ret_reason = "is out of range";
    if (options->port < 1 || options->port > UINT16_MAX)
        return "port";
    if (options->protocol != 4 && options->protocol != 5)
        return "protocol";
    if (options->keepalive < MQTT_KEEPALIVE_MIN || options->keepalive > UINT16_MAX)
        return "keepalive";
    if (options->receive_maximum < 1 || options->receive_maximum > MQTT_RECEIVE_MAXIMUM)
        return "receive-maximum";
    if (options->will_size > UINT16_MAX)
        return "will";
    *ret_reason = "is missing";
    if (!*options->host)
        return "host";
    if (!*options->client_id && !options->clean_start)
        return "client-id";
    if (!*options->username && *options->password)
        return "username";
    if (!!*options->cert_file != !!*options->key_file)
        return *options->cert_file ? "key" : "cert";
    if (*options->cert_file && !*options->ca_file)
        return "ca";
    file = (const char *const[]){options->ca_file, options->cert_file, options->key_file, NULL};
    for (size_t i = 0; file[i]; i++) {
        if (*file[i] && access(file[i], R_OK) < 0) {
            *ret_reason = strerror(errno);
            return file[i];
        }
    }
    if (*options->key_file && options_are_exposed(options)) {
        *ret_reason = "others can read it: chmod 600";
        return options->key_file;
    }
    return NULL;
}

/// The name of the option that libmosquitto did not like, or NULL. The reason is its own word for it.
static const char *configure(struct mosquitto *client, const MqttOptions *options, int *ret_rc)
{
    int version = options->protocol == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311;

    if ((*ret_rc = mosquitto_threaded_set(client, true)))
        return "threads";
    if ((*ret_rc = mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, version)))
        return "protocol";
    if ((*ret_rc = mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, options->receive_maximum)))
        return "receive-maximum";
    if ((*ret_rc = mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, MQTT_SEND_MAXIMUM)))
        return "send-maximum";
    if ((*ret_rc = mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1)))
        return "nodelay";
    if (*options->username &&
        (*ret_rc = mosquitto_username_pw_set(client, options->username, text_or_null(options->password))))
        return "username";
    if (*options->ca_file &&
        (*ret_rc = mosquitto_tls_set(client, options->ca_file, NULL, text_or_null(options->cert_file),
                                     text_or_null(options->key_file), refuse_passphrase)))
        return "tls";
    if (options->will_topic &&
        (*ret_rc = mosquitto_will_set(client, options->will_topic, (int)options->will_size,
                                      options->will_payload, 1, options->will_retain)))
        return "will";
    if (options->protocol == 5 && options->session_expiry &&
        (*ret_rc = set_session_expiry(client, options->session_expiry)))
        return "session-expiry";
    return NULL;
}

struct mosquitto *mqtt_options_apply(const MqttOptions *options, void *owner, const char **ret_option,
                                     const char **ret_reason)
{
    struct mosquitto *client;
    const char *option, *reason;
    int rc;

    option = find_bad_option(options, &reason);
    if (option) {
        *ret_option = option;
        *ret_reason = reason;
        return NULL;
    }
    client = new_without_pair(text_or_null(options->client_id), options->clean_start, owner);
    if (!client) {
        *ret_option = "client-id";
        *ret_reason = strerror(errno);
        return NULL;
    }
    option = configure(client, options, &rc);
    if (option) {
        mosquitto_destroy(client);
        *ret_option = option;
        *ret_reason = mosquitto_strerror(rc);
        return NULL;
    }
    return client;
}
