// How long to wait before the next attempt to connect (rule T5). A whole site loses its broker at the same
// moment: what matters is that 3,700 terminals do not come back at the same moment, so each wait is drawn
// evenly from its whole range (full jitter) and even the first range is seconds wide. Pure: the caller brings
// the dice.
#include "core/net/mqtt.h"

#define BACKOFF_FIRST_CEILING (4 * TIME_SECOND) // a TLS broker takes about 1,000 connections a second
#define BACKOFF_DOUBLINGS_MAX 4 // 4 s doubled four times is past 60 s; also keeps the shift small

Time mqtt_backoff(unsigned failures, uint32_t random)
{
    unsigned doublings = failures < BACKOFF_DOUBLINGS_MAX ? failures : BACKOFF_DOUBLINGS_MAX;
    Time ceiling = BACKOFF_FIRST_CEILING << doublings;

    if (ceiling > MQTT_BACKOFF_MAX)
        ceiling = MQTT_BACKOFF_MAX;
    // A 32-bit fraction of at most 6e7 us: fits 64 bits with room.
    return MQTT_BACKOFF_MIN + (Time)(((uint64_t)(ceiling - MQTT_BACKOFF_MIN) * random) >> 32);
}
