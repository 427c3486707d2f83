#pragma once
// The city of the benchmarks: names and keys that ledger_rate.c writes into the database and flood.c sends
// under.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/digest.h"

#define CITY_AREA "city"
#define CITY_SESSION "today" // the session that is open and has no events yet
#define CITY_NAME_SIZE 32
// When that one starts: 2035-12-31, 09:00 in Shanghai. It lies ahead, so that the collector never takes it
// for a past one, whose credit is in the totals of the year; the history ends before it.
#define CITY_TODAY_STARTS INT64_C(2082675600)
#define CITY_DAY_STEP 15 // days from one study day to the next: 24 in a year

static inline void city_terminal(int index, char ret_name[static CITY_NAME_SIZE])
{
    snprintf(ret_name, CITY_NAME_SIZE, "t%05d", index);
}

static inline void city_member(int index, char ret_code[static CITY_NAME_SIZE])
{
    snprintf(ret_code, CITY_NAME_SIZE, "1310020%06d", index);
}

/// Anybody can compute it: the figures need the work of a MAC, not its secret.
static inline void city_key(const char *terminal, uint8_t ret_key[static DIGEST_SIZE])
{
    digest_sha256(&(DigestPart){terminal, strlen(terminal)}, 1, ret_key);
}
