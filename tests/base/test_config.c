// argv[1] is the folder of the cases: site|terminal / valid|invalid / CASE, an invalid one with the expected
// words.
#include "core/base/config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "tests/base/capture.h"
#include "tests/base/test.h"

#define FILE_LIMIT 100000
#define CASES_MAX 64

static const char *cases_folder;

CLEANUP_DEFINE(site, ConfigSite, config_site_free)
CLEANUP_DEFINE(terminal, ConfigTerminal, config_terminal_free)

static char *case_path(const char *name)
{
    Text text = {0};

    text_appendf(&text, "%s/%s", cases_folder, name);
    return text_take(&text);
}

static void assert_defaults(const ConfigSite *site)
{
    assert_string_equal(site->zone, "Asia/Shanghai");
    assert_string_equal(site->broker.host, "127.0.0.1");
    assert_int_equal(site->broker.port, 1883);
    assert_int_equal(site->broker.protocol, 5);
    assert_string_equal(site->broker.username, "");
    assert_string_equal(site->broker.password_file, "");
    assert_string_equal(site->broker.ca_file, "");
    assert_string_equal(site->broker.cert_file, "");
    assert_string_equal(site->broker.key_file, "");
    assert_string_equal(site->areas[0], "*");
    assert_null(site->areas[1]);
    assert_string_equal(site->client_id, "studyday-collector");
    assert_int_equal(site->require_mac, CONFIG_MAC_ENROLLED);
    assert_int_equal(site->commit_events, 8192);
    assert_int_equal(site->commit_millis, 200);
}

static void config_site_load_of_nothing_gives_the_defaults(void **state)
{
    CLEANUP(cleanup_free) char *path = case_path("site/valid/empty/site.conf");
    CLEANUP(cleanup_free) char *database = file_beside(path, "studyday.db");
    CLEANUP(cleanup_free) char *socket = file_beside(path, "studyday.sock");
    CLEANUP(cleanup_site) ConfigSite *site = NULL;

    (void)state;
    assert_int_equal(config_site_load(path, &site), 0);
    assert_string_equal(site->path, path);
    assert_string_equal(site->database, database);
    assert_string_equal(site->socket, socket);
    assert_defaults(site);
}

static void config_site_load_of_the_sample_gives_the_defaults(void **state)
{
    char *folder = capture_folder_make();
    CLEANUP(cleanup_free) char *path = NULL;
    CLEANUP(cleanup_site) ConfigSite *site = NULL;
    Text text = {0};
    int r;

    (void)state;
    text_appendf(&text, "%s/studyday.conf", folder);
    path = text_take(&text);
    assert_int_equal(file_write_atomic(path, config_site_sample(), strlen(config_site_sample()), 0600, false),
                     0);
    r = config_site_load(path, &site);
    capture_folder_remove(folder);
    assert_int_equal(r, 0);
    assert_defaults(site);
}

// What studyday.conf(5) prints must stand in the sample as a live line.
static void config_site_sample_has_every_key_live(void **state)
{
    static const char *const lines[] = {
        "\ndatabase = \"studyday.db\"\n",
        "\nsocket = \"studyday.sock\"\n",
        "\nzone = \"Asia/Shanghai\"\n",
        "\n    host = \"127.0.0.1\"\n",
        "\n    port = 1883\n",
        "\n    protocol = \"5\"\n",
        "\n    username = \"\"\n",
        "\n    password-file = \"\"\n",
        "\n    ca-file = \"\"\n",
        "\n    cert-file = \"\"\n",
        "\n    key-file = \"\"\n",
        "\n    areas = {\"*\"}\n",
        "\n    commit-events = 8192\n",
        "\n    require-mac = \"enrolled\"\n",
        "\n    commit-millis = 200\n",
        "\n    client-id = \"studyday-collector\"\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (!strstr(config_site_sample(), lines[i]))
            fail_msg("not in the sample: %s", lines[i]);
    }
}

static void config_site_load_takes_own_values(void **state)
{
    CLEANUP(cleanup_free) char *path = case_path("site/valid/own-values/site.conf");
    CLEANUP(cleanup_free) char *socket = file_beside(path, "run/studyday.sock");
    CLEANUP(cleanup_free) char *password = file_beside(path, "keys/password");
    CLEANUP(cleanup_site) ConfigSite *site = NULL;

    (void)state;
    assert_int_equal(config_site_load(path, &site), 0);
    assert_string_equal(site->database, "/var/lib/studyday/studyday.db");
    assert_string_equal(site->socket, socket);
    assert_string_equal(site->zone, "Europe/Berlin");
    assert_string_equal(site->broker.host, "::1");
    assert_int_equal(site->broker.port, 8883);
    assert_int_equal(site->broker.protocol, 4);
    assert_string_equal(site->broker.username, "collector");
    assert_string_equal(site->broker.password_file, password);
    assert_string_equal(site->broker.ca_file, "/etc/ssl/ca.pem");
    assert_string_equal(site->areas[0], "lf-gy");
    assert_string_equal(site->areas[1], "lf-ba");
    assert_null(site->areas[2]);
    assert_string_equal(site->client_id, "collector-2");
    assert_int_equal(site->require_mac, CONFIG_MAC_ALWAYS);
    assert_int_equal(site->commit_events, 1);
    assert_int_equal(site->commit_millis, 0);
}

static void config_site_load_without_a_path_goes_by_the_environment(void **state)
{
    CLEANUP(cleanup_free) char *path = case_path("site/valid/own-values/site.conf");
    CLEANUP(cleanup_site) ConfigSite *site = NULL;
    int r;

    (void)state;
    setenv("STUDYDAY_CONFIG", path, 1);
    r = config_site_load(NULL, &site);
    unsetenv("STUDYDAY_CONFIG");
    assert_int_equal(r, 0);
    assert_string_equal(site->path, path);
}

static void config_site_load_of_nothing_there_is_missing(void **state)
{
    CLEANUP(cleanup_free) char *said = NULL;
    CLEANUP(cleanup_site) ConfigSite *site = NULL;
    Capture capture;
    int r;

    (void)state;
    capture_init(&capture, STDERR_FILENO);
    r = config_site_load("/nonexistent/studyday.conf", &site);
    said = capture_deinit(&capture);
    assert_int_equal(r, CONFIG_E_MISSING);
    assert_null(site);
    assert_string_equal(said, "/nonexistent/studyday.conf: No such file or directory\n");
}

static void config_terminal_load_takes_own_values_over_defaults(void **state)
{
    CLEANUP(cleanup_free) char *path = case_path("terminal/valid/own-values/terminal.conf");
    CLEANUP(cleanup_free) char *key = file_beside(path, "terminal.key");
    CLEANUP(cleanup_terminal) ConfigTerminal *terminal = NULL;

    (void)state;
    assert_int_equal(config_terminal_load(path, &terminal), 0);
    assert_string_equal(terminal->path, path);
    assert_string_equal(terminal->area, "lf-gy");
    assert_string_equal(terminal->terminal, "t-0031");
    assert_string_equal(terminal->outbox, "/var/lib/studyday-terminal/outbox.db");
    assert_string_equal(terminal->zone, "UTC");
    assert_string_equal(terminal->key_file, key);
    assert_string_equal(terminal->broker.host, "broker.example.org");
    assert_int_equal(terminal->broker.port, 8883);
    assert_int_equal(terminal->broker.protocol, 5);
}

static void config_terminal_make_writes_what_config_terminal_load_reads(void **state)
{
    char *folder = capture_folder_make();
    CLEANUP(cleanup_free) char *path = file_beside(folder, "unused");
    CLEANUP(cleanup_free)
    char *made = config_terminal_make("lf", "t1", "10.0.0.1", 1999, "k \"$ {HOME}${HOME}\\");
    CLEANUP(cleanup_terminal) ConfigTerminal *terminal = NULL;
    Text text = {0};
    int r;

    (void)state;
    free(path);
    text_appendf(&text, "%s/terminal.conf", folder);
    path = text_take(&text);
    assert_int_equal(file_write_atomic(path, made, strlen(made), 0600, false), 0);
    r = config_terminal_load(path, &terminal);
    assert_int_equal(r, 0);
    assert_string_equal(terminal->area, "lf");
    assert_string_equal(terminal->terminal, "t1");
    assert_string_equal(terminal->broker.host, "10.0.0.1");
    assert_int_equal(terminal->broker.port, 1999);
    assert_string_equal(strrchr(terminal->key_file, '/') + 1, "k \"$ {HOME}${HOME}\\");
    assert_string_equal(strrchr(terminal->outbox, '/') + 1, "outbox.db");
    assert_string_equal(terminal->zone, "Asia/Shanghai");
    capture_folder_remove(folder);
}

// `said` with the folder of the case cut out of each line.
static char *without_folder(const char *said, const char *folder)
{
    Text text = {0};

    while (*said) {
        const char *end = strchrnul(said, '\n');

        if (strncmp(said, folder, strlen(folder)) == 0)
            said += strlen(folder) + 1;
        text_append_bytes(&text, said, (size_t)(end - said));
        text_append_char(&text, '\n');
        said = *end ? end + 1 : end;
    }
    return text_take(&text);
}

// One invalid case, "site/invalid/CASE": refused with the expected words, and the next good file is read as
// ever (the lexer keeps state between files).
static void config_load_refuses(void **state)
{
    const char *name = *state;
    CLEANUP(cleanup_free) char *folder = case_path(name);
    CLEANUP(cleanup_free) char *good = case_path("site/valid/own-values/site.conf");
    CLEANUP(cleanup_free) char *path = NULL;
    CLEANUP(cleanup_free) char *said = NULL;
    CLEANUP(cleanup_free) char *shown = NULL;
    CLEANUP(cleanup_text) Text expected = {0};
    CLEANUP(cleanup_site) ConfigSite *site = NULL, *after = NULL;
    CLEANUP(cleanup_terminal) ConfigTerminal *terminal = NULL;
    bool of_site = strncmp(name, "site/", 5) == 0;
    Capture capture;
    Text text = {0};
    int r;

    text_appendf(&text, "%s/%s.conf", folder, of_site ? "site" : "terminal");
    path = text_take(&text);
    text_appendf(&text, "%s/expected", folder);
    assert_int_equal(file_read(text_cstr(&text), FILE_LIMIT, &expected), 0);
    text_deinit(&text);

    capture_init(&capture, STDERR_FILENO);
    r = of_site ? config_site_load(path, &site) : config_terminal_load(path, &terminal);
    said = capture_deinit(&capture);
    shown = without_folder(said, folder);
    assert_string_equal(shown, text_cstr(&expected));
    assert_int_equal(r, CONFIG_E_INVALID);
    assert_int_equal(config_site_load(good, &after), 0);
}

static size_t add_cases(const char *kind, struct CMUnitTest *tests, size_t count)
{
    CLEANUP(cleanup_free) char *path = case_path(kind);
    DIR *folder = opendir(path);
    struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        Text name = {0};

        if (entry->d_name[0] == '.' || count == CASES_MAX)
            continue;
        text_appendf(&name, "%s/%s", kind, entry->d_name);
        tests[count] = (struct CMUnitTest)cmocka_unit_test(config_load_refuses);
        tests[count].name = text_take(&name);
        tests[count].initial_state = (char *)tests[count].name;
        count++;
    }
    if (folder)
        closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_site_load_of_nothing_gives_the_defaults),
        cmocka_unit_test(config_site_load_of_the_sample_gives_the_defaults),
        cmocka_unit_test(config_site_sample_has_every_key_live),
        cmocka_unit_test(config_site_load_takes_own_values),
        cmocka_unit_test(config_site_load_without_a_path_goes_by_the_environment),
        cmocka_unit_test(config_site_load_of_nothing_there_is_missing),
        cmocka_unit_test(config_terminal_load_takes_own_values_over_defaults),
        cmocka_unit_test(config_terminal_make_writes_what_config_terminal_load_reads),
    };
    struct CMUnitTest cases[CASES_MAX] = {0};
    size_t count;
    int failed;

    if (argc != 2)
        return 2;
    cases_folder = argv[1];
    digest_init();
    failed = cmocka_run_group_tests_name("config", tests, NULL, NULL);
    count = add_cases("terminal/invalid", cases, add_cases("site/invalid", cases, 0));
    if (count < 10)
        return 2; // the cases are not where they should be
    failed += _cmocka_run_group_tests("config cases", cases, count, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        free(cases[i].initial_state);
    return failed;
}
