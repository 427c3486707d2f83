// studyday doctor: looks at everything that a site needs and says what is well, what should be looked after
// and what is broken. It only looks.
#include <stdarg.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/listing.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/base/text.h"

enum { CHECK, STATE, DETAIL, COLUMN_COUNT };

static const ReportColumn columns[COLUMN_COUNT] = {
    [CHECK] = {"check", N_("Check"), REPORT_TEXT, REPORT_EVERYWHERE},
    [STATE] = {"state", N_("State"), REPORT_WORD, REPORT_EVERYWHERE},
    [DETAIL] = {"detail", N_("Detail"), REPORT_TEXT, REPORT_EVERYWHERE},
};

static const ReportWord states[] = {
    [DOCTOR_OK] = {"ok", N_("✓ ok")},
    [DOCTOR_WARN] = {"warn", N_("! look after it")},
    [DOCTOR_FAIL] = {"fail", N_("✗ broken")},
};

static const ProgramOption doctor_options[] = {
    {"format", 'f', "FORMAT", N_("text, csv, json or jsonl (default: text)")},
    {0},
};

static void (*const examinations[])(Doctor *doctor) = {
    doctor_configuration, doctor_clock,     doctor_secrets, doctor_database,
    doctor_disk,          doctor_collector, doctor_broker,  doctor_broker_limits,
};

void doctor_say(Doctor *doctor, const char *check, DoctorState state, int code, const char *format, ...)
{
    CLEANUP(cleanup_text) Text detail = {0};
    ReportCell *cells;
    va_list args;

    va_start(args, format);
    text_vappendf(&detail, format, args);
    va_end(args);
    cells = report_row(doctor->report, 0);
    cells[CHECK] = report_text(check);
    cells[STATE].word = states[state];
    cells[DETAIL] = report_text(text_cstr(&detail));
    doctor->warned += state == DOCTOR_WARN;
    doctor->failed += state == DOCTOR_FAIL;
    if (state == DOCTOR_FAIL && doctor->code == EX_OK)
        doctor->code = code;
}

static int cmd_doctor_run(CommandContext *context, int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    CLEANUP(cleanup_report) Report *report = NULL;
    const Renderer *renderer;
    Doctor doctor = {.code = EX_OK};
    Options options;
    int code = EX_OK;

    if (!options_parse(doctor_options, argc, argv, &options, &problem) || options.operand_count > 0) {
        fprintf(stderr, "studyday: doctor: %s\n",
                problem.size > 0 ? text_cstr(&problem) : _("takes no arguments"));
        return EX_USAGE;
    }
    renderer = listing_format(&options);
    if (!renderer)
        return EX_USAGE;
    doctor.config = command_config(context, &code);
    if (!doctor.config)
        return code;
    report = report_new("doctor", _("Examination of the site"), "checks", columns, COLUMN_COUNT);
    report_head_text(report, "report", "doctor");
    doctor.report = report;
    for (size_t i = 0; i < sizeof(examinations) / sizeof(*examinations); i++)
        examinations[i](&doctor);
    report_head_number(report, "failed", doctor.failed);
    report_head_number(report, "warned", doctor.warned);
    report_note(report, REPORT_NOTE_ABOUT, _("Broken: %d. To look after: %d."), doctor.failed, doctor.warned);
    listing_print(report, renderer);
    return doctor.code;
}

const Command cmd_doctor = {
    .name = "doctor",
    .usage = N_("doctor [--format text|csv|json|jsonl]"),
    .summary = N_("examine configuration, database, disk, collector and broker"),
    .options = doctor_options,
    .run = cmd_doctor_run,
};
