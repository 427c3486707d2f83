// sd_notify(3), or nothing at all where the program was built without it.
#include "collector/notify.h"

#include <stdio.h>

#include "build-config.h"
#include "collector/collector.h"

#if HAVE_SYSTEMD

#include <systemd/sd-daemon.h>

void notify_ready(Collector *collector)
{
    uint64_t timeout = 0;

    if (sd_watchdog_enabled(0, &timeout) > 0)
        collector->notify.interval = (Time)timeout / 2; // as sd_watchdog_enabled(3) advises
    collector->notify.next = clock_monotonic();
    sd_notify(0, "READY=1");
    notify_status(collector);
}

void notify_status(Collector *collector)
{
    const Link *link = &collector->link;

    if (collector->disk.error)
        sd_notifyf(0, "STATUS=Nothing is stored: %s", collector->disk.fault);
    else if (link->serving)
        sd_notifyf(0, "STATUS=Serving through %s:%d", collector->config->broker.host,
                   collector->config->broker.port);
    else
        sd_notifyf(0, "STATUS=No line to %s:%d %s", collector->config->broker.host,
                   collector->config->broker.port, link->trouble);
}

void notify_reloading(void)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_monotonic());
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

Time notify_tick(Collector *collector)
{
    Notify *notify = &collector->notify;
    Time now = clock_monotonic();

    if (!notify->interval)
        return LOOP_NEVER;
    if (now >= notify->next) {
        sd_notify(0, "WATCHDOG=1");
        notify->next = now + notify->interval;
    }
    return notify->next;
}

#else

void notify_ready(Collector *collector)
{
    (void)collector;
}

void notify_status(Collector *collector)
{
    (void)collector;
}

void notify_reloading(void)
{
}

void notify_stopping(void)
{
}

Time notify_tick(Collector *collector)
{
    (void)collector;
    return LOOP_NEVER;
}

#endif
