// Topics as bytes and as values. A topic is taken apart strictly: exactly the segments of the protocol, names
// that a terminal or area may have, no empty level. `office` is refused as a terminal's name here already, so
// that nothing which arrives by the broker can pass for the office's own additions.
#include "core/wire/topic.h"

#include <stdio.h>
#include <string.h>

static const char *const leaf_words[TOPIC_LEAF_COUNT] = {
    [TOPIC_EVENT] = "event",   [TOPIC_HELLO] = "hello",         [TOPIC_STATE] = "state",
    [TOPIC_ASK] = "ask",       [TOPIC_RECEIPT] = "receipt",     [TOPIC_PLAN] = "plan",
    [TOPIC_ANSWER] = "answer", [TOPIC_COLLECTOR] = "collector",
};

const char *topic_leaf_word(TopicLeaf leaf)
{
    return (unsigned)leaf < TOPIC_LEAF_COUNT ? leaf_words[leaf] : NULL;
}

static bool copy_name(const char *start, size_t size, bool (*valid)(const char *, size_t),
                      char ret_name[static NAME_SIZE_MAX + 1])
{
    if (!valid(start, size))
        return false;
    memcpy(ret_name, start, size);
    ret_name[size] = '\0';
    return true;
}

static bool parse_collector(const char *id, Topic *ret_topic)
{
    Topic topic = {.leaf = TOPIC_COLLECTOR};

    if (!copy_name(id, strlen(id), name_valid, topic.terminal))
        return false;
    *ret_topic = topic;
    return true;
}

bool topic_parse(const char *text, Topic *ret_topic)
{
    static const char collector[] = NAME_COLLECTOR "/";
    const char *area, *terminal, *leaf;
    Topic topic = {0};

    if (strncmp(text, TOPIC_PREFIX, sizeof(TOPIC_PREFIX) - 1) != 0)
        return false;
    area = text + sizeof(TOPIC_PREFIX) - 1;
    if (strncmp(area, collector, sizeof(collector) - 1) == 0)
        return parse_collector(area + sizeof(collector) - 1, ret_topic);
    terminal = strchr(area, '/');
    leaf = terminal ? strchr(terminal + 1, '/') : NULL;
    if (!leaf)
        return false;
    if (!copy_name(area, (size_t)(terminal - area), name_valid_area, topic.area) ||
        !copy_name(terminal + 1, (size_t)(leaf - terminal - 1), name_valid_terminal, topic.terminal))
        return false;
    for (TopicLeaf i = 0; i < TOPIC_COLLECTOR; i++) {
        if (strcmp(leaf + 1, leaf_words[i]) == 0) {
            topic.leaf = i;
            *ret_topic = topic;
            return true;
        }
    }
    return false;
}

void topic_format(TopicLeaf leaf, const char *area, const char *terminal, char ret_text[static TOPIC_SIZE])
{
    if (leaf == TOPIC_COLLECTOR)
        snprintf(ret_text, TOPIC_SIZE, TOPIC_PREFIX NAME_COLLECTOR "/%s", terminal);
    else
        snprintf(ret_text, TOPIC_SIZE, TOPIC_PREFIX "%s/%s/%s", area, terminal, leaf_words[leaf]);
}
