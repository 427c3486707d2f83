// The collector and Debian's mosquitto: plain readers, a broker that is not there yet, a broker that is
// killed.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "tests/collector/site.h"
#include "tests/support/broker.h"
#include "tests/support/support.h"

#define ANYBODY "allow_anonymous true\n"
#define BATCH(epoch, first)                             \
    "{\"v\":1,\"epoch\":\"" epoch "\",\"first\":" first \
    ",\"events\":[{\"kind\":\"in\",\"card\":\"C1\",\"at\":\"2026-11-05T08:58:12+08:00\"}]}"

typedef struct Scene {
    Site *site;
    Broker *broker;
} Scene;

static int set_up(void **state)
{
    static Scene scene;

    scene = (Scene){.site = site_new("", 5)};
    *state = &scene;
    if (!broker_is_installed() || !support_has_program("mosquitto_pub"))
        return 0;
    scene.broker = broker_start(ANYBODY);
    scene.site->port = scene.broker->port;
    site_write_config(scene.site, "", 5);
    return 0;
}

static int tear_down(void **state)
{
    Scene *scene = *state;

    site_free(scene->site);
    if (scene->broker)
        broker_free(scene->broker);
    return 0;
}

static void need_broker(const Scene *scene)
{
    if (scene->broker)
        return;
    print_message("skipped: no mosquitto and mosquitto_pub here\n");
    skip();
}

/// One JSON line as the README tells it.
static void publish(const Scene *scene, const char *payload)
{
    char port[16];
    const char *const argv[] = {"mosquitto_pub",         "-p", port,    "-q", "1", "-t",
                                "studyday/1/a/t1/event", "-m", payload, NULL};

    snprintf(port, sizeof(port), "%d", scene->broker->port);
    assert_int_equal(support_end(support_spawn(argv, NULL), 0), 0);
}

static void wait_events(Site *site, int64_t count)
{
    Time deadline = clock_monotonic() + (Time)SITE_WAIT_MS * 1000;

    while (site_count_events(site) < count) {
        if (clock_monotonic() > deadline)
            fail_msg("%lld events, not %lld", (long long)site_count_events(site), (long long)count);
        site_pump(site, 5);
    }
}

static void test_plain_reader_is_counted(void **state)
{
    Scene *scene = *state;

    need_broker(scene);
    site_spawn(scene->site, NULL);
    site_wait_log(scene->site, "ready");
    publish(scene, BATCH(SITE_EPOCH, "1"));
    wait_events(scene->site, 1);
    assert_int_equal(site_status(scene->site, "parked"),
                     0); // the card was found, and the session by its time
}

static void test_plain_reader_is_counted_though_the_collector_was_away(void **state)
{
    Scene *scene = *state;

    need_broker(scene);
    site_spawn(scene->site, NULL);
    site_wait_log(scene->site, "ready");
    assert_int_equal(site_end(scene->site, SIGKILL), -1);
    publish(scene, BATCH(SITE_EPOCH, "1"));
    site_spawn(scene->site, NULL);
    wait_events(scene->site, 1);
}

static void test_broker_that_is_not_there_yet_is_waited_for(void **state)
{
    Scene *scene = *state;

    need_broker(scene);
    broker_stop(scene->broker, SIGKILL);
    site_spawn(scene->site, NULL);
    site_wait_log(scene->site, "disconnected");
    assert_int_equal(site_status(scene->site, "received"), 0); // it can be asked meanwhile
    broker_resume(scene->broker);
    site_wait_log(scene->site, "ready");
    publish(scene, BATCH(SITE_EPOCH, "1"));
    wait_events(scene->site, 1);
}

static void test_broker_that_is_killed_is_reconnected_to(void **state)
{
    Scene *scene = *state;

    need_broker(scene);
    site_spawn(scene->site, NULL);
    site_wait_log(scene->site, "ready");
    broker_stop(scene->broker, SIGKILL);
    site_wait_log(scene->site, "disconnected");
    broker_resume(scene->broker);
    for (Time deadline = clock_monotonic() + (Time)SITE_WAIT_MS * 1000;
         site_status(scene->site, "commits") == 0;) {
        publish(scene, BATCH(SITE_EPOCH, "1")); // lost as long as nobody has subscribed
        assert_true(clock_monotonic() < deadline);
        site_pump(scene->site, 50);
    }
    assert_int_equal(site_count_events(scene->site), 1);
}

static void test_stop_without_a_broker_exits_0(void **state)
{
    Scene *scene = *state;

    need_broker(scene);
    broker_stop(scene->broker, SIGKILL);
    site_spawn(scene->site, NULL);
    site_wait_log(scene->site, "disconnected");
    assert_int_equal(site_end(scene->site, SIGTERM), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_plain_reader_is_counted),
        TEST(test_plain_reader_is_counted_though_the_collector_was_away),
        TEST(test_broker_that_is_not_there_yet_is_waited_for),
        TEST(test_broker_that_is_killed_is_reconnected_to),
        TEST(test_stop_without_a_broker_exits_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
