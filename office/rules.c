// rules import FILE: what a site has decided, as versions with their sources. Reading the rules is no
// operation; see cli/cmd_rules.c.
#include <string.h>
#include <sysexits.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/import.h"

const ProgramOption office_rules_options[] = {
    {"dry-run", 'n', NULL, N_("import: say what would change, and change nothing")},
    {"at", 0, "DATE", N_("list: only what holds on this day; show: the version of this day")},
    {"format", 'f', "FORMAT", N_("list and show: text, csv, json or jsonl (default: text)")},
    {0},
};

static int rules_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count != 2 || strcmp(options->operands[0], "import") != 0 ||
        office->request->file < 0)
        return office_refuse(office, EX_USAGE, _("list, show NAME[/VERSION] or import FILE"));
    if (options_has(options, "at") || options_has(options, "format"))
        return office_refuse(office, EX_USAGE, _("--at and --format are for list and show"));
    return error_trace(import_run_kind(office, &import_rules));
}

const OfficeOperation office_rules = {.name = "rules", .options = office_rules_options, .run = rules_run};
