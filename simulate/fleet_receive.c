// What comes down a terminal's line: receipts, plan pages, the collector's state. Receipts are held against
// our own chain, which is computed from the scans as far as it is asked for.
//
// With trust_puback receipts are ignored and a PUBACK makes events received instead: the mistake that the
// protocol exists to avoid, kept here so that tests can show that it loses.
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/model/chain.h"
#include "simulate/fleet_private.h"

#define FLEET_BELIEVED_STORE "00000000000000000000000000" // a database that nobody has seen

static uint32_t fleet_random(Fleet *fleet)
{
    return (uint32_t)(dice_roll(&fleet->dice) >> 32);
}

/// Our own chain at `through`.
static void fleet_chain_to(FleetTerminal *terminal, uint64_t through)
{
    CLEANUP(cleanup_text) Text canonical = {0};
    char at_text[CLOCK_TEXT_SIZE];

    if (through < terminal->chained) {
        chain_start(terminal->station->name, terminal->epoch, terminal->chain);
        terminal->chained = 0;
    }
    while (terminal->chained < through) {
        Event event = day_event(&terminal->day, &terminal->scans[terminal->chained], 1, at_text);

        text_clear(&canonical);
        event_canonical(&event, ++terminal->chained, &canonical);
        chain_advance(terminal->chain, canonical.data, canonical.size);
    }
}

/// Applies what is now known to be received; counts it.
static WindowVerdict fleet_settle(FleetTerminal *terminal, const WindowReceipt *receipt)
{
    Fleet *fleet = terminal->fleet;
    Time now = clock_monotonic();
    uint64_t before = terminal->window.through;
    bool was_done = fleet_terminal_is_done(terminal);
    WindowVerdict verdict = window_receipt(&terminal->window, receipt, now, fleet_random(fleet));

    if (verdict != WINDOW_ACCEPTED && verdict != WINDOW_WENT_BACK)
        return verdict;
    fleet->summary.received += terminal->window.through - before;
    fleet->done += fleet_terminal_is_done(terminal);
    fleet->done -= was_done;
    fleet->last_receipt = now;
    return verdict;
}

static void fleet_take_receipt(FleetTerminal *terminal, const Receipt *receipt)
{
    const WindowReceipt news = {
        .through = receipt->through,
        .also = receipt->also,
        .also_count = receipt->also_count,
        .store = receipt->store,
        .generation = receipt->generation,
    };
    WindowVerdict verdict = fleet_settle(terminal, &news);

    if (verdict != WINDOW_ACCEPTED && verdict != WINDOW_WENT_BACK)
        return;
    terminal->failures = 0;
    terminal->fleet->summary.receipts++;
    terminal->fleet->summary.refused += receipt->refused_count;
    fleet_chain_to(terminal, receipt->through);
    if (!digest_equal(terminal->chain, receipt->chain, DIGEST_SIZE))
        terminal->fleet->summary.chain_errors++;
}

static void fleet_on_receipt(FleetTerminal *terminal, const char *line, size_t size)
{
    WireError error = {0};
    Receipt receipt;

    if (terminal->fleet->options->trust_puback || receipt_decode(line, size, &receipt, &error) != 0)
        return;
    if (strcmp(receipt.epoch, terminal->epoch) == 0)
        fleet_take_receipt(terminal, &receipt);
    receipt_deinit(&receipt);
}

/// A terminal keeps its plan; here its name is enough, so that the next hello does not ask for it again.
static void fleet_on_plan(FleetTerminal *terminal, const char *line, size_t size)
{
    WireError error = {0};
    Plan plan;

    if (plan_decode(line, size, &plan, &error) != 0)
        return;
    if (plan.page == plan.pages)
        memcpy(terminal->plan, plan.digest, sizeof(terminal->plan));
    plan_deinit(&plan);
}

static void fleet_on_collector(FleetTerminal *terminal, const MqttMessage *message)
{
    WireError error = {0};
    CLEANUP(cleanup_free) CollectorState *state = alloc_zero(sizeof(*state));
    const SiteTerminal *station = terminal->station;

    if (message->size > 0 && collector_state_decode(message->payload, message->size, state, &error) != 0)
        return;
    // One collector serves a simulated site: its Will, which names no areas, is heeded as well.
    const WindowCollector news = {state->online && collector_state_serves(state, station->area), state->boot,
                                  state->store, state->generation};
    window_collector(&terminal->window, &news, message->retain, clock_monotonic(),
                     fleet_random(terminal->fleet));
}

void fleet_receive(FleetTerminal *terminal, const MqttMessage *message)
{
    const SiteTerminal *station = terminal->station;
    const uint8_t *key = station->has_key ? station->key : NULL;
    Topic topic;
    size_t size;

    if (!topic_parse(message->topic, &topic))
        return;
    if (topic.leaf == TOPIC_COLLECTOR) {
        fleet_on_collector(terminal, message);
        return;
    }
    WireMac mac = wire_mac_check(key, message->topic, message->payload, message->size, &size);
    if (mac == WIRE_MAC_BAD || (mac == WIRE_MAC_ABSENT && key))
        return;
    if (topic.leaf == TOPIC_RECEIPT)
        fleet_on_receipt(terminal, message->payload, size);
    else if (topic.leaf == TOPIC_PLAN)
        fleet_on_plan(terminal, message->payload, size);
}

void fleet_receive_ack(FleetTerminal *terminal, int mid, bool success)
{
    size_t i = 0;

    while (i < terminal->promise_count && terminal->promises[i].mid != mid)
        i++;
    if (i == terminal->promise_count)
        return;
    FleetPromise promise = terminal->promises[i];
    terminal->promises[i] = terminal->promises[--terminal->promise_count];
    if (!success)
        return;
    memset(terminal->believed + promise.first - 1, 1, promise.count);
    uint64_t through = terminal->window.through;
    while (through < terminal->count && terminal->believed[through])
        through++;
    const WindowReceipt news = {
        .through = through, .also = &(const StreamRange){0}, .store = FLEET_BELIEVED_STORE, .generation = 1};
    fleet_settle(terminal, &news);
}

void fleet_receive_line_lost(FleetTerminal *terminal)
{
    terminal->promise_count = 0;
}
