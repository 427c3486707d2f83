// The database is read once, in one snapshot, before the first file is made: what a hundred files say is of
// one moment, and nobody else waits while they are drawn. A file is made again only if what it would say has
// changed, or if it is not what the index says; so a run that was ended early goes on where it was, and the
// set of a closed month stays as it is, byte for byte.
#include "cli/report_set.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "cli/deliver.h"
#include "cli/set_digest.h"
#include "cli/set_index.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/progress.h"
#include "reports/explain_pages.h"
#include "reports/render.h"
#include "reports/report_grading.h"
#include "reports/report_month.h"
#include "reports/report_period.h"

#define SET_FOLDER_MODE 0750
#define SET_FORMATS_MAX 8     // there are seven
#define SET_PENDING "pending" // in place of the digest of a file that is being written
#define SET_FORMAT_DEFAULT "xlsx"
#define SET_LEVELS_DEFAULT "county,township"

typedef struct Set {
    Store *store;
    ReportBuild *build;
    const ReportRequest *request;
    bool is_grading; // made one by one, of the tree in `figures`
    const char *folder;
    const Renderer *formats[SET_FORMATS_MAX];
    size_t format_count;
    unsigned levels; // bits of OrgLevel
    FiguresSet figures;
    Trend trend;
    bool has_trend;
    PeriodMonth months[PERIOD_MONTHS_MAX];
    size_t month_count;
    int32_t top;
    ExplainPages *pages; // NULL: not asked for
    SetIndex before, index;
    size_t made, total;
} Set;

static void cleanup_set(Set *set)
{
    figures_set_deinit(&set->figures);
    explain_pages_close(set->pages);
    if (set->has_trend)
        report_trend_deinit(&set->trend);
    set_index_deinit(&set->before);
    set_index_deinit(&set->index);
}

static volatile sig_atomic_t set_stopped;

static void set_on_signal(int signal)
{
    (void)signal;
    set_stopped = 1;
}

static void set_handle(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        sigaction(signals[i], &action, NULL);
}

/// The next word of a list with commas, or false at its end; `*list` moves behind it.
static bool next_word(const char **list, char ret_word[static 32])
{
    size_t size = strcspn(*list, ",");

    if (**list == '\0')
        return false;
    snprintf(ret_word, 32, "%.*s", (int)size, *list);
    *list += size;
    *list += **list == ',';
    return true;
}

static bool take_formats(const Options *options, Set *set)
{
    const char *given = options_get(options, "format"), *list = given ? given : SET_FORMAT_DEFAULT;
    char word[32];

    while (next_word(&list, word)) {
        const Renderer *renderer = render_find(word);
        for (size_t i = 0; i < set->format_count; i++)
            if (set->formats[i] == renderer)
                renderer = NULL; // twice
        if (!renderer || set->format_count == SET_FORMATS_MAX) {
            CLEANUP(cleanup_text) Text names = {0};
            render_append_names(&names);
            fprintf(stderr,
                    _("studyday: report: --format %s: with --out-dir some of %s, separated by commas\n"),
                    given ? given : "", text_cstr(&names));
            return false;
        }
        set->formats[set->format_count++] = renderer;
    }
    return set->format_count > 0;
}

static bool take_levels(const Options *options, Set *set)
{
    // Of a grading it says which organisations are ranked.
    const char *given = set->is_grading ? NULL : options_get(options, "level");
    const char *list = given ? given : SET_LEVELS_DEFAULT;
    char word[32];
    OrgLevel level;

    while (next_word(&list, word)) {
        if (!org_level_parse(word, &level)) {
            fprintf(stderr,
                    _("studyday: report: --level %s: some of city, county, township, general-branch, branch, "
                      "group, separated by commas\n"),
                    given);
            return false;
        }
        set->levels |= 1u << level;
    }
    return true;
}

static bool has_html(const Set *set)
{
    for (size_t i = 0; i < set->format_count; i++)
        if (set->formats[i] == render_find("html"))
            return true;
    return false;
}

bool report_set_check(const ReportKind *kind, const Options *options)
{
    static const char *const others[] = {"output", "changes"};
    Set set = {.is_grading = kind->build == report_grading};

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        if (options_has(options, others[i])) {
            fprintf(stderr, _("studyday: report: --out-dir and --%s do not go together\n"), others[i]);
            return false;
        }
    }
    if (!take_formats(options, &set) || !take_levels(options, &set))
        return false;
    if (options_has(options, "explain") && !has_html(&set)) {
        fputs(_("studyday: report: --explain is linked from html: it needs --format html\n"), stderr);
        return false;
    }
    return true;
}

/// Who stands behind the figures, and where each of these leads to.
static int load_pages(Set *set)
{
    const ReportScope *scope = &set->request->scope;
    ExplainPagesScope behind = {.month = set->request->first,
                                .now = scope->now,
                                .org = set->figures.tree.nodes[set->top].code,
                                .levels = set->levels,
                                .depth = scope->depth};

    return error_trace(explain_pages_open(set->store, &behind, &set->pages));
}

/// All figures of the set; of a grading, whose figures come with each, the tree.
static int load(Store *store, Set *set)
{
    const ReportRequest *request = set->request;
    const ReportScope *scope = &request->scope;
    bool trend = options_has(request->options, "trend");
    int r;

    for (size_t i = 0; i < set->format_count; i++)
        trend = trend || set->formats[i]->charts;
    if (set->is_grading) {
        Month now = month_of_date(zone_date(scope->now)), last = request->last < now ? request->last : now;
        r = request->first > now ? REPORT_E_FUTURE
                                 : org_tree_load_span(store, month_first_day(request->first),
                                                      month_last_day(last), &set->figures.tree);
    } else if (request->given == REPORT_TAKES_MONTH) {
        r = report_month_load(store, request->first, scope, &set->figures);
        if (r == 0 && trend)
            r = report_trend_load(store, request->first, scope->now, &set->figures, &set->trend);
        set->has_trend = r == 0 && trend;
    } else {
        r = figures_period(store, request->first, request->last, scope->now, &set->figures, set->months,
                           &set->month_count);
        r = r > 0 ? REPORT_E_FUTURE : r;
    }
    if (r == 0)
        r = report_figures_org(&set->figures, scope->org, &set->top);
    return r == 0 && options_has(request->options, "explain") ? load_pages(set) : r;
}

/// REPORT_E_NO_LEVEL: nothing to rank below this one.
static int make(const Set *set, int32_t org, Report **ret_report)
{
    ReportRequest request = *set->request;

    if (set->is_grading) {
        request.scope.org = set->figures.tree.nodes[org].code;
        return set->build(set->store, &request, ret_report);
    }
    if (request.given == REPORT_TAKES_MONTH)
        *ret_report = report_month_make(request.first, &request.scope, &set->figures, org,
                                        set->has_trend ? &set->trend : NULL);
    else
        *ret_report = report_period_make(&request, &set->figures, org, set->months, set->month_count);
    return 0;
}

/// "2026-11_month_LF-GY.xlsx": what a code may have beyond letters, digits and '-' as _XX, so that two codes
/// never get one name, whatever the file system makes of capitals and dots.
static char *file_name(const Set *set, const char *report, const char *code, const Renderer *renderer)
{
    Text name = {0};

    text_appendf(&name, "%s_%s_", set->request->name, report);
    for (const char *at = code; *at; at++) {
        if ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
            *at == '-')
            text_append_char(&name, *at);
        else
            text_appendf(&name, "_%02X", (unsigned char)*at);
    }
    text_appendf(&name, ".%s", strcmp(renderer->name, "text") == 0 ? "txt" : renderer->name);
    return text_take(&name);
}

static int fail(const char *path, int r)
{
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EIO || r == -ENOSPC || r == -EDQUOT || r == -EFBIG ? EX_IOERR : EX_CANTCREAT;
}

/// One file, unless it is there and true; the exit code.
static int deliver(Set *set, const Report *report, const char *org, const Renderer *renderer)
{
    SetFile file = {.name = file_name(set, report->name, org, renderer),
                    .org = alloc_string(org),
                    .title = alloc_string(report->title),
                    .format = alloc_string(renderer->name),
                    .behind = strcmp(report->name, "explain") == 0};
    const SetFile *known = set_index_find(&set->before, file.name);
    CLEANUP(cleanup_text) Text path = {0};
    char there[DIGEST_HEX_SIZE];
    int code = EX_OK;

    text_appendf(&path, "%s/%s", set->folder, file.name);
    int r = set_digest_figures(report, renderer, file.figures);
    if (r == 0)
        r = set_digest_file(text_cstr(&path), there);
    bool pending = known && strcmp(known->sha256, SET_PENDING) == 0;
    bool ours = r == 0 && known && (pending || strcmp(known->sha256, there) == 0);
    if (ours && !pending && strcmp(known->figures, file.figures) == 0) {
        memcpy(file.sha256, there, sizeof(file.sha256));
        set_index_add(&set->index, &file);
        return EX_OK;
    }
    if (r == 0 && (ours || there[0] == '\0')) { // killed before it is noted, it is known to be ours
        snprintf(file.sha256, sizeof(file.sha256), "%s", SET_PENDING);
        r = set_index_note(set->folder, &file);
    }
    if (r == 0)
        code = deliver_report(report, renderer, text_cstr(&path),
                              ours || options_has(set->request->options, "force"));
    if (r == 0 && code == EX_OK) {
        r = set_digest_file(text_cstr(&path), file.sha256);
        if (r == 0)
            r = set_index_note(set->folder, &file);
        set->made++;
    }
    if (r < 0)
        code = fail(text_cstr(&path), r);
    if (code == EX_OK)
        set_index_add(&set->index, &file);
    set_file_deinit(&file);
    return code;
}

static bool is_wanted(const Set *set, int32_t org)
{
    return org == set->top || set->levels & 1u << set->figures.tree.nodes[org].level;
}

/// A count leads to the page of its organisation, and there to the rows that it counts.
static void link_figure(const void *user, const ReportRow *row, const ReportColumn *column, Text *address)
{
    const Set *set = user;
    const char *org = row->cells[0].text; // the code, in each report of figures
    size_t place = (size_t)(column - report_figures_columns);

    if (!explain_pages_tell(column->key) || row->cells[place].number <= 0 || !org ||
        !explain_pages_has(set->pages, org))
        return;
    CLEANUP(cleanup_free) char *name = file_name(set, "explain", org, render_find("html"));
    text_appendf(address, "%s#%s", name, column->key);
}

static int deliver_pages(Set *set, Progress *progress, size_t *done)
{
    int code = EX_OK;

    for (size_t i = 0; set->pages && i < explain_pages_count(set->pages) && code == EX_OK && !set_stopped;
         i++) {
        CLEANUP(cleanup_report) Report *page = NULL;
        const char *org;
        int r = explain_pages_make(set->pages, i, &org, &page);
        code = r < 0 ? fail(set->folder, r) : deliver(set, page, org, render_find("html"));
        progress_update(progress, ++*done);
    }
    return code;
}

static int deliver_org(Set *set, int32_t org, Progress *progress, size_t *done)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    bool nothing_below = set->figures.tree.nodes[org].end == org + 1;
    int r = make(set, org, &report), code = EX_OK;

    if (set->is_grading && org != set->top && (nothing_below || r == REPORT_E_NO_LEVEL)) {
        set->total -= set->format_count;
        return EX_OK;
    }
    if (r != 0)
        return fail(set->folder, r < 0 ? r : -EUCLEAN); // asked for before
    if (set->pages)
        report->links = (ReportLinks){link_figure, set};
    for (size_t i = 0; i < set->format_count && code == EX_OK && !set_stopped; i++) {
        code = deliver(set, report, set->figures.tree.nodes[org].code, set->formats[i]);
        progress_update(progress, ++*done);
    }
    return code;
}

static int deliver_all(Set *set)
{
    int32_t end = set->figures.tree.nodes[set->top].end;
    Progress progress;
    size_t done = 0;

    set->total = set->pages ? explain_pages_count(set->pages) : 0;
    for (int32_t org = set->top; org < end; org++)
        set->total += is_wanted(set, org) ? set->format_count : 0;
    progress_init(&progress, _("writing reports"), set->total);
    int code = deliver_pages(set, &progress, &done); // before what leads to them
    for (int32_t org = set->top; org < end && code == EX_OK && !set_stopped; org++)
        if (is_wanted(set, org))
            code = deliver_org(set, org, &progress, &done);
    progress_deinit(&progress);
    return code;
}

static void append_text(const char *value, Text *heads)
{
    text_append_char(heads, ':');
    if (value)
        text_append_json(heads, value, strlen(value));
    else
        text_append(heads, "null");
    text_append_char(heads, ',');
}

/// What the set is of, as the reports say it.
static int finish(const Set *set)
{
    CLEANUP(cleanup_report) Report *report = NULL;
    CLEANUP(cleanup_text) Text heads = {0};
    int r = make(set, set->top, &report);

    if (r != 0)
        return fail(set->folder, r < 0 ? r : -EUCLEAN);
    for (size_t i = 0; i < report->head_count; i++) {
        const ReportHead *head = &report->heads[i];
        text_append_json(&heads, head->key, strlen(head->key));
        if (head->is_bool)
            text_appendf(&heads, ":%s,", head->cell.number ? "true" : "false");
        else if (head->type != REPORT_TEXT)
            text_appendf(&heads, ":%lld,", (long long)head->cell.number);
        else
            append_text(head->cell.text, &heads);
    }
    r = set_index_write(set->folder, &set->index, text_cstr(&heads), report->title);
    return r < 0 ? fail(set->folder, r) : EX_OK;
}

static int prepare(Set *set)
{
    struct stat status;

    if (mkdir(set->folder, SET_FOLDER_MODE) < 0 && errno != EEXIST)
        return fail(set->folder, -errno);
    if (stat(set->folder, &status) < 0 || !S_ISDIR(status.st_mode))
        return fail(set->folder, -ENOTDIR);
    int r = set_index_read(set->folder, &set->before);
    return r < 0 ? fail(set->folder, r) : EX_OK;
}

/// Files, once all is known; the exit code.
static int write_set(Set *set)
{
    int code = prepare(set);

    set_handle(set_on_signal);
    if (code == EX_OK)
        code = deliver_all(set);
    if (code == EX_OK && set->index.count == set->total)
        code = finish(set);
    else if (code == EX_OK)
        code = EX_TEMPFAIL;
    set_handle(SIG_DFL);
    if (code == EX_TEMPFAIL)
        fprintf(stderr, _("studyday: ended early: %zu of %zu files are there; the same command goes on\n"),
                set->index.count, set->total);
    if (code == EX_OK)
        printf(_("%zu files in %s, %zu of them new\n"), set->total, set->folder, set->made);
    return code;
}

/// What may still refuse a grading: its rule, and whether there is anything to rank.
static int check_grading(const Set *set)
{
    CLEANUP(cleanup_report) Report *report = NULL;

    return set->is_grading ? make(set, set->top, &report) : 0;
}

int report_set_run(Store *store, const ReportKind *kind, const ReportRequest *request, int *ret_code)
{
    CLEANUP(cleanup_set)
    Set set = {.store = store,
               .build = kind->build,
               .request = request,
               .is_grading = kind->build == report_grading,
               .folder = options_get(request->options, "out-dir")};

    if (!take_formats(request->options, &set) || !take_levels(request->options, &set)) {
        *ret_code = EX_USAGE; // has been checked
        return 0;
    }
    int r = store_begin(store);
    if (r < 0)
        return r;
    r = load(store, &set);
    if (r == 0)
        r = check_grading(&set);
    bool reads_on = r == 0 && (set.pages || set.is_grading); // while it writes
    if (!reads_on)
        store_rollback(store);
    if (r != 0)
        return r;
    *ret_code = write_set(&set);
    if (reads_on)
        store_rollback(store);
    return 0;
}
