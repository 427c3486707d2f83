// A new credential and a new MAC key for one terminal. Both are made here, with the user's rights. The
// register gets the key, which the collector must have, and of the credential only the hash that the broker
// needs; the words themselves stand in the bundle alone.
//
// The files are written first: a bundle too many does no harm, a register that has changed without anybody
// holding the new secrets locks the terminal out.
#include "cli/bundle_make.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "broker-config/broker_config.h"
#include "core/base/alloc.h"
#include "core/base/bundle.h"
#include "core/base/cleanup.h"
#include "core/base/credential.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/qr/qr.h"
#include "core/store/roster.h"

#define BUNDLE_FILE_MODE 0600
#define BUNDLE_KEY_FILE_MAX (DIGEST_HEX_SIZE + 1) // the digits and a line's end
#define BUNDLE_CA_MAX (64 * 1024) // far more than fits: the size of the bundle is what is refused

bool bundle_wanted(const Options *options)
{
    return options_has(options, "bundle") || options_has(options, "qr") || options_has(options, "qr-file");
}

static int bundle_fail(const char *path, int r)
{
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EACCES || r == -EPERM ? EX_NOPERM : EX_CANTCREAT;
}

static int bundle_refuse(int code, const char *what, const char *reason)
{
    fprintf(stderr, "studyday: terminal: %s: %s\n", what, reason);
    return code;
}

static int bundle_take_address(const Options *options, const ConfigSite *site, Bundle *bundle)
{
    const char *address = options_get(options, "address"), *colon = address ? strrchr(address, ':') : NULL;
    long long port;

    bundle->host = alloc_string(site->broker.host);
    bundle->port = site->broker.port;
    if (address) {
        if (!colon || colon == address || !text_parse_int64(colon + 1, 1, 65535, &port))
            return bundle_refuse(EX_USAGE, "--address", _("HOST:PORT is needed"));
        bool brackets = address[0] == '[' && colon[-1] == ']';
        free(bundle->host);
        bundle->host = alloc_copy(address + brackets, (size_t)(colon - address) - 2 * brackets);
        bundle->port = (int)port;
    }
    if (broker_config_is_loopback(bundle->host))
        fprintf(stderr,
                _("studyday: terminal: the bundle names %s as the broker, which only this machine reaches; "
                  "--address says another\n"),
                bundle->host);
    return EX_OK;
}

static int bundle_take_ca(const Options *options, const ConfigSite *site, Bundle *bundle)
{
    const char *file = options_get(options, "ca");
    Text text = {0};
    int r;

    if (!file)
        file = site->broker.ca_file;
    r = *file ? file_read(file, BUNDLE_CA_MAX, &text) : 0;
    bundle->ca = text_take(&text);
    if (r == 0)
        return EX_OK;
    return bundle_refuse(EX_NOINPUT, file, r < 0 ? strerror(-r) : _("no such file, or too large"));
}

// A key of --key-file is used as it is; otherwise it is a new one that stands in the bundle alone.
static int bundle_take_key(const Options *options, Bundle *bundle)
{
    const char *file = options_get(options, "key-file");
    Text text = {0};
    int r, code = EX_OK;

    if (!file) {
        digest_random(bundle->key, sizeof(bundle->key));
        return EX_OK;
    }
    r = file_read_secret(file, BUNDLE_KEY_FILE_MAX, &text);
    if (r == FILE_E_EXPOSED)
        code = bundle_refuse(EX_NOPERM, file, _("others than its owner can read this key"));
    else if (r < 0 || r == FILE_E_MISSING)
        code = bundle_refuse(EX_NOINPUT, file, strerror(r < 0 ? -r : ENOENT));
    else if (r > 0 || !hex_decode(text_cstr(&text), text.size, bundle->key, sizeof(bundle->key)))
        code = bundle_refuse(EX_DATAERR, file, _("a key is 64 lower-case hex digits"));
    bundle_wipe(&text);
    return code;
}

static int bundle_take_register(CommandContext *context, const char *name, Bundle *bundle)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    StoreTerminal terminal;
    int code = EX_OK, r;

    store = command_open_read(context, &code);
    if (!store)
        return code;
    r = terminal_find(store, name, &terminal);
    if (r < 0)
        return EX_IOERR;
    if (r > 0)
        return bundle_refuse(EX_DATAERR, name, _("no such terminal; import it first"));
    bundle->terminal = alloc_string(name);
    bundle->area = alloc_string(terminal.area);
    digest_wipe(&terminal, sizeof(terminal));
    return EX_OK;
}

static int bundle_fill(CommandContext *context, const Options *options, Bundle *bundle)
{
    char credential[CREDENTIAL_SIZE];
    int code = bundle_take_register(context, options->operands[1], bundle);

    if (code == EX_OK)
        code = bundle_take_address(options, context->config, bundle);
    if (code == EX_OK)
        code = bundle_take_ca(options, context->config, bundle);
    if (code == EX_OK)
        code = bundle_take_key(options, bundle);
    credential_make(credential);
    bundle->credential = alloc_string(credential);
    digest_wipe(credential, sizeof(credential));
    bundle->zone = alloc_string(context->config->zone);
    return code;
}

static bool bundle_ends(const char *path, const char *ending)
{
    size_t size = strlen(path), tail = strlen(ending);

    return size > tail && strcmp(path + size - tail, ending) == 0;
}

static int bundle_draw(const Options *options, const Text *text)
{
    const char *file = options_get(options, "qr-file");
    Text drawn = {0};
    Qr qr = {0};
    int r = qr_make(text_cstr(text), &qr), code = EX_OK;

    if (r)
        return bundle_refuse(EX_DATAERR, "--qr",
                             _("too large for a QR code: use one certificate of a small key"));
    if (file) {
        if (bundle_ends(file, ".png"))
            qr_draw_png(&qr, &drawn);
        else
            qr_draw_svg(&qr, &drawn);
        r = file_write_atomic(file, text_cstr(&drawn), drawn.size, BUNDLE_FILE_MODE, false);
        code = r < 0 ? bundle_fail(file, r) : EX_OK;
        bundle_wipe(&drawn);
    }
    if (code == EX_OK && options_has(options, "qr")) {
        qr_draw_text(&qr, &drawn);
        fputs(text_cstr(&drawn), stdout);
        bundle_wipe(&drawn);
    }
    qr_deinit(&qr);
    return code;
}

// Key and hash travel as a descriptor, like a key file; nothing of them lies on a disk on the way.
static int bundle_register(CommandContext *context, const Bundle *bundle, int argc, char **argv)
{
    char hash[CREDENTIAL_HASH_SIZE], key[DIGEST_HEX_SIZE], path[32];
    CLEANUP(cleanup_fd) int fd = memfd_create("studyday-key", MFD_CLOEXEC);
    Text text = {0};
    ssize_t put = -1;

    credential_hash(bundle->credential, hash);
    hex_encode(bundle->key, sizeof(bundle->key), key);
    text_appendf(&text, "%s\n%s\n", key, hash);
    digest_wipe(key, sizeof(key));
    if (fd >= 0)
        put = write(fd, text_cstr(&text), text.size);
    bool whole = put == (ssize_t)text.size;
    bundle_wipe(&text);
    if (!whole) {
        fprintf(stderr, "studyday: terminal: %s\n", strerror(errno));
        return EX_OSERR;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return command_office(context, argc, argv, path);
}

// Whether the register certainly does not know the new secrets.
static bool bundle_surely_undone(int code)
{
    return code == EX_DATAERR || code == EX_USAGE || code == EX_TEMPFAIL || code == EX_NOINPUT ||
           code == EX_NOPERM || code == EX_OSERR;
}

int bundle_enroll(CommandContext *context, const Options *options, int argc, char **argv)
{
    const char *file = options_get(options, "bundle"), *picture = options_get(options, "qr-file");
    CLEANUP(bundle_deinit) Bundle bundle = {0};
    CLEANUP(bundle_wipe) Text text = {0};
    int code = EX_OK, r;

    if (picture && !bundle_ends(picture, ".svg") && !bundle_ends(picture, ".png"))
        return bundle_refuse(EX_USAGE, "--qr-file", _("a file that ends in .svg or .png is needed"));
    if (!command_config(context, &code))
        return code;
    code = bundle_fill(context, options, &bundle);
    if (code != EX_OK)
        return code;
    if (!bundle_write(&bundle, &text))
        return bundle_refuse(EX_DATAERR, "--ca", _("no certificates in PEM, or more than a bundle can hold"));
    r = file ? file_write_atomic(file, text_cstr(&text), text.size, BUNDLE_FILE_MODE, false) : 0;
    if (r < 0)
        return bundle_fail(file, r);
    if (options_has(options, "qr") || picture)
        code = bundle_draw(options, &text);
    if (code == EX_OK) {
        code = bundle_register(context, &bundle, argc, argv);
        if (code != EX_OK && picture && bundle_surely_undone(code))
            unlink(picture);
    }
    if (code == EX_OK && file)
        printf(
            _("Bundle: %s (bring it to the terminal; `studyday-terminal init DIR --bundle FILE` takes it)\n"),
            file);
    else if (code != EX_OK && file && bundle_surely_undone(code))
        unlink(file);
    return code;
}
