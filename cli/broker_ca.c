// studyday broker ca DIR: a certificate authority for one site, for who has none. The first run makes the
// authority; each run makes a new key and certificate of the broker under it, which is also how they are
// renewed: terminals know the authority and notice nothing. The authority's key is needed for that alone and
// is better kept elsewhere in between.
#include "cli/broker_ca.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/bundle.h"
#include "core/base/certificate.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"

#define CA_NAME "studyday CA"
#define CA_DIR_MODE 0755 // the broker reads its certificate in it
#define CA_SECRET_MODE 0600
#define CA_PUBLIC_MODE 0644
#define CA_FILE_MAX (64 * 1024)
#define CA_DAYS_MAX 3652
#define CA_NAME_MAX 253 // the longest domain name

typedef struct CaNames {
    char *text; // what `list` points into
    const char *list[CERTIFICATE_NAMES_MAX];
    size_t count;
} CaNames;

static int ca_refuse(int code, const char *what, const char *reason)
{
    fprintf(stderr, "studyday: broker: %s: %s\n", what, reason);
    return code;
}

static bool ca_name_valid(const char *name)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:*";
    size_t size = strlen(name);

    return size > 0 && size <= CA_NAME_MAX && strspn(name, characters) == size;
}

static bool ca_take_names(const char *text, CaNames *names)
{
    char *rest;

    names->text = alloc_string(text);
    for (char *name = strtok_r(names->text, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (names->count == CERTIFICATE_NAMES_MAX || !ca_name_valid(name))
            return false;
        names->list[names->count++] = name;
    }
    return names->count > 0;
}

static char *ca_path(const char *dir, const char *name)
{
    Text path = {0};

    text_appendf(&path, "%s/%s", dir, name);
    return text_take(&path);
}

static int ca_put(const char *dir, const char *name, const Text *text, mode_t mode, bool replace)
{
    CLEANUP(cleanup_free) char *path = ca_path(dir, name);
    int r = file_write_atomic(path, text_cstr(text), text->size, mode, replace);

    return r == 0 ? EX_OK : ca_refuse(r == -EACCES ? EX_NOPERM : EX_CANTCREAT, path, strerror(-r));
}

// The authority that is there, or a new one.
static int ca_take(const char *dir, Text *key, Text *certificate)
{
    CLEANUP(cleanup_free) char *key_path = ca_path(dir, "ca.key");
    CLEANUP(cleanup_free) char *path = ca_path(dir, "ca.crt");
    int r = file_read(path, CA_FILE_MAX, certificate), code;

    if (r == FILE_E_MISSING && access(key_path, F_OK) < 0) {
        if (certificate_make_ca(CA_NAME, key, certificate) < 0)
            return ca_refuse(EX_SOFTWARE, path, _("could not be made"));
        code = ca_put(dir, "ca.key", key, CA_SECRET_MODE, false);
        return code == EX_OK ? ca_put(dir, "ca.crt", certificate, CA_PUBLIC_MODE, false) : code;
    }
    if (r)
        return ca_refuse(EX_NOINPUT, path, r < 0 ? strerror(-r) : _("no such file, or too large"));
    r = file_read_secret(key_path, CA_FILE_MAX, key);
    if (r == FILE_E_EXPOSED)
        return ca_refuse(EX_NOPERM, key_path, _("others than its owner can read this key"));
    if (r)
        return ca_refuse(EX_NOINPUT, key_path, r < 0 ? strerror(-r) : _("no such file, or too large"));
    return EX_OK;
}

static int ca_make_server(const char *dir, const CaNames *names, int days, const Text *ca_key, const Text *ca)
{
    CLEANUP(bundle_wipe) Text key = {0};
    CLEANUP(cleanup_text) Text certificate = {0};
    const struct passwd *user = geteuid() == 0 ? getpwnam("mosquitto") : NULL;
    CLEANUP(cleanup_free) char *path = ca_path(dir, "server.key");
    int code, r = certificate_make_server(text_cstr(ca_key), text_cstr(ca), names->list, names->count, days,
                                          &key, &certificate);

    if (r == CERTIFICATE_E_CA)
        return ca_refuse(EX_DATAERR, dir, _("ca.key and ca.crt are no authority's key and certificate"));
    if (r == CERTIFICATE_E_EXPIRED)
        return ca_refuse(EX_DATAERR, dir,
                         _("the authority's time is over: make another one in a new folder"));
    if (r < 0)
        return ca_refuse(EX_DATAERR, dir, _("no certificate could be made for these names"));
    code = ca_put(dir, "server.key", &key, CA_SECRET_MODE, true);
    if (code == EX_OK && user && chown(path, user->pw_uid, (gid_t)-1) < 0)
        return ca_refuse(EX_NOPERM, path, strerror(errno));
    return code == EX_OK ? ca_put(dir, "server.crt", &certificate, CA_PUBLIC_MODE, true) : code;
}

int broker_ca_run(const Options *options)
{
    const char *dir = options->operands[1], *wanted = options_get(options, "name"),
               *days_text = options_get(options, "days");
    CLEANUP(bundle_wipe) Text key = {0};
    CLEANUP(cleanup_text) Text certificate = {0};
    CaNames names = {0};
    long long days = CERTIFICATE_SERVER_DAYS;
    int code = EX_OK;

    if (days_text && !text_parse_int64(days_text, 1, CA_DAYS_MAX, &days))
        return ca_refuse(EX_USAGE, "--days", _("a number from 1 to 3652 is needed"));
    if (!wanted || !ca_take_names(wanted, &names))
        code =
            ca_refuse(EX_USAGE, "--name",
                      _("the names and addresses by which the broker is reached, with commas between them"));
    else if (mkdir(dir, CA_DIR_MODE) == 0 ? chmod(dir, CA_DIR_MODE) < 0 : errno != EEXIST)
        code = ca_refuse(EX_CANTCREAT, dir, strerror(errno));
    if (code == EX_OK)
        code = ca_take(dir, &key, &certificate);
    if (code == EX_OK)
        code = ca_make_server(dir, &names, (int)days, &key, &certificate);
    free(names.text);
    if (code != EX_OK)
        return code;
    printf(_("Made %s/server.crt for %s, good for %lld days; the same command renews it.\n"), dir, wanted,
           days);
    printf(_("Next: studyday broker render DIR --cert %s/server.crt --key %s/server.key\n"
             "Terminals and the collector get %s/ca.crt (broker.ca-file). Keep %s/ca.key elsewhere.\n"),
           dir, dir, dir, dir);
    return EX_OK;
}
