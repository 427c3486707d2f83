// Names and codes, byte for byte (studyday-protocol(7) "Names"). A name is what may stand in a topic of the
// broker; a code is what may stand in an event and between the separators of files, so it excludes what MQTT,
// JSON and shells give a meaning of their own. Nothing here trims, folds case or drops leading zeros: a code
// is text.
#include "core/model/code.h"

#include <string.h>

static bool code_has_byte(unsigned char c)
{
    if (c <= 0x20 || c >= 0x7f)
        return false;
    return c != '/' && c != '+' && c != '#' && c != '"' && c != '\\';
}

bool code_valid(const char *text, size_t size)
{
    if (!text || size == 0 || size > CODE_SIZE_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!code_has_byte((unsigned char)text[i]))
            return false;
    }
    return true;
}

static bool name_has_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool name_valid(const char *text, size_t size)
{
    if (!text || size == 0 || size > NAME_SIZE_MAX || !name_has_byte(text[0]))
        return false;
    for (size_t i = 1; i < size; i++) {
        if (!name_has_byte(text[i]) && text[i] != '-')
            return false;
    }
    return true;
}

static bool name_is(const char *text, size_t size, const char *reserved)
{
    return size == strlen(reserved) && memcmp(text, reserved, size) == 0;
}

bool name_valid_terminal(const char *text, size_t size)
{
    return name_valid(text, size) && !name_is(text, size, NAME_OFFICE);
}

bool name_valid_area(const char *text, size_t size)
{
    return name_valid(text, size) && !name_is(text, size, NAME_COLLECTOR);
}
