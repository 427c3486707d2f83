// person correct|erase, and the note that somebody looked at a record. The audit log says that a name was
// changed or a person erased, never which name: it is kept for ever.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/person.h"
#include "core/store/reading.h"
#include "core/store/roster.h"
#include "office/column.h"
#include "office/detail.h"
#include "office/operation.h"
#include "office/person.h"

const ProgramOption office_person_options[] = {
    {"name", 0, "NAME", N_("correct: the right name")},
    {"why", 0, "TEXT", N_("correct, erase: the reason, for the audit log; it must not name the person")},
    {"from", 0, "DATE", N_("reads: from this day on")},
    {"to", 0, "DATE", N_("reads: up to this day, itself included")},
    {"format", 'f', "FORMAT", N_("export: text or json; reads: text, csv, json or jsonl (default: text)")},
    {"output", 'o', "FILE", N_("export: write into FILE, of mode 0600, instead of standard output")},
    {"force", 0, NULL, N_("export: write over FILE if it exists")},
    {0},
};

static int refuse_person(Office *office, const char *member, int r)
{
    if (r == PERSON_E_UNKNOWN)
        return office_refuse(office, EX_DATAERR, _("there is no member %s"), member);
    if (r == PERSON_E_ERASED)
        return office_refuse(office, EX_DATAERR, _("%s was erased: there is no name to put right"), member);
    return office_refuse(office, EX_DATAERR,
                         _("%s: the cards cannot be read, since cards.key beside the database is missing or "
                           "another site's; put it back first"),
                         member);
}

static int settle(Office *office)
{
    RosterSettled settled = {0};

    return error_trace(roster_settle(office->store, office->now, &settled));
}

static int person_correct(Office *office, const char *member)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    const char *name = options_get(&office->options, "name"), *why = office_why(office), *wrong;
    const char *clean = NULL;
    bool changed = false;

    if (!why)
        return 0;
    if (!name || !*name)
        return office_refuse(office, EX_USAGE, _("--name is needed: what is the right name?"));
    wrong = cell_text(name, strlen(name), &clean);
    if (wrong)
        return office_refuse(office, EX_USAGE, "--name: %s", _(wrong));
    int r = person_set_name(office->store, member, name, &changed);
    if (r > 0)
        return refuse_person(office, member, r);
    if (r == 0 && changed) {
        detail_text(&is, "name", "changed");
        r = detail_audit(office, "person-correct", member, why, &was, &is);
        if (r == 0)
            r = settle(office);
        office->commit = office->reply->roster_changed = true;
    }
    if (r < 0)
        return error_trace(r);
    text_appendf(&office->reply->out, changed ? _("%s: the name is put right\n") : _("%s: has this name\n"),
                 member);
    return 0;
}

static int note_erasure(Office *office, const char *member, const char *why, const PersonErased *erased)
{
    CLEANUP(cleanup_text) Text was = {0};
    CLEANUP(cleanup_text) Text is = {0};
    CLEANUP(cleanup_text) Text entries = {0};

    text_append_char(&entries, '[');
    for (size_t i = 0; i < erased->entry_count; i++)
        text_appendf(&entries, "%s%" PRId64, i ? "," : "", erased->entries[i]);
    text_append_char(&entries, ']');
    detail_number(&is, "cards", erased->cards);
    detail_json(&is, "entries", text_cstr(&entries));
    detail_number(&is, "events", erased->events);
    detail_bool(&is, "membership_ended", erased->ended);
    detail_number(&is, "texts", erased->texts);
    return error_trace(detail_audit(office, "person-erase", member, why, &was, &is));
}

static void tell_erasure(Office *office, const char *member, const PersonErased *erased)
{
    Text *out = &office->reply->out;

    text_appendf(
        out, _("%s: erased; cards: %" PRId64 ", events that named them: %" PRId64 ", texts: %" PRId64 "\n"),
        member, erased->cards, erased->events, erased->texts + (int64_t)erased->entry_count);
    if (erased->ended)
        text_append(out, _("The membership ends today.\n"));
    text_append(out,
                _("The figures stay, under the code. Backups made before still hold the person: let them "
                  "go, or erase again after a restore.\n"));
}

/// The outcomes of person_erase(), after having said what is in the way.
static int erase_and_note(Office *office, const char *member, const char *why, PersonErased *ret_erased)
{
    int r = person_erase(office->store, member, office->now, ret_erased);

    if (r == PERSON_E_WAITS)
        return office_refuse(
            office, EX_TEMPFAIL,
            _("%s: an event of terminal %s names the card and waits for one before it that has "
              "not come; try again when it has"),
            member, ret_erased->terminal);
    if (r > 0)
        return refuse_person(office, member, r);
    if (r == 0 && !ret_erased->already)
        r = note_erasure(office, member, why, ret_erased);
    free(ret_erased->entries);
    ret_erased->entries = NULL;
    return error_trace(r);
}

int person_erase_noted(Office *office, const char *member, const char *why)
{
    PersonErased erased = {0};

    return error_trace(erase_and_note(office, member, why, &erased));
}

static int person_erase_one(Office *office, const char *member)
{
    const char *why = office_why(office);
    PersonErased erased = {0};

    if (!why)
        return 0;
    int r = erase_and_note(office, member, why, &erased);
    if (r < 0 || office->reply->exit_code != EX_OK)
        return error_trace(r);
    if (!erased.already)
        r = settle(office);
    if (r < 0)
        return error_trace(r);
    office->commit = office->reply->roster_changed = office->wipe = true;
    if (erased.already)
        text_appendf(&office->reply->out, _("%s: erased already; the file is written anew\n"), member);
    else
        tell_erasure(office, member, &erased);
    return 0;
}

static int person_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count == 2 && strcmp(options->operands[0], "correct") == 0)
        return error_trace(person_correct(office, options->operands[1]));
    if (options->operand_count == 2 && strcmp(options->operands[0], "erase") == 0)
        return error_trace(person_erase_one(office, options->operands[1]));
    return office_refuse(office, EX_USAGE, _("export MEMBER, correct MEMBER, erase MEMBER or reads MEMBER"));
}

const OfficeOperation office_person = {.name = "person", .options = office_person_options, .run = person_run};

// read WHAT MEMBER: before a command shows a record. Of a member who is not there, nothing can be seen.
static int read_run(Office *office)
{
    const Options *options = &office->options;

    if (options->operand_count != 2)
        return office_refuse(office, EX_USAGE, "read WHAT MEMBER");
    int r = reading_add(office->store, office->now, office->request->actor, options->operands[0],
                        options->operands[1]);
    office->commit = r == 0;
    return r < 0 ? error_trace(r) : 0;
}

const OfficeOperation office_read = {.name = "read", .run = read_run};
