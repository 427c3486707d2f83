#pragma once
// All that is stored about one member, for the member: a document of several reports.
#include "core/base/text.h"
#include "core/store/store.h"

enum { PERSON_EXPORT_E_UNKNOWN = 1 };
/// Appends one JSON document, or (`json` false) the same for reading. The caller holds a transaction.
int person_export(Store *store, const char *member, Time now, bool json, Text *ret_text);
