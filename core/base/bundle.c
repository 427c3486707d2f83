// The bundle's text. Certificates go without their PEM frames, a line each: a third less, which is some
// centimetres of a QR code.
//
// Refuses what a configuration would refuse, keys twice or unknown, and a version other than its own: a
// bundle comes over a table or through a camera, and half of one must not make half a terminal.
#include "core/base/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/config_file.h"
#include "core/base/credential.h"
#include "core/base/i18n.h"

#define BUNDLE_PEM_LINE 64    // characters of base64 in a line of PEM
#define BUNDLE_VALUE_MAX 2048 // a certificate; every other value is far shorter

static const char bundle_mark[] = "studyday-bundle 1\n";
static const char bundle_begin[] = "-----BEGIN CERTIFICATE-----";
static const char bundle_end[] = "-----END CERTIFICATE-----";
static const char bundle_base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

enum {
    BUNDLE_AREA,
    BUNDLE_TERMINAL,
    BUNDLE_ZONE,
    BUNDLE_HOST,
    BUNDLE_PORT,
    BUNDLE_CREDENTIAL,
    BUNDLE_KEY,
    BUNDLE_CA,
    BUNDLE_KEY_COUNT
};

static const char *bundle_check_credential(const char *value)
{
    uint8_t bytes[CREDENTIAL_BYTES];
    bool fine = hex_decode(value, strlen(value), bytes, sizeof(bytes));

    digest_wipe(bytes, sizeof(bytes));
    return fine ? NULL : N_("no credential");
}

static const char *bundle_check_key(const char *value)
{
    uint8_t key[DIGEST_SIZE];
    bool fine = hex_decode(value, strlen(value), key, sizeof(key));

    digest_wipe(key, sizeof(key));
    return fine ? NULL : N_("no key of 64 lower-case hex digits");
}

static const char *bundle_check_ca(const char *value)
{
    return *value && value[strspn(value, bundle_base64)] == '\0' ? NULL : N_("no certificate");
}

static const struct {
    const char *name;
    ConfigCheck check;
} bundle_keys[BUNDLE_KEY_COUNT] = {
    [BUNDLE_AREA] = {"area", config_check_area},
    [BUNDLE_TERMINAL] = {"terminal", config_check_terminal},
    [BUNDLE_ZONE] = {"zone", config_check_zone},
    [BUNDLE_HOST] = {"host", config_check_host},
    [BUNDLE_PORT] = {"port", config_check_port},
    [BUNDLE_CREDENTIAL] = {"credential", bundle_check_credential},
    [BUNDLE_KEY] = {"key", bundle_check_key},
    [BUNDLE_CA] = {"ca", bundle_check_ca},
};

void bundle_wipe(Text *text)
{
    if (text->data)
        digest_wipe(text->data, text->capacity);
    text_deinit(text);
}

// The base64 of one PEM certificate after another, without frames and line ends.
static bool bundle_write_ca(const char *pem, Text *text)
{
    size_t count = 0;

    for (const char *at = pem; (at = strstr(at, bundle_begin)); count++) {
        const char *end = strstr(at, bundle_end);

        if (!end)
            return false;
        text_append(text, "ca=");
        for (at += sizeof(bundle_begin) - 1; at < end; at++) {
            if (strchr(bundle_base64, *at))
                text_append_char(text, *at);
            else if (*at != '\n' && *at != '\r')
                return false;
        }
        text_append_char(text, '\n');
    }
    return count > 0;
}

bool bundle_write(const Bundle *bundle, Text *text)
{
    char key[DIGEST_HEX_SIZE];

    hex_encode(bundle->key, sizeof(bundle->key), key);
    text_append(text, bundle_mark);
    text_appendf(text, "area=%s\nterminal=%s\nzone=%s\nhost=%s\nport=%d\ncredential=%s\nkey=%s\n",
                 bundle->area, bundle->terminal, bundle->zone, bundle->host, bundle->port, bundle->credential,
                 key);
    digest_wipe(key, sizeof(key));
    return (!*bundle->ca || bundle_write_ca(bundle->ca, text)) && text->size <= BUNDLE_SIZE_MAX;
}

static void bundle_take_ca(Text *pem, const char *base64)
{
    size_t size = strlen(base64);

    text_appendf(pem, "%s\n", bundle_begin);
    for (size_t at = 0; at < size; at += BUNDLE_PEM_LINE)
        text_appendf(pem, "%.*s\n", BUNDLE_PEM_LINE, base64 + at);
    text_appendf(pem, "%s\n", bundle_end);
}

typedef struct BundleReader {
    Text values[BUNDLE_KEY_COUNT]; // the certificates: as PEM
    Text *problem;
} BundleReader;

static bool bundle_read_line(BundleReader *reader, int number, const char *line, size_t size)
{
    char value[BUNDLE_VALUE_MAX + 1];
    const char *equals = memchr(line, '=', size), *reason = N_("is no key=value");
    size_t name_size = equals ? (size_t)(equals - line) : 0, value_size = equals ? size - name_size - 1 : 0;

    for (int i = 0; equals && i < BUNDLE_KEY_COUNT; i++) {
        Text *taken = &reader->values[i];

        if (strlen(bundle_keys[i].name) != name_size || memcmp(bundle_keys[i].name, line, name_size) != 0)
            continue;
        reason = N_("too long");
        if (value_size > BUNDLE_VALUE_MAX)
            break;
        memcpy(value, equals + 1, value_size);
        value[value_size] = '\0';
        reason = taken->size && i != BUNDLE_CA ? N_("stands there twice") : bundle_keys[i].check(value);
        if (reason)
            break;
        if (i == BUNDLE_CA)
            bundle_take_ca(taken, value);
        else
            text_append(taken, value);
        digest_wipe(value, sizeof(value));
        return true;
    }
    digest_wipe(value, sizeof(value));
    text_appendf(reader->problem, _("line %d: %.*s: %s"), number, name_size < 32 ? (int)name_size : 32, line,
                 _(reason)); // never the value: it may be a secret
    return false;
}

static bool bundle_read_lines(BundleReader *reader, const char *text, size_t size)
{
    const char *end = text + size;
    int number = 1;

    if (size < sizeof(bundle_mark) - 1 || memcmp(text, bundle_mark, sizeof(bundle_mark) - 1) != 0) {
        text_append(reader->problem, _("no bundle of this version"));
        return false;
    }
    for (text += sizeof(bundle_mark) - 1; text < end;) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        size_t line_size = (size_t)((line_end ? line_end : end) - text);

        if (!bundle_read_line(reader, ++number, text, line_size))
            return false;
        text += line_size + 1;
    }
    for (int i = 0; i < BUNDLE_CA; i++) {
        if (!reader->values[i].size) {
            text_appendf(reader->problem, _("%s is missing"), bundle_keys[i].name);
            return false;
        }
    }
    return true;
}

bool bundle_read(const char *text, size_t size, Bundle *ret_bundle, Text *problem)
{
    BundleReader reader = {.problem = problem};
    Text *values = reader.values;
    bool fine = bundle_read_lines(&reader, text, size);

    if (fine) {
        *ret_bundle = (Bundle){
            .area = text_take(&values[BUNDLE_AREA]),
            .terminal = text_take(&values[BUNDLE_TERMINAL]),
            .zone = text_take(&values[BUNDLE_ZONE]),
            .host = text_take(&values[BUNDLE_HOST]),
            .port = atoi(text_cstr(&values[BUNDLE_PORT])),
            .credential = text_take(&values[BUNDLE_CREDENTIAL]),
            .ca = text_take(&values[BUNDLE_CA]),
        };
        hex_decode(text_cstr(&values[BUNDLE_KEY]), values[BUNDLE_KEY].size, ret_bundle->key, DIGEST_SIZE);
    }
    for (int i = 0; i < BUNDLE_KEY_COUNT; i++)
        bundle_wipe(&values[i]);
    return fine;
}

void bundle_deinit(Bundle *bundle)
{
    if (bundle->credential)
        digest_wipe(bundle->credential, strlen(bundle->credential));
    free(bundle->area);
    free(bundle->terminal);
    free(bundle->zone);
    free(bundle->host);
    free(bundle->credential);
    free(bundle->ca);
    digest_wipe(bundle->key, sizeof(bundle->key));
    *bundle = (Bundle){0};
}
