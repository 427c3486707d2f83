// Options become a plan: each value is checked alone here; whether it fits with the register and with what is
// planned already is asked where it is written.
#include "office/session_plan.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "office/column.h"
#include "office/links.h"

#define MAKEUP_DAYS_MAX 366 // a year: nobody makes up what is older

const ProgramOption office_session_options[] = {
    {"kind", 0, "KIND", N_("kind of training, such as study-day or class (list: of this kind only)")},
    {"title", 0, "TITLE", N_("title, for people")},
    {"starts", 0, "TIME", N_("when it starts; of a series, the first possible day and the time of day")},
    {"ends", 0, "TIME", N_("when it ends")},
    {"org", 0, "ORG", N_("whose subtree is expected (list: what concerns this organisation)")},
    {"minutes", 0, "N", N_("what it is worth: minutes, or units such as \"1 day\" or \"2 class-hour\"")},
    {"points", 0, "LIST", N_("points that take part, separated by ;, on a route in its order (\"\": all)")},
    {"makeup-until", 0, "DATE", N_("last day for making up (default: by the rules)")},
    {"makeup-days", 0, "N", N_("the same, as days after each session")},
    {"activity", 0, "CODE", N_("what several sessions have in common (list: of this activity only)")},
    {"organisers", 0, "LIST", N_("members who organise it, in turn over a series, separated by ;")},
    {"materials", 0, "LIST", N_("links to read, http or https, separated by ;")},
    {"invite", 0, "LIST", N_("members who alone are expected, separated by ;")},
    {"days", 0, "N", N_("add: one session a day on N days")},
    {"repeat", 0, "RULE", N_("add: daily, weekly:thu or monthly:5,20 or monthly:1st-thu,3rd-thu")},
    {"until", 0, "DATE", N_("add: last day of the series, or its last month")},
    {"times", 0, "N", N_("add: how many sessions the series has")},
    {"weekend", 0, "WORD", N_("add: what becomes of a Saturday or Sunday: keep, skip, before or after")},
    {"from", 0, "DATE", N_("list: from this day on (default: the first of this month)")},
    {"to", 0, "DATE", N_("list: up to this day")},
    {"dry-run", 'n', NULL, N_("add, change: say what would be, and change nothing")},
    {"force", 0, NULL, N_("invite, uninvite: also where that changes who is expected as a whole")},
    {"why", 0, "TEXT", N_("the reason, for the audit log")},
    {"format", 'f', "FORMAT", N_("list, show: text, csv, json or jsonl (default: text)")},
    {0},
};

// The parsed value of an option. False after having refused.
static bool take(Office *office, const char *name, CellParse parse, void *ret_value)
{
    const char *value = options_get(&office->options, name);
    const char *reason = value ? parse(value, strlen(value), ret_value) : NULL;

    if (!reason)
        return true;
    office_refuse(office, EX_USAGE, "--%s: %s: %s", name, value, _(reason));
    return false;
}

static bool take_number(Office *office, const char *name, long long max, long long *ret_number)
{
    const char *value = options_get(&office->options, name);

    if (!value || text_parse_int64(value, 1, max, ret_number))
        return true;
    office_refuse(office, EX_USAGE, _("--%s: %s: a whole number from 1 to %lld"), name, value, max);
    return false;
}

// Cuts a list of codes into `*storage`, which moves on.
static const char **cut(const char *list, char **storage, size_t *ret_count)
{
    const char **codes = alloc_zero((strlen(list) / 2 + 2) * sizeof(*codes));
    const char *rest = list, *item;
    size_t size, count = 0;

    while (cell_list_next(&rest, &item, &size)) {
        memcpy(*storage, item, size);
        codes[count++] = *storage;
        *storage += size;
        *(*storage)++ = '\0';
    }
    *ret_count = count;
    return codes;
}

static bool take_lists(Office *office, SessionPlan *plan)
{
    const struct {
        const char *name;
        const char ***codes;
        size_t *count;
    } lists[] = {{"points", &plan->points, &plan->point_count},
                 {"organisers", &plan->organisers, &plan->organiser_count},
                 {"invite", &plan->invited, &plan->invited_count}};
    size_t room = 1;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const char *list = options_get(&office->options, lists[i].name);
        room += list ? strlen(list) + 1 : 0;
    }
    char *storage = plan->storage = alloc_zero(room);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const char *list = options_get(&office->options, lists[i].name), *same;
        if (!take(office, lists[i].name, cell_list, &same))
            return false;
        if (list)
            *lists[i].codes = cut(list, &storage, lists[i].count);
    }
    plan->points_said = options_has(&office->options, "points");
    return true;
}

static bool take_materials(Office *office, SessionPlan *plan)
{
    const char *list = options_get(&office->options, "materials");
    const char *reason = list ? links_parse(list, &plan->materials) : NULL;

    plan->materials_said = list != NULL;
    if (!reason)
        return true;
    office_refuse(office, EX_USAGE, "--materials: %s: %s", list, _(reason));
    return false;
}

static bool take_activity(Office *office, SessionPlan *plan)
{
    const char *given = options_get(&office->options, "activity");

    if (given && !*given) {
        plan->activity = "";
        return true;
    }
    return take(office, "activity", cell_code, &plan->activity);
}

// A day, or a month, which means its last day.
static bool take_until(Office *office, SessionPlan *plan)
{
    const char *given = options_get(&office->options, "until");
    Month month;

    if (given && month_parse(given, &month)) {
        plan->until = month_last_day(month);
        return true;
    }
    return take(office, "until", cell_date, &plan->until);
}

static bool refuse(Office *office, const char *sentence)
{
    office_refuse(office, EX_USAGE, "%s", _(sentence));
    return false;
}

static bool take_series(Office *office, SessionPlan *plan)
{
    const char *repeat = options_get(&office->options, "repeat");
    const char *weekend = options_get(&office->options, "weekend");
    bool days = options_has(&office->options, "days"), times = options_has(&office->options, "times");
    long long number = 0;

    if (!take_until(office, plan) || !take_number(office, days ? "days" : "times", SERIES_DAYS_MAX, &number))
        return false;
    plan->times = (size_t)number;
    plan->is_series = days || repeat;
    if (days && (repeat || times || plan->until != DATE_NONE))
        return refuse(office,
                      N_("--days says all of a series; --repeat, --until and --times do not go with it"));
    if (!plan->is_series && (weekend || times || plan->until != DATE_NONE))
        return refuse(office, N_("--until, --times and --weekend are for --repeat"));
    if (repeat && !times == (plan->until == DATE_NONE))
        return refuse(office, N_("--repeat needs either --until or --times"));
    if (repeat && !series_parse(repeat, &plan->rule)) {
        office_refuse(office, EX_USAGE,
                      _("--repeat: %s: daily, weekly:thu or monthly:5,20,last or monthly:1st-thu,last-fri"),
                      repeat);
        return false;
    }
    if (weekend && !series_weekend_parse(weekend, &plan->rule.weekend)) {
        office_refuse(office, EX_USAGE, _("--weekend: %s: one of keep, skip, before, after"), weekend);
        return false;
    }
    return true;
}

static bool take_makeup(Office *office, SessionPlan *plan)
{
    long long days = -1;

    if (!take(office, "makeup-until", cell_date, &plan->makeup_until) ||
        !take_number(office, "makeup-days", MAKEUP_DAYS_MAX, &days))
        return false;
    plan->makeup_days = (int)days;
    if (plan->makeup_until != DATE_NONE && days >= 0)
        return refuse(office, N_("--makeup-until and --makeup-days say the same; one is enough"));
    return true;
}

bool session_plan_take(Office *office, const char *code, SessionPlan *ret_plan)
{
    const char *reason;

    *ret_plan = (SessionPlan){.kind = -1,
                              .starts = TIME_NONE,
                              .ends = TIME_NONE,
                              .makeup_until = DATE_NONE,
                              .makeup_days = -1,
                              .until = DATE_NONE};
    ret_plan->worth_said = options_has(&office->options, "minutes");
    reason = cell_code(code, strlen(code), &ret_plan->code);
    if (reason) {
        office_refuse(office, EX_USAGE, "%s: %s", code, _(reason));
        return false;
    }
    return take(office, "kind", cell_session_kind, &ret_plan->kind) &&
           take(office, "title", cell_text, &ret_plan->title) &&
           take(office, "starts", cell_time, &ret_plan->starts) &&
           take(office, "ends", cell_time, &ret_plan->ends) &&
           take(office, "org", cell_code, &ret_plan->org) &&
           take(office, "minutes", cell_worth, &ret_plan->worth) && take_makeup(office, ret_plan) &&
           take_activity(office, ret_plan) && take_lists(office, ret_plan) &&
           take_materials(office, ret_plan) && take_series(office, ret_plan);
}

void session_plan_deinit(SessionPlan *plan)
{
    text_deinit(&plan->materials);
    free(plan->storage);
    free(plan->points);
    free(plan->organisers);
    free(plan->invited);
    *plan = (SessionPlan){0};
}

bool session_plan_says(const SessionPlan *plan)
{
    return plan->title || plan->org || plan->kind >= 0 || plan->starts != TIME_NONE ||
           plan->ends != TIME_NONE || plan->worth_said || plan->makeup_until != DATE_NONE ||
           plan->makeup_days >= 0 || plan->activity || plan->points_said || plan->materials_said ||
           plan->organisers;
}
