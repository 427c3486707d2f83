#pragma once
// A CSV file, or the first sheet of a workbook (.xlsx), as rows of cells in UTF-8. Streamed: one row is in
// memory at a time, and of a workbook its shared texts.
#include <stddef.h>
#include <stdint.h>

#define SHEET_CELLS_MAX 64                  // columns a file may have; the widest kind has eleven
#define SHEET_ROW_MAX ((size_t)1024 * 1024) // bytes of a row: the list of all points of a city takes 240 KB

typedef struct SheetRow {
    uint64_t line; // on which the row begins, or its number in the sheet, from 1
    size_t count;
    const char *cells[SHEET_CELLS_MAX]; // NUL-terminated, blanks around unquoted ones taken off
    size_t sizes[SHEET_CELLS_MAX];
} SheetRow;

typedef struct SheetProblem {
    uint64_t line;      // 0: the file as a whole
    const char *reason; // N_()
} SheetProblem;

enum { SHEET_E_REFUSED = 1 };

/// Reads the regular file `fd` from its beginning and calls `each` for every row that has anything in it; a
/// negative return of `each` stops and is returned. SHEET_E_REFUSED when it cannot be read as either:
/// `ret_problem` says where and why.
int sheet_read(int fd, int (*each)(void *user, const SheetRow *row), void *user, SheetProblem *ret_problem);
