// Numbers, dates and texts of a workbook.
//
// A spreadsheet keeps 15 digits of a number. A code of 18 digits that was typed in as a number has lost its
// last three, and nobody sees it: so a longer integer is refused rather than imported wrong.
//
// Dates are numbers too: days since the eve of 1900, which is a leap year there (day 60 never was), or since
// 1904. Only the format of the cell tells. The numbers 27 to 36 and 50 to 58 are dates in Chinese, Japanese
// and Korean workbooks, and nothing elsewhere.
#include "office/xlsx_value.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/i18n.h"

#define VALUE_DIGITS_MAX 15    // digits that a spreadsheet keeps
#define VALUE_INTEGER_MAX 1e15 // the first integer with one more
#define VALUE_DAY_SECONDS 86400
#define VALUE_DAY_LAST 2958465 // 9999-12-31
#define VALUE_DAY_NEVER 60     // 1900-02-29
#define VALUE_1900 (-25569)    // 1899-12-30, the day 0 as of day 61
#define VALUE_1904 (-24107)    // 1904-01-01

bool xlsx_value_is_date(long long format, const char *code)
{
    if ((format >= 14 && format <= 22) || (format >= 27 && format <= 36) || (format >= 45 && format <= 47) ||
        (format >= 50 && format <= 58))
        return true;
    for (; code && *code && *code != ';'; code++) {
        if (*code == '"' || *code == '[') {
            const char *end = strchr(code + 1, *code == '"' ? '"' : ']');

            if (!end)
                return false;
            if (*code == '[' && end == code + 1 + strspn(code + 1, "hHmMsS") && end > code + 1)
                return true; // hours beyond a day: [h]:mm
            code = end;
        } else if ((*code == '\\' || *code == '_' || *code == '*') && code[1]) {
            code++;
        } else if (strncasecmp(code, "General", 7) == 0) {
            code += 6;
        } else if (strchr("yYmMdDhHsS", *code)) {
            return true;
        }
    }
    return false;
}

static const char *value_append_day(int64_t day, bool from_1904, Text *text)
{
    char shown[CLOCK_TEXT_SIZE];

    if (!from_1904 && day == VALUE_DAY_NEVER)
        return N_("29 February 1900, which never was");
    if (from_1904)
        day += VALUE_1904;
    else
        day += day < VALUE_DAY_NEVER ? VALUE_1900 + 1 : VALUE_1900;
    date_format((Date)day, shown);
    text_append(text, shown);
    return NULL;
}

static const char *value_append_date(double number, bool from_1904, Text *text)
{
    int64_t seconds, day, rest;
    bool timed;

    if (!(number >= 0 && number <= VALUE_DAY_LAST))
        return N_("a date outside the years 1900 to 9999");
    seconds = llround(number * VALUE_DAY_SECONDS);
    day = seconds / VALUE_DAY_SECONDS;
    rest = seconds % VALUE_DAY_SECONDS;
    timed = day == 0 && !from_1904; // a time of no day
    if (!timed) {
        const char *reason = value_append_day(day, from_1904, text);

        if (reason || rest == 0)
            return reason;
        text_append_char(text, ' ');
    }
    text_appendf(text, "%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60));
    if (rest % 60)
        text_appendf(text, ":%02d", (int)(rest % 60));
    return NULL;
}

// As the C locale has it, whatever the user's.
static bool value_parse(const char *number, double *ret_value)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", NULL);
    char *end = NULL;

    if (!plain)
        abort();
    *ret_value = strtod_l(number, &end, plain);
    freelocale(plain);
    return end != number && !*end && isfinite(*ret_value) &&
           strspn(number, "+-.0123456789eE") == strlen(number);
}

static void value_append_fraction(double number, Text *text)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", NULL), before;

    if (!plain)
        abort();
    before = uselocale(plain);
    text_appendf(text, "%.*g", VALUE_DIGITS_MAX, number);
    uselocale(before);
    freelocale(plain);
}

const char *xlsx_value_number(const char *number, bool is_date, bool from_1904, Text *text)
{
    size_t sign = *number == '-', digits = strspn(number + sign, "0123456789");
    double value;

    if (!is_date && digits > 0 && digits <= VALUE_DIGITS_MAX && !number[sign + digits]) {
        text_append(text, number);
        return NULL;
    }
    if (!value_parse(number, &value))
        return N_("a damaged workbook: a number that is none");
    if (is_date)
        return value_append_date(value, from_1904, text);
    if (value != floor(value)) {
        value_append_fraction(value, text);
        return NULL;
    }
    if (fabs(value) >= VALUE_INTEGER_MAX)
        return N_("a number of more than 15 digits, of which a spreadsheet keeps no more; make the column "
                  "text and type it in again");
    text_appendf(text, "%lld", (long long)value);
    return NULL;
}

void xlsx_value_iso(const char *value, Text *text)
{
    size_t size = strlen(value);
    bool zoned = size > 10 && (strpbrk(value + 10, "Zz+-") != NULL);

    if (size < 16 || (value[10] != 'T' && value[10] != 't') || zoned) {
        text_append(text, value);
        return;
    }
    text_append_bytes(text, value, 10);
    if (strspn(value + 11, "0:.") == size - 11)
        return; // midnight: a day
    text_append_char(text, ' ');
    text_append_bytes(text, value + 11, 5);
    if (size >= 19 && strncmp(value + 16, ":00", 3) != 0)
        text_append_bytes(text, value + 16, 3);
}

// A character of the Basic Multilingual Plane; surrogates and NUL stay as they were written.
static bool value_append_escape(const char *escape, Text *text)
{
    char digits[5] = {0};
    unsigned c;

    memcpy(digits, escape + 2, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4)
        return false;
    c = (unsigned)strtoul(digits, NULL, 16);
    if (c == 0 || (c >= 0xd800 && c < 0xe000))
        return false;
    if (c < 0x80) {
        text_append_char(text, (char)c);
    } else if (c < 0x800) {
        text_append_char(text, (char)(0xc0 | c >> 6));
        text_append_char(text, (char)(0x80 | (c & 0x3f)));
    } else {
        text_append_char(text, (char)(0xe0 | c >> 12));
        text_append_char(text, (char)(0x80 | (c >> 6 & 0x3f)));
        text_append_char(text, (char)(0x80 | (c & 0x3f)));
    }
    return true;
}

void xlsx_value_text(const char *value, size_t size, Text *text)
{
    const char *end = value + size;

    while (value < end) {
        const char *escape = memmem(value, (size_t)(end - value), "_x", 2);

        if (!escape)
            escape = end;
        text_append_bytes(text, value, (size_t)(escape - value));
        value = escape;
        if (end - value >= 7 && value[6] == '_' && value_append_escape(value, text)) {
            value += 7;
        } else if (value < end) {
            text_append_bytes(text, value, 2);
            value += 2;
        }
    }
}
