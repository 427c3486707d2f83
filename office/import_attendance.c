// attendance: what paper rolls, online courses and other systems say, as batches with a number of their own.
//
// A line becomes an event of the office. Which lines of a batch have been taken is noted in the batch
// register, by a digest of what they say: importing the file again, or the file with lines added, adds only
// what is new, even if an event of it has been voided since. Unknown members and sessions are errors, not
// parked: the office has the register.
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/import.h"
#include "office/import_attendance.h"

_Static_assert(sizeof(AttendanceLine) <= IMPORT_LINE_SIZE, "fits");

#define MINUTES_UNSTATED ATTENDANCE_UNSTATED

enum {
    COLUMN_BATCH,
    COLUMN_SESSION,
    COLUMN_MEMBER,
    COLUMN_KIND,
    COLUMN_AT,
    COLUMN_MODE,
    COLUMN_MINUTES,
    COLUMN_BY,
    COLUMN_WHY,
    COLUMN_COUNT
};

static const Column columns[] = {
    [COLUMN_BATCH] = {"batch", {"批次", "批次号", "批号"}, false, cell_code, offsetof(AttendanceLine, batch)},
    [COLUMN_SESSION] = {"session",
                        {"场次", "场次编码", "场次代码", "场次编号"},
                        false,
                        cell_code,
                        offsetof(AttendanceLine, session)},
    [COLUMN_MEMBER] = {"member",
                       {"党员", "党员编码", "党员代码", "党员编号"},
                       false,
                       cell_code,
                       offsetof(AttendanceLine, member)},
    [COLUMN_KIND] =
        {"kind", {"类型", "事件", "打卡事件"}, false, cell_event_kind, offsetof(AttendanceLine, kind)},
    [COLUMN_AT] = {"at", {"时间", "打卡时间"}, false, cell_time, offsetof(AttendanceLine, at)},
    [COLUMN_MODE] =
        {"mode", {"方式", "学习方式", "模式"}, true, cell_event_mode, offsetof(AttendanceLine, mode)},
    [COLUMN_MINUTES] =
        {"minutes", {"分钟", "分钟数", "时长"}, true, cell_minutes, offsetof(AttendanceLine, minutes)},
    [COLUMN_BY] = {"by", {"登记人", "录入人", "经办人"}, false, cell_text, offsetof(AttendanceLine, by)},
    [COLUMN_WHY] = {"why", {"原因", "理由", "事由", "说明"}, false, cell_text, offsetof(AttendanceLine, why)},
};

static int import_attendance_begin(Import *import)
{
    import->state = alloc_zero(sizeof(CorrectionTarget));
    return 0;
}

static void import_attendance_deinit(Import *import)
{
    if (import->state)
        correction_target_deinit(import->state);
    free(import->state);
}

// What a line says, whatever the columns' order and the way its time is written.
static void attendance_digest(const AttendanceLine *line, uint8_t ret_digest[static DIGEST_SIZE])
{
    char numbers[96];
    DigestPart parts[] = {
        {line->session, strlen(line->session) + 1},
        {line->member, strlen(line->member) + 1},
        {line->by, strlen(line->by) + 1},
        {line->why, strlen(line->why) + 1},
        {numbers, sizeof(numbers)},
    };

    memset(numbers, 0, sizeof(numbers));
    snprintf(numbers, sizeof(numbers), "%s %" PRId64 " %d %d", event_kind_word((EventKind)line->kind),
             line->at, line->mode, (int)line->minutes);
    digest_sha256(parts, sizeof(parts) / sizeof(parts[0]), ret_digest);
}

static bool import_attendance_check(Import *import, const AttendanceLine *line)
{
    uint64_t before = import->errors;
    bool on_site = line->kind == EVENT_IN || line->kind == EVENT_OUT;

    if (line->mode != EVENT_MODE_NONE && !on_site)
        import_error(import, COLUMN_MODE, _("is for in and out"));
    if (line->kind == EVENT_MAKEUP && line->minutes < 1)
        import_error(import, COLUMN_MINUTES, _("a makeup says how many minutes"));
    if (line->kind != EVENT_MAKEUP && line->minutes != MINUTES_UNSTATED)
        import_error(import, COLUMN_MINUTES, _("is for makeup"));
    return import->errors == before;
}

// How it was recorded, if `by` is a word of the protocol; otherwise it names a person, and a person wrote it
// down.
static EventBy attendance_by(const AttendanceLine *line)
{
    EventBy by;

    if (line->kind != EVENT_IN && line->kind != EVENT_OUT)
        return EVENT_BY_NONE;
    return event_by_parse(line->by, &by) ? by : EVENT_BY_MANUAL;
}

static int attendance_add(Office *office, const AttendanceLine *line,
                          const uint8_t digest[static DIGEST_SIZE], const char **ret_refused)
{
    Event event = event_make((EventKind)line->kind);
    char at[CLOCK_TEXT_SIZE];
    uint64_t seq = 0;
    int r;

    time_format_zone(line->at, at);
    event.session = line->session;
    event.member = line->member;
    event.at = line->at;
    event.at_text = at;
    event.by = attendance_by(line);
    event.mode = (EventMode)line->mode;
    if (line->kind == EVENT_MAKEUP)
        event.minutes = line->minutes;
    r = correction_add(office, &event, true, ret_refused, &seq);
    if (r == 0 && !*ret_refused)
        r = ledger_line_note(office->store, line->batch, digest, seq, line->by, line->why);
    return error_trace(r);
}

int attendance_line_take(Office *office, const AttendanceLine *line, bool *ret_known,
                         const char **ret_refused)
{
    uint8_t digest[DIGEST_SIZE];
    int r;

    *ret_refused = NULL;
    attendance_digest(line, digest);
    r = ledger_line_known(office->store, line->batch, digest, ret_known);
    if (r == 0 && !*ret_known)
        r = attendance_add(office, line, digest, ret_refused);
    return error_trace(r);
}

static int import_attendance_put(Import *import, const void *data)
{
    const AttendanceLine *line = data;
    CorrectionTarget *target = import->state;
    const char *refused = NULL;
    bool known = false;
    int r;

    if (!import_attendance_check(import, line))
        return 0;
    r = correction_find(import->office, line->session, line->member, target);
    if (r < 0)
        return error_trace(r);
    if (!target->session_known)
        import_error(import, COLUMN_SESSION, _("there is no session %s"), line->session);
    if (!target->member_known)
        import_error(import, COLUMN_MEMBER, _("there is no member %s"), line->member);
    if (!target->session_known || !target->member_known)
        return 0;
    r = attendance_line_take(import->office, line, &known, &refused);
    if (r < 0)
        return error_trace(r);
    if (refused)
        import_error(import, COLUMN_KIND, _("the event cannot be: %s"), refused);
    import_count(import, known ? ROSTER_SAME : ROSTER_ADDED);
    return 0;
}

const ImportKind import_attendance = {
    .name = "attendance",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = COLUMN_MODE, // batch, session, member, kind, at
    .line_size = sizeof(AttendanceLine),
    .blank = &(const AttendanceLine){.mode = EVENT_MODE_NONE, .minutes = MINUTES_UNSTATED},
    .begin = import_attendance_begin,
    .put = import_attendance_put,
    .deinit = import_attendance_deinit,
};
