// sessions: dated occurrences of activities, with what they are worth and for whom they are.
#include <stddef.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/store/sessions.h"
#include "office/import.h"
#include "office/links.h"

#define SESSION_LENGTH_MAX (366 * TIME_DAY) // a longer one is a slip of the pen

typedef struct SessionLine {
    const char *session, *title, *org, *points, *activity, *organiser, *materials;
    int kind;
    Time starts, ends;
    Worth worth;
    Date makeup_until;
} SessionLine;
_Static_assert(sizeof(SessionLine) <= IMPORT_LINE_SIZE, "fits");

enum {
    COLUMN_SESSION,
    COLUMN_KIND,
    COLUMN_TITLE,
    COLUMN_STARTS,
    COLUMN_ENDS,
    COLUMN_ORG,
    COLUMN_MINUTES,
    COLUMN_MAKEUP_UNTIL,
    COLUMN_POINTS,
    COLUMN_ACTIVITY,
    COLUMN_ORGANISER,
    COLUMN_MATERIALS,
    COLUMN_COUNT
};

// The list as it stands, if it consists of links: links_parse() takes it apart.
static const char *cell_links(const char *cell, size_t size, void *ret_value)
{
    CLEANUP(cleanup_text) Text links = {0};
    const char *reason = links_parse(cell, &links);

    (void)size;
    *(const char **)ret_value = cell;
    return reason;
}

static const Column columns[] = {
    [COLUMN_SESSION] = {"session",
                        {"场次", "场次编码", "场次代码", "场次编号"},
                        false,
                        cell_code,
                        offsetof(SessionLine, session)},
    [COLUMN_KIND] = {"kind",
                     {"类型", "活动类型", "学习活动", "类别"},
                     false,
                     cell_session_kind,
                     offsetof(SessionLine, kind)},
    [COLUMN_TITLE] = {"title",
                      {"标题", "主题", "名称", "题目", "学习主题"},
                      false,
                      cell_text,
                      offsetof(SessionLine, title)},
    [COLUMN_STARTS] = {"starts", {"开始", "开始时间"}, false, cell_time, offsetof(SessionLine, starts)},
    [COLUMN_ENDS] = {"ends", {"结束", "结束时间"}, false, cell_time, offsetof(SessionLine, ends)},
    [COLUMN_ORG] = {"org",
                    {"党组织", "党组织编码", "党组织代码", "组织编码", "主办党组织"},
                    false,
                    cell_code,
                    offsetof(SessionLine, org)},
    [COLUMN_MINUTES] =
        {"minutes", {"分钟", "分钟数", "时长", "学时分钟"}, false, cell_worth, offsetof(SessionLine, worth)},
    [COLUMN_MAKEUP_UNTIL] = {"makeup_until",
                             {"补学截止", "补学期限", "补学截止日期"},
                             true,
                             cell_date,
                             offsetof(SessionLine, makeup_until)},
    [COLUMN_POINTS] = {"points", {"学习点", "学习点列表"}, true, cell_list, offsetof(SessionLine, points)},
    [COLUMN_ACTIVITY] = {"activity",
                         {"活动", "活动编码", "活动代码", "活动编号"},
                         true,
                         cell_code,
                         offsetof(SessionLine, activity)},
    [COLUMN_ORGANISER] = {"organiser",
                          {"组织者", "召集人", "主持人", "组织者编码"},
                          true,
                          cell_code,
                          offsetof(SessionLine, organiser)},
    [COLUMN_MATERIALS] = {"materials",
                          {"资料", "学习资料", "资料链接", "材料链接"},
                          true,
                          cell_links,
                          offsetof(SessionLine, materials)},
};

// What a line must not say of itself. False after having said so.
static bool import_sessions_check(Import *import, const SessionLine *line)
{
    char starts[CLOCK_TEXT_SIZE];
    bool fine = true;

    time_format_short(line->starts, starts);
    if (line->ends <= line->starts) {
        import_error(import, COLUMN_ENDS, _("is not after the start, %s"), starts);
        fine = false;
    } else if (line->ends - line->starts > SESSION_LENGTH_MAX) {
        import_error(import, COLUMN_ENDS, _("is more than a year after the start"));
        fine = false;
    }
    if (line->makeup_until != DATE_NONE && line->makeup_until < zone_date(line->starts)) {
        import_error(import, COLUMN_MAKEUP_UNTIL, _("is before the session, %s"), starts);
        fine = false;
    }
    return fine;
}

// Cuts the list into codes: `ret_codes` borrows from `ret_storage`. Returns how many.
static size_t import_sessions_split(const char *list, char **ret_storage, const char ***ret_codes)
{
    size_t size = list ? strlen(list) : 0, count = 0, item_size;
    char *storage = alloc_zero(size + 1);
    const char **codes = alloc_zero((size / 2 + 2) * sizeof(*codes));
    const char *rest = list, *item;
    char *to = storage;

    while (list && cell_list_next(&rest, &item, &item_size)) {
        memcpy(to, item, item_size);
        codes[count++] = to;
        to += item_size;
        *to++ = '\0';
    }
    *ret_storage = storage;
    *ret_codes = codes;
    return count;
}

// A point of another tree cannot be meant, whatever is shared between neighbours.
static int import_sessions_check_points(Import *import, const SessionLine *line, const char *const *points,
                                        size_t count)
{
    char host[65];
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++) {
        bool same = true;
        r = roster_point_in_tree(import->office->store, points[i], line->org, zone_date(line->starts), &same,
                                 host);
        if (r == 0 && !same)
            import_error(import, COLUMN_POINTS, _("%s is hosted by %s, in another tree than %s"), points[i],
                         host, line->org);
    }
    return error_trace(r);
}

// What stands beside the session; an empty cell says nothing, and what was said before stays.
static int import_sessions_detail(Import *import, const SessionLine *line, RosterChange *change)
{
    CLEANUP(cleanup_text) Text links = {0};
    SessionDetailPut put = {.activity = line->activity, .organiser = line->organiser};
    RosterChange more;

    if (!line->activity && !line->organiser && !line->materials)
        return 0;
    if (line->materials && !links_parse(line->materials, &links))
        put.materials = text_cstr(&links);
    int r = roster_put_session_detail(import->office->store, line->session, &put, &more);
    if (r == 0 && *change == ROSTER_SAME)
        *change = more;
    if (r == ROSTER_E_UNKNOWN_MEMBER)
        import_error(import, COLUMN_ORGANISER, _("there is no member %s"), line->organiser);
    else if (r == ROSTER_E_CLOSED)
        import_error(import, COLUMN_STARTS,
                     _("the month of the session is closed; `studyday month reopen` opens it again"));
    return r < 0 ? error_trace(r) : 0;
}

static int import_sessions_put(Import *import, const void *data)
{
    const SessionLine *line = data;
    CLEANUP(cleanup_free) char *storage = NULL;
    CLEANUP(cleanup_free) const char **points = NULL;
    SessionPut put = {
        .code = line->session,
        .title = line->title,
        .org = line->org,
        .kind = (SessionKind)line->kind,
        .starts = line->starts,
        .ends = line->ends,
        .minutes = worth_minutes(&line->worth),
        .worth = &line->worth,
        .makeup_until = line->makeup_until,
    };
    RosterChange change;
    int r;

    if (!import_sessions_check(import, line))
        return 0;
    put.point_count = import_sessions_split(line->points, &storage, &points);
    put.points = points;
    r = roster_put_session(import->office->store, &put, &change);
    if (r < 0)
        return error_trace(r);
    if (r == ROSTER_E_UNKNOWN_ORG)
        import_error(import, COLUMN_ORG, _("there is no org %s"), line->org);
    else if (r == ROSTER_E_NOT_THEN)
        import_error(import, COLUMN_ORG, _("%s does not exist on the day of the session"), line->org);
    else if (r == ROSTER_E_UNKNOWN_POINT)
        import_error(import, COLUMN_POINTS, _("one of these points does not exist: %s"), line->points);
    else if (r == ROSTER_E_UNKNOWN_UNIT)
        import_error(import, COLUMN_MINUTES,
                     _("the conversion rule of the session's date has no %s; see `studyday rules show "
                       "conversion`"),
                     line->worth.unit);
    else if (r == ROSTER_E_WORTH)
        import_error(import, COLUMN_MINUTES, _("that is more than %d minutes"), WORTH_MINUTES_MAX);
    else if (r == ROSTER_E_CLOSED)
        import_error(import, COLUMN_STARTS,
                     _("the month of the session is closed; `studyday month reopen` opens it again"));
    if (r == 0)
        r = import_sessions_detail(import, line, &change);
    else
        return 0;
    import_count(import, change);
    return r < 0 ? error_trace(r)
                 : error_trace(import_sessions_check_points(import, line, points, put.point_count));
}

const ImportKind import_sessions = {
    .name = "sessions",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = 1,
    .line_size = sizeof(SessionLine),
    .blank = &(const SessionLine){.makeup_until = DATE_NONE},
    .is_roster = true,
    .put = import_sessions_put,
};
