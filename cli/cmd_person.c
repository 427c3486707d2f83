// studyday person: what is stored about one member, put right, taken out, and who has looked at it.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/noted.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/store/query.h"
#include "core/store/reading.h"
#include "office/office.h"
#include "reports/person.h"

#define EXPORT_MODE 0600 // one person's data, for that person

static int unknown(const char *member, int r)
{
    if (r > 0) {
        fprintf(stderr, _("studyday: person: there is no member %s\n"), member);
        return EX_DATAERR;
    }
    fprintf(stderr, _("studyday: person: the database cannot be read: %s\n"), strerror(-r));
    return EX_IOERR;
}

static int write_file(const char *path, const Text *text, bool force)
{
    int r = file_write_atomic(path, text_cstr(text), text->size, EXPORT_MODE, force);

    if (r == 0)
        return EX_OK;
    if (r == -EEXIST)
        fprintf(stderr, _("studyday: %s: exists already; --force writes over it\n"), path);
    else
        fprintf(stderr, "studyday: %s: %s\n", path, strerror(-r));
    return r == -EIO || r == -ENOSPC || r == -EDQUOT ? EX_IOERR : EX_CANTCREAT;
}

static int person_export_run(CommandContext *context, const Options *options)
{
    const char *member = options->operands[1], *format = options_get(options, "format");
    const char *path = options_get(options, "output");
    bool json = format && strcmp(format, "json") == 0;
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_text) Text text = {0};
    int code = EX_OK;

    if (format && !json && strcmp(format, "text") != 0) {
        fprintf(stderr, _("studyday: person: format %s: one of text, json\n"), format);
        return EX_USAGE;
    }
    code = noted_read(context, "person-export", member);
    store = code == EX_OK ? command_open_read(context, &code) : NULL;
    if (!store)
        return code;
    int r = store_begin(store);
    if (r == 0)
        r = person_export(store, member, clock_now(), json, &text);
    store_rollback(store);
    if (r != 0)
        return unknown(member, r);
    if (text.size && text.data[text.size - 1] != '\n')
        text_append_char(&text, '\n');
    if (path && strcmp(path, "-") != 0)
        return write_file(path, &text, options_has(options, "force"));
    fwrite(text_cstr(&text), 1, text.size, stdout);
    return EX_OK;
}

enum { AT, WHO, WHAT, COLUMN_COUNT };
static const ReportColumn columns[COLUMN_COUNT] = {
    [AT] = {"at", N_("When"), REPORT_TIME, REPORT_EVERYWHERE},
    [WHO] = {"who", N_("Who"), REPORT_TEXT, REPORT_EVERYWHERE},
    [WHAT] = {"what", N_("What"), REPORT_TEXT, REPORT_EVERYWHERE},
};

static int take_reading(void *user, const ReadingRow *row)
{
    ReportCell *cells = report_row(user, 0);

    cells[AT] = report_number(row->at);
    cells[WHO] = report_text(row->who);
    cells[WHAT] = report_text(row->what);
    return 0;
}

// A day as an instant, `days` later. False after having said what is wrong.
static bool take_day(const Options *options, const char *name, int days, Time *ret_time)
{
    const char *given = options_get(options, name);
    Date date;

    *ret_time = TIME_NONE;
    if (!given)
        return true;
    if (!date_parse(given, &date)) {
        fprintf(stderr, _("studyday: person: --%s %s: expected a date, such as 2026-11-05\n"), name, given);
        return false;
    }
    *ret_time = zone_day_start(date + days);
    return true;
}

static int person_reads_run(CommandContext *context, const Options *options)
{
    const Renderer *renderer = listing_format(options);
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_report) Report *report = NULL;
    MemberRow member = {0};
    Time from, to;
    int code = EX_OK;

    if (!renderer || !command_config(context, &code)) // with it comes the zone that a day is one of
        return renderer ? code : EX_USAGE;
    if (!take_day(options, "from", 0, &from) || !take_day(options, "to", 1, &to))
        return EX_USAGE;
    store = command_open_read(context, &code);
    if (!store)
        return code;
    report = report_new("reads", _("Who looked at the record"), "reads", columns, COLUMN_COUNT);
    int r = query_member(store, options->operands[1], zone_date(clock_now()), &member);
    if (r == 0)
        r = reading_each(store, member.member, from, to, take_reading, report);
    member_row_deinit(&member);
    if (r != 0)
        return unknown(options->operands[1], r);
    listing_print(report, renderer);
    return EX_OK;
}

static int cmd_person_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    if (!options_parse(office_person_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "studyday: person: %s\n", text_cstr(&problem));
        return EX_USAGE;
    }
    if (options.operand_count == 2 && strcmp(options.operands[0], "export") == 0)
        return person_export_run(context, &options);
    if (options.operand_count == 2 && strcmp(options.operands[0], "reads") == 0)
        return person_reads_run(context, &options);
    return command_office(context, argc, argv, NULL);
}

const Command cmd_person = {
    .name = "person",
    .usage = N_("person export MEMBER [--format text|json] [-o FILE [--force]]\n"
                "person correct MEMBER --name NAME --why TEXT\n"
                "person erase MEMBER --why TEXT\n"
                "person reads MEMBER [--from DATE] [--to DATE] [--format text|csv|json|jsonl]"),
    .summary = N_("what is stored about a member: shown, put right, taken out; who has looked at it"),
    .options = office_person_options,
    .run = cmd_person_run,
};
