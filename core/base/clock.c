// Instants are counted in UTC by the civil-calendar arithmetic here (Howard Hinnant, "chrono-compatible
// low-level date algorithms"); the system's zone database is asked for one thing only, the offset at an
// instant and its inverse. Parsers are exact: no blanks, no missing digits, no day that does not exist.
//
// A day of a zone need not start at midnight (the clock may be put forward then), nor exist once only:
// zone_day_start() is the first instant whose date is the day's or a later one, so that the days always fit
// together.
#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define CLOCK_DAY_SECONDS 86400
#define CLOCK_ZONE_NAME_MAX 64 // the longest name of the database has 32
#define CLOCK_OFFSET_MAX \
    (26 * 3600) // no zone was ever further from UTC; the search for a day's start begins there

Time clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (Time)now.tv_sec * TIME_SECOND + now.tv_nsec / 1000;
}

Time clock_monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (Time)now.tv_sec * TIME_SECOND + now.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

Date date_from_civil(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void date_to_civil(Date date, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = (int64_t)date + 719468;
    int64_t era = floor_div(z, 146097);
    int day = (int)(z - era * 146097);
    int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int of_year = day - (365 * year + year / 4 - year / 100);
    int shifted = (5 * of_year + 2) / 153; // months from March on
    int month = shifted < 10 ? shifted + 3 : shifted - 9;

    *ret_year = (int)(year + era * 400) + (month <= 2);
    *ret_month = month;
    *ret_day = of_year - (153 * shifted + 2) / 5 + 1;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

// Exactly `count` digits at `text`, which has at least that many bytes.
static bool clock_digits(const char *text, int count, int *ret_value)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

// "YYYY-MM-DD" at `text`, which has at least ten bytes.
static bool clock_parse_day(const char *text, Date *ret_date)
{
    int year, month, day;

    if (!clock_digits(text, 4, &year) || text[4] != '-' || !clock_digits(text + 5, 2, &month) ||
        text[7] != '-' || !clock_digits(text + 8, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    *ret_date = date_from_civil(year, month, day);
    return true;
}

bool date_parse(const char *text, Date *ret_date)
{
    return strlen(text) == 10 && clock_parse_day(text, ret_date);
}

void date_format(Date date, char ret_text[static CLOCK_TEXT_SIZE])
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    snprintf(ret_text, CLOCK_TEXT_SIZE, "%04d-%02d-%02d", year, month, day);
}

bool month_parse(const char *text, Month *ret_month)
{
    int year, month;

    if (strlen(text) != 7 || !clock_digits(text, 4, &year) || text[4] != '-' ||
        !clock_digits(text + 5, 2, &month) || month < 1 || month > 12)
        return false;
    *ret_month = year * 12 + month - 1;
    return true;
}

void month_format(Month month, char ret_text[static CLOCK_TEXT_SIZE])
{
    int year = (int)floor_div(month, 12);

    snprintf(ret_text, CLOCK_TEXT_SIZE, "%04d-%02d", year, month - year * 12 + 1);
}

Month month_of_date(Date date)
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    return year * 12 + month - 1;
}

Date month_first_day(Month month)
{
    int year = (int)floor_div(month, 12);

    return date_from_civil(year, month - year * 12 + 1, 1);
}

Date month_last_day(Month month)
{
    return month_first_day(month + 1) - 1;
}

// The path under the zone database's folder must not leave it; a name such as "Asia/Shanghai" never needs
// more than these.
static bool zone_name_sane(const char *name)
{
    size_t size = strlen(name);

    if (size == 0 || size > CLOCK_ZONE_NAME_MAX || name[0] == '/' || name[0] == '.' || strstr(name, ".."))
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = name[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr("/_+-", c)))
            return false;
    }
    return true;
}

// glibc takes an unknown name for UTC without a word, so the file is looked for first.
bool zone_known(const char *name)
{
    const char *folder = getenv("TZDIR");
    char path[512], magic[4];
    FILE *file;
    bool known;

    if (!zone_name_sane(name))
        return false;
    if (snprintf(path, sizeof(path), "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name) >=
        (int)sizeof(path))
        return false;
    file = fopen(path, "re");
    if (!file)
        return strcmp(name, "UTC") == 0;
    known = fread(magic, sizeof(magic), 1, file) == 1 && memcmp(magic, "TZif", sizeof(magic)) == 0;
    fclose(file);
    return known;
}

// A zone that glibc could not load (no memory, no descriptor) is UTC under the name's own first letters:
// hours wrong, and not a word. UTC and GMT alone are the same either way.
static bool zone_fell_back(const char *name)
{
    size_t letters = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    if (strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0)
        return false;
    return timezone == 0 && !daylight && strlen(tzname[0]) == letters &&
           strncmp(tzname[0], name, letters) == 0;
}

bool zone_set(const char *name)
{
    if (!zone_known(name))
        return false;
    if (setenv("TZ", name, 1) < 0)
        return false;
    tzset();
    return !zone_fell_back(name);
}

// Seconds east of UTC at the instant `t`.
static long zone_offset(Time t)
{
    time_t seconds = (time_t)floor_div(t, TIME_SECOND);
    struct tm civil;

    return localtime_r(&seconds, &civil) ? civil.tm_gmtoff : 0;
}

Date zone_date(Time t)
{
    return (Date)floor_div(floor_div(t, TIME_SECOND) + zone_offset(t), CLOCK_DAY_SECONDS);
}

// The instant of a time of day in the site's zone; where the clock was put forward, what mktime() makes of
// it.
static Time zone_instant(Date date, int seconds_of_day)
{
    int year, month, day;
    struct tm civil = {0};

    date_to_civil(date, &year, &month, &day);
    civil.tm_year = year - 1900;
    civil.tm_mon = month - 1;
    civil.tm_mday = day;
    civil.tm_hour = seconds_of_day / 3600;
    civil.tm_min = seconds_of_day / 60 % 60;
    civil.tm_sec = seconds_of_day % 60;
    civil.tm_isdst = -1;
    return (Time)mktime(&civil) * TIME_SECOND;
}

Time zone_day_start(Date date)
{
    Time start = zone_instant(date, 0);
    int64_t low, high;

    if (zone_date(start) == date && zone_date(start - 1) == date - 1)
        return start;
    low = (int64_t)date * CLOCK_DAY_SECONDS - CLOCK_OFFSET_MAX;
    high = (int64_t)date * CLOCK_DAY_SECONDS + CLOCK_OFFSET_MAX;
    while (low < high) { // the first second whose date is not before the day
        int64_t middle = floor_div(low + high, 2);

        if (zone_date(middle * TIME_SECOND) >= date)
            high = middle;
        else
            low = middle + 1;
    }
    return low * TIME_SECOND;
}

// ".123" at `*text`, if there is one; moves on behind it. False if a point has no digit behind it.
static bool clock_parse_fraction(const char **text, const char *end, int *ret_micros)
{
    int micros = 0, unit = 100000;
    const char *p = *text;

    if (p < end && *p == '.') {
        if (++p == end || *p < '0' || *p > '9')
            return false;
        for (; p < end && *p >= '0' && *p <= '9'; p++) {
            micros += (*p - '0') * unit;
            unit /= 10;
        }
    }
    *text = p;
    *ret_micros = micros;
    return true;
}

// "Z" or "+hh:mm" as the whole rest.
static bool clock_parse_offset(const char *text, const char *end, int *ret_minutes)
{
    int hours, minutes;

    if (end - text == 1 && (*text == 'Z' || *text == 'z')) {
        *ret_minutes = 0;
        return true;
    }
    if (end - text != 6 || (*text != '+' && *text != '-') || !clock_digits(text + 1, 2, &hours) ||
        text[3] != ':' || !clock_digits(text + 4, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_minutes = (hours * 60 + minutes) * (*text == '-' ? -1 : 1);
    return true;
}

bool time_parse_rfc3339(const char *text, size_t size, Time *ret_time, int *ret_offset_minutes)
{
    const char *end = text + size, *rest = text + 19;
    int hour, minute, second, micros, offset;
    Date date;

    if (size < 20 || !clock_parse_day(text, &date) || (text[10] != 'T' && text[10] != 't') ||
        !clock_digits(text + 11, 2, &hour) || text[13] != ':' || !clock_digits(text + 14, 2, &minute) ||
        text[16] != ':' || !clock_digits(text + 17, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    if (!clock_parse_fraction(&rest, end, &micros) || !clock_parse_offset(rest, end, &offset))
        return false;
    if (second == 60) {
        second = 59;
        micros = 999999;
    }
    *ret_time = date * TIME_DAY + (hour * 60 + minute - offset) * TIME_MINUTE + second * TIME_SECOND + micros;
    *ret_offset_minutes = offset;
    return true;
}

bool time_parse_local(const char *text, Time *ret_time)
{
    size_t size = strlen(text);
    int hour, minute, second = 0, offset;
    Date date;

    if (time_parse_rfc3339(text, size, ret_time, &offset))
        return true;
    if ((size != 16 && size != 19) || !clock_parse_day(text, &date) || text[10] != ' ' ||
        !clock_digits(text + 11, 2, &hour) || text[13] != ':' || !clock_digits(text + 14, 2, &minute))
        return false;
    if (size == 19 && (text[16] != ':' || !clock_digits(text + 17, 2, &second)))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ret_time = zone_instant(date, hour * 3600 + minute * 60 + second);
    return true;
}

static void clock_put_two(char *text, int value)
{
    text[0] = (char)('0' + value / 10);
    text[1] = (char)('0' + value % 10);
}

// Date, `separator`, time to the second (or finer where it is not zero) of `t` read as a civil time.
static int time_format_civil(Time t, char ret_text[static CLOCK_TEXT_SIZE])
{
    Date date = (Date)floor_div(t, TIME_DAY);
    Time of_day = t - date * TIME_DAY;
    int seconds = (int)(of_day / TIME_SECOND), micros = (int)(of_day % TIME_SECOND);
    int year, month, day, length = 19;

    date_to_civil(date, &year, &month, &day);
    if (year >= 0 && year <= 9999) {
        // Each receipt has a time: a sixth of the work of printf.
        memcpy(ret_text, "0000-00-00T00:00:00", 20);
        clock_put_two(ret_text, year / 100);
        clock_put_two(ret_text + 2, year % 100);
        clock_put_two(ret_text + 5, month);
        clock_put_two(ret_text + 8, day);
        clock_put_two(ret_text + 11, seconds / 3600);
        clock_put_two(ret_text + 14, seconds / 60 % 60);
        clock_put_two(ret_text + 17, seconds % 60);
    } else {
        length = snprintf(ret_text, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
                          seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    if (micros)
        length += snprintf(ret_text + length, (size_t)(CLOCK_TEXT_SIZE - length), ".%06d", micros);
    return length;
}

void time_format_utc(Time t, char ret_text[static CLOCK_TEXT_SIZE])
{
    int length = time_format_civil(t, ret_text);

    memcpy(ret_text + length, "Z", 2);
}

void time_format_zone(Time t, char ret_text[static CLOCK_TEXT_SIZE])
{
    int offset = (int)(zone_offset(t) / 60); // whole minutes, as the format knows no finer ones
    int length = time_format_civil(t + offset * TIME_MINUTE, ret_text);

    snprintf(ret_text + length, (size_t)(CLOCK_TEXT_SIZE - length), "%c%02d:%02d", offset < 0 ? '-' : '+',
             abs(offset) / 60, abs(offset) % 60);
}

void time_format_short(Time t, char ret_text[static CLOCK_TEXT_SIZE])
{
    time_format_civil(t + zone_offset(t) * TIME_SECOND, ret_text);
    ret_text[strcspn(ret_text, "T")] = ' ';
    ret_text[strcspn(ret_text, ":") + 3] = '\0';
}
