// Reading goes through a cursor that remembers whether it ever ran past the end, so that each field needs no
// check of its own: a packet is good if its cursor is at the end.
#include "tests/support/fake_codec.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"

#define VARINT_BYTES_MAX 4 // MQTT's "remaining length"
#define PROPERTY_SESSION_EXPIRY 0x11
#define PROPERTY_RECEIVE_MAXIMUM 0x21
#define CONNECT_USERNAME 0x80
#define CONNECT_PASSWORD 0x40
#define CONNECT_WILL_RETAIN 0x20
#define CONNECT_WILL 0x04

typedef struct Cursor {
    const uint8_t *data;
    size_t size;
    bool broken;
} Cursor;

static const uint8_t *take(Cursor *cursor, size_t size)
{
    const uint8_t *data = cursor->data;

    if (cursor->broken || size > cursor->size) {
        cursor->broken = true;
        return NULL;
    }
    cursor->data += size;
    cursor->size -= size;
    return data;
}

static uint32_t take_number(Cursor *cursor, size_t bytes)
{
    const uint8_t *data = take(cursor, bytes);
    uint32_t number = 0;

    for (size_t i = 0; data && i < bytes; i++)
        number = number << 8 | data[i];
    return number;
}

static uint32_t take_varint(Cursor *cursor)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
        uint32_t byte = take_number(cursor, 1);

        number |= (byte & 0x7f) << (7 * i);
        if (!(byte & 0x80))
            return number;
    }
    cursor->broken = true;
    return 0;
}

static uint8_t *take_binary(Cursor *cursor, size_t *ret_size)
{
    size_t size = take_number(cursor, 2);
    const uint8_t *data = take(cursor, size);

    if (!data)
        return NULL;
    *ret_size = size;
    return alloc_copy(data, size);
}

static char *take_string(Cursor *cursor)
{
    size_t size;

    return (char *)take_binary(cursor, &size);
}

static Cursor take_properties(Cursor *cursor)
{
    size_t size = take_varint(cursor);
    const uint8_t *data = take(cursor, size);

    return (Cursor){.data = data, .size = data ? size : 0, .broken = !data};
}

static void read_connect(Cursor *cursor, FakePacket *packet)
{
    free(take_string(cursor)); // "MQTT"
    packet->protocol = (int)take_number(cursor, 1);
    packet->connect_flags = (uint8_t)take_number(cursor, 1);
    packet->keepalive = (int)take_number(cursor, 2);
    packet->session_expiry = packet->receive_maximum = -1;
    if (packet->protocol == 5) {
        Cursor properties = take_properties(cursor);

        // Only the two that our programs send: any other makes the packet broken, and the test fail.
        while (properties.size && !properties.broken) {
            uint32_t id = take_number(&properties, 1);

            if (id == PROPERTY_SESSION_EXPIRY)
                packet->session_expiry = take_number(&properties, 4);
            else if (id == PROPERTY_RECEIVE_MAXIMUM)
                packet->receive_maximum = take_number(&properties, 2);
            else
                cursor->broken = true, properties.size = 0;
        }
    }
    packet->client_id = take_string(cursor);
    if (packet->connect_flags & CONNECT_WILL) {
        if (packet->protocol == 5)
            take_properties(cursor);
        packet->topic = take_string(cursor);
        packet->payload = take_binary(cursor, &packet->payload_size);
        packet->qos = packet->connect_flags >> 3 & 3;
        packet->retain = packet->connect_flags & CONNECT_WILL_RETAIN;
    }
    if (packet->connect_flags & CONNECT_USERNAME)
        packet->username = take_string(cursor);
    if (packet->connect_flags & CONNECT_PASSWORD)
        packet->password = take_string(cursor);
}

static void read_publish(Cursor *cursor, int protocol, FakePacket *packet)
{
    packet->dup = packet->flags & 8;
    packet->qos = packet->flags >> 1 & 3;
    packet->retain = packet->flags & 1;
    packet->topic = take_string(cursor);
    if (packet->qos)
        packet->mid = (int)take_number(cursor, 2);
    if (protocol == 5)
        take_properties(cursor);
    if (cursor->broken)
        return;
    packet->payload_size = cursor->size;
    packet->payload = alloc_copy(take(cursor, packet->payload_size), packet->payload_size);
}

static void read_body(Cursor *cursor, int protocol, FakePacket *packet)
{
    switch (packet->type) {
    case FAKE_CONNECT:
        read_connect(cursor, packet);
        break;
    case FAKE_PUBLISH:
        read_publish(cursor, protocol, packet);
        break;
    case FAKE_SUBSCRIBE:
        packet->mid = (int)take_number(cursor, 2);
        if (protocol == 5)
            take_properties(cursor);
        packet->topic = take_string(cursor);
        packet->options = (uint8_t)take_number(cursor, 1);
        break;
    case FAKE_DISCONNECT:
        if (cursor->size)
            packet->reason = (uint8_t)take_number(cursor, 1);
        break;
    case FAKE_PINGREQ:
        break;
    default:
        packet->mid = (int)take_number(cursor, 2);
        if (cursor->size)
            packet->reason = (uint8_t)take_number(cursor, 1);
        break;
    }
}

void fake_packet_deinit(FakePacket *packet)
{
    free(packet->topic);
    free(packet->payload);
    free(packet->client_id);
    free(packet->username);
    free(packet->password);
    *packet = (FakePacket){0};
}

long fake_codec_read(const uint8_t *data, size_t size, int protocol, FakePacket *ret_packet)
{
    Cursor head = {.data = data, .size = size}, body;
    FakePacket packet = {0};
    uint32_t first = take_number(&head, 1);
    size_t length = take_varint(&head);

    if (head.broken && size <= VARINT_BYTES_MAX)
        return 0;
    if (head.broken)
        return -1;
    if (length > head.size)
        return 0;
    body = (Cursor){.data = head.data, .size = length};
    packet.type = (int)(first >> 4);
    packet.flags = first & 0x0f;
    packet.size = (size_t)(head.data - data) + length;
    read_body(&body, protocol, &packet);
    if (body.broken) {
        fake_packet_deinit(&packet);
        return -1;
    }
    *ret_packet = packet;
    return (long)packet.size;
}

static void put_number(Text *out, uint32_t number, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;)
        text_append_char(out, (char)(number >> (8 * i) & 0xff));
}

static void put_packet(Text *out, int type, unsigned flags, const Text *body)
{
    size_t length = body->size;

    put_number(out, (uint32_t)type << 4 | flags, 1);
    do {
        put_number(out, (uint32_t)((length & 0x7f) | (length > 0x7f ? 0x80 : 0)), 1);
        length >>= 7;
    } while (length);
    text_append_bytes(out, text_cstr(body), body->size);
}

void fake_codec_connack(Text *out, int protocol, bool session_present, uint8_t reason)
{
    CLEANUP(cleanup_text) Text body = {0};

    put_number(&body, session_present, 1);
    put_number(&body, reason, 1);
    if (protocol == 5)
        put_number(&body, 0, 1);
    put_packet(out, FAKE_CONNACK, 0, &body);
}

void fake_codec_publish(Text *out, int protocol, const FakePublish *publish)
{
    CLEANUP(cleanup_text) Text body = {0};

    put_number(&body, (uint32_t)strlen(publish->topic), 2);
    text_append(&body, publish->topic);
    if (publish->qos)
        put_number(&body, (uint32_t)publish->mid, 2);
    if (protocol == 5)
        put_number(&body, 0, 1);
    if (publish->size)
        text_append_bytes(&body, publish->payload, publish->size);
    put_packet(out, FAKE_PUBLISH, (unsigned)publish->dup << 3 | (unsigned)publish->qos << 1 | publish->retain,
               &body);
}

void fake_codec_ack(Text *out, int protocol, int type, int mid, uint8_t reason)
{
    CLEANUP(cleanup_text) Text body = {0};

    put_number(&body, (uint32_t)mid, 2);
    if (protocol == 5 && reason)
        put_number(&body, reason, 1);
    put_packet(out, type, type == FAKE_PUBREL ? 2 : 0, &body);
}

void fake_codec_suback(Text *out, int protocol, int mid, uint8_t granted)
{
    CLEANUP(cleanup_text) Text body = {0};

    put_number(&body, (uint32_t)mid, 2);
    if (protocol == 5)
        put_number(&body, 0, 1);
    put_number(&body, granted, 1);
    put_packet(out, FAKE_SUBACK, 0, &body);
}

void fake_codec_pingresp(Text *out)
{
    put_packet(out, FAKE_PINGRESP, 0, &(Text){0});
}

void fake_codec_disconnect(Text *out, uint8_t reason)
{
    CLEANUP(cleanup_text) Text body = {0};

    put_number(&body, reason, 1);
    put_packet(out, FAKE_DISCONNECT, 0, &body);
}
