#pragma once
// What was said to a scan ("OK EPOCH:SEQ", "REFUSED reason"), in the organiser's words and language. Pipes
// and scripts get the reply itself; this is for the live view.
#include <stdbool.h>

#include "core/base/text.h"

/// Appends the reply's meaning; what is no reply is appended as it is. True if the scan was refused.
bool reply_explain(const char *reply, Text *text);
