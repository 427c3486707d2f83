#pragma once
// A broker and the lines to it. QoS 1 as MQTT has it between honest parties, and then what brokers and
// networks do: lines that are cut with all that was on the way, ends that are noticed a minute later, queues
// that overflow behind success PUBACKs, a broker that forgets everything, or drops, repeats and reorders on
// purpose.
//
// core/net/mqtt.h is answered here (line.c): the programs' connections end in this broker.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/net/mqtt.h"
#include "tests/simulation/world.h"

typedef struct BrokerMood {
    unsigned drop, repeat, swap; // once in so many messages; 0: never
    size_t queue_max;            // messages that a session may be owed
    Time delay_max;              // of a packet
} BrokerMood;

void broker_begin(const BrokerMood *mood);
void broker_end(void);
void broker_set_mood(const BrokerMood *mood);
/// Takes what has arrived. `broker_next()` is when there is more to take.
void broker_run(void);
Time broker_next(void);
/// It ends and is there again at `until`; with `forget` sessions and retained messages are gone.
void broker_crash(Time until, bool forget);
/// An old message goes out once more.
void broker_replay(void);
/// The machine's lines are cut: what was on the way is lost, either side notices some time later.
void broker_cut(const Machine *machine, Time notice_max);

// line.c, for poll() and for who sets the clock.
Mqtt *line_by_fd(int fd);
/// When something comes over a line of the machine; LOOP_NEVER.
Time line_next_of(const Machine *machine);
bool line_is_ready(const Mqtt *line);
/// Acknowledgements do not wait for the commit (a way to break the world).
extern bool line_hasty;

// What the invariants want to know of.
typedef struct LineWatch {
    /// An acknowledgement of a message has left the machine.
    void (*acked)(const char *topic, const void *payload, size_t size);
    /// A message has left it.
    void (*sent)(const Machine *machine, const char *topic, const void *payload, size_t size);
} LineWatch;
extern LineWatch line_watch;

// wires.c, between line.c and broker.c.
typedef struct Message {
    unsigned refs;
    char topic[128];
    char *payload;
    size_t size;
    int qos;
    bool retain;
} Message;
Message *message_new(const char *topic, const void *payload, size_t size, int qos, bool retain);
Message *message_hold(Message *message);
Message *message_drop(Message *message); // returns NULL

typedef enum PacketKind {
    PACKET_CONNECT,
    PACKET_CONNACK,
    PACKET_SUBSCRIBE,
    PACKET_SUBACK,
    PACKET_PUBLISH,
    PACKET_PUBACK,
    PACKET_DISCONNECT,
} PacketKind;
typedef struct Packet {
    PacketKind kind;
    Time at; // when it arrives
    Message *message;
    int mid;
    uint8_t reason;
    bool session_present;
    struct Packet *next;
} Packet;
typedef struct Queue {
    Packet *first, *last;
    Time last_at; // nothing overtakes on a line
} Queue;

// One TCP connection. Each side lets go by itself; who is the last one frees it.
typedef struct Wire {
    Queue up, down;
    bool cut;            // nothing arrives any more
    Time client_ends;    // when the client learns that it is over; LOOP_NEVER
    Time broker_ends;    // the same of the broker
    bool client, broker; // still held by
    const Machine *machine;
    struct Session *session; // of the broker, once it has said CONNECT
    struct Wire *next;       // of the broker's
    char id[64];             // client id
    bool clean;
    Message *will;
} Wire;
extern Wire *wires; // all of them
extern Time wires_delay_max;
Packet *packet_new(PacketKind kind, Message *message, int mid);
void packet_free(Packet *packet);
/// Sends it on its way.
void queue_put(const Wire *wire, Queue *queue, Packet *packet);
/// The next one that has arrived, or NULL.
Packet *queue_take(Queue *queue);
void queue_clear(Queue *queue);
/// A new connection, or NULL: there is no broker.
Wire *broker_accept(const Machine *machine, const char *id, bool clean, Message *will);
void wire_release(Wire *wire, bool by_client);
