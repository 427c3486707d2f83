// The collector's MQTT session. It is a lasting one, so that what a plain reader sends at QoS 1 while we are
// away is handed over when we are back; a terminal of ours does not depend on it.
//
// PUBACKs are held by core/net until mqtt_write(), and link_write() is the only place that calls it: it does
// so only while no transaction is open, so an acknowledgement can leave only when everything read before it
// is committed.
#include "collector/link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/collector.h"
#include "collector/ingest.h"
#include "collector/presence.h"
#include "core/base/file.h"
#include "core/base/program.h"
#include "core/wire/wire.h"

#define LINK_READ_MAX 64          // messages a round: signals, other slots and the commit get their turn
#define LINK_KEEPALIVE_SECONDS 60 // an import of a whole city in between takes about ten
#define LINK_SESSION_SECONDS \
    86400 // how long a broker keeps a plain reader's events for us: a day, then it is
          // an operator's matter
#define LINK_OUTSTANDING_MAX \
    64 // plan pages and answers that the broker has not acknowledged: the library keeps
       // each in memory, up to 48 KiB
#define LINK_RESUBSCRIBE_INTERVAL (30 * TIME_SECOND) // after a refusal; each is logged as an error
#define LINK_PASSWORD_MAX 4096                       // bytes of a password file: a credential, not a document

static void link_said(Link *link, const char *what, const char *reason)
{
    Text escaped = {0};
    unsigned long suppressed;

    text_append_escaped(&escaped, reason, strlen(reason), sizeof(link->trouble) / 4);
    snprintf(link->trouble, sizeof(link->trouble), "%s", text_cstr(&escaped));
    text_deinit(&escaped);
    if (log_limit_allow(&link->limit, &suppressed))
        log_warning("link", "%s reason=\"%s\" retry-for-ever=yes repeated=%lu", what, link->trouble,
                    suppressed);
}

static void link_retry(Link *link)
{
    link->retry_at = clock_monotonic() + mqtt_backoff(link->failures, digest_random_below(UINT32_MAX));
    link->failures++;
}

static void link_forget(Link *link)
{
    link->serving = false;
    link->more = false;
    link->subscriptions = 0;
    link->outstanding = 0;
    link->resubscribe_at = LOOP_NEVER;
}

static void link_connected(void *owner, bool session_present)
{
    Collector *collector = owner;
    Link *link = &collector->link;

    log_info("link", "connected broker=%s:%d session-present=%s", collector->config->broker.host,
             collector->config->broker.port, session_present ? "yes" : "no");
    link->failures = 0;
    link->trouble[0] = '\0';
    link->limit = (LogLimit){0};
    link_subscribe(collector);
    presence_announce(collector, link->mqtt, true);
}

static void link_disconnected(void *owner, const char *reason)
{
    Collector *collector = owner;
    Link *link = &collector->link;

    link_forget(link);
    if (collector->stopping)
        return;
    link_said(link, "disconnected", reason);
    if (!collector->disk.error)
        link_retry(link);
    notify_status(collector);
}

static void link_message(void *owner, const MqttMessage *message)
{
    ingest_message(owner, message);
}

static void link_published(void *owner, int mid, uint8_t reason)
{
    Collector *collector = owner;
    Link *link = &collector->link;

    (void)mid;
    if (link->outstanding > 0)
        link->outstanding--;
    if (reason >= MQTT_REASON_FAILURE)
        alarm_raise(collector, "publish-refused", "", mqtt_reason_text(reason));
}

static void link_subscribed(void *owner, int mid, uint8_t granted)
{
    Collector *collector = owner;
    Link *link = &collector->link;

    (void)mid;
    if (granted >= MQTT_REASON_FAILURE) {
        link->refused = true;
        log_error("link", "subscription-refused reason=\"%s\" retry-for-ever=yes", mqtt_reason_text(granted));
    }
    if (link->subscriptions == 0 || --link->subscriptions > 0)
        return;
    if (link->refused) { // the broker's ACL: somebody will mend it
        link->resubscribe_at = clock_monotonic() + LINK_RESUBSCRIBE_INTERVAL;
        return;
    }
    link->serving = true;
    if (!link->told_ready) {
        link->told_ready = true;
        fprintf(stderr, "ready\n"); // studyday(1): what a script waits for
    }
    notify_status(collector);
}

static const MqttCallbacks link_callbacks = {
    .connected = link_connected,
    .disconnected = link_disconnected,
    .message = link_message,
    .published = link_published,
    .subscribed = link_subscribed,
};

int link_password(const ConfigBroker *broker, Text *password)
{
    int r;

    if (!broker->password_file[0])
        return EX_OK;
    r = file_read_secret(broker->password_file, LINK_PASSWORD_MAX, password);
    if (r == 0)
        return EX_OK;
    log_error("link", "password-file=%s %s", broker->password_file,
              r == FILE_E_EXPOSED     ? "others can read it: chmod 600"
              : r == FILE_E_MISSING   ? "there is no such file"
              : r == FILE_E_TOO_LARGE ? "too large for a password"
                                      : strerror(-r));
    return r == FILE_E_MISSING ? EX_NOINPUT : r == FILE_E_EXPOSED || r == -EACCES ? EX_NOPERM : EX_CONFIG;
}

MqttOptions link_options(const Collector *collector, const char *client_id, const Text *will,
                         const char *will_topic, const Text *password)
{
    const ConfigBroker *broker = &collector->config->broker;

    return (MqttOptions){
        .host = broker->host,
        .port = broker->port,
        .protocol = broker->protocol,
        .client_id = client_id,
        .username = broker->username,
        .password = text_cstr(password),
        .ca_file = broker->ca_file,
        .cert_file = broker->cert_file,
        .key_file = broker->key_file,
        .keepalive = LINK_KEEPALIVE_SECONDS,
        .will_topic = will_topic,
        .will_payload = text_cstr(will),
        .will_size = will->size,
        .will_retain = true,
    };
}

int link_open(Collector *collector)
{
    Link *link = &collector->link;
    CLEANUP(cleanup_text) Text password = {0}, will = {0};
    char topic[TOPIC_SIZE];
    MqttOptions options;
    int code, r;

    code = link_password(&collector->config->broker, &password);
    if (code != EX_OK)
        return code;
    presence_encode(collector, false, &will);
    presence_topic(collector, topic);
    options = link_options(collector, collector->config->client_id, &will, topic, &password);
    options.session_expiry = LINK_SESSION_SECONDS;
    options.hold_acks = true;
    r = mqtt_new(&options, &link_callbacks, collector, &link->mqtt);
    digest_wipe(password.data, password.size);
    if (r != 0)
        return r < 0 ? EX_SOFTWARE : EX_CONFIG;
    link->retry_at = clock_monotonic();
    return EX_OK;
}

void link_close(Link *link)
{
    link->mqtt = mqtt_free(link->mqtt);
}

bool link_is_up(const Link *link)
{
    return link->mqtt && mqtt_is_connected(link->mqtt);
}

// Only what the library allows to be sent may wake us for writing; it knows about held acknowledgements.
static void link_ready(void *owner, short revents)
{
    Collector *collector = owner;
    Link *link = &collector->link;

    link->visited = true;
    if (collector->stopping)
        return; // reading is over; what is left to write goes through link_write()
    link->more = mqtt_ready(link->mqtt, revents, LINK_READ_MAX) >= LINK_READ_MAX;
}

void link_arm(Collector *collector)
{
    Link *link = &collector->link;
    short events;

    link->visited = false;
    if (!link->mqtt || !mqtt_is_open(link->mqtt)) {
        loop_set(&collector->loop, COLLECTOR_SLOT_LINK, -1, 0, NULL, NULL);
        return;
    }
    events = mqtt_events(link->mqtt);
    if (collector->stopping)
        events &= (short)~POLLIN;
    loop_set(&collector->loop, COLLECTOR_SLOT_LINK, mqtt_fd(link->mqtt), events, link_ready, collector);
}

void link_read_rest(Collector *collector)
{
    if (collector->link.more && !collector->link.visited && mqtt_is_open(collector->link.mqtt))
        link_ready(collector, POLLIN);
}

bool link_is_drained(const Link *link)
{
    return !link->more;
}

void link_write(Collector *collector)
{
    if (!collector->flush.open && collector->flush.count == 0 && !collector->disk.error &&
        collector->link.mqtt && mqtt_is_open(collector->link.mqtt))
        mqtt_write(collector->link.mqtt);
}

Time link_tick(Collector *collector)
{
    Link *link = &collector->link;
    Time now = clock_monotonic(), next;

    if (link->retry_at != LOOP_NEVER && now >= link->retry_at && !collector->disk.error &&
        !collector->stopping) {
        link->retry_at = LOOP_NEVER;
        link->refused = false;
        mqtt_connect(link->mqtt);
    }
    if (now >= link->resubscribe_at)
        link_subscribe(collector);
    next = mqtt_tick(link->mqtt);
    if (link->resubscribe_at < next)
        next = link->resubscribe_at;
    return next < link->retry_at ? next : link->retry_at;
}

void link_subscribe(Collector *collector)
{
    static const TopicLeaf leaves[] = {TOPIC_EVENT, TOPIC_HELLO, TOPIC_STATE, TOPIC_ASK};
    Link *link = &collector->link;
    CLEANUP(cleanup_text) Text filter = {0};

    link->refused = false;
    link->resubscribe_at = LOOP_NEVER;
    for (char **area = collector->config->areas; *area; area++) {
        for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
            text_clear(&filter);
            text_appendf(&filter, "%s%s/+/%s", TOPIC_PREFIX, strcmp(*area, "*") == 0 ? "+" : *area,
                         topic_leaf_word(leaves[i]));
            if (mqtt_subscribe(link->mqtt, text_cstr(&filter), 1, NULL) == 0)
                link->subscriptions++;
        }
    }
}

void link_drop(Link *link)
{
    mqtt_drop(link->mqtt);
    link_forget(link);
    link->retry_at = LOOP_NEVER;
}

void link_resume(Link *link)
{
    link->failures = 0;
    link->retry_at = clock_monotonic();
}

bool link_send(Collector *collector, const RegisterEntry *entry, TopicLeaf leaf, Text *payload)
{
    const StoreTerminal *terminal = &entry->terminal;
    char topic[TOPIC_SIZE];
    int r;

    topic_format(leaf, terminal->area, terminal->name, topic);
    const uint8_t *key = register_key(entry, clock_now());
    if (key)
        wire_mac_append(key, topic, payload);
    r = mqtt_publish(collector->link.mqtt, topic, text_cstr(payload), payload->size,
                     leaf == TOPIC_RECEIPT ? 0 : 1, false, NULL);
    if (r == 0 && leaf != TOPIC_RECEIPT)
        collector->link.outstanding++;
    if (r != 0 && r != MQTT_E_OFFLINE)
        alarm_raise(collector, "not-sent", topic, "the broker does not take it, or we are out of memory");
    return r == 0;
}

bool link_has_room(const Link *link)
{
    return link_is_up(link) && link->outstanding < LINK_OUTSTANDING_MAX;
}
