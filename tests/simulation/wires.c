// Messages, packets and the lines that they travel on.
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/net/loop.h"
#include "tests/simulation/broker.h"

Wire *wires;
Time wires_delay_max;

Message *message_new(const char *topic, const void *payload, size_t size, int qos, bool retain)
{
    Message *message = alloc_zero(sizeof(*message));

    *message = (Message){.refs = 1, .size = size, .qos = qos, .retain = retain};
    snprintf(message->topic, sizeof(message->topic), "%s", topic);
    message->payload = alloc_copy(payload, size);
    return message;
}

Message *message_hold(Message *message)
{
    if (message)
        message->refs++;
    return message;
}

Message *message_drop(Message *message)
{
    if (message && --message->refs == 0) {
        free(message->payload);
        free(message);
    }
    return NULL;
}

Packet *packet_new(PacketKind kind, Message *message, int mid)
{
    Packet *packet = alloc_zero(sizeof(*packet));

    *packet = (Packet){.kind = kind, .message = message, .mid = mid};
    return packet;
}

void packet_free(Packet *packet)
{
    message_drop(packet->message);
    free(packet);
}

void queue_put(const Wire *wire, Queue *queue, Packet *packet)
{
    Time at = world.now + 1 + world_dice((unsigned)wires_delay_max);

    if (wire->cut) {
        packet_free(packet);
        return;
    }
    packet->at = queue->last_at = at > queue->last_at ? at : queue->last_at;
    if (queue->last)
        queue->last->next = packet;
    else
        queue->first = packet;
    queue->last = packet;
}

Packet *queue_take(Queue *queue)
{
    Packet *packet = queue->first;

    if (!packet || packet->at > world.now)
        return NULL;
    queue->first = packet->next;
    if (!queue->first)
        queue->last = NULL;
    packet->next = NULL;
    return packet;
}

void queue_clear(Queue *queue)
{
    while (queue->first) {
        Packet *packet = queue->first;

        queue->first = packet->next;
        packet_free(packet);
    }
    queue->last = NULL;
}

static void wire_free(Wire *wire)
{
    for (Wire **at = &wires; *at; at = &(*at)->next) {
        if (*at == wire) {
            *at = wire->next;
            break;
        }
    }
    queue_clear(&wire->up);
    queue_clear(&wire->down);
    message_drop(wire->will);
    free(wire);
}

// What a program has written before it let go still arrives; then the broker notices.
void wire_release(Wire *wire, bool by_client)
{
    Time end = wire->up.last_at > world.now ? wire->up.last_at : world.now;

    if (by_client) {
        wire->client = false;
        if (wire->broker_ends > end)
            wire->broker_ends = end;
        queue_clear(&wire->down);
    } else {
        wire->broker = false;
        wire->session = NULL;
        end = wire->down.last_at > world.now ? wire->down.last_at : world.now;
        if (wire->client_ends > end)
            wire->client_ends = end;
        queue_clear(&wire->up);
    }
    if (!wire->client && !wire->broker)
        wire_free(wire);
}
