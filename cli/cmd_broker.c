// studyday broker render DIR: the broker's configuration of this site, from the shipped templates. Rendered
// files are written anew each time; a file of somebody else in their place is left alone. The password file
// follows the register of terminals (office/broker_files.h); lines of users that it does not know stay.
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker-config/broker_config.h"
#include "cli/broker_ca.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "core/base/cleanup.h"
#include "core/base/credential.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/model/code.h"
#include "core/store/store.h"
#include "office/broker_files.h"

#define BROKER_DIR_MODE 0755       // mosquitto reads it as a user of its own ...
#define BROKER_FILE_MODE 0644      // ... these too: there is no secret in them
#define BROKER_PASSWORDS_MODE 0600 // hashes
#define BROKER_FILE_MAX (256 * 1024)
#define BROKER_PASSWORD_MAX 4096                   // far more than a password has
#define BROKER_USER "mosquitto"                    // whom Debian's mosquitto changes to
#define BROKER_COLLECTOR_USER "studyday-collector" // where the site's configuration names none

static const ProgramOption broker_options[] = {
    {"listener", 'l', "HOST:PORT", N_("address to listen at (default: the site's broker)")},
    {"anonymous-loopback", 0, NULL, N_("no users and passwords; only for a listener of the loopback")},
    {"cert", 0, "FILE", N_("certificate of the broker: the listener speaks TLS")},
    {"key", 0, "FILE", N_("key of that certificate")},
    {"ca", 0, "FILE", N_("ask clients for a certificate of this authority")},
    {"plain", 0, NULL, N_("no TLS although the listener is not of the loopback")},
    {"name", 0, "NAMES", N_("ca: hosts and addresses by which the broker is reached, with commas")},
    {"days", 0, "N", N_("ca: days for which the broker's certificate is good (default: 397)")},
    {"user", 0, "USER", N_("system user that mosquitto changes to when root starts it")},
    {0},
};

typedef struct BrokerRender {
    BrokerConfig config;
    char *conf, *acl, *passwords; // paths, absolute
    char *host;
    char *cert, *key, *ca;
} BrokerRender;

static void cleanup_render(BrokerRender *render)
{
    free(render->conf);
    free(render->acl);
    free(render->passwords);
    free(render->host);
    free(render->cert);
    free(render->key);
    free(render->ca);
}

/// HOST:PORT, [HOST]:PORT or PORT alone. False if it is none of them.
static bool broker_take_listener(BrokerRender *render, const char *text)
{
    const char *colon = strrchr(text, ':');
    long long port;

    if (!text_parse_int64(colon ? colon + 1 : text, 1, 65535, &port))
        return false;
    render->config.port = (int)port;
    if (!colon)
        return true;
    Text host = {0};
    bool brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    text_append_bytes(&host, text + brackets, (size_t)(colon - text) - 2 * brackets);
    free(render->host);
    render->host = text_take(&host);
    render->config.host = render->host;
    return render->host[0] && !strpbrk(render->host, " \t\n");
}

static int broker_refuse(const char *reason)
{
    fprintf(stderr, "studyday: broker: %s\n", reason);
    return EX_USAGE;
}

static int broker_judge(const BrokerConfig *config, const Options *options)
{
    bool loopback = broker_config_is_loopback(config->host);

    if (!config->cert_file != !options_has(options, "key"))
        return broker_refuse(_("--cert and --key go together"));
    if (config->ca_file && !config->cert_file)
        return broker_refuse(_("--ca needs --cert and --key"));
    if (config->anonymous && !loopback)
        return broker_refuse(_("without passwords only on the loopback: 127.0.0.1, ::1 or localhost"));
    if (!loopback && !config->cert_file && !options_has(options, "plain"))
        return broker_refuse(_("passwords and events would cross the network in the clear: give --cert and "
                               "--key, or --plain where something else protects the line"));
    return EX_OK;
}

/// Absolute, since mosquitto may be started anywhere. Exits are the caller's.
static bool broker_resolve(const Options *options, const char *name, char **ret_path)
{
    const char *value = options_get(options, name);

    if (!value)
        return true;
    *ret_path = realpath(value, NULL);
    if (!*ret_path)
        fprintf(stderr, "studyday: %s: %s\n", value, strerror(errno));
    return *ret_path;
}

static char *broker_join(const char *dir, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", dir, name);
    return text_take(&path);
}

static int broker_take(BrokerRender *render, const ConfigSite *site, const Options *options)
{
    const char *listener = options_get(options, "listener");

    render->config = (BrokerConfig){
        .host = site->broker.host,
        .port = site->broker.port,
        .anonymous = options_has(options, "anonymous-loopback"),
        .collector_user = *site->broker.username ? site->broker.username : BROKER_COLLECTOR_USER,
        .collector_client = site->client_id,
        .pid_file = *site->broker_pid_file ? site->broker_pid_file : NULL,
        .user = options_get(options, "user"),
    };
    if (listener && !broker_take_listener(render, listener))
        return broker_refuse(_("--listener: HOST:PORT is needed"));
    if (!broker_resolve(options, "cert", &render->cert) || !broker_resolve(options, "key", &render->key) ||
        !broker_resolve(options, "ca", &render->ca))
        return EX_NOINPUT;
    render->config.cert_file = render->cert;
    render->config.key_file = render->key;
    render->config.ca_file = render->ca;
    return broker_judge(&render->config, options);
}

/// Whether there is nothing at `path`, or a file that we rendered.
static bool broker_is_ours(const char *path, const char *mark)
{
    CLEANUP(cleanup_text) Text text = {0};
    int r = file_read(path, BROKER_FILE_MAX, &text);

    return r == FILE_E_MISSING || (r == 0 && strncmp(text_cstr(&text), mark, strlen(mark)) == 0);
}

static int broker_write(const char *path, const Text *text, const char *mark)
{
    int r;

    if (!broker_is_ours(path, mark)) {
        fprintf(stderr, _("studyday: %s: is not one that this command made; it is left as it is\n"), path);
        return EX_CANTCREAT;
    }
    r = file_write_atomic(path, text->data, text->size, BROKER_FILE_MODE, true);
    if (r == 0)
        return EX_OK;
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return EX_CANTCREAT;
}

// mosquitto opens it after it has ceased to be root.
static int broker_make_passwords(const BrokerRender *render)
{
    const char *name = render->config.user ? render->config.user : BROKER_USER;
    const struct passwd *user = geteuid() == 0 ? getpwnam(name) : NULL;
    int r;

    if (render->config.anonymous)
        return EX_OK;
    r = file_write_atomic(render->passwords, "", 0, BROKER_PASSWORDS_MODE, false);
    if (r == -EEXIST)
        return EX_OK;
    if (r == 0 && user && chown(render->passwords, user->pw_uid, (gid_t)-1) < 0)
        r = -errno;
    if (r == 0)
        return EX_OK;
    fprintf(stderr, "studyday: %s: %s\n", render->passwords, strerror(-r));
    return EX_CANTCREAT;
}

static int broker_fail(const char *path, int r)
{
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EACCES || r == -EPERM ? EX_NOPERM : EX_CANTCREAT;
}

/// The collector's credential, from the file that the site's configuration names; made if it is not there.
static int broker_collector_password(const BrokerRender *render, const ConfigSite *site)
{
    const char *path = site->broker.password_file;
    char credential[CREDENTIAL_SIZE];
    Text text = {0};
    int r;

    if (!*path || !*site->broker.username)
        return EX_OK;
    r = file_read_secret(path, BROKER_PASSWORD_MAX, &text);
    if (r == FILE_E_MISSING) {
        credential_make(credential);
        text_append(&text, credential);
        digest_wipe(credential, sizeof(credential));
        r = file_write_atomic(path, text_cstr(&text), text.size, BROKER_PASSWORDS_MODE, false);
    }
    if (r > 0)
        r = r == FILE_E_EXPOSED ? -EPERM : -EFBIG;
    if (r == 0)
        r = broker_files_set(render->passwords, site->broker.username, text_cstr(&text));
    if (text.data)
        digest_wipe(text.data, text.capacity);
    text_deinit(&text);
    return r == 0 ? EX_OK : broker_fail(path, r);
}

/// Whom the register knows, and the collector. Without a database there is only nobody to add.
static int broker_fill_passwords(const BrokerRender *render, const ConfigSite *site)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    int r, code = EX_OK;

    if (render->config.anonymous)
        return EX_OK;
    r = store_open(site->database, STORE_READ, &store);
    if (r == STORE_E_MISSING)
        return broker_collector_password(render, site);
    if (r > 0)
        r = -EINVAL;
    if (r == 0)
        code = broker_collector_password(render, site);
    if (r == 0 && code == EX_OK)
        r = broker_files_write(store, render->passwords, NULL);
    return r < 0 ? broker_fail(render->passwords, r) : code;
}

static int broker_write_all(BrokerRender *render, const ConfigSite *site, const char *dir)
{
    CLEANUP(cleanup_free) char *absolute = NULL;
    CLEANUP(cleanup_text) Text conf = {0};
    CLEANUP(cleanup_text) Text acl = {0};

    bool made = mkdir(dir, BROKER_DIR_MODE) == 0;
    if (!made && errno != EEXIST) {
        fprintf(stderr, "studyday: %s: %s\n", dir, strerror(errno));
        return EX_CANTCREAT;
    }
    absolute = realpath(dir, NULL);
    if (!absolute || (made && chmod(absolute, BROKER_DIR_MODE) < 0)) { // our umask lets nobody else in
        fprintf(stderr, "studyday: %s: %s\n", dir, strerror(errno));
        return EX_CANTCREAT;
    }
    render->conf = broker_join(absolute, "mosquitto.conf");
    render->acl = broker_join(absolute, "acl");
    render->passwords = broker_join(absolute, "passwords");
    render->config.acl_file = render->acl;
    render->config.password_file = render->passwords;
    broker_config_conf(&render->config, &conf);
    broker_config_acl(&render->config, &acl);
    int code = broker_make_passwords(render);
    if (code == EX_OK)
        code = broker_fill_passwords(render, site);
    if (code == EX_OK)
        code = broker_write(render->acl, &acl, BROKER_CONFIG_MARK_ACL);
    if (code == EX_OK)
        code = broker_write(render->conf, &conf, BROKER_CONFIG_MARK_CONF);
    return code;
}

static void broker_tell(const BrokerRender *render)
{
    printf(_("Made %s for %s:%d.\n"), render->conf, render->config.host, render->config.port);
    if (!render->config.anonymous)
        printf(_("Terminals get their passwords with `studyday terminal enroll --bundle`. The collector's is "
                 "made with\n"
                 "username and password-file in the site's configuration, or by hand:\n"
                 "  mosquitto_passwd %s %s\n"),
               render->passwords, render->config.collector_user);
    if (geteuid() == 0 && !render->config.user)
        printf(_("Started by root it changes to the user %s, who must be able to enter that folder.\n"),
               BROKER_USER);
    printf(_("Start it with: mosquitto -c %s\n"), render->conf);
}

static int cmd_broker_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_render) BrokerRender render = {0};
    const ConfigSite *site;
    Options options;
    int code = EX_OK;

    if (!options_parse(broker_options, argc, argv, &options, &problem))
        return broker_refuse(text_cstr(&problem));
    if (options.operand_count == 2 && strcmp(options.operands[0], "ca") == 0 && *options.operands[1])
        return broker_ca_run(&options);
    if (options.operand_count != 2 || strcmp(options.operands[0], "render") != 0 || !*options.operands[1])
        return broker_refuse(_("`broker render DIR` or `broker ca DIR` is needed"));
    site = command_config(context, &code);
    if (!site)
        return code;
    code = broker_take(&render, site, &options);
    if (code == EX_OK)
        code = broker_write_all(&render, site, options.operands[1]);
    if (code == EX_OK)
        broker_tell(&render);
    return code;
}

const Command cmd_broker = {
    .name = "broker",
    .usage = N_("broker render DIR [--listener HOST:PORT] [--anonymous-loopback] [--cert FILE --key FILE]\n"
                "broker ca DIR --name NAMES [--days N]"),
    .summary = N_("make the configuration and the certificates of mosquitto for this site"),
    .options = broker_options,
    .run = cmd_broker_run,
};
