#pragma once
// A small certificate authority of a site: ECDSA on P-256, the authority for ten years, the broker's
// certificate for about one. Everything is PEM.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"

#define CERTIFICATE_NAMES_MAX 16 // names of one broker: a few hosts and addresses
#define CERTIFICATE_CA_DAYS 3652
#define CERTIFICATE_SERVER_DAYS 397 // what clients elsewhere accept at most

/// A new authority: its key and its certificate. `name` is what people see of it.
int certificate_make_ca(const char *name, Text *ret_key, Text *ret_certificate);
enum { CERTIFICATE_E_CA = 1, CERTIFICATE_E_EXPIRED };
/// A new key and a certificate for a server that is reached by these names and addresses (at least one),
/// signed by the authority. CERTIFICATE_E_CA: its texts are no key and certificate that go together.
/// CERTIFICATE_E_EXPIRED: the authority's time is over.
int certificate_make_server(const char *ca_key, const char *ca_certificate, const char *const *names,
                            size_t name_count, int days, Text *ret_key, Text *ret_certificate);
