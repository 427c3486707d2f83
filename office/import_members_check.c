// members: what cannot be true, in pairs. A line against itself and against an earlier one while the file is
// read; days against days at its end, since lines come in any order.
#include "office/import_members.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define EXEMPTION_KEY_PARTS 3 // member, first day, and a word that no home's key has

static uint64_t exemption_key(Import *import, const char *member, Date from)
{
    char day[CLOCK_TEXT_SIZE];
    const char *parts[EXEMPTION_KEY_PARTS] = {member, day, "exempt"};

    date_format(from, day);
    return seen_digest(&import->seen, parts, EXEMPTION_KEY_PARTS);
}

static uint64_t seen_line(const Import *import, uint64_t key)
{
    const SeenEntry *entry = seen_get(&import->seen, key);

    return entry ? entry->line : 0;
}

uint64_t import_members_line(Import *import, const char *member, Date from)
{
    char day[CLOCK_TEXT_SIZE];
    const char *parts[] = {member, day};

    date_format(from, day);
    return seen_line(import, seen_digest(&import->seen, parts, sizeof(parts) / sizeof(parts[0])));
}

// A name is not dated: all lines of a member must have the same.
bool import_members_check_name(Import *import, const MemberLine *line)
{
    const char *parts[] = {line->member, "name"};
    uint32_t content = (uint32_t)seen_digest(&import->seen, &line->name, 1);
    const SeenEntry *before =
        seen_note(&import->seen, seen_digest(&import->seen, parts, sizeof(parts) / sizeof(parts[0])), content,
                  import->line);

    if (!before || before->content == content)
        return true;
    import_error(import, MEMBERS_NAME, _("is another one than that of %s in line %" PRIu32), line->member,
                 before->line);
    return false;
}

uint64_t import_members_exempt_line(Import *import, const char *member, Date from)
{
    return seen_line(import, exemption_key(import, member, from));
}

bool import_members_check(Import *import, const MemberLine *line)
{
    uint64_t before = import->errors;

    if (line->to != DATE_NONE && line->to < line->from)
        import_error_before(import, MEMBERS_TO, line->to, line->from);
    if (line->exempt_from == DATE_NONE && line->exempt_to != DATE_NONE)
        import_error(import, MEMBERS_EXEMPT_TO, _("an exemption needs the day it begins"));
    else if (line->exempt_to != DATE_NONE && line->exempt_to < line->exempt_from)
        import_error_before(import, MEMBERS_EXEMPT_TO, line->exempt_to, line->exempt_from);
    if (line->exempt_from == DATE_NONE && line->exempt_reason)
        import_error(import, MEMBERS_EXEMPT_REASON, _("an exemption needs the day it begins"));
    return import->errors == before;
}

bool import_members_check_exemption(Import *import, const MemberLine *line)
{
    char to[CLOCK_TEXT_SIZE] = "";
    const char *parts[] = {to, line->exempt_reason ? line->exempt_reason : ""};
    const SeenEntry *before;
    uint32_t content;

    if (line->exempt_from == DATE_NONE)
        return true;
    if (line->exempt_to != DATE_NONE)
        date_format(line->exempt_to, to);
    content = (uint32_t)seen_digest(&import->seen, parts, sizeof(parts) / sizeof(parts[0]));
    before = seen_note(&import->seen, exemption_key(import, line->member, line->exempt_from), content,
                       import->line);
    if (!before || before->content == content)
        return true;
    import_error(import, MEMBERS_EXEMPT_FROM, _("contradicts line %" PRIu32 ", which is about the same"),
                 before->line);
    return false;
}

void import_members_card_held(Import *import)
{
    RosterClash holder = roster_last_clash(import->office->store);
    uint64_t line = import_members_line(import, holder.code, holder.from);
    char from[CLOCK_TEXT_SIZE];

    date_format(holder.from, from);
    if (line)
        import_error(import, MEMBERS_CARD, _("is the card of %s from %s on, by line %" PRIu64), holder.code,
                     from, line);
    else
        import_error(import, MEMBERS_CARD, _("is the card of %s from %s on, in the register"), holder.code,
                     from);
}

static void tell_home(Import *import, const RosterConflict *conflict)
{
    uint64_t line = import_members_line(import, conflict->subject, conflict->from);
    char day[CLOCK_TEXT_SIZE];

    if (conflict->ends != DATE_NONE)
        date_format(conflict->ends, day);
    else
        date_format(conflict->begins == DATE_NONE ? conflict->day : conflict->begins, day);
    import_error_at(import, line ? line : 1, MEMBERS_ORG,
                    conflict->ends != DATE_NONE ? _("%s is at home in %s, which ends on %s")
                                                : _("%s is at home in %s, which begins on %s"),
                    conflict->subject, conflict->org, day);
}

static void tell_exemption(Import *import, const RosterConflict *conflict)
{
    uint64_t line = import_members_exempt_line(import, conflict->subject, conflict->from);
    uint64_t other = import_members_exempt_line(import, conflict->subject, conflict->begins);
    char from[CLOCK_TEXT_SIZE], other_from[CLOCK_TEXT_SIZE];

    date_format(conflict->from, from);
    date_format(conflict->begins, other_from);
    if (line && other)
        import_error_at(import, line, MEMBERS_EXEMPT_FROM,
                        _("%s is exempt from %s on for another reason as well, by line %" PRIu64),
                        conflict->subject, other_from, other);
    else if (line)
        import_error_at(import, line, MEMBERS_EXEMPT_FROM,
                        _("%s is exempt from %s on for another reason as well, in the register (%s)"),
                        conflict->subject, other_from, conflict->org);
    else
        import_error_at(import, other ? other : 1, MEMBERS_EXEMPT_TO,
                        _("%s is exempt from %s on for another reason as well, in the register (%s)"),
                        conflict->subject, from, conflict->reason);
}

static int members_conflict(void *user, const RosterConflict *conflict)
{
    Import *import = user;

    if (conflict->kind == ROSTER_CONFLICT_HOME)
        tell_home(import, conflict);
    else if (conflict->kind == ROSTER_CONFLICT_EXEMPTION)
        tell_exemption(import, conflict);
    return 0;
}

// A line says that a home goes on until a day on which another fact says that it is elsewhere.
static int check_spell(Import *import, const MemberSpell *spell)
{
    char org[65], day[CLOCK_TEXT_SIZE];
    Date next = DATE_NONE;
    int r = roster_next_home(import->office->store, spell->member, spell->from, &next, org);

    if (r <= 0 || next > spell->to || strcmp(org, spell->org) == 0)
        return r < 0 ? error_trace(r) : 0;
    uint64_t line = import_members_line(import, spell->member, next);
    date_format(next, day);
    if (line)
        import_error_at(import, spell->line, MEMBERS_TO,
                        _("%s is at home in %s from %s on, by line %" PRIu64), spell->member, org, day, line);
    else
        import_error_at(import, spell->line, MEMBERS_TO, _("%s is at home in %s from %s on, in the register"),
                        spell->member, org, day);
    return 0;
}

int import_members_check_times(Import *import)
{
    const MemberFile *file = import->state;
    int r = 0;

    for (size_t i = 0; i < file->spell_count && r == 0; i++)
        r = check_spell(import, &file->spells[i]);
    return r < 0 ? error_trace(r)
                 : error_trace(roster_conflicts(import->office->store, members_conflict, import));
}
