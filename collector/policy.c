// Decisions as plain functions of plain values. Whatever else the collector does, it asks here whether a MAC
// will do, whether an area is its own, and whether to commit now.
#include "collector/policy.h"

#include <errno.h>
#include <string.h>

#include "core/wire/message.h"

const char *policy_mac(ConfigMac require, bool has_key, WireMac mac)
{
    switch (mac) {
    case WIRE_MAC_GOOD:
        return NULL;
    case WIRE_MAC_BAD:
        return "bad-mac";
    case WIRE_MAC_ABSENT:
        break;
    }
    if (require == CONFIG_MAC_ALWAYS || (require == CONFIG_MAC_ENROLLED && has_key))
        return "bad-mac";
    return NULL;
}

bool policy_serves(char *const *areas, const char *area)
{
    for (; *areas; areas++) {
        if (strcmp(*areas, "*") == 0 || strcmp(*areas, area) == 0)
            return true;
    }
    return false;
}

bool policy_areas_fit(char *const *areas)
{
    size_t count = 0;

    while (areas[count])
        count++;
    return count <= COLLECTOR_AREAS_MAX;
}

bool policy_flush_due(const ConfigSite *config, size_t events, Time since, Time now, bool drained)
{
    bool gathering = events >= POLICY_BUSY_EVENTS && now - since < POLICY_GATHER_TIME;

    return (drained && !gathering) || events >= (size_t)config->commit_events ||
           now - since >= (Time)config->commit_millis * (TIME_SECOND / 1000);
}

const char *policy_fault(int error)
{
    switch (error) {
    case -ENOSPC:
    case -EDQUOT:
    case -EFBIG:
        return "disk-full";
    default:
        return "disk-error";
    }
}
