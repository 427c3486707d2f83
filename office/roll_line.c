// A line as it is keyed in: the printed "LINE-CHECK", then what is marked on it. Nothing but what stands on
// the paper needs to be typed, and a line without a mark is no line.
#include <stdio.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "office/roll.h"

#define BLANKS " \t"

static const char *const marks[] = {"x", "X", "v", "V", "1", "y", "yes", "√", "✓", "✔", "是", "有", "到"};

bool roll_is_mark(const char *cell)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (strcmp(cell, marks[i]) == 0)
            return true;
    return false;
}

static const struct {
    const char *word;
    RollMark mark; // ROLL_MARK_COUNT: nothing at all
} words[] = {
    {"in", ROLL_IN},           {"到", ROLL_IN},         {"签到", ROLL_IN},     {"out", ROLL_OUT},
    {"离", ROLL_OUT},          {"签退", ROLL_OUT},      {"leave", ROLL_LEAVE}, {"请假", ROLL_LEAVE},
    {"none", ROLL_MARK_COUNT}, {"无", ROLL_MARK_COUNT},
};

static void fail(RollProblem *problem, const char *field, const char *reason)
{
    *problem = (RollProblem){.field = field};
    snprintf(problem->reason, sizeof(problem->reason), "%s", reason);
}

// One word: a mark, with a value behind '='. False if it is none.
static bool parse_word(char *word, RollStated *stated, RollProblem *problem, bool *ret_none)
{
    char *value = strchr(word, '=');

    if (value)
        *value++ = '\0';
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        RollMark mark = words[i].mark;
        if (strcmp(word, words[i].word) != 0)
            continue;
        if (mark == ROLL_MARK_COUNT) {
            *ret_none = true;
            return true;
        }
        if (stated->marked[mark])
            fail(problem, words[i].word, _("stands twice"));
        stated->marked[mark] = true;
        stated->value[mark] = value && *value && !roll_is_mark(value) ? value : NULL;
        return true;
    }
    return false;
}

static bool parse_number(char *text, RollStated *stated)
{
    char *dash = strchr(text, '-');
    long long line;

    if (!dash)
        return false;
    *dash = '\0';
    stated->check = dash + 1;
    if (!text_parse_int64(text, 1, ROLL_LINES_MAX, &line))
        return false;
    stated->line = (int)line;
    return true;
}

void roll_line_parse(char *text, RollStated *ret_stated, RollProblem *ret_problem)
{
    RollStated stated = {0};
    RollProblem problem = {0};
    bool none = false;
    char *rest = NULL, *word = strtok_r(text, BLANKS, &rest);

    if (!word || !parse_number(word, &stated))
        fail(&problem, "line", _("a line begins with LINE-CHECK as printed, such as 12-417"));
    while (!problem.field && (word = strtok_r(NULL, BLANKS, &rest))) {
        if (!parse_word(word, &stated, &problem, &none))
            fail(&problem, "line", _("after LINE-CHECK stand in, out, leave, with =VALUE, or none"));
    }
    bool any = stated.marked[ROLL_IN] || stated.marked[ROLL_OUT] || stated.marked[ROLL_LEAVE];
    if (!problem.field && any == none)
        fail(&problem, "line",
             any ? _("none, and something marked as well: which of the two?")
                 : _("says nothing: in, out, leave, or none to take back what was entered"));
    *ret_stated = stated;
    *ret_problem = problem;
}
