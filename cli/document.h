#pragma once
// A JSON document for people: one value a line, indented by depth.
#include "core/base/text.h"

typedef struct DocumentTitle {
    const char *key;
    const char *title; // N_()
} DocumentTitle;

/// Appends what `json` (a document that one of our programs wrote) says. Keys that `titles` (ends with key
/// NULL) knows are shown by their title, the others as they are.
void document_append(const char *json, const DocumentTitle *titles, Text *text);
