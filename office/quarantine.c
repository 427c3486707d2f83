// quarantine discard|retry: what becomes of an entry. Its bytes are never deleted: a discarded one is no
// longer listed unless asked for, and the audit log has who did it and why.
//
// Trying again means to decode the bytes and to take them as if they had just come, with every check; only
// the collector can, and does so before it asks the office.
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/detail.h"
#include "office/operation.h"

const ProgramOption office_quarantine_options[] = {
    {"all", 'a', NULL, N_("list: with what was discarded or taken later")},
    {"format", 'f', "FORMAT", N_("list: text, csv, json or jsonl (default: text)")},
    {"why", 0, "TEXT", N_("discard: the reason, for the audit log")},
    {0},
};

static int quarantine_discard(Office *office, const char *number)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    const char *why;
    long long id;
    int r;

    if (!text_parse_int64(number, 1, INT64_MAX, &id))
        return office_refuse(office, EX_USAGE, _("%s: an entry has a number"), number);
    why = office_why(office);
    if (!why)
        return 0;
    detail_text(&was, "state", "open");
    detail_text(&is, "state", "discarded");
    r = quarantine_mark(office->store, id, "discarded");
    if (r == QUARANTINE_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no entry %lld"), id);
    if (r == 0)
        r = detail_audit(office, "quarantine-discard", number, why, &was, &is);
    if (r < 0)
        return error_trace(r);
    office->commit = true;
    text_appendf(&office->reply->out, _("entry %lld: discarded\n"), id);
    return 0;
}

static int quarantine_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count == 2 && strcmp(options->operands[0], "discard") == 0)
        return quarantine_discard(office, options->operands[1]);
    if (options->operand_count == 2 && strcmp(options->operands[0], "retry") == 0)
        return office_refuse(office, EX_UNAVAILABLE, _("trying an entry again needs the running collector"));
    return office_refuse(office, EX_USAGE, _("list, show ID, retry ID or discard ID"));
}

const OfficeOperation office_quarantine = {
    .name = "quarantine", .options = office_quarantine_options, .run = quarantine_run};
