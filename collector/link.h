#pragma once
// The line to the broker: connect, subscribe, read, answer, reconnect for ever.
#include <stdbool.h>
#include <stddef.h>

#include "collector/register.h"
#include "core/base/config.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/net/mqtt.h"
#include "core/wire/topic.h"

typedef struct Link {
    Mqtt *mqtt;
    Time retry_at;     // monotonic: when to connect; LOOP_NEVER while there is a line or it is not wanted
    unsigned failures; // tries in a row that came to nothing
    unsigned subscriptions; // SUBACKs still to come
    unsigned outstanding;   // what we sent at QoS 1 and the broker has not acknowledged
    Time resubscribe_at;    // monotonic; LOOP_NEVER unless one was refused
    bool refused;           // one of them was no
    bool serving;           // all of them have come and are good
    bool told_ready;        // "ready" has been said
    bool more;              // the last reading stopped before the end
    bool visited;           // in this round
    char trouble[512];      // why there is no line, escaped, "" none; room for a library's sentence
    LogLimit limit;
} Link;

typedef struct Collector Collector;

/// Makes the connection's object and the first try due. Returns an exit code.
int link_open(Collector *collector);
void link_close(Link *link);
bool link_is_up(const Link *link);
/// Broker's options as configured, with our Will; `client_id` is the caller's.
MqttOptions link_options(const Collector *collector, const char *client_id, const Text *will,
                         const char *will_topic, const Text *password);
/// Reads the password file; `what` goes wrong is said. Returns an exit code.
int link_password(const ConfigBroker *broker, Text *password);

/// Puts the connection into its poll slot.
void link_arm(Collector *collector);
/// What poll() did not announce: the rest of what the library holds.
void link_read_rest(Collector *collector);
/// Nothing more was there when it was last read.
bool link_is_drained(const Link *link);
/// Lets acknowledgements and answers out. Only while no transaction is open: this is where C1 is kept.
void link_write(Collector *collector);
/// Keep-alive and reconnect; returns when to call again.
Time link_tick(Collector *collector);
/// Subscribes (again, after the areas have changed) and says who we are.
void link_subscribe(Collector *collector);
/// Gives the line up at once, without a word (C6), or makes a new try due.
void link_drop(Link *link);
void link_resume(Link *link);

/// Sends a line of JSON to a terminal, with its MAC; the payload grows by it. False if it did not go out.
bool link_send(Collector *collector, const RegisterEntry *entry, TopicLeaf leaf, Text *payload);
/// Whether more may be sent at QoS 1: the broker keeps up.
bool link_has_room(const Link *link);
