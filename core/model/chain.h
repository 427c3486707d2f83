#pragma once
// The hash chain of a stream (studyday-protocol(7), receipt): chain(0) = SHA-256("studyday/1" LF terminal LF
// epoch), chain(n) = SHA-256(chain(n-1) || canonical(n)). Pure bytes.
#include "core/base/digest.h"

void chain_start(const char *terminal, const char *epoch, uint8_t ret_chain[static DIGEST_SIZE]);
/// chain = SHA-256(chain || canonical)
void chain_advance(uint8_t chain[static DIGEST_SIZE], const void *canonical, size_t size);
