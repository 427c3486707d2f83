// Cells become values by closed rules: what a parser does not understand it refuses with a reason, and
// guesses nothing. Codes keep their leading zeros, since a code is text.
#include "office/column.h"

#include <string.h>
#include <strings.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/model/code.h"
#include "core/model/event.h"
#include "core/model/roster.h"
#include "core/model/rule_worth.h"
#include "core/model/session.h"

#define LIST_SEPARATOR_WIDE "；" // U+FF1B, what a Chinese keyboard gives

typedef struct Term {
    const char *term;
    int value;
} Term;

// Chinese terms of what an event says; files of the office may use them, the wire does not.
static const Term event_kinds[] = {
    {"签到", EVENT_IN},         {"到场", EVENT_IN},    {"签退", EVENT_OUT},
    {"离场", EVENT_OUT},        {"请假", EVENT_LEAVE}, {"补学", EVENT_MAKEUP},
    {"请假补学", EVENT_MAKEUP}, {"送学", EVENT_HOME},  {"上门送学", EVENT_HOME},
};
static const Term event_modes[] = {
    {"领学", EVENT_MODE_LEAD},
    {"市级领学", EVENT_MODE_LEAD},
    {"跟学", EVENT_MODE_FOLLOW},
    {"基层跟学", EVENT_MODE_FOLLOW},
};

static const char *cell_text_bounded(const char *cell, size_t size, size_t limit, const char *too_long,
                                     void *ret_value)
{
    if (size > limit)
        return too_long;
    if (!text_is_clean(cell, size))
        return N_("has control characters, or characters that turn the direction of writing");
    *(const char **)ret_value = cell;
    return NULL;
}

const char *cell_text(const char *cell, size_t size, void *ret_value)
{
    return cell_text_bounded(cell, size, CELL_TEXT_MAX, N_("longer than 200 bytes"), ret_value);
}

const char *cell_reason(const char *cell, size_t size, void *ret_value)
{
    return cell_text_bounded(cell, size, CODE_SIZE_MAX, N_("longer than 64 bytes"), ret_value);
}

const char *cell_card(const char *cell, size_t size, void *ret_value)
{
    return cell_text_bounded(cell, size, EVENT_CARD_SIZE_MAX, N_("longer than 128 bytes"), ret_value);
}

const char *cell_list(const char *cell, size_t size, void *ret_value)
{
    const char *rest = cell, *item;
    size_t item_size;

    (void)size;
    while (cell_list_next(&rest, &item, &item_size)) {
        if (!code_valid(item, item_size))
            return N_("a list of codes separated by ;");
    }
    *(const char **)ret_value = cell;
    return NULL;
}

bool cell_list_next(const char **rest, const char **ret_item, size_t *ret_size)
{
    const char *p = *rest;

    for (;;) {
        const char *end, *wide;
        size_t size;

        p += strspn(p, " \t;");
        if (strncmp(p, LIST_SEPARATOR_WIDE, strlen(LIST_SEPARATOR_WIDE)) == 0) {
            p += strlen(LIST_SEPARATOR_WIDE);
            continue;
        }
        if (!*p)
            return false;
        end = p + strcspn(p, ";");
        wide = strstr(p, LIST_SEPARATOR_WIDE);
        if (wide && wide < end)
            end = wide;
        size = (size_t)(end - p);
        while (size && (p[size - 1] == ' ' || p[size - 1] == '\t'))
            size--;
        *ret_item = p;
        *ret_size = size;
        *rest = end;
        return true;
    }
}

const char *cell_code(const char *cell, size_t size, void *ret_value)
{
    if (!code_valid(cell, size))
        return N_("a code is 1 to 64 characters of printable ASCII without space, / + # \" \\");
    *(const char **)ret_value = cell;
    return NULL;
}

const char *cell_terminal(const char *cell, size_t size, void *ret_value)
{
    if (!name_valid_terminal(cell, size))
        return N_("the name of a terminal is a to z, 0 to 9 and -, at most 32, and not \"office\"");
    *(const char **)ret_value = cell;
    return NULL;
}

const char *cell_area(const char *cell, size_t size, void *ret_value)
{
    if (!name_valid_area(cell, size))
        return N_("the name of an area is a to z, 0 to 9 and -, at most 32, and not \"collector\"");
    *(const char **)ret_value = cell;
    return NULL;
}

const char *cell_date(const char *cell, size_t size, void *ret_value)
{
    (void)size;
    return date_parse(cell, ret_value) ? NULL : N_("a date is YYYY-MM-DD, of a day that exists");
}

const char *cell_time(const char *cell, size_t size, void *ret_value)
{
    (void)size;
    return time_parse_local(cell, ret_value) ? NULL
                                             : N_("a time is YYYY-MM-DD HH:MM, or RFC 3339 with an offset");
}

const char *cell_minutes(const char *cell, size_t size, void *ret_value)
{
    long long value;

    (void)size;
    if (!text_parse_int64(cell, 0, CELL_MINUTES_MAX, &value))
        return N_("minutes are a whole number from 0 to 100000");
    *(int32_t *)ret_value = (int32_t)value;
    return NULL;
}

const char *cell_worth(const char *cell, size_t size, void *ret_value)
{
    (void)size;
    return worth_parse(cell, ret_value)
               ? NULL
               : N_("minutes are a whole number from 0 to 100000, or a count of units "
                    "such as 2 class-hour, 1.5 day");
}

const char *cell_level(const char *cell, size_t size, void *ret_value)
{
    OrgLevel level;

    (void)size;
    if (!org_level_parse(cell, &level))
        return N_("a level is one of city, county, township, general-branch, branch, group");
    *(int *)ret_value = (int)level;
    return NULL;
}

const char *cell_sector(const char *cell, size_t size, void *ret_value)
{
    OrgSector sector;

    (void)size;
    if (!org_sector_parse(cell, &sector))
        return N_("a sector is one of rural, community, two-new, government, school");
    *(int *)ret_value = (int)sector;
    return NULL;
}

const char *cell_category(const char *cell, size_t size, void *ret_value)
{
    MemberCategory category;

    (void)size;
    if (!member_category_parse(cell, &category))
        return N_("a category is one of on-post, farmer, retired, floating, other");
    *(int *)ret_value = (int)category;
    return NULL;
}

const char *cell_role(const char *cell, size_t size, void *ret_value)
{
    MemberRole role;

    (void)size;
    if (!member_role_parse(cell, &role))
        return N_("a role is one of secretary, committee, member");
    *(int *)ret_value = (int)role;
    return NULL;
}

const char *cell_session_kind(const char *cell, size_t size, void *ret_value)
{
    SessionKind kind;

    (void)size;
    if (!session_kind_parse(cell, &kind))
        return N_("a kind is one of study-day, meeting, lecture, themed-day, class, site-visit, online, "
                  "reading, joint");
    *(int *)ret_value = (int)kind;
    return NULL;
}

static bool term_find(const Term *terms, size_t count, const char *cell, int *ret_value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(terms[i].term, cell) == 0) {
            *ret_value = terms[i].value;
            return true;
        }
    }
    return false;
}

const char *cell_event_kind(const char *cell, size_t size, void *ret_value)
{
    EventKind kind;

    (void)size;
    if (term_find(event_kinds, sizeof(event_kinds) / sizeof(event_kinds[0]), cell, ret_value))
        return NULL;
    if (!event_kind_parse(cell, &kind) || kind == EVENT_CHECK || kind == EVENT_VOID || kind == EVENT_CLOSE)
        return N_("a kind is one of in, out, leave, makeup, home");
    *(int *)ret_value = (int)kind;
    return NULL;
}

const char *cell_event_mode(const char *cell, size_t size, void *ret_value)
{
    EventMode mode;

    (void)size;
    if (term_find(event_modes, sizeof(event_modes) / sizeof(event_modes[0]), cell, ret_value))
        return NULL;
    if (!event_mode_parse(cell, &mode))
        return N_("a mode is one of follow, lead");
    *(int *)ret_value = (int)mode;
    return NULL;
}

bool column_is_named(const Column *column, const char *heading)
{
    if (strcasecmp(column->name, heading) == 0)
        return true;
    for (size_t i = 0; i < COLUMN_TERMS_MAX && column->terms[i]; i++) {
        if (strcmp(column->terms[i], heading) == 0)
            return true;
    }
    return false;
}
