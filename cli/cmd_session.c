// studyday session: plans sessions, alone or as a series, and shows what is planned. Lists are read here;
// what writes goes to the writer.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "core/base/i18n.h"
#include "core/model/session.h"
#include "core/store/store.h"
#include "office/office.h"
#include "reports/report_sessions.h"

static int explain(const Options *options, int r)
{
    switch (r) {
    case SESSIONS_LIST_E_UNKNOWN_ORG:
        fprintf(stderr, _("studyday: session: there is no organisation %s\n"), options_get(options, "org"));
        return EX_DATAERR;
    case SESSIONS_LIST_E_UNKNOWN_SESSION:
        fprintf(stderr, _("studyday: session: there is no session %s\n"), options->operands[1]);
        return EX_DATAERR;
    default:
        fprintf(stderr, _("studyday: session: the database cannot be read: %s\n"), strerror(-r));
        return EX_IOERR;
    }
}

// False after having said what is wrong (64).
static bool take_date(const Options *options, const char *name, Date *ret_date)
{
    const char *given = options_get(options, name);

    if (!given || date_parse(given, ret_date))
        return true;
    fprintf(stderr, _("studyday: session: --%s: %s: a date is YYYY-MM-DD, of a day that exists\n"), name,
            given);
    return false;
}

static bool take_filter(const Options *options, SessionsFilter *ret_filter)
{
    SessionsFilter filter = {.org = options_get(options, "org"),
                             .activity = options_get(options, "activity"),
                             .from = month_first_day(month_of_date(zone_date(clock_now()))),
                             .to = DATE_NONE,
                             .now = clock_now()};
    const char *kind = options_get(options, "kind");
    SessionKind parsed;

    if (!take_date(options, "from", &filter.from) || !take_date(options, "to", &filter.to))
        return false;
    if (kind && !session_kind_parse(kind, &parsed)) {
        fprintf(stderr, _("studyday: session: --kind: %s: there is no such kind\n"), kind);
        return false;
    }
    filter.kind = kind ? (int)parsed : -1;
    *ret_filter = filter;
    return true;
}

static int look(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    SessionsFilter filter = {0};
    bool one = options->operand_count == 2;
    int code = EX_OK;

    if (!renderer || !command_config(context, &code) || (!one && !take_filter(options, &filter)))
        return code == EX_OK ? EX_USAGE : code;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    int r = store_begin(store); // one moment for all
    if (r == 0)
        r = one ? report_session_plan(store, options->operands[1], clock_now(), &report)
                : report_sessions(store, &filter, &report);
    store_rollback(store);
    if (r != 0)
        return explain(options, r);
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_session_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_session_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: session: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if ((options.operand_count == 1 && strcmp(options.operands[0], "list") == 0) ||
        (options.operand_count == 2 && strcmp(options.operands[0], "show") == 0))
        return look(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_session = {
    .name = "session",
    .usage =
        N_("session add CODE --kind KIND --title TITLE --starts TIME --ends TIME --org ORG --minutes N "
           "[--points "
           "LIST] [--makeup-until DATE | --makeup-days N] [--activity CODE] [--organisers LIST] [--materials "
           "LIST] "
           "[--invite LIST] [--days N | --repeat RULE --until DATE|--times N [--weekend WORD]] [--why TEXT] "
           "[--dry-run]\n"
           "session change CODE… [--title TITLE] [--starts TIME] … [--why TEXT] [--dry-run]\n"
           "session cancel CODE… --why TEXT\n"
           "session invite CODE MEMBER… [--why TEXT] [--force]\n"
           "session uninvite CODE MEMBER… --why TEXT [--force]\n"
           "session list [--from DATE] [--to DATE] [--org ORG] [--kind KIND] [--activity CODE] [--format "
           "text|csv|json|jsonl]\n"
           "session show CODE [--format text|csv|json|jsonl]"),
    .summary = N_("plan sessions, alone or as a series; change, cancel, invite, list"),
    .options = office_session_options,
    .run = cmd_session_run,
};
