// What a single value may be. The names' rules are those of studyday-protocol(7) "Names"; they stand here
// once more, since this layer may not look up at core/model, and a configuration must be checked before
// anything else runs.
#include "core/base/config_file.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

#define CONFIG_NAME_MAX 32             // as core/model/code.h NAME_SIZE_MAX
#define CONFIG_HOST_MAX 253            // the longest domain name
#define CONFIG_COMMIT_EVENTS_MAX 65536 // beyond it a batch is only larger, not faster, and memory grows
#define CONFIG_GRACE_DAYS_MAX 366      // a month that may wait for longer than a year is never closed
#define CONFIG_COMMIT_MILLIS_MAX 10000 // a receipt that takes longer looks like a lost line to the terminal

const char *config_check_name(const char *value)
{
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t size = strlen(value);

    if (size == 0)
        return N_("must not be empty");
    if (size > CONFIG_NAME_MAX)
        return N_("longer than 32 characters");
    if (value[0] == '-' || strspn(value, rest) != size)
        return N_("only a-z, 0-9 and, not in the first place, \"-\"");
    return NULL;
}

const char *config_check_area(const char *value)
{
    if (strcmp(value, "collector") == 0)
        return N_("a reserved name");
    return config_check_name(value);
}

const char *config_check_terminal(const char *value)
{
    if (strcmp(value, "office") == 0)
        return N_("a reserved name");
    return config_check_name(value);
}

const char *config_check_area_or_all(const char *value)
{
    return strcmp(value, "*") == 0 ? NULL : config_check_area(value);
}

const char *config_check_filled(const char *value)
{
    return *value ? NULL : N_("must not be empty");
}

const char *config_check_host(const char *value)
{
    size_t size = strlen(value);

    if (size == 0)
        return N_("must not be empty");
    if (size > CONFIG_HOST_MAX)
        return N_("too long for a host name");
    for (size_t i = 0; i < size; i++) {
        if (value[i] <= ' ' || value[i] > '~' || value[i] == '/')
            return N_("not a host name or address");
    }
    return NULL;
}

const char *config_check_port(const char *value)
{
    long long port;

    return text_parse_int64(value, 1, 65535, &port) ? NULL : N_("not a port (1 to 65535)");
}

const char *config_check_protocol(const char *value)
{
    if (strcmp(value, "5") == 0 || strcmp(value, "3.1.1") == 0)
        return NULL;
    return N_("must be \"5\" or \"3.1.1\"");
}

const char *config_check_zone(const char *value)
{
    return zone_known(value) ? NULL : N_("this system knows no such time zone");
}

const char *config_check_mac(const char *value)
{
    if (strcmp(value, "enrolled") == 0 || strcmp(value, "always") == 0 || strcmp(value, "never") == 0)
        return NULL;
    return N_("must be \"enrolled\", \"always\" or \"never\"");
}

const char *config_check_commit_events(const char *value)
{
    long long events;

    return text_parse_int64(value, 1, CONFIG_COMMIT_EVENTS_MAX, &events) ? NULL
                                                                         : N_("not a number from 1 to 65536");
}

const char *config_check_commit_millis(const char *value)
{
    long long millis;

    return text_parse_int64(value, 0, CONFIG_COMMIT_MILLIS_MAX, &millis) ? NULL
                                                                         : N_("not a number from 0 to 10000");
}

const char *config_check_yes_no(const char *value)
{
    return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ? NULL : N_("must be \"yes\" or \"no\"");
}

const char *config_check_grace_days(const char *value)
{
    long long days;

    return text_parse_int64(value, 0, CONFIG_GRACE_DAYS_MAX, &days) ? NULL : N_("not a number from 0 to 366");
}
