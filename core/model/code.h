#pragma once
// Names and codes (studyday-protocol(7) "Names"): what may stand in a topic, in an event and in a file.
#include <stdbool.h>
#include <stddef.h>

#define CODE_SIZE_MAX 64 // codes of sessions, members, orgs, points: 1 to 64 bytes
#define NAME_SIZE_MAX 32 // area, terminal, collector id: 1 to 32 bytes

#define NAME_OFFICE "office"       // reserved terminal: what the office adds
#define NAME_COLLECTOR "collector" // no area

/// 1 to 64 bytes of printable ASCII without space, '/', '+', '#', '"', '\'.
bool code_valid(const char *text, size_t size);
/// [a-z0-9][a-z0-9-]{0,31}
bool name_valid(const char *text, size_t size);
/// A name that a terminal may have: valid and not NAME_OFFICE.
bool name_valid_terminal(const char *text, size_t size);
/// A name that an area may have: valid and not NAME_COLLECTOR.
bool name_valid_area(const char *text, size_t size);
