#pragma once
// The first sheet of a workbook (.xlsx) as rows of cells.
#include <stdbool.h>

#include "office/sheet.h"

/// Whether the file begins as an archive does, which is what a workbook is.
bool sheet_xlsx_is(int fd);
/// As sheet_read(), of a workbook. A row's line is its number in the sheet.
int sheet_xlsx_read(int fd, int (*each)(void *user, const SheetRow *row), void *user,
                    SheetProblem *ret_problem);
