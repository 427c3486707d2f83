// What comes down the line: receipts, plan pages, the collector's state. (Answers belong to `record`, which
// asks over a connection of its own.)
//
// A payload that is not the collector's (wrong or missing MAC), not readable, or about another epoch changes
// nothing.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/log.h"
#include "terminal/agent_private.h"

static uint32_t agent_random(void)
{
    uint32_t random;

    digest_random(&random, sizeof(random));
    return random;
}

static void agent_note_unreadable(Agent *agent, const char *what, const WireError *error)
{
    agent_alarm(agent, ALARM_UNREADABLE, "%s %s", what, error->reason);
}

static void agent_note_refused(Agent *agent, const Receipt *receipt)
{
    if (receipt->refused_count == 0)
        return;
    const ReceiptRefusal *last = &receipt->refused[receipt->refused_count - 1];

    agent_alarm(agent, ALARM_REFUSED, "%" PRIu64 " %s", last->seq, last->reason);
}

/// T2, T3: compares the chain and writes down what the receipt says.
static void agent_keep_receipt(Agent *agent, const Receipt *receipt)
{
    uint8_t chain[DIGEST_SIZE];
    OutboxRefusal *refused = alloc_zero(receipt->refused_count * sizeof(*refused));
    int r = outbox_chain(agent->outbox, receipt->through, chain);
    OutboxReceipt kept = {
        .through = receipt->through,
        .chain_known = r == 0,
        .chain_agrees = r == 0 && digest_equal(chain, receipt->chain, DIGEST_SIZE),
        .store = receipt->store,
        .generation = receipt->generation,
        .refused = refused,
        .refused_count = receipt->refused_count,
    };

    bool news = outbox_get_head(agent->outbox)->chain_error == OUTBOX_NO_ERROR;

    for (unsigned i = 0; i < receipt->refused_count; i++)
        refused[i] = (OutboxRefusal){receipt->refused[i].seq, receipt->refused[i].reason};
    if (r >= 0)
        r = outbox_receive(agent->outbox, &kept, clock_now());
    free(refused);
    if (r != 0)
        log_warning("agent", "receipt through=%" PRIu64 " result=not-kept", receipt->through);
    if (kept.chain_known && !kept.chain_agrees) {
        agent_alarm(agent, ALARM_CHAIN, "at %" PRIu64, receipt->through);
        if (news)
            window_ask_hello(&agent->window, clock_monotonic()); // T3: the next one reports it
    } else if (outbox_get_head(agent->outbox)->chain_error == OUTBOX_NO_ERROR) {
        agent_calm(agent, ALARM_CHAIN);
    }
}

static void agent_judge_gap(Agent *agent)
{
    const OutboxHead *head = outbox_get_head(agent->outbox);

    if (agent->window.through + 1 < head->oldest)
        agent_alarm(agent, ALARM_GONE, "%" PRIu64 " to %" PRIu64, agent->window.through + 1,
                    head->oldest - 1);
    else
        agent_calm(agent, ALARM_GONE);
}

static void agent_take_receipt(Agent *agent, const Receipt *receipt)
{
    const WindowReceipt news = {
        .through = receipt->through,
        .also = receipt->also,
        .also_count = receipt->also_count,
        .store = receipt->store,
        .generation = receipt->generation,
    };
    WindowVerdict verdict = window_receipt(&agent->window, &news, clock_monotonic(), agent_random());

    switch (verdict) {
    case WINDOW_OLD:
        log_info("agent", "receipt ignored generation=%" PRId64, receipt->generation);
        return;
    case WINDOW_AHEAD:
        agent_alarm(agent, ALARM_AHEAD, "through %" PRIu64 ", recorded %" PRIu64, receipt->through,
                    agent->window.last);
        return;
    case WINDOW_WENT_BACK:
        log_warning("agent", "receipt went-back through=%" PRIu64 " generation=%" PRId64, receipt->through,
                    receipt->generation);
        break;
    case WINDOW_ACCEPTED:
        break;
    }
    log_debug("agent", "receipt through=%" PRIu64, receipt->through);
    agent->failures = 0; // the line is good for something
    agent_keep_receipt(agent, receipt);
    agent_note_refused(agent, receipt);
    agent_judge_gap(agent);
    agent_calm(agent, ALARM_BROKER);
    agent_calm(agent, ALARM_AHEAD);
    if (window_overdue(&agent->window, clock_monotonic()) == 0)
        agent_calm(agent, ALARM_OVERDUE);
    if (agent->screen)
        screen_touch(agent->screen);
}

static void agent_on_receipt(Agent *agent, const char *line, size_t size)
{
    WireError error = {0};
    Receipt receipt;

    if (receipt_decode(line, size, &receipt, &error) != 0) {
        agent_note_unreadable(agent, "receipt", &error);
        return;
    }
    if (strcmp(receipt.epoch, outbox_get_head(agent->outbox)->epoch) == 0)
        agent_take_receipt(agent, &receipt);
    else
        log_info("agent", "receipt ignored epoch=%s", receipt.epoch);
    receipt_deinit(&receipt);
}

static void agent_on_plan(Agent *agent, const char *line, size_t size)
{
    WireError error = {0};
    Plan page;

    if (plan_decode(line, size, &page, &error) != 0) {
        agent_note_unreadable(agent, "plan", &error);
        return;
    }
    if (strcmp(page.digest, outbox_get_head(agent->outbox)->plan) == 0) {
        plan_deinit(&page); // it is the one we have
        return;
    }
    if (!pages_give(&agent->pages, &page))
        return;
    size_t count = agent->pages.count;
    if (pages_store(&agent->pages, agent->outbox) != 0) {
        log_warning("agent", "plan result=not-kept");
        return;
    }
    log_info("agent", "plan pages=%zu digest=%.12s", count, outbox_get_head(agent->outbox)->plan);
    if (agent->screen)
        screen_load_plan(agent->screen, agent->outbox);
}

static void agent_on_collector(Agent *agent, const char *id, const MqttMessage *message)
{
    WireError error = {0};
    CollectorState *state = alloc_zero(sizeof(*state));
    bool ours = strcmp(id, agent->collector) == 0;

    if (message->size > 0 && collector_state_decode(message->payload, message->size, state, &error) != 0) {
        log_warning("agent", "collector id=%s reason=%s", id, error.reason);
        free(state);
        return;
    }
    bool serves = state->online && collector_state_serves(state, agent->station->config->area);
    if (serves && !ours)
        snprintf(agent->collector, sizeof(agent->collector), "%s", id);
    if (serves || ours) {
        const WindowCollector news = {serves, state->boot, state->store, state->generation};

        log_info("agent", "collector id=%s online=%d boot=%s", id, serves, state->boot);
        window_collector(&agent->window, &news, message->retain, clock_monotonic(), agent_random());
        if (serves && state->fault[0])
            agent_alarm(agent, ALARM_FAULT, "%s", state->fault);
        else
            agent_calm(agent, ALARM_FAULT);
        if (agent->screen)
            screen_touch(agent->screen);
    }
    free(state);
}

static TopicLeaf agent_leaf(const Station *station, const char *topic)
{
    for (TopicLeaf leaf = 0; leaf < TOPIC_COLLECTOR; leaf++) {
        if (strcmp(topic, station->topics[leaf]) == 0)
            return leaf;
    }
    return TOPIC_LEAF_COUNT;
}

void agent_receive(Agent *agent, const MqttMessage *message)
{
    TopicLeaf leaf = agent_leaf(agent->station, message->topic);
    Topic topic;
    size_t size;

    if (topic_parse(message->topic, &topic) && topic.leaf == TOPIC_COLLECTOR) {
        agent_on_collector(agent, topic.terminal, message);
        return;
    }
    if (leaf != TOPIC_RECEIPT && leaf != TOPIC_PLAN)
        return;
    if (!station_open(agent->station, leaf, message->payload, message->size, &size)) {
        agent_alarm(agent, ALARM_MAC, "%s", topic_leaf_word(leaf));
        return;
    }
    if (leaf == TOPIC_RECEIPT)
        agent_on_receipt(agent, message->payload, size);
    else
        agent_on_plan(agent, message->payload, size);
}
