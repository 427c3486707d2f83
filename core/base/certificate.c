// X.509 through libcrypto, as much of it as one broker needs. The authority may sign no further authorities;
// a server's certificate names its hosts as subject alternative names, since nothing else is looked at, and
// outlives its authority never.
//
// Keys live in memory only as long as a call, and leave it as text that the caller writes and wipes.
#include "core/base/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/error.h"

#define CERTIFICATE_SERIAL_BYTES 16 // random, so that two of one authority never meet
#define CERTIFICATE_BACKDATE 3600   // seconds: clocks that are a little behind
#define CERTIFICATE_DAY 86400

CLEANUP_DEFINE(key, EVP_PKEY, EVP_PKEY_free)
CLEANUP_DEFINE(x509, X509, X509_free)
CLEANUP_DEFINE(bio, BIO, BIO_free_all)

static bool certificate_extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool fine;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    fine = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return fine;
}

// All but extensions and signature. `issuer` NULL: itself.
static X509 *certificate_begin(const char *name, X509 *issuer, EVP_PKEY *key, int days)
{
    X509 *certificate = X509_new();
    uint8_t serial[CERTIFICATE_SERIAL_BYTES];
    BIGNUM *number;
    X509_NAME *subject;
    bool fine;

    if (!certificate)
        return NULL;
    digest_random(serial, sizeof(serial));
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); // positive, and always of the same length
    number = BN_bin2bn(serial, sizeof(serial), NULL);
    subject = X509_get_subject_name(certificate);
    fine = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) &&
           X509_set_version(certificate, X509_VERSION_3) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -CERTIFICATE_BACKDATE) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), (long)days * CERTIFICATE_DAY) &&
           X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) ==
               1 &&
           X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject) == 1;
    BN_free(number);
    if (fine)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static bool certificate_print(EVP_PKEY *key, X509 *certificate, Text *ret_key, Text *ret_certificate)
{
    CLEANUP(cleanup_bio) BIO *keys = BIO_new(BIO_s_secmem()), *certificates = BIO_new(BIO_s_mem());
    char *data;
    long size;

    if (!keys || !certificates || PEM_write_bio_PrivateKey(keys, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(certificates, certificate) != 1)
        return false;
    size = BIO_get_mem_data(keys, &data);
    text_append_bytes(ret_key, data, (size_t)size);
    size = BIO_get_mem_data(certificates, &data);
    text_append_bytes(ret_certificate, data, (size_t)size);
    return true;
}

int certificate_make_ca(const char *name, Text *ret_key, Text *ret_certificate)
{
    CLEANUP(cleanup_key) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(cleanup_x509)
    X509 *certificate = key ? certificate_begin(name, NULL, key, CERTIFICATE_CA_DAYS) : NULL;

    if (!certificate ||
        !certificate_extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !certificate_extend(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !certificate_extend(certificate, certificate, NID_subject_key_identifier, "hash") ||
        X509_sign(certificate, key, EVP_sha256()) <= 0 ||
        !certificate_print(key, certificate, ret_key, ret_certificate))
        return error_origin(-ENOMEM);
    return 0;
}

static void certificate_alternatives(const char *const *names, size_t count, Text *text)
{
    uint8_t address[sizeof(struct in6_addr)];

    for (size_t i = 0; i < count; i++) {
        bool ip = inet_pton(AF_INET, names[i], address) == 1 || inet_pton(AF_INET6, names[i], address) == 1;

        text_appendf(text, "%s%s:%s", i ? "," : "", ip ? "IP" : "DNS", names[i]);
    }
}

static int certificate_refuse_passphrase(char *buffer, int size, int writing, void *owner)
{
    (void)buffer, (void)size, (void)writing, (void)owner;
    return -1;
}

static bool certificate_read(const char *key_text, const char *text, EVP_PKEY **ret_key,
                             X509 **ret_certificate)
{
    CLEANUP(cleanup_bio) BIO *keys = BIO_new_mem_buf(key_text, -1), *certificates = BIO_new_mem_buf(text, -1);

    if (!keys || !certificates)
        return false;
    *ret_key = PEM_read_bio_PrivateKey(keys, NULL, certificate_refuse_passphrase, NULL);
    *ret_certificate = PEM_read_bio_X509(certificates, NULL, certificate_refuse_passphrase, NULL);
    return *ret_key && *ret_certificate && X509_check_private_key(*ret_certificate, *ret_key) == 1 &&
           X509_check_ca(*ret_certificate) > 0;
}

int certificate_make_server(const char *ca_key, const char *ca_certificate, const char *const *names,
                            size_t name_count, int days, Text *ret_key, Text *ret_certificate)
{
    CLEANUP(cleanup_key) EVP_PKEY *authority_key = NULL, *key = NULL;
    CLEANUP(cleanup_x509) X509 *authority = NULL, *certificate = NULL;
    CLEANUP(cleanup_text) Text alternatives = {0};

    if (!certificate_read(ca_key, ca_certificate, &authority_key, &authority))
        return CERTIFICATE_E_CA;
    if (X509_cmp_current_time(X509_get0_notAfter(authority)) <= 0)
        return CERTIFICATE_E_EXPIRED;
    key = EVP_EC_gen("P-256");
    certificate = key ? certificate_begin(names[0], authority, key, days) : NULL;
    if (!certificate)
        return error_origin(-ENOMEM);
    if (ASN1_TIME_compare(X509_get0_notAfter(certificate), X509_get0_notAfter(authority)) > 0)
        X509_set1_notAfter(certificate, X509_get0_notAfter(authority));
    certificate_alternatives(names, name_count, &alternatives);
    if (!certificate_extend(certificate, authority, NID_basic_constraints, "critical,CA:FALSE") ||
        !certificate_extend(certificate, authority, NID_key_usage, "critical,digitalSignature") ||
        !certificate_extend(certificate, authority, NID_ext_key_usage, "serverAuth") ||
        !certificate_extend(certificate, authority, NID_subject_alt_name, text_cstr(&alternatives)) ||
        !certificate_extend(certificate, authority, NID_authority_key_identifier, "keyid:always") ||
        X509_sign(certificate, authority_key, EVP_sha256()) <= 0 ||
        !certificate_print(key, certificate, ret_key, ret_certificate))
        return error_origin(-EINVAL);
    return 0;
}
