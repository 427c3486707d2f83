// The site's configuration: its keys, their defaults (the sample itself) and what must go together.
#include "core/base/config.h"

#include <stdlib.h>
#include <string.h>

#include "build-config.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/config_file.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

static const ConfigKey config_site_keys[] = {
    {NULL, "database", config_check_filled, false},
    {NULL, "heads", config_check_filled, false},
    {NULL, "socket", config_check_filled, false},
    {NULL, "zone", config_check_zone, false},
    CONFIG_BROKER_KEYS,
    {"collector", "areas", config_check_area_or_all, true},
    {"collector", "client-id", config_check_name, false},
    {"collector", "require-mac", config_check_mac, false},
    {"collector", "commit-events", config_check_commit_events, false},
    {"collector", "commit-millis", config_check_commit_millis, false},
    {"month", "second-person", config_check_yes_no, false},
    {"month", "grace-days", config_check_grace_days, false},
    {"broker-files", "folder", NULL, false},
    {"broker-files", "pid-file", NULL, false},
    {0},
};

static const char config_site_text[] =
    "# studyday.conf: one site. Every key stands here at its default; see studyday.conf(5).\n"
    "# Relative paths are relative to the folder of this file.\n"
    "\n"
    "# The event database. Only the collector writes it while it runs.\n"
    "database = \"studyday.db\"\n"
    "\n"
    "# Heads of the hash chains, noted apart from the database: `studyday verify` compares. Best on another "
    "disk.\n"
    "heads = \"studyday.heads\"\n"
    "\n"
    "# The local socket through which commands reach a running collector.\n"
    "socket = \"studyday.sock\"\n"
    "\n"
    "# The site's time zone: the day of a session, times in files and reports.\n"
    "zone = \"Asia/Shanghai\"\n"
    "\n"
    "broker {\n"
    "    host = \"127.0.0.1\"\n"
    "    port = 1883\n"
    "\n"
    "    # MQTT version: \"5\" or \"3.1.1\".\n"
    "    protocol = \"5\"\n"
    "\n"
    "    # Empty: no name, no password. The file holds the password alone; nobody else may read it.\n"
    "    username = \"\"\n"
    "    password-file = \"\"\n"
    "\n"
    "    # With a CA file the line is TLS. Certificate and key: for a broker that asks for them.\n"
    "    ca-file = \"\"\n"
    "    cert-file = \"\"\n"
    "    key-file = \"\"\n"
    "}\n"
    "\n"
    "collector {\n"
    "    # The areas that this collector receives: {\"*\"} is all of them.\n"
    "    areas = {\"*\"}\n"
    "\n"
    "    # Its name at the broker; no two connections may share it.\n"
    "    client-id = \"studyday-collector\"\n"
    "\n"
    "    # Whose messages need a MAC: \"enrolled\" (terminals that have a key), \"always\", \"never\".\n"
    "    require-mac = \"enrolled\"\n"
    "\n"
    "    # Commit after so many events, or so many milliseconds after the first of them; at once when\n"
    "    # nothing more is there.\n"
    "    commit-events = 8192\n"
    "    commit-millis = 200\n"
    "}\n"
    "\n"
    "month {\n"
    "    # \"yes\": to revise or reopen a closed month, one person asks and another approves.\n"
    "    second-person = \"no\"\n"
    "\n"
    "    # Days after the end of a month in which points may still report: then it is due to be closed.\n"
    "    grace-days = 10\n"
    "}\n"
    "\n"
    "broker-files {\n"
    "    # The folder that `studyday broker render` has filled: its passwords follow the register of "
    "terminals\n"
    "    # (enroll, rotate, revoke). Empty: nobody's.\n"
    "    folder = \"\"\n"
    "\n"
    "    # Where mosquitto wrote its process id: it is told (SIGHUP) when they change. Empty: somebody else "
    "tells\n"
    "    # it, such as studyday-broker-reload.path.\n"
    "    pid-file = \"\"\n"
    "}\n";

const char *config_site_sample(void)
{
    return config_site_text;
}

void config_broker_take(ConfigFile *file, ConfigBroker *ret_broker)
{
    CLEANUP(cleanup_free) char *protocol = config_file_string(file, "broker", "protocol");

    *ret_broker = (ConfigBroker){
        .host = config_file_string(file, "broker", "host"),
        .port = (int)config_file_number(file, "broker", "port"),
        .protocol = strcmp(protocol, "5") == 0 ? 5 : 4,
        .username = config_file_string(file, "broker", "username"),
        .password_file = config_file_path(file, "broker", "password-file"),
        .ca_file = config_file_path(file, "broker", "ca-file"),
        .cert_file = config_file_path(file, "broker", "cert-file"),
        .key_file = config_file_path(file, "broker", "key-file"),
    };
    if (*ret_broker->password_file && !*ret_broker->username)
        config_file_complain(file, "broker", "password-file", N_("needs a username"));
    if (*ret_broker->cert_file && !*ret_broker->key_file)
        config_file_complain(file, "broker", "cert-file", N_("needs a key-file"));
    if (*ret_broker->key_file && !*ret_broker->cert_file)
        config_file_complain(file, "broker", "key-file", N_("needs a cert-file"));
    if (*ret_broker->cert_file && !*ret_broker->ca_file)
        config_file_complain(file, "broker", "cert-file", N_("needs a ca-file"));
}

void config_broker_deinit(ConfigBroker *broker)
{
    free(broker->host);
    free(broker->username);
    free(broker->password_file);
    free(broker->ca_file);
    free(broker->cert_file);
    free(broker->key_file);
    *broker = (ConfigBroker){0};
}

static ConfigMac config_mac_parse(const char *value)
{
    if (strcmp(value, "always") == 0)
        return CONFIG_MAC_ALWAYS;
    return strcmp(value, "never") == 0 ? CONFIG_MAC_NEVER : CONFIG_MAC_ENROLLED;
}

static void config_site_check_areas(ConfigFile *file, char **areas)
{
    bool all = false;
    size_t count = 0;

    for (; areas[count]; count++) {
        if (strcmp(areas[count], "*") == 0)
            all = true;
        for (size_t i = 0; i < count; i++) {
            if (strcmp(areas[i], areas[count]) == 0)
                config_file_complain(file, "collector", "areas", N_("the same area twice"));
        }
    }
    if (all && count > 1)
        config_file_complain(file, "collector", "areas", N_("\"*\" stands alone"));
}

static ConfigSite *config_site_take(ConfigFile *file, const char *path)
{
    ConfigSite *config = alloc_zero(sizeof(*config));
    CLEANUP(cleanup_free) char *mac = config_file_string(file, "collector", "require-mac");
    CLEANUP(cleanup_free) char *second = config_file_string(file, "month", "second-person");

    config->path = alloc_string(path);
    config->database = config_file_path(file, NULL, "database");
    config->heads = config_file_path(file, NULL, "heads");
    config->socket = config_file_path(file, NULL, "socket");
    config->zone = config_file_string(file, NULL, "zone");
    config_broker_take(file, &config->broker);
    config->areas = config_file_list(file, "collector", "areas");
    config_site_check_areas(file, config->areas);
    config->client_id = config_file_string(file, "collector", "client-id");
    config->require_mac = config_mac_parse(mac);
    config->commit_events = (int)config_file_number(file, "collector", "commit-events");
    config->commit_millis = (int)config_file_number(file, "collector", "commit-millis");
    config->second_person = strcmp(second, "yes") == 0;
    config->grace_days = (int)config_file_number(file, "month", "grace-days");
    config->broker_folder = config_file_path(file, "broker-files", "folder");
    config->broker_pid_file = config_file_path(file, "broker-files", "pid-file");
    if (*config->broker_pid_file && !*config->broker_folder)
        config_file_complain(file, "broker-files", "pid-file", N_("needs a folder"));
    return config;
}

// $STUDYDAY_CONFIG, else the system's. A build that was given no absolute folder goes by the documented one.
static char *config_site_default_path(void)
{
    const char *path = getenv("STUDYDAY_CONFIG");
    CLEANUP(cleanup_text) Text text = {0};

    if (path && *path)
        return alloc_string(path);
    text_append(&text, STUDYDAY_SYSCONFDIR[0] == '/' ? STUDYDAY_SYSCONFDIR : "/etc");
    text_append(&text, "/studyday/studyday.conf");
    return text_take(&text);
}

int config_site_load(const char *path, ConfigSite **ret_config)
{
    CLEANUP(cleanup_free) char *chosen = path ? alloc_string(path) : config_site_default_path();
    ConfigSite *config;
    ConfigFile *file;
    int r = config_file_open(chosen, config_site_text, config_site_keys, &file);

    if (r)
        return r;
    config = config_site_take(file, chosen);
    r = config_file_report(file);
    config_file_close(file);
    if (r) {
        config_site_free(config);
        return r;
    }
    *ret_config = config;
    return 0;
}

ConfigSite *config_site_free(ConfigSite *config)
{
    if (!config)
        return NULL;
    for (char **area = config->areas; *area; area++)
        free(*area);
    free(config->areas);
    config_broker_deinit(&config->broker);
    free(config->path);
    free(config->database);
    free(config->heads);
    free(config->socket);
    free(config->zone);
    free(config->client_id);
    free(config->broker_folder);
    free(config->broker_pid_file);
    free(config);
    return NULL;
}
