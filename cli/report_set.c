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

#include "build-config.h"
#include "cli/deliver.h"
#include "cli/set_index.h"
#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/progress.h"
#include "reports/render.h"
#include "reports/report_month.h"
#include "reports/report_period.h"

#define SET_FOLDER_MODE 0750
#define SET_FORMATS_MAX 8        // there are seven
#define SET_FILE_MAX (256 << 20) // bytes of a file that is read back to be compared: far beyond any report
#define SET_FORMAT_DEFAULT "xlsx"
#define SET_LEVELS_DEFAULT "county,township"

typedef struct Set {
    const ReportRequest *request;
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
    SetIndex before, index;
    size_t made, total;
} Set;

static void cleanup_set(Set *set)
{
    figures_set_deinit(&set->figures);
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
    const char *given = options_get(options, "level"), *list = given ? given : SET_LEVELS_DEFAULT;
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

bool report_set_check(const Options *options)
{
    static const char *const others[] = {"output", "changes"};
    Set set = {0};

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        if (options_has(options, others[i])) {
            fprintf(stderr, _("studyday: report: --out-dir and --%s do not go together\n"), others[i]);
            return false;
        }
    }
    return take_formats(options, &set) && take_levels(options, &set);
}

/// All figures of the set.
static int load(Store *store, Set *set)
{
    const ReportRequest *request = set->request;
    const ReportScope *scope = &request->scope;
    bool trend = options_has(request->options, "trend");
    int r;

    for (size_t i = 0; i < set->format_count; i++)
        trend = trend || set->formats[i]->charts;
    if (request->given == REPORT_TAKES_MONTH) {
        r = report_month_load(store, request->first, scope, &set->figures);
        if (r == 0 && trend)
            r = report_trend_load(store, request->first, scope->now, &set->figures, &set->trend);
        set->has_trend = r == 0 && trend;
    } else {
        r = figures_period(store, request->first, request->last, scope->now, &set->figures, set->months,
                           &set->month_count);
        r = r > 0 ? REPORT_E_FUTURE : r;
    }
    return r == 0 ? report_figures_org(&set->figures, scope->org, &set->top) : r;
}

static Report *make(const Set *set, int32_t org)
{
    const ReportRequest *request = set->request;

    if (request->given == REPORT_TAKES_MONTH)
        return report_month_make(request->first, &request->scope, &set->figures, org,
                                 set->has_trend ? &set->trend : NULL);
    return report_period_make(request, &set->figures, org, set->months, set->month_count);
}

/// "2026-11_month_LF-GY.xlsx": what a code may have beyond letters, digits and '-' as _XX, so that two codes
/// never get one name, whatever the file system makes of capitals and dots.
static char *file_name(const Set *set, const Report *report, const char *code, const Renderer *renderer)
{
    Text name = {0};

    text_appendf(&name, "%s_%s_", set->request->name, report->name);
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

static void digest_hex(const DigestPart *parts, size_t count, char ret_hex[static DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];

    digest_sha256(parts, count, digest);
    hex_encode(digest, sizeof(digest), ret_hex);
}

/// A digest of all that the report says, whatever the form makes of it. The moment of live figures is not in
/// it: the same figures an hour later need no new file.
static int figures_digest(const Report *report, const Renderer *renderer,
                          char ret_hex[static DIGEST_HEX_SIZE])
{
    static const RenderOptions options;
    CLEANUP(cleanup_text) Text all = {0};

    text_appendf(&all, "studyday " STUDYDAY_VERSION " %s %s\n%s\n", renderer->name, i18n_language(),
                 report->title);
    int r = render_json(report, &options, &all);
    for (size_t i = 0; i < report->note_count; i++)
        text_appendf(&all, "\n%s", report->notes[i].text);
    if (r < 0)
        return error_trace(r);
    digest_hex(&(DigestPart){all.data, all.size}, 1, ret_hex);
    return 0;
}

/// The digest of a file of ours; "" if it is not there.
static int file_digest(const char *path, char ret_hex[static DIGEST_HEX_SIZE])
{
    CLEANUP(cleanup_text) Text text = {0};

    ret_hex[0] = '\0';
    int r = file_read(path, SET_FILE_MAX, &text);
    if (r == FILE_E_MISSING)
        return 0;
    if (r != 0)
        return r < 0 ? error_trace(r) : error_origin(-EFBIG);
    digest_hex(&(DigestPart){text.data ? text.data : "", text.size}, 1, ret_hex);
    return 0;
}

static int fail(const char *path, int r)
{
    fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EIO || r == -ENOSPC || r == -EDQUOT || r == -EFBIG ? EX_IOERR : EX_CANTCREAT;
}

/// One file, unless it is there and true; the exit code.
static int deliver(Set *set, const Report *report, int32_t org, const Renderer *renderer)
{
    const OrgNode *node = &set->figures.tree.nodes[org];
    SetFile file = {.name = file_name(set, report, node->code, renderer),
                    .org = alloc_string(node->code),
                    .title = alloc_string(report->title),
                    .format = alloc_string(renderer->name)};
    const SetFile *known = set_index_find(&set->before, file.name);
    CLEANUP(cleanup_text) Text path = {0};
    char there[DIGEST_HEX_SIZE];
    int code = EX_OK;

    text_appendf(&path, "%s/%s", set->folder, file.name);
    int r = figures_digest(report, renderer, file.figures);
    if (r == 0)
        r = file_digest(text_cstr(&path), there);
    bool ours = r == 0 && known && strcmp(known->sha256, there) == 0;
    if (ours && strcmp(known->figures, file.figures) == 0) {
        memcpy(file.sha256, there, sizeof(file.sha256));
        set_index_add(&set->index, &file);
        return EX_OK;
    }
    if (r == 0)
        code = deliver_report(report, renderer, text_cstr(&path),
                              ours || options_has(set->request->options, "force"));
    if (r == 0 && code == EX_OK) {
        r = file_digest(text_cstr(&path), file.sha256);
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

static int deliver_all(Set *set)
{
    int32_t end = set->figures.tree.nodes[set->top].end;
    Progress progress;
    size_t done = 0;
    int code = EX_OK;

    for (int32_t org = set->top; org < end; org++)
        set->total += is_wanted(set, org) ? set->format_count : 0;
    progress_init(&progress, _("writing reports"), set->total);
    for (int32_t org = set->top; org < end && code == EX_OK && !set_stopped; org++) {
        if (!is_wanted(set, org))
            continue;
        CLEANUP(cleanup_report) Report *report = make(set, org);
        for (size_t i = 0; i < set->format_count && code == EX_OK && !set_stopped; i++) {
            code = deliver(set, report, org, set->formats[i]);
            progress_update(&progress, ++done);
        }
    }
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
    CLEANUP(cleanup_report) Report *report = make(set, set->top);
    CLEANUP(cleanup_text) Text heads = {0};

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
    int r = set_index_write(set->folder, &set->index, text_cstr(&heads), report->title);
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

int report_set_run(Store *store, const ReportRequest *request, int *ret_code)
{
    CLEANUP(cleanup_set) Set set = {.request = request, .folder = options_get(request->options, "out-dir")};

    if (!take_formats(request->options, &set) || !take_levels(request->options, &set)) {
        *ret_code = EX_USAGE; // has been checked
        return 0;
    }
    int r = store_begin(store);
    if (r < 0)
        return r;
    r = load(store, &set);
    store_rollback(store);
    if (r != 0)
        return r;
    *ret_code = prepare(&set);
    set_handle(set_on_signal);
    if (*ret_code == EX_OK)
        *ret_code = deliver_all(&set);
    if (*ret_code == EX_OK && set.index.count == set.total)
        *ret_code = finish(&set);
    else if (*ret_code == EX_OK)
        *ret_code = EX_TEMPFAIL;
    set_handle(SIG_DFL);
    if (*ret_code == EX_TEMPFAIL)
        fprintf(stderr, _("studyday: ended early: %zu of %zu files are there; the same command goes on\n"),
                set.index.count, set.total);
    if (*ret_code == EX_OK)
        printf(_("%zu files in %s, %zu of them new\n"), set.total, set.folder, set.made);
    return 0;
}
