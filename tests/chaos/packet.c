// The fixed header: four bits of type, four of flags, the length of the rest in groups of seven bits.
#include "tests/chaos/packet.h"

#define PACKET_DUP 0x08

long packet_size(const uint8_t *data, size_t size)
{
    long rest = 0;

    if (size > 0 && packet_type(data) == 0)
        return -1; // reserved
    for (size_t i = 1; i < size && i < PACKET_HEAD_MAX; i++) {
        rest |= (long)(data[i] & 0x7f) << (7 * (i - 1));
        if (!(data[i] & 0x80))
            return rest + (long)i + 1;
    }
    return size >= PACKET_HEAD_MAX ? -1 : 0;
}

int packet_type(const uint8_t *data)
{
    return data[0] >> 4;
}

int packet_qos(const uint8_t *data)
{
    return data[0] >> 1 & 3;
}

void packet_mark_repeated(uint8_t *data)
{
    if (packet_qos(data) > 0)
        data[0] |= PACKET_DUP;
}
