// A report with one row at a time: the builder fills it as it would fill any, it is seen, and goes.
#include "reports/list_rows.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/error.h"

typedef struct ListRows {
    void *list;
    size_t count;
    ListFill *fill;
    void (*list_free)(void *list);
} ListRows;

static int rows_each(void *from, const Report *report, ReportSee *see, void *user)
{
    const ListRows *rows = from;
    Report one = {
        .columns = report->columns, .column_count = report->column_count, .unknown = report->unknown};
    int r = 0;

    for (size_t i = 0; i < rows->count && r == 0; i++) {
        r = error_trace(rows->fill(rows->list, i, &one));
        if (r == 0)
            r = see(user, &one.rows[0]);
        report_drop_rows(&one);
    }
    return r;
}

static void rows_free(void *from)
{
    ListRows *rows = from;

    rows->list_free(rows->list);
    free(rows);
}

void list_rows_from(Report *report, void *list, size_t count, ListFill *fill, void (*list_free)(void *list))
{
    ListRows *rows = alloc_zero(sizeof(*rows));

    *rows = (ListRows){list, count, fill, list_free};
    report->source = (ReportSource){rows_each, rows, rows_free};
}
