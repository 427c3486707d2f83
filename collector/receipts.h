#pragma once
// Receipts: what is committed, told to the terminal.
#include "collector/flush.h"

/// Publishes the receipt of a stream as it stands in the ledger: call it after a checked COMMIT, with no
/// transaction open. More refusals than one receipt takes make several. Without a line it is not sent; the
/// terminal asks again.
void receipts_send(Collector *collector, const FlushStream *stream);
