#pragma once
// Instants, dates and the site's zone. Stored and computed in UTC; shown in the site's zone.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t Time; // microseconds since 1970-01-01T00:00:00Z
typedef int32_t Date; // days since 1970-01-01, proleptic Gregorian, in the site's zone

#define TIME_SECOND ((Time)1000000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)
#define TIME_NONE INT64_MIN
#define DATE_NONE INT32_MIN
#define CLOCK_TEXT_SIZE 40 // bytes that every formatter here may need, NUL included

Time clock_now(void);       // wall clock (CLOCK_REALTIME)
Time clock_monotonic(void); // for waits; unrelated to Time zero

/// Sets the process's site zone (an IANA name such as "Asia/Shanghai"). False if the system does not know it,
/// or could not load it: the zone is UTC then, and no time may be shown.
bool zone_set(const char *name);
/// True if the system's zone database has `name`; changes nothing.
bool zone_known(const char *name);
Date zone_date(Time t);
/// First instant of the day; the end of day D is zone_day_start(D + 1), exclusive.
Time zone_day_start(Date date);

/// RFC 3339 date-time with an offset ("Z" or +hh:mm), to the second or finer (kept to microseconds, finer is
/// cut off). Upper or lower case T and Z. Leap second :60 is read as :59.999999. False if malformed.
bool time_parse_rfc3339(const char *text, size_t size, Time *ret_time, int *ret_offset_minutes);
/// The forms that files allow: RFC 3339, or "YYYY-MM-DD HH:MM[:SS]" in the site's zone.
bool time_parse_local(const char *text, Time *ret_time);
/// "2026-11-05T01:00:00Z"; microseconds are shown only where not zero.
void time_format_utc(Time t, char ret_text[static CLOCK_TEXT_SIZE]);
/// The same instant in the site's zone with its offset: "2026-11-05T09:00:00+08:00".
void time_format_zone(Time t, char ret_text[static CLOCK_TEXT_SIZE]);
/// For people: "2026-11-05 09:00" in the site's zone.
void time_format_short(Time t, char ret_text[static CLOCK_TEXT_SIZE]);

Date date_from_civil(int year, int month, int day);
void date_to_civil(Date date, int *ret_year, int *ret_month, int *ret_day);
/// Exactly "YYYY-MM-DD", a day that exists. False otherwise.
bool date_parse(const char *text, Date *ret_date);
void date_format(Date date, char ret_text[static CLOCK_TEXT_SIZE]);

// A month is counted as year * 12 + (month - 1).
typedef int32_t Month;
bool month_parse(const char *text, Month *ret_month); // "YYYY-MM"
void month_format(Month month, char ret_text[static CLOCK_TEXT_SIZE]);
Month month_of_date(Date date);
Date month_first_day(Month month);
Date month_last_day(Month month);
