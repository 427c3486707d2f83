#pragma once
// Topics: studyday/1/AREA/TERMINAL/LEAF and studyday/1/collector/ID (studyday-protocol(7) "Topics").
#include <stdbool.h>
#include <stddef.h>

#include "core/model/code.h"

#define TOPIC_PREFIX "studyday/1/"
#define TOPIC_SIZE (sizeof(TOPIC_PREFIX) + 2 * NAME_SIZE_MAX + 16)

typedef enum TopicLeaf {
    TOPIC_EVENT,
    TOPIC_HELLO,
    TOPIC_STATE,
    TOPIC_ASK,
    TOPIC_RECEIPT,
    TOPIC_PLAN,
    TOPIC_ANSWER,
    TOPIC_COLLECTOR, // studyday/1/collector/ID: `area` empty, `terminal` is the ID
    TOPIC_LEAF_COUNT
} TopicLeaf;

typedef struct Topic {
    TopicLeaf leaf;
    char area[NAME_SIZE_MAX + 1];
    char terminal[NAME_SIZE_MAX + 1];
} Topic;

/// False for whatever is no topic of this protocol (other prefix, bad name, unknown leaf, reserved area).
bool topic_parse(const char *text, Topic *ret_topic);
void topic_format(TopicLeaf leaf, const char *area, const char *terminal, char ret_text[static TOPIC_SIZE]);
const char *topic_leaf_word(TopicLeaf leaf); // "event", ...
