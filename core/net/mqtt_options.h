#pragma once
// From MqttOptions to a configured libmosquitto client. Of this folder only.
#include <mosquitto.h>

#include "core/net/mqtt.h"

#define MQTT_SEND_MAXIMUM 256 // publishes of QoS 1 that the library lets out unanswered: rule T4's window

/// An owned copy of the options: every string is set, "" where there was none, the will's topic apart.
void mqtt_options_copy(const MqttOptions *options, MqttOptions *ret_options);
void mqtt_options_deinit(MqttOptions *options);
/// A client that is set up but not connecting, to be destroyed by the caller; or NULL and which option is at
/// fault and why.
struct mosquitto *mqtt_options_apply(const MqttOptions *options, void *owner, const char **ret_option,
                                     const char **ret_reason);
