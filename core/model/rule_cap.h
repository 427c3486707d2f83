#pragma once
// Caps (R27): how many minutes a year one source of credit counts at most. What goes beyond is still
// credited and shown, and does not count for the year.
#include "core/model/rule.h"

#define CAP_NONE (-1)

// The caps on the date of one session of some kind.
typedef struct CapLimits {
    int32_t kind;   // of credit at sessions of this kind
    int32_t makeup; // of credit by making up, whatever the kind
} CapLimits;
CapLimits caps_at(const Rules *rules, SessionKind kind, Date date);
/// Whether any version caps anything: without, nobody need look at single credits.
bool rules_have_caps(const Rules *rules);

// What one member has been counted in one year so far.
typedef struct CapUse {
    int32_t by_kind[SESSION_KIND_COUNT];
    int32_t by_makeup;
} CapUse;
/// Takes the next credit, in the order of sessions: how much of it counts. Of two caps the narrower one
/// decides.
int32_t cap_take(CapUse *use, const CapLimits *limits, SessionKind kind, bool made_up, int32_t credit);
