#include "core/store/sqlite/ledger/event_form.h"

#include <stdlib.h>
#include <string.h>

// Notation of an instant: date, 'T', time to the second, then Z or an offset in quarter hours. Everything
// else (fractions, lower case, odd offsets) is not described by the form; such an event keeps its canonical
// bytes as they are.

#define QUARTER_MINUTES 15
#define QUARTER_BIAS 128

static void put_two(char *text, int value)
{
    text[0] = (char)('0' + value / 10);
    text[1] = (char)('0' + value % 10);
}

bool form_at_text(int64_t form, Time at, char ret_text[static CLOCK_TEXT_SIZE])
{
    int quarters = (int)((form >> FORM_OFFSET_SHIFT) & 0xff) - QUARTER_BIAS;
    int minutes = form & FORM_ZULU ? 0 : quarters * QUARTER_MINUTES;
    Time local = at + minutes * TIME_MINUTE;
    Time day = local / TIME_DAY - (local % TIME_DAY < 0);
    int second = (int)((local - day * TIME_DAY) / TIME_SECOND);
    int year, month, mday;

    if (at % TIME_SECOND != 0)
        return false;
    date_to_civil((Date)day, &year, &month, &mday);
    if (year < 0 || year > 9999)
        return false;
    put_two(ret_text, year / 100);
    put_two(ret_text + 2, year % 100);
    ret_text[4] = ret_text[7] = '-';
    put_two(ret_text + 5, month);
    put_two(ret_text + 8, mday);
    ret_text[10] = 'T';
    put_two(ret_text + 11, second / 3600);
    put_two(ret_text + 14, second / 60 % 60);
    put_two(ret_text + 17, second % 60);
    ret_text[13] = ret_text[16] = ':';
    if (form & FORM_ZULU) {
        memcpy(ret_text + 19, "Z", 2);
        return true;
    }
    ret_text[19] = minutes < 0 ? '-' : '+';
    put_two(ret_text + 20, abs(minutes) / 60);
    ret_text[22] = ':';
    put_two(ret_text + 23, abs(minutes) % 60);
    ret_text[25] = 0;
    return true;
}

// Quarter hours of the offset at the end of a timestamp, or 0 where there is none in the usual notation.
static int offset_quarters(const char *text, size_t size)
{
    if (size < 6 || (text[size - 6] != '+' && text[size - 6] != '-'))
        return 0;
    const char *o = text + size - 5;
    int minutes = ((o[0] - '0') * 10 + (o[1] - '0')) * 60 + (o[3] - '0') * 10 + (o[4] - '0');
    return (text[size - 6] == '-' ? -minutes : minutes) / QUARTER_MINUTES;
}

int64_t form_make(const Event *event, bool refused)
{
    int64_t form = event->kind < EVENT_KIND_COUNT ? event->kind : FORM_KIND_UNKNOWN;

    form |= (int64_t)event->by << FORM_BY_SHIFT | (int64_t)event->mode << FORM_MODE_SHIFT |
            (int64_t)event->clock << FORM_CLOCK_SHIFT;
    if (refused)
        return form | FORM_REFUSED;
    if (!event->session && event->kind != EVENT_VOID)
        form |= FORM_LOOSE;
    if (event->card)
        form |= FORM_CARD;
    size_t size = strlen(event->at_text);
    if (size > 0 && event->at_text[size - 1] == 'Z')
        form |= FORM_ZULU;
    form |= (int64_t)(offset_quarters(event->at_text, size) + QUARTER_BIAS) << FORM_OFFSET_SHIFT;
    return form;
}
