// studyday verify: proves that the database is whole: SQLite's own check, every chain from its start through
// all that was noted of it apart, every total against its attendance rows and, where nothing was found so
// far, those against the events. Exit 1 when something was found. It asks no writer for anything: it shows
// what lies there, also a database that no writer would go on with.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/listing.h"
#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/store/heads_day.h"

static const ProgramOption verify_options[] = {
    {"head", 0, "HEAD",
     N_("also that it still holds this head, as `studyday head` printed it, or a file with it")},
    {"format", 'f', "FORMAT", N_("text, csv, json or jsonl (default: text)")},
    {0},
};

#define VERIFY_FILE_MAX ((size_t)64 * 1024 * 1024) // of a head: every chain takes 150 bytes

// What was signed off: a head as it was printed, or a file of heads.
typedef struct SignedHead {
    const char *file; // NULL: a printed one
    Date date;
    char code[HEADS_DAY_CODE_SIZE];
} SignedHead;

static int signed_head(const char *given, SignedHead *ret_head)
{
    CLEANUP(cleanup_text) Text text = {0};
    SignedHead head = {0};

    if (!heads_day_find(given, &head.date, head.code)) {
        int r = file_read(given, VERIFY_FILE_MAX, &text);
        if (r != 0) {
            fprintf(
                stderr,
                _("studyday: verify: --head %s: neither a head, such as 2026-11-05:1f0c-…, nor a file that "
                  "can be read\n"),
                given);
            return EX_NOINPUT;
        }
        if (strncmp(text_cstr(&text), "studyday-heads/", strlen("studyday-heads/")) == 0) {
            head.file = given;
        } else if (!heads_day_find(text_cstr(&text), &head.date, head.code)) {
            fprintf(stderr, _("studyday: verify: --head %s: there is no head in this file\n"), given);
            return EX_DATAERR;
        }
    }
    *ret_head = head;
    return EX_OK;
}

static int verify_day(Store *store, const SignedHead *head, Report *report, VerifySummary *summary)
{
    char code[HEADS_DAY_CODE_SIZE], detail[3 * HEADS_DAY_CODE_SIZE];
    HeadsDay day;
    int r = heads_day(store, head->date, &day, NULL);

    if (r < 0)
        return r;
    heads_day_code(&day, code);
    if (strcmp(code, head->code) == 0)
        return 0;
    snprintf(detail, sizeof(detail), "signed off as %s, and now it is %s", head->code, code);
    findings_add(report, &(VerifyFinding){.what = "head", .detail = detail});
    summary->findings++;
    return 0;
}

static int verify_all(Store *store, const ConfigSite *config, const SignedHead *head, Report *report,
                      VerifySummary *ret_summary)
{
    VerifySummary saved = {0}, rebuilt = {0};
    int r = verify_store_heads(store, config->heads, findings_add, report, ret_summary);

    if (r == 0 && *head->code)
        r = verify_day(store, head, report, ret_summary);
    if (r == 0 && head->file && ret_summary->findings == 0) { // else it would all be said again
        r = verify_store_saved(store, head->file, findings_add, report, &saved);
        ret_summary->findings += saved.findings;
    }
    if (r == 0 &&
        ret_summary->findings == 0) { // the rows that totals were added up from: do they follow as well?
        r = recompute_diff(store, clock_now(), findings_add, report, &rebuilt);
        ret_summary->findings += rebuilt.findings;
    }
    return r;
}

static Store *verify_open(const ConfigSite *config, int *ret_exit)
{
    CLEANUP(cleanup_text) Text why = {0};
    Store *store = NULL;
    int r = store_open(config->database, STORE_READ, &store);

    if (r == 0)
        return store;
    *ret_exit = writer_explain(config, r, &why);
    fputs(text_cstr(&why), stderr);
    return NULL;
}

static int cmd_verify_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    VerifySummary summary = {0};
    SignedHead head = {0};
    Options options;
    int code = EX_OK;

    if (!options_parse(verify_options, argc, argv, &options, &problem) || options.operand_count > 0) {
        fprintf(stderr, "studyday: verify: %s\n",
                problem.size > 0 ? text_cstr(&problem)
                                 : _("takes options only; see `studyday verify --help`"));
        return EX_USAGE;
    }
    const Renderer *renderer = listing_format(&options);
    if (!renderer)
        return EX_USAGE;
    if (options_has(&options, "head"))
        code = signed_head(options_get(&options, "head"), &head);
    if (code != EX_OK)
        return code;
    const ConfigSite *config = command_config(context, &code);
    if (config)
        store = verify_open(config, &code);
    if (!store)
        return code;
    report = findings_new("verify", _("Verification of the database"));
    int r = verify_all(store, config, &head, report, &summary);
    if (r != 0) {
        fprintf(stderr, _("studyday: verify: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
    code = findings_finish(report, &summary);
    listing_print(report, renderer);
    return code;
}

const Command cmd_verify = {
    .name = "verify",
    .usage = N_("verify [--head HEAD] [--format text|csv|json|jsonl]"),
    .summary = N_("prove the chains, the keys and the totals of the database"),
    .options = verify_options,
    .run = cmd_verify_run,
};
