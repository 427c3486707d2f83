// core/net/mqtt.h over the virtual broker, with the same promises: nothing that is queued leaves while
// acknowledgements are held, callbacks come from mqtt_ready() alone, a line that is dropped says nothing.
//
// A program that has died goes on until its round is over; what it sends then goes nowhere, and what it is
// told is nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/net/loop.h"
#include "tests/simulation/broker.h"

#define LINE_FD 1000 // the first descriptor of ours: higher than any real one
#define LINE_MAX 32
#define LINE_REFUSED_MAX (3 * TIME_SECOND) // until a connection is known not to come about

struct Mqtt {
    MqttOptions options; // texts are ours
    const MqttCallbacks *callbacks;
    void *owner;
    Machine *machine;
    int slot;
    Wire *wire;
    Time refused_at; // a connection that cannot come about ends then; LOOP_NEVER
    bool connected;
    size_t held;
    Packet *out, *out_last; // written by the owner, not sent
    int next_mid;
    Message *will;
};

bool line_hasty;
LineWatch line_watch;
static Mqtt *lines[LINE_MAX];

int mqtt_new(const MqttOptions *options, const MqttCallbacks *callbacks, void *owner, Mqtt **ret_mqtt)
{
    Mqtt *line = alloc_zero(sizeof(*line));

    *line = (Mqtt){.options = *options,
                   .callbacks = callbacks,
                   .owner = owner,
                   .machine = world.current,
                   .refused_at = LOOP_NEVER,
                   .next_mid = 1};
    line->options.client_id = alloc_string(options->client_id);
    if (options->will_topic)
        line->will = message_new(options->will_topic, options->will_payload, options->will_size, 1,
                                 options->will_retain);
    while (lines[line->slot])
        line->slot++;
    lines[line->slot] = line;
    *ret_mqtt = line;
    return 0;
}

static void line_let_go(Mqtt *line)
{
    if (line->wire)
        wire_release(line->wire, true);
    line->wire = NULL;
    line->connected = false;
    line->refused_at = LOOP_NEVER;
    line->held = 0;
    while (line->out) {
        Packet *packet = line->out;

        line->out = packet->next;
        packet_free(packet);
    }
    line->out_last = NULL;
}

Mqtt *mqtt_free(Mqtt *line)
{
    if (!line)
        return NULL;
    line_let_go(line);
    lines[line->slot] = NULL;
    message_drop(line->will);
    free((char *)line->options.client_id);
    free(line);
    return NULL;
}

void mqtt_connect(Mqtt *line)
{
    line_let_go(line);
    if (!line->machine->dead)
        line->wire =
            broker_accept(line->machine, line->options.client_id, line->options.clean_start, line->will);
    if (!line->wire)
        line->refused_at = world.now + 1 + world_dice(LINE_REFUSED_MAX);
}

void mqtt_drop(Mqtt *line)
{
    line_let_go(line);
}

bool mqtt_is_connected(const Mqtt *line)
{
    return line->connected;
}

bool mqtt_is_open(const Mqtt *line)
{
    return line->wire || line->refused_at != LOOP_NEVER;
}

int mqtt_fd(const Mqtt *line)
{
    return mqtt_is_open(line) ? LINE_FD + line->slot : -1;
}

short mqtt_events(const Mqtt *line)
{
    (void)line;
    return POLLIN;
}

size_t mqtt_held(const Mqtt *line)
{
    return line->held;
}

Mqtt *line_by_fd(int fd)
{
    return fd >= LINE_FD && fd < LINE_FD + LINE_MAX ? lines[fd - LINE_FD] : NULL;
}

static Time line_next(const Mqtt *line)
{
    Time next = line->refused_at;

    if (line->wire && line->wire->client_ends < next)
        next = line->wire->client_ends;
    if (line->wire && line->wire->down.first && line->wire->down.first->at < next)
        next = line->wire->down.first->at;
    return next;
}

Time line_next_of(const Machine *machine)
{
    Time next = LOOP_NEVER;

    for (int i = 0; i < LINE_MAX; i++) {
        if (lines[i] && lines[i]->machine == machine && line_next(lines[i]) < next)
            next = line_next(lines[i]);
    }
    return next;
}

bool line_is_ready(const Mqtt *line)
{
    return line_next(line) <= world.now;
}

static void line_queue(Mqtt *line, Packet *packet)
{
    if (line->out_last)
        line->out_last->next = packet;
    else
        line->out = packet;
    line->out_last = packet;
}

static void line_tell(const Mqtt *line, const Packet *packet)
{
    const Message *message = packet->message;

    if (packet->kind == PACKET_PUBACK && line_watch.acked && message)
        line_watch.acked(message->topic, message->payload, message->size);
    if (packet->kind == PACKET_PUBLISH && line_watch.sent)
        line_watch.sent(line->machine, message->topic, message->payload, message->size);
}

static void line_flush(Mqtt *line)
{
    if (line->options.hold_acks && line->held > 0 && !line_hasty)
        return;
    while (line->out && line->wire) {
        Packet *packet = line->out;

        line->out = packet->next;
        if (!line->out)
            line->out_last = NULL;
        packet->next = NULL;
        if (!machine_acts(line->machine)) {
            packet_free(packet);
            continue;
        }
        line_tell(line, packet);
        queue_put(line->wire, &line->wire->up, packet);
    }
}

static void line_take_message(Mqtt *line, Packet *packet)
{
    Message *message = packet->message;
    const MqttMessage told = {message->topic, message->payload, message->size, message->qos, message->retain};

    if (message->qos > 0) {
        line->held++;
        line_queue(line, packet_new(PACKET_PUBACK, message_hold(message), packet->mid));
    }
    if (line->callbacks->message)
        line->callbacks->message(line->owner, &told);
}

static void line_take(Mqtt *line, Packet *packet)
{
    const MqttCallbacks *callbacks = line->callbacks;

    switch (packet->kind) {
    case PACKET_CONNACK:
        line->connected = true;
        if (callbacks->connected)
            callbacks->connected(line->owner, packet->session_present);
        break;
    case PACKET_SUBACK:
        if (callbacks->subscribed)
            callbacks->subscribed(line->owner, packet->mid, packet->reason);
        break;
    case PACKET_PUBACK:
        if (callbacks->published)
            callbacks->published(line->owner, packet->mid, packet->reason);
        break;
    case PACKET_PUBLISH:
        line_take_message(line, packet);
        break;
    case PACKET_CONNECT:
    case PACKET_SUBSCRIBE:
    case PACKET_DISCONNECT:
        break;
    }
}

static bool line_is_over(const Mqtt *line)
{
    Time end = line->wire ? line->wire->client_ends : line->refused_at;

    return end <= world.now;
}

size_t mqtt_ready(Mqtt *line, short revents, size_t limit)
{
    size_t delivered = 0;
    (void)revents;

    while (line->wire && delivered < limit && !line->machine->dead) {
        Packet *packet = queue_take(&line->wire->down);

        if (!packet)
            break;
        delivered += packet->kind == PACKET_PUBLISH;
        line_take(line, packet);
        packet_free(packet);
    }
    if (line->machine->dead)
        return delivered;
    if (delivered < limit && line_is_over(line)) {
        line_let_go(line);
        if (line->callbacks->disconnected)
            line->callbacks->disconnected(line->owner, "the line is gone");
        return delivered;
    }
    line_flush(line);
    return delivered;
}

void mqtt_write(Mqtt *line)
{
    line->held = 0;
    line_flush(line);
}

// Ends of lines come through mqtt_ready() here, since poll() knows of them.
Time mqtt_tick(Mqtt *line)
{
    (void)line;
    return LOOP_NEVER;
}

// The goodbye is written at once, or lost with the line.
void mqtt_disconnect(Mqtt *line)
{
    if (line->wire) {
        line_queue(line, packet_new(PACKET_DISCONNECT, NULL, 0));
        line->held = 0;
        line_flush(line);
    }
    line_let_go(line);
}

int mqtt_publish(Mqtt *line, const char *topic, const void *payload, size_t size, int qos, bool retain,
                 int *ret_mid)
{
    if (!line->connected)
        return MQTT_E_OFFLINE;
    int mid = line->next_mid++;
    line_queue(line, packet_new(PACKET_PUBLISH, message_new(topic, payload, size, qos, retain), mid));
    if (ret_mid)
        *ret_mid = mid;
    return 0;
}

int mqtt_subscribe(Mqtt *line, const char *filter, int qos, int *ret_mid)
{
    if (!line->connected)
        return MQTT_E_OFFLINE;
    int mid = line->next_mid++;
    line_queue(line, packet_new(PACKET_SUBSCRIBE, message_new(filter, "", 0, qos, false), mid));
    if (ret_mid)
        *ret_mid = mid;
    return 0;
}

const char *mqtt_reason_text(uint8_t reason)
{
    return reason < MQTT_REASON_FAILURE ? "success" : "refused";
}
