#pragma once
// Links to materials, as an office writes them down: addresses of pages, never followed here.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"

#define LINK_SIZE_MAX 500 // bytes of one link

/// Takes a list separated by ';' (or the full-width one) apart and appends its links to `ret_links`,
/// separated by one blank. NULL if fine, otherwise why not, N_().
const char *links_parse(const char *list, Text *ret_links);
