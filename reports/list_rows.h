#pragma once
// Rows of a list of members made one by one while they are written, from a few bytes kept of each: a city has
// hundreds of thousands, whose names nobody has to hold at once.
#include "reports/report.h"

/// Adds the row of an item to `into`; 0 or negative errno. Called in order, from the first item on, as often
/// as the rows are gone through: always while the transaction of the builder lasts.
typedef int ListFill(const void *list, size_t item, Report *into);

/// The rows of `report` come from `list`, which is taken over and freed with it by `list_free`.
void list_rows_from(Report *report, void *list, size_t count, ListFill *fill, void (*list_free)(void *list));
