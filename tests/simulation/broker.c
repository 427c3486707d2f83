#include "tests/simulation/broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/net/loop.h"
#include "tests/support/support.h"

#define SESSIONS_MAX 16
#define FILTERS_MAX 8
#define RETAINED_MAX 16
#define MEMORY_MAX 32                   // old messages that may go out once more
#define DELIVER_DELAY (TIME_SECOND / 2) // at most, of one that is repeated or swapped

// A message that a session is owed until its PUBACK.
typedef struct Owed {
    Message *message;
    int mid;
    bool sent; // over the line at hand
} Owed;

typedef struct Session {
    char id[64]; // "" none
    bool clean;
    Wire *wire;
    char filters[FILTERS_MAX][128];
    int filter_qos[FILTERS_MAX];
    size_t filter_count;
    Owed *owed;
    size_t owed_count, owed_capacity;
    int next_mid;
} Session;

static struct {
    BrokerMood mood;
    Time back_at; // down until then
    Session sessions[SESSIONS_MAX];
    Message *retained[RETAINED_MAX];
    Message *memory[MEMORY_MAX];
    size_t memory_count;
} broker;

Wire *broker_accept(const Machine *machine, const char *id, bool clean, Message *will)
{
    if (world.now < broker.back_at)
        return NULL;
    Wire *wire = alloc_zero(sizeof(*wire));
    *wire = (Wire){.client_ends = LOOP_NEVER,
                   .broker_ends = LOOP_NEVER,
                   .client = true,
                   .broker = true,
                   .machine = machine,
                   .next = wires,
                   .clean = clean,
                   .will = message_hold(will)};
    snprintf(wire->id, sizeof(wire->id), "%s", id);
    wires = wire;
    queue_put(wire, &wire->up, packet_new(PACKET_CONNECT, NULL, 0));
    return wire;
}

static bool filter_fits(const char *filter, const char *topic)
{
    while (*filter && *topic) {
        if (*filter == '+') {
            topic += strcspn(topic, "/");
            filter++;
        } else if (*filter++ != *topic++) {
            return false;
        }
    }
    return !*filter && !*topic;
}

static int session_qos(const Session *session, const char *topic)
{
    for (size_t i = 0; i < session->filter_count; i++) {
        if (filter_fits(session->filters[i], topic))
            return session->filter_qos[i];
    }
    return -1;
}

static void session_send(Session *session)
{
    for (size_t i = 0; session->wire && i < session->owed_count; i++) {
        Owed *owed = &session->owed[i];

        if (owed->sent)
            continue;
        owed->sent = true;
        queue_put(session->wire, &session->wire->down,
                  packet_new(PACKET_PUBLISH, message_hold(owed->message), owed->mid));
    }
}

static void session_forget(Session *session)
{
    for (size_t i = 0; i < session->owed_count; i++)
        message_drop(session->owed[i].message);
    free(session->owed);
    if (session->wire)
        session->wire->session = NULL;
    *session = (Session){0};
}

// One message for one session. A queue that is full drops it, and nobody is told.
static void session_owe(Session *session, Message *message, int qos)
{
    Message *own = message_new(message->topic, message->payload, message->size,
                               message->qos < qos ? message->qos : qos, message->retain);

    if (own->qos == 0) {
        if (session->wire)
            queue_put(session->wire, &session->wire->down, packet_new(PACKET_PUBLISH, own, 0));
        else
            message_drop(own);
        return;
    }
    if (session->owed_count >= broker.mood.queue_max) {
        world_note("broker drops for %s: its queue is full", session->id);
        message_drop(own);
        return;
    }
    if (session->owed_count == session->owed_capacity) {
        session->owed_capacity = session->owed_capacity ? 2 * session->owed_capacity : 16;
        session->owed = alloc_resize(session->owed, session->owed_capacity, sizeof(*session->owed));
    }
    size_t place = session->owed_count++;
    if (place > 0 && session->wire && !session->owed[place - 1].sent) {
        session->owed[place] = session->owed[place - 1];
        place--;
    }
    session->owed[place] = (Owed){.message = own, .mid = ++session->next_mid};
    if (!broker.mood.swap || !world_once_in(broker.mood.swap)) // otherwise the next one will overtake it
        session_send(session);
}

static void broker_keep(Message *message)
{
    for (int i = 0; i < RETAINED_MAX; i++) {
        if (broker.retained[i] && strcmp(broker.retained[i]->topic, message->topic) != 0)
            continue;
        message_drop(broker.retained[i]);
        broker.retained[i] = message_hold(message);
        return;
    }
}

static void broker_remember(Message *message)
{
    size_t slot = broker.memory_count++ % MEMORY_MAX;

    message_drop(broker.memory[slot]);
    broker.memory[slot] = message_hold(message);
}

// Retain As Published is not played: what is routed at once is not retained, as in MQTT 3.1.1.
static unsigned broker_route(const Message *message)
{
    Message plain = *message;
    unsigned count = 0;

    plain.retain = false;
    for (int i = 0; i < SESSIONS_MAX; i++) {
        Session *session = &broker.sessions[i];
        int qos = session->id[0] ? session_qos(session, message->topic) : -1;

        if (qos < 0)
            continue;
        session_owe(session, &plain, qos);
        count++;
    }
    return count;
}

// True if somebody will get it, or is said to.
static bool broker_publish(Message *message)
{
    if (message->retain)
        broker_keep(message);
    else
        broker_remember(message);
    if (!message->retain && broker.mood.drop && world_once_in(broker.mood.drop)) {
        world_note("broker loses %s", message->topic);
        return true;
    }
    unsigned count = broker_route(message);
    if (!message->retain && broker.mood.repeat && world_once_in(broker.mood.repeat)) {
        world_note("broker repeats %s", message->topic);
        broker_route(message);
    }
    return count > 0;
}

void broker_replay(void)
{
    size_t count = broker.memory_count < MEMORY_MAX ? broker.memory_count : MEMORY_MAX;

    if (count == 0 || world.now < broker.back_at)
        return;
    const Message *message = broker.memory[world_dice((unsigned)count)];
    world_note("broker replays %s", message->topic);
    broker_route(message);
}

static Session *broker_session(const char *id)
{
    for (int i = 0; i < SESSIONS_MAX; i++) {
        if (strcmp(broker.sessions[i].id, id) == 0)
            return &broker.sessions[i];
    }
    return NULL;
}

static void broker_release(Wire *wire)
{
    if (wire->session)
        wire->session->wire = NULL;
    wire_release(wire, false);
}

// The broker lets go of a line; without a goodbye the Will is published.
static void broker_hang_up(Wire *wire, bool goodbye)
{
    Session *session = wire->session;
    Message *will = goodbye ? NULL : message_hold(wire->will);

    broker_release(wire);
    if (session && session->clean)
        session_forget(session);
    if (will && session)
        broker_publish(will);
    message_drop(will);
}

static void broker_on_connect(Wire *wire)
{
    Session *session = broker_session(wire->id);
    Packet *answer = packet_new(PACKET_CONNACK, NULL, 0);

    if (session && session->wire)
        broker_hang_up(session->wire, false); // taken over
    session = broker_session(wire->id);
    if (session && wire->clean)
        session_forget(session);
    answer->session_present = session && session->id[0];
    if (!answer->session_present)
        session = broker_session("");
    if (!session)
        support_die("more clients than the broker has room for");
    snprintf(session->id, sizeof(session->id), "%s", wire->id);
    session->clean = wire->clean;
    session->wire = wire;
    wire->session = session;
    queue_put(wire, &wire->down, answer);
    for (size_t i = 0; i < session->owed_count; i++)
        session->owed[i].sent = false;
    session_send(session);
}

static void broker_on_subscribe(Session *session, const Packet *packet)
{
    const char *filter = packet->message->topic;
    Packet *answer = packet_new(PACKET_SUBACK, NULL, packet->mid);
    size_t i = 0;

    while (i < session->filter_count && strcmp(session->filters[i], filter) != 0)
        i++;
    if (i == FILTERS_MAX)
        support_die("more subscriptions than the broker has room for");
    if (i == session->filter_count)
        session->filter_count++;
    snprintf(session->filters[i], sizeof(session->filters[i]), "%s", filter);
    session->filter_qos[i] = packet->message->qos;
    answer->reason = (uint8_t)packet->message->qos;
    queue_put(session->wire, &session->wire->down, answer);
    for (int k = 0; k < RETAINED_MAX; k++) {
        if (broker.retained[k] && filter_fits(filter, broker.retained[k]->topic))
            session_owe(session, broker.retained[k], packet->message->qos);
    }
}

static void broker_on_puback(Session *session, int mid)
{
    for (size_t i = 0; i < session->owed_count; i++) {
        if (session->owed[i].mid != mid)
            continue;
        message_drop(session->owed[i].message);
        session->owed_count--;
        memmove(&session->owed[i], &session->owed[i + 1], (session->owed_count - i) * sizeof(*session->owed));
        return;
    }
}

static void broker_on_publish(Session *session, const Packet *packet)
{
    Wire *wire = session->wire;
    bool routed = broker_publish(packet->message);

    if (packet->message->qos == 0)
        return;
    Packet *answer = packet_new(PACKET_PUBACK, NULL, packet->mid);
    answer->reason = routed ? MQTT_REASON_SUCCESS : MQTT_REASON_NO_SUBSCRIBERS;
    queue_put(wire, &wire->down, answer);
}

// False: the wire may be gone.
static bool broker_take(Wire *wire, const Packet *packet)
{
    Session *session = wire->session;

    if (packet->kind == PACKET_CONNECT)
        broker_on_connect(wire);
    else if (packet->kind == PACKET_DISCONNECT) {
        broker_hang_up(wire, true);
        return false;
    } else if (!session)
        return true; // its session has been taken over
    else if (packet->kind == PACKET_SUBSCRIBE)
        broker_on_subscribe(session, packet);
    else if (packet->kind == PACKET_PUBACK)
        broker_on_puback(session, packet->mid);
    else if (packet->kind == PACKET_PUBLISH)
        broker_on_publish(session, packet);
    return true;
}

static Time wire_next(const Wire *wire)
{
    Time next = wire->broker_ends;

    if (!wire->broker)
        return LOOP_NEVER;
    if (wire->up.first && wire->up.first->at < next)
        next = wire->up.first->at;
    return next;
}

// The wire on which something is due first. Oldest lines last, which is as good an order as any.
static Wire *broker_due(void)
{
    Wire *due = NULL;

    for (Wire *wire = wires; wire; wire = wire->next) {
        if (wire_next(wire) <= world.now && (!due || wire_next(wire) < wire_next(due)))
            due = wire;
    }
    return due;
}

void broker_run(void)
{
    Wire *wire;

    while ((wire = broker_due())) {
        Packet *packet = queue_take(&wire->up);

        if (!packet) {
            broker_hang_up(wire, false);
            continue;
        }
        broker_take(wire, packet);
        packet_free(packet);
    }
}

Time broker_next(void)
{
    Time next = LOOP_NEVER;

    for (const Wire *wire = wires; wire; wire = wire->next) {
        if (wire_next(wire) < next)
            next = wire_next(wire);
    }
    return next;
}

void broker_set_mood(const BrokerMood *mood)
{
    broker.mood = *mood;
    wires_delay_max = mood->delay_max;
}

void broker_begin(const BrokerMood *mood)
{
    memset(&broker, 0, sizeof(broker));
    broker_set_mood(mood);
}

static void broker_forget(void)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        session_forget(&broker.sessions[i]);
    for (int i = 0; i < RETAINED_MAX; i++)
        broker.retained[i] = message_drop(broker.retained[i]);
}

// Everybody's line is reset; what had reached the sockets is lost on both sides.
static void broker_hang_up_all(void)
{
    for (Wire *wire = wires, *next; wire; wire = next) {
        next = wire->next;
        if (!wire->broker)
            continue;
        queue_clear(&wire->down);
        wire->down.last_at = world.now;
        broker_release(wire);
    }
}

void broker_crash(Time until, bool forget)
{
    broker_hang_up_all();
    for (int i = 0; i < SESSIONS_MAX; i++) {
        if (broker.sessions[i].id[0] && broker.sessions[i].clean)
            session_forget(&broker.sessions[i]);
    }
    if (forget)
        broker_forget();
    broker.back_at = until;
}

void broker_cut(const Machine *machine, Time notice_max)
{
    for (Wire *wire = wires; wire; wire = wire->next) {
        Time client = world.now + 1 + world_dice((unsigned)notice_max);
        Time own = world.now + 1 + world_dice((unsigned)notice_max);

        if (wire->machine != machine || wire->cut)
            continue;
        wire->cut = true;
        queue_clear(&wire->up);
        queue_clear(&wire->down);
        if (wire->client_ends > client)
            wire->client_ends = client;
        if (wire->broker_ends > own)
            wire->broker_ends = own;
    }
}

// Every program has let go of its lines.
void broker_end(void)
{
    broker_hang_up_all();
    broker_forget();
    for (int i = 0; i < MEMORY_MAX; i++)
        broker.memory[i] = message_drop(broker.memory[i]);
}
