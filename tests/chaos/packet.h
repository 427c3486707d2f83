#pragma once
// As much of MQTT as a proxy needs to act on whole packets: where one ends, and what kind it is. The same in
// 3.1.1 and 5.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_HEAD_MAX 5 // one byte of type and flags, at most four of length

enum { PACKET_CONNECT = 1, PACKET_PUBLISH = 3, PACKET_PUBACK = 4, PACKET_PINGREQ = 12 };

/// The size of the packet that begins at `data`, whole or not; 0 if its head is not all there, -1 if it is no
/// MQTT.
long packet_size(const uint8_t *data, size_t size);
int packet_type(const uint8_t *data);
/// Of a PUBLISH.
int packet_qos(const uint8_t *data);
/// Marks a PUBLISH as sent before (DUP); one of QoS 0 must not be and is left as it is.
void packet_mark_repeated(uint8_t *data);
