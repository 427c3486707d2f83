// A terminal from its bundle: key, password and certificate authority as files beside the configuration. In a
// folder that holds the same terminal already they are replaced, and the outbox stays: that is how rotated
// secrets arrive. The secrets are replaced one after the other; a terminal that stops between two of them is
// told so by the broker or the collector, and taking the bundle again mends it.
//
// Refuses a bundle that others can read, one of another terminal, and one whose broker is not that of the
// configuration, which somebody may have changed for a reason.
#include "terminal/init_bundle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/bundle.h"
#include "core/base/cleanup.h"
#include "core/base/config.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/store/outbox/outbox.h"
#include "terminal/station.h"

#define BUNDLE_FOLDER_MODE 0750
#define BUNDLE_CONFIG_MODE 0640
#define BUNDLE_SECRET_MODE 0600
#define BUNDLE_CA_MODE 0644
#define BUNDLE_CONFIG "terminal.conf"
#define BUNDLE_OUTBOX "outbox.db"
#define BUNDLE_KEY "terminal.key"
#define BUNDLE_PASSWORD "broker.password"
#define BUNDLE_CA "ca.crt"

static int bundle_read_file(const char *file, Bundle *ret_bundle)
{
    CLEANUP(bundle_wipe) Text text = {0};
    CLEANUP(cleanup_text) Text problem = {0};
    int r = file_read_secret(file, BUNDLE_SIZE_MAX, &text);

    if (r == FILE_E_MISSING) {
        fprintf(stderr, _("%s: no such file\n"), file);
        return EX_NOINPUT;
    }
    if (r == FILE_E_EXPOSED) {
        fprintf(stderr, _("%s: others can read this secret; it needs mode 0600\n"), file);
        return EX_NOPERM;
    }
    if (r != 0) {
        fprintf(stderr, _("%s: %s\n"), file, r < 0 ? strerror(-r) : _("too large"));
        return r < 0 ? EX_IOERR : EX_DATAERR;
    }
    if (bundle_read(text_cstr(&text), text.size, ret_bundle, &problem))
        return EX_OK;
    fprintf(stderr, "%s: %s\n", file, text_cstr(&problem));
    return EX_DATAERR;
}

static char *bundle_path(const char *folder, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", folder, name);
    return text_take(&path);
}

static int bundle_put(const char *folder, const char *name, const char *text, mode_t mode)
{
    CLEANUP(cleanup_free) char *path = bundle_path(folder, name);
    int r = file_write_atomic(path, text, strlen(text), mode, true);

    if (r == 0)
        return EX_OK;
    fprintf(stderr, "%s: %s\n", path, strerror(-r));
    return r == -EACCES || r == -EPERM ? EX_NOPERM : EX_CANTCREAT;
}

static int bundle_put_all(const char *folder, const Bundle *bundle)
{
    char key[DIGEST_HEX_SIZE + 1];
    int code;

    hex_encode(bundle->key, sizeof(bundle->key), key);
    strcpy(key + DIGEST_HEX_SIZE - 1, "\n");
    code = bundle_put(folder, BUNDLE_KEY, key, BUNDLE_SECRET_MODE);
    digest_wipe(key, sizeof(key));
    if (code == EX_OK)
        code = bundle_put(folder, BUNDLE_PASSWORD, bundle->credential, BUNDLE_SECRET_MODE);
    if (code == EX_OK && *bundle->ca)
        code = bundle_put(folder, BUNDLE_CA, bundle->ca, BUNDLE_CA_MODE);
    return code;
}

/// Whether what is there is this terminal, set up from a bundle.
static int bundle_judge(const char *path, const Bundle *bundle)
{
    ConfigTerminal *config = NULL;
    const char *reason = NULL;

    if (config_terminal_load(path, &config) != 0)
        return EX_CONFIG;
    if (strcmp(config->terminal, bundle->terminal) != 0 || strcmp(config->area, bundle->area) != 0)
        reason = _("is another terminal than that of the bundle");
    else if (strcmp(config->broker.host, bundle->host) != 0 || config->broker.port != bundle->port)
        reason = _("names another broker than the bundle");
    else if (!text_equal(strrchr(config->key_file, '/'), "/" BUNDLE_KEY) ||
             !text_equal(strrchr(config->broker.password_file, '/'), "/" BUNDLE_PASSWORD) ||
             !*config->broker.ca_file != !*bundle->ca)
        reason = _("does not use the files of a bundle");
    config_terminal_free(config);
    if (!reason)
        return EX_OK;
    fprintf(stderr, "%s: %s\n", path, reason);
    return EX_CANTCREAT;
}

static int bundle_make(const char *folder, const char *config, const Bundle *bundle)
{
    CLEANUP(cleanup_free) char *outbox = bundle_path(folder, BUNDLE_OUTBOX);
    CLEANUP(cleanup_free)
    char *text = config_terminal_text(&(ConfigTerminalValues){
        .area = bundle->area,
        .terminal = bundle->terminal,
        .host = bundle->host,
        .port = bundle->port,
        .zone = bundle->zone,
        .key_file = BUNDLE_KEY,
        .username = bundle->terminal,
        .password_file = BUNDLE_PASSWORD,
        .ca_file = *bundle->ca ? BUNDLE_CA : "",
    });
    int r, code;

    if (mkdir(folder, BUNDLE_FOLDER_MODE) < 0 && errno != EEXIST) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return EX_CANTCREAT;
    }
    r = outbox_create(outbox, bundle->terminal);
    if (r != 0) {
        fprintf(stderr, "%s: %s\n", outbox, strerror(r == OUTBOX_E_EXISTS ? EEXIST : r < 0 ? -r : EBUSY));
        return EX_CANTCREAT;
    }
    code = bundle_put_all(folder, bundle);
    if (code == EX_OK)
        code = bundle_put(folder, BUNDLE_CONFIG, text, BUNDLE_CONFIG_MODE);
    if (code != EX_OK) {
        unlink(outbox);
        return code;
    }
    printf(_("made %s and %s\n"), config, outbox);
    printf(_("Next: studyday-terminal --config %s run\n"), config);
    return EX_OK;
}

int init_bundle_take(const char *folder, const char *file)
{
    CLEANUP(bundle_deinit) Bundle bundle = {0};
    CLEANUP(cleanup_free) char *config = bundle_path(folder, BUNDLE_CONFIG);
    int code = bundle_read_file(file, &bundle);

    if (code != EX_OK)
        return code;
    if (access(config, F_OK) < 0)
        return bundle_make(folder, config, &bundle);
    code = bundle_judge(config, &bundle);
    if (code == EX_OK)
        code = bundle_put_all(folder, &bundle);
    if (code == EX_OK)
        printf(_("%s: has the bundle's secrets now; start the terminal again\n"), config);
    return code;
}
