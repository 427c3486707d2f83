// A session and what follows from its own columns alone: its window (R1) and how its credit falls into two
// years (R16). Which point takes part, who is expected and who is silent needs the roster, and is not decided
// here.
#include "core/model/session.h"

#include "core/base/i18n.h"
#include "core/model/words.h"

// Chinese: the terms of docs/terms.md and the usual short forms in files.
static const Word kinds[SESSION_KIND_COUNT] = {
    [SESSION_STUDY_DAY] = {"study-day", N_("study day"), {"学习日", "政治学习日", "集中学习日"}},
    [SESSION_MEETING] = {"meeting", N_("branch meeting"), {"支部会议", "支部党员大会", "党员大会", "会议"}},
    [SESSION_LECTURE] = {"lecture", N_("party lecture"), {"党课"}},
    [SESSION_THEMED_DAY] = {"themed-day", N_("themed day"), {"主题党日"}},
    [SESSION_CLASS] = {"class", N_("training class"), {"培训班", "集中培训"}},
    [SESSION_SITE_VISIT] = {"site-visit", N_("on-site teaching"), {"现场教学", "现场教学点"}},
    [SESSION_ONLINE] = {"online", N_("online course"), {"网络课程", "网上课程", "在线课程", "线上课程"}},
    [SESSION_READING] = {"reading", N_("reading club"), {"读书会", "读书班", "读书活动"}},
    [SESSION_JOINT] = {"joint", N_("joint meeting"), {"联合会议", "联席会议", "联学", "联学会议"}},
};

const char *session_kind_word(SessionKind kind)
{
    return words_get(kinds, SESSION_KIND_COUNT, (size_t)kind);
}

const char *session_kind_title(SessionKind kind)
{
    return words_get_title(kinds, SESSION_KIND_COUNT, (size_t)kind);
}

bool session_kind_parse(const char *word, SessionKind *ret_kind)
{
    size_t index;
    if (!words_find(kinds, SESSION_KIND_COUNT, word, &index))
        return false;
    *ret_kind = (SessionKind)index;
    return true;
}

bool session_window_holds(const SessionRules *session, Time at)
{
    return at >= session->starts - session->window_before && at <= session->ends + session->window_after;
}

int32_t session_split_first_year(const SessionRules *session, int32_t credit)
{
    int year, month, day;
    date_to_civil(zone_date(session->starts), &year, &month, &day);
    Time new_year = zone_day_start(date_from_civil(year + 1, 1, 1));
    if (session->ends <= new_year)
        return credit;

    // 128 bits: minutes times microseconds of a long course leave 63 bits.
    __extension__ typedef __int128 Wide;
    Wide share = (Wide)credit * (new_year - session->starts);
    return (int32_t)(share / (session->ends - session->starts));
}
