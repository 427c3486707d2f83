#pragma once
// The plan of a point: its sessions of the weeks around today, and the members whose own point it is (R11).
#include <stdbool.h>

#include "collector/register.h"
#include "core/store/store.h"

typedef struct Collector Collector;

/// Sends the plan of the terminal's point if it is not the one that the terminal holds. Negative: the disk
/// has failed.
int plan_offer(Collector *collector, RegisterEntry *entry);
/// Sends it in any case.
int plan_send(Collector *collector, RegisterEntry *entry);
/// Whether a member stands in the point's plan of `date`.
int plan_has_member(Store *store, const char *point, Date date, const char *member, bool *ret_has);
