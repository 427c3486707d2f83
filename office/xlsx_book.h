#pragma once
// What a workbook says about itself: where its first sheet and its texts lie, which styles show dates, from
// when its days count.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XLSX_STYLES_MAX 65536                      // a spreadsheet allows 64,000
#define XLSX_STRINGS_MAX ((size_t)4 * 1024 * 1024) // texts of a workbook; a city's members have 600,000
#define XLSX_TEXTS_MAX ((size_t)128 * 1024 * 1024) // bytes of all of them

typedef struct XlsxBook {
    char *sheet, *strings, *styles; // names of parts; the latter two NULL where there are none
    bool from_1904;
    bool *is_date; // by style
    size_t style_count;
    char *texts;       // one after the other
    uint32_t *offsets; // string_count + 1 of them
    size_t string_count;
} XlsxBook;

/// Reads all but the sheet itself. XLSX_E_REFUSED, negative errno.
int xlsx_book_open(int fd, XlsxBook *ret_book, const char **ret_reason);
void xlsx_book_close(XlsxBook *book);
/// The shared texts, part of the above (xlsx_strings.c).
int xlsx_strings_read(int fd, XlsxBook *book, const char **ret_reason);
