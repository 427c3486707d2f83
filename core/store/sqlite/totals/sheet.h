#pragma once
// Sheets within the store: reading them, and dropping what no longer holds.
#include "core/store/sheet.h"
#include "core/store/sqlite/queries/month_members.h"
#include "core/store/sqlite/totals/totals.h"

#define SHEET_OF_ANY_MONTH INT32_MAX // Store.sheets_until: what the database holds is not known
#define SHEET_FROM_ALL INT32_MIN

typedef struct SheetWork SheetWork;
SheetWork *sheet_work_free(SheetWork *work);

/// The members of a month by home: 1 with the table filled in, 0 without a sheet that holds.
int sheet_read_month(Store *store, Month month, MemberSumTable *ret_table);
/// What is credited in `month`, or a fact of the roster or of the rules from it on, changes in this
/// transaction: sheets of this month and of later ones hold no longer. Costs a comparison once they are gone.
int sheet_touch(Store *store, Month month);
/// Compares each sheet with what it was made of.
int sheet_compare(Store *store, TotalsFound *found, void *user);
