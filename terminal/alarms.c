// A small list of alarms, and what each means to the organiser.
#include "terminal/alarms.h"

#include <string.h>

#include "core/base/i18n.h"

static const struct {
    const char *code, *title;
} alarms_titles[] = {
    {ALARM_CHAIN, N_("The centre holds something else than what was recorded here")},
    {ALARM_AHEAD, N_("The centre knows more than this terminal: an old copy of the outbox is in use")},
    {ALARM_MAC, N_("Messages that are not from the centre have come in")},
    {ALARM_UNREADABLE, N_("Messages that cannot be read have come in")},
    {ALARM_BROKER, N_("The broker does not take our messages")},
    {ALARM_OVERDUE, N_("The centre is there but has not confirmed what was sent")},
    {ALARM_FAULT, N_("The centre cannot store at the moment")},
    {ALARM_DISK, N_("The disk of this terminal is full or failing: scans are refused")},
    {ALARM_GONE, N_("The centre lacks scans that are no longer kept here")},
    {ALARM_REFUSED, N_("The centre has refused some scans")},
};

static Alarm *alarms_find(Alarms *alarms, const char *code)
{
    for (size_t i = 0; i < alarms->count; i++) {
        if (strcmp(alarms->list[i].code, code) == 0)
            return &alarms->list[i];
    }
    return NULL;
}

static void alarms_copy(char *target, size_t size, const char *source)
{
    size_t length = strlen(source);

    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)source[length] & 0xc0) == 0x80)
            length--; // not within a character
    }
    memcpy(target, source, length);
    target[length] = '\0';
}

bool alarms_raise(Alarms *alarms, const char *code, const char *detail)
{
    Alarm *found = alarms_find(alarms, code);
    Alarm alarm;

    alarms_copy(alarm.code, sizeof(alarm.code), code);
    alarms_copy(alarm.detail, sizeof(alarm.detail), detail);
    if (found && strcmp(found->detail, alarm.detail) == 0)
        return false;
    if (!found && alarms->count == ALARMS_MAX)
        return false;
    if (!found)
        found = &alarms->list[alarms->count++];
    *found = alarm;
    return true;
}

bool alarms_clear(Alarms *alarms, const char *code)
{
    Alarm *found = alarms_find(alarms, code);

    if (!found)
        return false;
    size_t index = (size_t)(found - alarms->list);
    alarms->count--;
    memmove(found, found + 1, (alarms->count - index) * sizeof(*found));
    return true;
}

const char *alarms_title(const char *code)
{
    for (size_t i = 0; i < sizeof(alarms_titles) / sizeof(alarms_titles[0]); i++) {
        if (strcmp(alarms_titles[i].code, code) == 0)
            return _(alarms_titles[i].title);
    }
    return code;
}

void alarms_append(Text *text, const char *code, const char *detail)
{
    text_append(text, code);
    if (detail[0])
        text_appendf(text, ": %s", detail);
}
