// What the command renders, and what it refuses to.
#include "tests/broker/rendered.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "broker-config/broker_config.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"

static Rendered *rendered;

static int set_up(void **state)
{
    (void)state;
    rendered = rendered_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rendered = rendered_free(rendered);
    return 0;
}

static int render(const char *first, const char *second, const char *third)
{
    const char *const arguments[] = {first, second, third, NULL};

    return rendered_run(rendered, arguments);
}

static void read_rendered(const char *name, Text *text)
{
    CLEANUP(cleanup_text) Text path = {0};

    text_appendf(&path, "%s/%s", rendered->dir.data, name);
    assert_int_equal(file_read(path.data, 1 << 20, text), 0);
}

static void write_rendered(const char *name, const char *data)
{
    CLEANUP(cleanup_text) Text path = {0};

    text_appendf(&path, "%s/%s", rendered->dir.data, name);
    assert_int_equal(file_write_atomic(path.data, data, strlen(data), 0644, true), 0);
}

static void site_without_options_listens_where_its_broker_is(void **state)
{
    CLEANUP(cleanup_text) Text conf = {0};

    (void)state;
    assert_int_equal(render(NULL, NULL, NULL), EX_OK);
    read_rendered("mosquitto.conf", &conf);
    assert_non_null(strstr(conf.data, "\nlistener 1883 127.0.0.1\n"));
    assert_non_null(strstr(conf.data, "\nallow_anonymous false\n"));
    assert_non_null(strstr(conf.data, "\npersistence false\n"));
    assert_null(strchr(conf.data, '@'));
}

static void password_file_is_made_empty_and_private(void **state)
{
    CLEANUP(cleanup_text) Text path = {0};
    struct stat status;

    (void)state;
    assert_int_equal(render(NULL, NULL, NULL), EX_OK);
    text_appendf(&path, "%s/passwords", rendered->dir.data);
    assert_int_equal(stat(path.data, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_size, 0);
}

static void second_rendering_keeps_the_passwords(void **state)
{
    CLEANUP(cleanup_text) Text passwords = {0};

    (void)state;
    assert_int_equal(render(NULL, NULL, NULL), EX_OK);
    write_rendered("passwords", "t-1:$7$101$x$y\n");
    assert_int_equal(render("--listener", "127.0.0.1:2000", NULL), EX_OK);
    read_rendered("passwords", &passwords);
    assert_string_equal(passwords.data, "t-1:$7$101$x$y\n");
}

static void file_of_somebody_else_is_left_alone(void **state)
{
    CLEANUP(cleanup_text) Text conf = {0};

    (void)state;
    assert_int_equal(render(NULL, NULL, NULL), EX_OK);
    write_rendered("mosquitto.conf", "listener 1883\n");
    assert_int_equal(render(NULL, NULL, NULL), EX_CANTCREAT);
    read_rendered("mosquitto.conf", &conf);
    assert_string_equal(conf.data, "listener 1883\n");
}

static void plain_listener_beyond_the_loopback_is_refused(void **state)
{
    (void)state;
    assert_int_equal(render("--listener", "0.0.0.0:1883", NULL), EX_USAGE);
    assert_int_equal(render("--listener", "0.0.0.0:1883", "--plain"), EX_OK);
}

static void anonymous_listener_beyond_the_loopback_is_refused(void **state)
{
    const char *const arguments[] = {"--listener", "192.0.2.1:1883", "--plain", "--anonymous-loopback", NULL};

    (void)state;
    assert_int_equal(rendered_run(rendered, arguments), EX_USAGE);
}

static void listener_that_is_no_address_is_refused(void **state)
{
    static const char *const listeners[] = {"",      "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                                            ":1883", "a b:1"};

    (void)state;
    for (size_t i = 0; i < sizeof(listeners) / sizeof(listeners[0]); i++)
        assert_int_equal(render("--listener", listeners[i], NULL), EX_USAGE);
}

static void rules_name_the_collectors_user_and_client(void **state)
{
    const BrokerConfig config = {.collector_user = "centre", .collector_client = "studyday-2"};
    CLEANUP(cleanup_text) Text acl = {0};

    (void)state;
    broker_config_acl(&config, &acl);
    assert_non_null(strstr(acl.data, "\nuser centre\n"));
    assert_non_null(strstr(acl.data, "\ntopic write studyday/1/collector/studyday-2\n"));
}

static void rules_grant_the_nameless_nothing_unless_anonymous(void **state)
{
    BrokerConfig config = {.collector_user = "c", .collector_client = "c"};
    CLEANUP(cleanup_text) Text closed = {0}, open = {0};

    (void)state;
    broker_config_acl(&config, &closed);
    config.anonymous = true;
    broker_config_acl(&config, &open);
    assert_null(strstr(closed.data, "topic readwrite"));
    assert_non_null(strstr(open.data, "\ntopic readwrite studyday/1/#\n"));
}

static void tls_listener_has_its_files_behind_its_listener(void **state)
{
    const BrokerConfig config = {.host = "0.0.0.0",
                                 .port = 8883,
                                 .collector_user = "c",
                                 .collector_client = "c",
                                 .acl_file = "/a",
                                 .password_file = "/p",
                                 .cert_file = "/cert",
                                 .key_file = "/key"};
    CLEANUP(cleanup_text) Text conf = {0};

    (void)state;
    broker_config_conf(&config, &conf);
    assert_non_null(strstr(conf.data, "\nlistener 8883 0.0.0.0\ncertfile /cert\nkeyfile /key\n"));
}

int main(void)
{
#define IN_TURN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_TURN(site_without_options_listens_where_its_broker_is),
        IN_TURN(password_file_is_made_empty_and_private),
        IN_TURN(second_rendering_keeps_the_passwords),
        IN_TURN(file_of_somebody_else_is_left_alone),
        IN_TURN(plain_listener_beyond_the_loopback_is_refused),
        IN_TURN(anonymous_listener_beyond_the_loopback_is_refused),
        IN_TURN(listener_that_is_no_address_is_refused),
        cmocka_unit_test(rules_name_the_collectors_user_and_client),
        cmocka_unit_test(rules_grant_the_nameless_nothing_unless_anonymous),
        cmocka_unit_test(tls_listener_has_its_files_behind_its_listener),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
