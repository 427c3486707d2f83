// members: what is true of whom from which day on. Streamed, since a city has 265,000 lines.
//
// Lines about one member from different days are facts of their own; two from the same day must agree, except
// for cards and exemptions, of which a member may have several. A line that ends a membership, and
// --complete, are watched by the guard.
#include "office/import_members.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

#define ROLE_UNSTATED (-1)
#define GUARD_PERCENT 5 // a file that ends more than so many of a county's members …
#define GUARD_LEAST 3   // … and at least so many, is probably the wrong file

static const Column columns[] = {
    [MEMBERS_MEMBER] = {"member",
                        {"党员", "党员编码", "党员代码", "党员编号"},
                        false,
                        cell_code,
                        offsetof(MemberLine, member)},
    [MEMBERS_FROM] = {"from",
                      {"起", "自", "起始日期", "开始日期", "生效日期"},
                      false,
                      cell_date,
                      offsetof(MemberLine, from)},
    [MEMBERS_NAME] = {"name", {"姓名", "名称"}, false, cell_text, offsetof(MemberLine, name)},
    [MEMBERS_ORG] = {"org",
                     {"党组织", "党组织编码", "党组织代码", "所在党组织", "所在党支部", "组织编码", "党支部"},
                     false,
                     cell_code,
                     offsetof(MemberLine, org)},
    [MEMBERS_TO] =
        {"to", {"止", "至", "终止日期", "结束日期", "失效日期"}, true, cell_date, offsetof(MemberLine, to)},
    [MEMBERS_CATEGORY] =
        {"category", {"类别", "党员类别", "人员类别"}, true, cell_category, offsetof(MemberLine, category)},
    [MEMBERS_ROLE] = {"role", {"职务", "角色", "党内职务"}, true, cell_role, offsetof(MemberLine, role)},
    [MEMBERS_CARD] = {"card", {"卡号", "卡", "证件卡号"}, true, cell_card, offsetof(MemberLine, card)},
    [MEMBERS_EXEMPT_FROM] = {"exempt_from",
                             {"免学起", "免学自", "免学开始", "免学起始日期", "免学开始日期"},
                             true,
                             cell_date,
                             offsetof(MemberLine, exempt_from)},
    [MEMBERS_EXEMPT_TO] = {"exempt_to",
                           {"免学止", "免学至", "免学结束", "免学终止日期", "免学结束日期"},
                           true,
                           cell_date,
                           offsetof(MemberLine, exempt_to)},
    [MEMBERS_EXEMPT_REASON] = {"exempt_reason",
                               {"免学原因", "免学理由", "免学事由"},
                               true,
                               cell_reason,
                               offsetof(MemberLine, exempt_reason)},
};

static int import_members_begin(Import *import)
{
    MemberFile *file = alloc_zero(sizeof(*file));

    import->state = file;
    seen_init(&file->named);
    seen_init(&file->disordered);
    int r = import_members_look(import, &columns[MEMBERS_MEMBER], &columns[MEMBERS_FROM]);
    return r < 0 ? error_trace(r) : error_trace(roster_snapshot(import->office->store, &file->before));
}

static void import_members_deinit(Import *import)
{
    MemberFile *file = import->state;

    if (!file)
        return;
    roster_snapshot_free(file->before);
    seen_deinit(&file->named);
    seen_deinit(&file->disordered);
    import_members_free_later(file);
    for (size_t i = 0; i < file->spell_count; i++) {
        free(file->spells[i].member);
        free(file->spells[i].org);
    }
    free(file->spells);
    free(file);
}

static uint64_t member_digest(const MemberFile *file, const char *member)
{
    return seen_digest(&file->named, &member, 1);
}

static void import_members_name(Import *import, const char *member)
{
    MemberFile *file = import->state;

    if (import->complete)
        seen_note(&file->named, member_digest(file, member), 0, import->line);
}

static void import_members_broken(Import *import, const void *data)
{
    const MemberLine *line = data;

    if (line->member)
        import_members_name(import, line->member);
}

static void import_members_keep_spell(Import *import, const MemberLine *line)
{
    MemberFile *file = import->state;

    if (file->spell_count == file->spell_capacity) {
        file->spell_capacity = file->spell_capacity ? 2 * file->spell_capacity : 64;
        file->spells = alloc_resize(file->spells, file->spell_capacity, sizeof(*file->spells));
    }
    file->spells[file->spell_count++] = (MemberSpell){.member = alloc_string(line->member),
                                                      .org = alloc_string(line->org),
                                                      .from = line->from,
                                                      .to = line->to,
                                                      .line = import->line};
}

static int import_members_state(Import *import, const MemberLine *line)
{
    MemberPut put = {
        .code = line->member,
        .name = line->name,
        .org = line->org,
        .from = line->from,
        .to = line->to,
        .category = (MemberCategory)line->category,
        .role = line->role == ROLE_UNSTATED ? ROLE_MEMBER : (MemberRole)line->role,
        .role_stated = line->role != ROLE_UNSTATED,
        .category_stated = line->category != CATEGORY_NONE,
        .card = line->card,
        .exempt_from = line->exempt_from,
        .exempt_to = line->exempt_to,
        .exempt_reason = line->exempt_reason ? line->exempt_reason : "",
    };
    RosterChange change;
    int r = roster_put_member(import->office->store, &put, &change);

    if (r < 0)
        return error_trace(r);
    if (r == ROSTER_E_UNKNOWN_ORG)
        import_error(import, MEMBERS_ORG, _("there is no org %s"), line->org);
    else if (r == ROSTER_E_CARD_HELD)
        import_members_card_held(import);
    else if (r == ROSTER_E_ERASED)
        import_error(import, MEMBERS_MEMBER, _("%s was erased: whoever comes back needs another code"),
                     line->member);
    else
        import_count(import, change);
    if (r == 0 && line->to != DATE_NONE && change != ROSTER_SAME)
        import_members_keep_spell(import, line);
    return 0;
}

static int import_members_put(Import *import, const void *data)
{
    const MemberLine *line = data;
    MemberFile *file = import->state;

    import_members_name(import, line->member);
    if (!import_members_check(import, line) || !import_members_check_name(import, line) ||
        !import_members_check_exemption(import, line))
        return 0;
    file->ends |= line->to != DATE_NONE;
    if (!import_members_is_disordered(import, line->member))
        return error_trace(import_members_state(import, line));
    import_members_keep_later(import, line);
    return 0;
}

static bool import_members_keep(void *user, const char *member)
{
    const MemberFile *file = user;

    return seen_has(&file->named, member_digest(file, member));
}

// Refuses a file that ends more memberships of a county than people leave. Transfers are no ends.
static int import_members_guard(Import *import)
{
    const MemberFile *file = import->state;
    CLEANUP(cleanup_free) CountyEnded *counties = NULL;
    size_t count = 0;
    int r = roster_snapshot_ended(import->office->store, file->before, &counties, &count);

    if (r < 0)
        return error_trace(r);
    for (size_t i = 0; i < count; i++) {
        const CountyEnded *county = &counties[i];

        if (county->ended >= GUARD_LEAST && county->ended * 100 > county->members * GUARD_PERCENT)
            import_error_at(import, 1, MEMBERS_MEMBER,
                            _("ends %" PRId64 " of the %" PRId64
                              " members of %s, more than %d %%; if that is so, --force"),
                            county->ended, county->members, *county->org ? county->org : _("the site"),
                            GUARD_PERCENT);
    }
    return 0;
}

static int import_members_end(Import *import)
{
    MemberFile *file = import->state;
    int r = import_members_state_later(import, import_members_state);

    if (r < 0)
        return error_trace(r);
    if (import->errors) // it will not be imported, and what it would end is not known
        return 0;
    if (import->added || import->changed)
        r = import_members_check_times(import);
    if (r == 0 && import->complete)
        r = roster_end_others(import->office->store, zone_date(import->office->now), import_members_keep,
                              file, &import->ended);
    if (r == 0 && !import->force && (import->complete || file->ends))
        r = import_members_guard(import);
    return error_trace(r);
}

const ImportKind import_members = {
    .name = "members",
    .columns = columns,
    .column_count = MEMBERS_COLUMN_COUNT,
    .key_columns = 2,
    .fact_columns = MEMBERS_CARD,
    .line_size = sizeof(MemberLine),
    .blank = &(const MemberLine){.to = DATE_NONE,
                                 .exempt_from = DATE_NONE,
                                 .exempt_to = DATE_NONE,
                                 .category = CATEGORY_NONE,
                                 .role = ROLE_UNSTATED},
    .is_roster = true,
    .may_complete = true,
    .begin = import_members_begin,
    .put = import_members_put,
    .broken = import_members_broken,
    .end = import_members_end,
    .deinit = import_members_deinit,
};
