// A terminal's configuration. Its text is made from one template: with blanks for the values it is the
// defaults, filled in it is what `init` writes.
#include "core/base/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/config_file.h"
#include "core/base/text.h"

#define CONFIG_TERMINAL_PORT 1883 // MQTT without TLS

static const ConfigKey config_terminal_keys[] = {
    {NULL, "area", config_check_area, false},
    {NULL, "terminal", config_check_terminal, false},
    {NULL, "outbox", config_check_filled, false},
    {NULL, "zone", config_check_zone, false},
    {NULL, "key-file", NULL, false},
    CONFIG_BROKER_KEYS,
    {0},
};

// A quoted string in which nothing is special: no escape, no ${variable}.
static void config_terminal_append(Text *text, const char *key, const char *value)
{
    text_append(text, key);
    text_append(text, " = \"");
    for (; *value; value++) {
        if (strchr("\"\\$", *value))
            text_append_char(text, '\\');
        text_append_char(text, *value);
    }
    text_append(text, "\"\n");
}

static const char *config_terminal_or(const char *value, const char *otherwise)
{
    return value ? value : otherwise;
}

char *config_terminal_make(const char *area, const char *terminal, const char *host, int port,
                           const char *key_file)
{
    return config_terminal_text(&(ConfigTerminalValues){
        .area = area, .terminal = terminal, .host = host, .port = port, .key_file = key_file});
}

char *config_terminal_text(const ConfigTerminalValues *values)
{
    Text text = {0};

    text_append(&text, "# terminal.conf: one terminal; see studyday-terminal.conf(5).\n"
                       "# Relative paths are relative to the folder of this file.\n\n"
                       "# Its names at the broker and in every event.\n");
    config_terminal_append(&text, "area", values->area);
    config_terminal_append(&text, "terminal", values->terminal);
    text_append(&text, "\n# The scans that are recorded here, sent or not yet.\n"
                       "outbox = \"outbox.db\"\n\n"
                       "# The site's time zone, for what is shown.\n");
    config_terminal_append(&text, "zone", config_terminal_or(values->zone, "Asia/Shanghai"));
    text_append(&text, "\n# The terminal's secret, if it was enrolled; nobody else may read it.\n");
    config_terminal_append(&text, "key-file", config_terminal_or(values->key_file, ""));
    text_append(&text, "\nbroker {\n");
    config_terminal_append(&text, "    host", values->host);
    text_appendf(&text,
                 "    port = %d\n\n"
                 "    # MQTT version: \"5\" or \"3.1.1\".\n"
                 "    protocol = \"5\"\n\n"
                 "    # Empty: no name, no password. The file holds the password alone.\n",
                 values->port);
    config_terminal_append(&text, "    username", config_terminal_or(values->username, ""));
    config_terminal_append(&text, "    password-file", config_terminal_or(values->password_file, ""));
    text_append(
        &text,
        "\n    # With a CA file the line is TLS. Certificate and key: for a broker that asks for them.\n");
    config_terminal_append(&text, "    ca-file", config_terminal_or(values->ca_file, ""));
    text_append(&text, "    cert-file = \"\"\n"
                       "    key-file = \"\"\n"
                       "}\n");
    return text_take(&text);
}

static ConfigTerminal *config_terminal_take(ConfigFile *file, const char *path)
{
    ConfigTerminal *config = alloc_zero(sizeof(*config));

    config->path = alloc_string(path);
    config->area = config_file_string(file, NULL, "area");
    config->terminal = config_file_string(file, NULL, "terminal");
    config->outbox = config_file_path(file, NULL, "outbox");
    config->zone = config_file_string(file, NULL, "zone");
    config->key_file = config_file_path(file, NULL, "key-file");
    config_broker_take(file, &config->broker);
    return config;
}

int config_terminal_load(const char *path, ConfigTerminal **ret_config)
{
    CLEANUP(cleanup_free)
    char *defaults = config_terminal_make("", "", "127.0.0.1", CONFIG_TERMINAL_PORT, NULL);
    ConfigTerminal *config;
    ConfigFile *file;
    int r = config_file_open(path, defaults, config_terminal_keys, &file);

    if (r)
        return r;
    config = config_terminal_take(file, path);
    r = config_file_report(file);
    config_file_close(file);
    if (r) {
        config_terminal_free(config);
        return r;
    }
    *ret_config = config;
    return 0;
}

ConfigTerminal *config_terminal_free(ConfigTerminal *config)
{
    if (!config)
        return NULL;
    config_broker_deinit(&config->broker);
    free(config->path);
    free(config->area);
    free(config->terminal);
    free(config->outbox);
    free(config->zone);
    free(config->key_file);
    free(config);
    return NULL;
}
