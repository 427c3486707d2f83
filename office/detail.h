#pragma once
// What an entry of the audit log says was and is: two objects of canonical JSON, built key by key (in byte
// order, which is the caller's to keep).
#include <stdint.h>

#include "core/base/text.h"
#include "office/operation.h"

void detail_text(Text *object, const char *key, const char *value); // NULL: null
void detail_number(Text *object, const char *key, int64_t value);
void detail_bool(Text *object, const char *key, bool value);
/// `json` is a value already.
void detail_json(Text *object, const char *key, const char *json);

/// An entry with what was (`before`) and what is (`after`); an object without a key is null.
int detail_audit(Office *office, const char *action, const char *subject, const char *why, const Text *before,
                 const Text *after);
/// The two as one text, for who writes an entry without an Office.
void detail_join(const Text *before, const Text *after, Text *ret_detail);
