#pragma once
// Made-up Chinese names of places, organisations and people. Any likeness is chance.
#include "core/base/text.h"
#include "core/model/roster.h"
#include "simulate/dice.h"

/// Place name number `index`, two characters, all different up to NAMES_PLACES.
#define NAMES_PLACES 2500
void names_place(uint32_t index, Text *name);
/// A person's name of two or three characters.
void names_person(Dice *dice, Text *name);
#define NAMES_UNIT_SEAT 4 // of SECTOR_GOVERNMENT: the county's own offices
/// What a branch is called after its place, by its sector; `index` below NAMES_UNIT_SEAT, or that.
const char *names_unit(OrgSector sector, uint32_t index);
