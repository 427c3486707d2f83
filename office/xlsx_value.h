#pragma once
// What a cell of a workbook says, as the text that a CSV file of the same sheet would have.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"

/// Whether a number format shows dates or times: one of the formats that every workbook has, or the code of
/// its own. (18, NULL) and (176, "yyyy\"年\"m\"月\"d\"日\"") do.
bool xlsx_value_is_date(long long format, const char *code);
/// Appends a number as it stands in the file. Dates become YYYY-MM-DD, YYYY-MM-DD HH:MM[:SS] or HH:MM[:SS];
/// `from_1904`: days count from 1904. NULL if fine, otherwise why not, N_().
const char *xlsx_value_number(const char *number, bool is_date, bool from_1904, Text *text);
/// Appends an ISO 8601 date of a cell that has the type "d" in the same forms.
void xlsx_value_iso(const char *value, Text *text);
/// Appends text, in which _xHHHH_ stands for a character that XML cannot hold.
void xlsx_value_text(const char *value, size_t size, Text *text);
