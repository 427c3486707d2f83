#pragma once
// The events behind one attendance row, gathered with texts of their own.
#include "reports/explain.h"

typedef struct ExplainEvents {
    ExplainEvent *events;
    Fact *facts; // of the events, as the fold takes them
    size_t count;
} ExplainEvents;

/// For query_pair_events(); `user` is an ExplainEvents.
int explain_events_take(void *user, const PairEvent *event);
/// Fills in what became of each.
void explain_events_judge(ExplainEvents *list, const SessionRules *session);
void explain_events_deinit(ExplainEvents *list);
