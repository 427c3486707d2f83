// online: what another platform exports about an online course, as a batch of make-ups for one session.
//
// Platforms name their columns as they like, and have many that nobody here needs: those that are known are
// read, under their own headings or those of --map, the others are passed over. A line that is not finished
// is counted and passed over as well. Lines about one member (a course may have a line for each lesson) are
// added up, and lines that are the same count once. What comes of a member is one line of a batch that
// belongs to the session, so that the same export, or a later one with more people in it, adds only what is
// new.
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/store/rules.h"
#include "office/import.h"
#include "office/import_attendance.h"
#include "office/online_cells.h"

#define ONLINE_BY "online"
#define ONLINE_UNIT "online-lesson" // of the conversion rule

typedef struct OnlineLine {
    const char *member, *name, *course;
    Time at;
    int32_t minutes, lessons; // lessons in tenths
    int state, progress;      // OnlineState
} OnlineLine;
_Static_assert(sizeof(OnlineLine) <= IMPORT_LINE_SIZE, "fits");

enum {
    COLUMN_MEMBER,
    COLUMN_NAME,
    COLUMN_COURSE,
    COLUMN_FINISHED,
    COLUMN_MINUTES,
    COLUMN_LESSONS,
    COLUMN_STATE,
    COLUMN_PROGRESS,
    COLUMN_COUNT
};

static const Column columns[] = {
    [COLUMN_MEMBER] = {"member",
                       {"党员编号", "党员编码", "党员代码", "党员", "学员编号", "用户编号", "工号", "账号"},
                       false,
                       cell_code,
                       offsetof(OnlineLine, member)},
    [COLUMN_NAME] = {"name", {"姓名", "学员姓名", "用户姓名"}, true, cell_text, offsetof(OnlineLine, name)},
    [COLUMN_COURSE] = {"course",
                       {"课程", "课程名称", "课程标题", "培训班名称"},
                       true,
                       cell_text,
                       offsetof(OnlineLine, course)},
    [COLUMN_FINISHED] = {"finished_at",
                         {"完成时间", "完成日期", "学完时间", "结业时间", "通过时间"},
                         true,
                         online_time,
                         offsetof(OnlineLine, at)},
    [COLUMN_MINUTES] = {"minutes",
                        {"学习时长", "学习分钟", "时长", "分钟", "分钟数", "累计时长"},
                        true,
                        online_minutes,
                        offsetof(OnlineLine, minutes)},
    [COLUMN_LESSONS] = {"lessons",
                        {"课时", "课时数", "完成课时", "节数", "完成节数"},
                        true,
                        online_lessons,
                        offsetof(OnlineLine, lessons)},
    [COLUMN_STATE] = {"state",
                      {"完成状态", "状态", "学习状态", "是否完成", "是否合格"},
                      true,
                      online_state,
                      offsetof(OnlineLine, state)},
    [COLUMN_PROGRESS] = {"progress",
                         {"进度", "学习进度", "完成进度", "完成率"},
                         true,
                         online_progress,
                         offsetof(OnlineLine, progress)},
};

// What one finished line says.
typedef struct OnlineEntry {
    char *member;
    uint64_t line;
    int64_t minutes;
    Time at;
} OnlineEntry;

typedef struct Online {
    CorrectionTarget target;
    Rules rules;
    bool rules_loaded;
    char batch[CODE_SIZE_MAX + 1];
    const char *session, *course, *map;
    OnlineEntry *entries;
    size_t count, capacity;
    int64_t unfinished, others;
    char *first_course; // among the finished lines
    uint64_t first_line;
    bool torn; // the header, or the options, do not allow to go on
} Online;

// The heading that --map gives to `name`, if any: "学号=member;学完=state".
static bool map_find(const char *map, const char *name, const char **ret_heading, size_t *ret_size)
{
    const char *rest = map, *item;
    size_t size;

    while (map && cell_list_next(&rest, &item, &size)) {
        const char *equals = memrchr(item, '=', size);
        if (equals && strlen(name) == size - (size_t)(equals - item) - 1 &&
            memcmp(equals + 1, name, strlen(name)) == 0) {
            *ret_heading = item;
            *ret_size = (size_t)(equals - item);
            return true;
        }
    }
    return false;
}

static bool online_named(const Import *import, size_t column, const char *heading)
{
    const Online *online = import->state;
    const char *mapped;
    size_t size;

    if (map_find(online->map, columns[column].name, &mapped, &size))
        return strlen(heading) == size && memcmp(heading, mapped, size) == 0;
    return column_is_named(&columns[column], heading);
}

// Every item of --map names a column of ours. False after having refused.
static bool map_fine(Office *office, const char *map)
{
    const char *rest = map, *item;
    size_t size;

    while (map && cell_list_next(&rest, &item, &size)) {
        const char *equals = memrchr(item, '=', size), *name = equals ? equals + 1 : "";
        size_t name_size = equals ? size - (size_t)(name - item) : 0;
        bool known = false;
        for (size_t i = 0; i < COLUMN_COUNT; i++)
            known = known ||
                    (strlen(columns[i].name) == name_size && memcmp(columns[i].name, name, name_size) == 0);
        if (!known || equals == item) {
            office_refuse(office, EX_USAGE,
                          _("--map: %.*s: HEADING=COLUMN, with one of member, name, course, finished_at, "
                            "minutes, lessons, state, progress"),
                          (int)size, item);
            return false;
        }
    }
    return true;
}

static bool take_options(Office *office, Online *online)
{
    const char *batch = options_get(&office->options, "batch");

    online->session = options_get(&office->options, "session");
    online->course = options_get(&office->options, "course");
    online->map = options_get(&office->options, "map");
    if (!online->session) {
        office_refuse(office, EX_USAGE, _("online needs --session: which session is the course?"));
        return false;
    }
    if (batch && !code_valid(batch, strlen(batch))) {
        office_refuse(office, EX_USAGE, _("--batch: %s: this is no code"), batch);
        return false;
    }
    if (!map_fine(office, online->map))
        return false;
    if (batch)
        snprintf(online->batch, sizeof(online->batch), "%s", batch);
    else
        snprintf(online->batch, sizeof(online->batch), "%s-%.*s", ONLINE_BY,
                 (int)(CODE_SIZE_MAX - strlen(ONLINE_BY) - 1), online->session);
    return true;
}

static int online_begin(Import *import)
{
    Online *online = import->state = alloc_zero(sizeof(*online));
    Office *office = import->office;
    SessionList list = {0};

    online->torn = true;
    if (!take_options(office, online))
        return 0;
    int r = query_session(office->store, online->session, &list);
    if (r == QUERY_E_UNKNOWN) {
        office_refuse(office, EX_DATAERR, _("there is no session %s"), online->session);
        return 0;
    }
    session_list_deinit(&list);
    if (r == 0)
        r = rules_load(office->store, &online->rules);
    online->rules_loaded = r == 0;
    online->torn = r != 0;
    return error_trace(r);
}

static void online_deinit(Import *import)
{
    Online *online = import->state;

    if (!online)
        return;
    for (size_t i = 0; i < online->count; i++)
        free(online->entries[i].member);
    free(online->entries);
    free(online->first_course);
    correction_target_deinit(&online->target);
    if (online->rules_loaded)
        rules_deinit(&online->rules);
    free(online);
}

static bool is_finished(const OnlineLine *line)
{
    if (line->state != ONLINE_UNSTATED)
        return line->state == ONLINE_DONE;
    if (line->progress != ONLINE_UNSTATED)
        return line->progress == ONLINE_DONE;
    return line->at != TIME_NONE;
}

// Two courses in one export cannot both be the session.
static void course_check(Import *import, Online *online, const OnlineLine *line)
{
    if (!line->course || online->course)
        return;
    if (!online->first_course) {
        online->first_course = alloc_string(line->course);
        online->first_line = import->line;
    } else if (strcmp(online->first_course, line->course) != 0) {
        import_error(import, COLUMN_COURSE,
                     _("%s, where line %" PRIu64 " has %s; say with --course which is meant"), line->course,
                     online->first_line, online->first_course);
    }
}

// What a finished line is worth: its minutes, or its lessons by the conversion of the session's date, or, if
// it says neither, the session.
static bool line_minutes(Import *import, const Online *online, const OnlineLine *line, int64_t *ret_minutes)
{
    const SessionRow *session = &online->target.session;
    int32_t minutes = line->minutes, version;
    Worth worth = {.unit = ONLINE_UNIT, .tenths = line->lessons};

    if (minutes == ATTENDANCE_UNSTATED && line->lessons != ONLINE_TENTHS_UNSTATED) {
        int r = rules_worth(&online->rules, &worth, session->date, &minutes, &version);
        if (r != 0) {
            import_error(import, COLUMN_LESSONS,
                         r == WORTH_E_UNIT ? _("the conversion rule of the session's date has no %s")
                                           : _("that is too many: %s"),
                         ONLINE_UNIT);
            return false;
        }
    }
    *ret_minutes = minutes == ATTENDANCE_UNSTATED ? session->rules.minutes : minutes;
    if (*ret_minutes > 0)
        return true;
    import_error(import, line->minutes == 0 ? COLUMN_MINUTES : COLUMN_LESSONS,
                 _("finished, and yet no time was spent"));
    return false;
}

static int online_put(Import *import, const void *data)
{
    const OnlineLine *line = data;
    Online *online = import->state;
    OnlineEntry entry = {.line = import->line, .at = line->at};

    if (online->torn)
        return 0;
    if (online->course && (!line->course || strcmp(online->course, line->course) != 0)) {
        online->others++;
        return 0;
    }
    if (!is_finished(line)) {
        online->unfinished++;
        return 0;
    }
    course_check(import, online, line);
    if (line->at == TIME_NONE)
        import_error(import, COLUMN_FINISHED, _("finished, but not when"));
    int r = correction_find(import->office, online->session, line->member, &online->target);
    if (r < 0)
        return error_trace(r);
    if (!online->target.member_known)
        import_error(import, COLUMN_MEMBER, _("there is no member %s%s%s"), line->member,
                     line->name ? ", " : "", line->name ? line->name : "");
    if (!line_minutes(import, online, line, &entry.minutes) || !online->target.member_known)
        return 0;
    if (online->count == online->capacity) {
        online->capacity = online->capacity ? 2 * online->capacity : 256;
        online->entries = alloc_resize(online->entries, online->capacity, sizeof(*online->entries));
    }
    entry.member = alloc_string(line->member);
    online->entries[online->count++] = entry;
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    const OnlineEntry *x = a, *y = b;
    int order = strcmp(x->member, y->member);

    return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

// The lines about one member as one line of the batch.
static int take_member(Import *import, const Online *online, const OnlineEntry *first, size_t count)
{
    AttendanceLine line = {.batch = online->batch,
                           .session = online->session,
                           .member = first->member,
                           .by = ONLINE_BY,
                           .why = online->course ? online->course : "",
                           .kind = EVENT_MAKEUP,
                           .mode = EVENT_MODE_NONE,
                           .at = first->at};
    const char *refused = NULL;
    int64_t minutes = 0;
    bool known = false;

    for (size_t i = 0; i < count; i++) {
        minutes += first[i].minutes;
        line.at = first[i].at > line.at ? first[i].at : line.at;
    }
    line.minutes = (int32_t)(minutes < CELL_MINUTES_MAX ? minutes : CELL_MINUTES_MAX);
    int r = attendance_line_take(import->office, &line, &known, &refused);
    if (r < 0)
        return error_trace(r);
    if (refused)
        import_error_at(import, first->line, COLUMN_MEMBER, _("the event cannot be: %s"), refused);
    import_count(import, known ? ROSTER_SAME : ROSTER_ADDED);
    return 0;
}

static int online_end(Import *import)
{
    Online *online = import->state;
    Text *out = import->renderer ? &import->office->reply->err : &import->office->reply->out;
    int r = 0;

    if (online->torn || import->errors)
        return 0;
    import->same = 0; // of lines; people are counted
    if (online->count)
        qsort(online->entries, online->count, sizeof(*online->entries), compare_entries);
    for (size_t i = 0, next; i < online->count && r == 0; i = next) {
        for (next = i + 1; next < online->count; next++)
            if (strcmp(online->entries[next].member, online->entries[i].member) != 0)
                break;
        r = take_member(import, online, &online->entries[i], next - i);
    }
    text_appendf(out, _("Batch %s. Not finished, passed over: %" PRId64 "\n"), online->batch,
                 online->unfinished);
    if (online->others)
        text_appendf(out, _("Of other courses, passed over: %" PRId64 "\n"), online->others);
    return error_trace(r);
}

const ImportKind import_online = {
    .name = "online",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = COLUMN_COUNT, // lines may say different things about a member, each of them
    .line_size = sizeof(OnlineLine),
    .blank = &(
        const OnlineLine){.at = TIME_NONE, .minutes = ATTENDANCE_UNSTATED, .lessons = ONLINE_TENTHS_UNSTATED},
    .is_export = true,
    .named = online_named,
    .begin = online_begin,
    .put = online_put,
    .end = online_end,
    .deinit = online_deinit,
};
