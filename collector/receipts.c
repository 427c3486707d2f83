// A receipt is a picture of the stream's head, so a later one replaces an earlier one and a lost one is no
// loss: they go out at QoS 0, and are never kept for a line that is down.
//
// A flush may touch a stream with several batches of a terminal; the refusals of all of them are told,
// WIRE_REFUSED_MAX in each receipt.
#include "collector/receipts.h"

#include <stdio.h>
#include <string.h>

#include "collector/collector.h"
#include "core/wire/topic.h"

static Receipt receipts_make(const Collector *collector, const FlushStream *stream)
{
    Receipt receipt = {.generation = collector->identity.generation, .at = clock_now()};

    memcpy(receipt.epoch, stream->epoch, sizeof(receipt.epoch));
    memcpy(receipt.store, collector->identity.store, sizeof(receipt.store));
    receipt.at -= receipt.at % TIME_SECOND; // finer tells nobody anything
    if (stream->stream) {
        const StreamHead *head = ledger_stream_head(stream->stream);
        receipt.through = head->through;
        receipt.also_count = stream_also(head, receipt.also);
        memcpy(receipt.chain, ledger_stream_chain(stream->stream), sizeof(receipt.chain));
    } else {
        chain_start(stream->entry->terminal.name, stream->epoch, receipt.chain);
    }
    return receipt;
}

void receipts_send(Collector *collector, const FlushStream *stream)
{
    Receipt receipt;
    unsigned told = 0;

    if (!link_is_up(&collector->link))
        return;
    receipt = receipts_make(collector, stream);
    do {
        unsigned rest = stream->refused_count - told;
        receipt.refused = stream->refused ? stream->refused + told : NULL;
        receipt.refused_count = rest < WIRE_REFUSED_MAX ? rest : WIRE_REFUSED_MAX;
        told += receipt.refused_count;
        text_clear(&collector->scratch);
        receipt_encode(&receipt, &collector->scratch);
        if (link_send(collector, stream->entry, TOPIC_RECEIPT, &collector->scratch))
            collector->counters.receipts++;
    } while (told < stream->refused_count);
}
