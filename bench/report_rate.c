// How long a month's report and a member's record take inside the process, on the database of a site: the
// best and the median of some rounds, after one that warms the caches as a running portal or a set of reports
// has them. The month without sheets and with them (core/store/sheet.h), and what it costs to make them: the
// database is written to, as a collector would in a quiet minute.
//
//   report-rate DATABASE YYYY-MM MEMBER [ROUNDS]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "core/base/program.h"
#include "core/store/credit.h"
#include "core/store/sheet.h"
#include "reports/record.h"
#include "reports/render.h"
#include "reports/report_month.h"

#define ROUNDS_DEFAULT 20

typedef struct Bench {
    Store *store;
    Month month;
    const char *member;
    Time now;
} Bench;

static int whole_month(const Bench *bench, Report **ret_report)
{
    ReportScope scope = {.depth = REPORT_DEPTH_MAX, .now = bench->now};

    return report_month(bench->store, bench->month, &scope, ret_report);
}

static int one_record(const Bench *bench, Report **ret_report)
{
    int year, month, day;

    date_to_civil(month_first_day(bench->month), &year, &month, &day);
    return record_report(bench->store, bench->member, year, bench->now, ret_report);
}

static int compare(const void *a, const void *b)
{
    const Time *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static int measure(const char *name, const Bench *bench, int (*make)(const Bench *, Report **), int rounds)
{
    CLEANUP(cleanup_free) Time *times = alloc_zero((size_t)rounds * sizeof(*times));
    size_t rows = 0;

    for (int i = -1; i < rounds; i++) {
        CLEANUP(cleanup_report) Report *report = NULL;
        Time start = clock_monotonic();
        int r = make(bench, &report);
        if (r != 0) {
            fprintf(stderr, "%s: outcome %d\n", name, r);
            return EX_DATAERR;
        }
        if (i >= 0)
            times[i] = clock_monotonic() - start;
        rows = report->row_count;
    }
    qsort(times, (size_t)rounds, sizeof(*times), compare);
    printf("%-12s %8zu rows  best %8.3f ms  median %8.3f ms\n", name, rows, (double)times[0] / 1000.0,
           (double)times[rounds / 2] / 1000.0);
    return EX_OK;
}

static double cpu_milliseconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/// What is due at the month's end: the credit of its days, and one sheet after the other.
static int make_sheets(const char *path, Month month)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    Time end = zone_day_start(month_last_day(month) + 1) - 1;
    double longest = 0, all = 0;
    int r = store_open(path, STORE_WRITE, &store);

    for (bool more = true; more && r == 0;)
        r = credit_add_due(store, end + CREDIT_DELAY, CREDIT_PIECE, &more);
    for (bool more = true; more && r == 0;) {
        double before = cpu_milliseconds();
        r = sheet_make_due(store, end, SHEET_PIECE, &more);
        double piece = cpu_milliseconds() - before;
        all += piece;
        longest = piece > longest ? piece : longest;
    }
    printf("sheets       made in %.0f ms of processor time, the longest piece %.1f ms\n", all, longest);
    return r == 0 ? EX_OK : EX_DATAERR;
}

int main(int argc, char **argv)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    Bench bench = {.now = clock_now()};
    int rounds = argc > 4 ? atoi(argv[4]) : ROUNDS_DEFAULT;

    if (argc < 4 || rounds < 1 || !month_parse(argv[2], &bench.month)) {
        fputs("usage: report-rate DATABASE YYYY-MM MEMBER [ROUNDS]\n", stderr);
        return EX_USAGE;
    }
    digest_init();
    zone_set("Asia/Shanghai");
    if (store_open(argv[1], STORE_READ, &store) != 0)
        return EX_NOINPUT;
    bench.store = store;
    bench.member = argv[3];
    int code = measure("month, walk", &bench, whole_month, rounds);
    if (code == EX_OK)
        code = make_sheets(argv[1], bench.month);
    if (code == EX_OK)
        code = measure("month", &bench, whole_month, rounds);
    return code == EX_OK ? measure("record", &bench, one_record, rounds) : code;
}
