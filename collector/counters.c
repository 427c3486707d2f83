// The counters. Two independent sums are kept on purpose: what was received is counted where a batch is
// opened, what became of it event by event; that they agree is checked at each commit, and a difference is an
// alarm.
#include "collector/counters.h"

void counters_add_outcome(CounterEvents *events, LedgerOutcome outcome)
{
    switch (outcome) {
    case LEDGER_PARKED:
        events->parked++;
        events->stored++;
        return;
    case LEDGER_STORED:
        events->stored++;
        return;
    case LEDGER_REFUSED:
    case LEDGER_CONFLICT:
        events->quarantined++;
        return;
    case LEDGER_DUPLICATE:
    case LEDGER_DUPLICATE_REFUSED:
        events->duplicate++;
        return;
    case LEDGER_DEFERRED:
        events->deferred++;
        return;
    }
}

void counters_add_unreadable(CounterEvents *events)
{
    events->received++;
    events->quarantined++;
}

bool counters_balanced(const CounterEvents *events)
{
    return events->received == events->stored + events->duplicate + events->quarantined + events->deferred;
}

bool counters_commit(Counters *counters)
{
    const CounterEvents *pending = &counters->pending;
    CounterEvents *events = &counters->events;

    events->received += pending->received;
    events->stored += pending->stored;
    events->duplicate += pending->duplicate;
    events->quarantined += pending->quarantined;
    events->deferred += pending->deferred;
    events->parked += pending->parked;
    counters->pending = (CounterEvents){0};
    return counters_balanced(events);
}

void counters_rollback(Counters *counters)
{
    counters->pending = (CounterEvents){0};
    counters->rollbacks++;
}
