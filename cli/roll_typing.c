// Whoever keys in a roll of seventy lines wants to know at once that a code is wrong, while the finger is
// still on the line. Nothing is decided here: the writer looks at everything again, and takes all of it or
// nothing.
#include "cli/roll_typing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/store/roll.h"
#include "office/roll.h"

typedef struct Typing {
    int64_t number;
    char code[ROLL_CODE_SIZE];
    char **names; // of line 1 and so on: code and name
    char (*checks)[ROLL_CHECK_SIZE];
    int lines;
    bool *typed;
    Text *accepted;
} Typing;

static void typing_deinit(Typing *typing)
{
    for (int i = 0; i < typing->lines; i++)
        free(typing->names[i]);
    free(typing->names);
    free(typing->checks);
    free(typing->typed);
}

static int typing_load_line(void *user, const RollLine *line)
{
    Typing *typing = user;
    Text name = {0};

    typing->names = alloc_resize(typing->names, (size_t)typing->lines + 1, sizeof(*typing->names));
    typing->checks = alloc_resize(typing->checks, (size_t)typing->lines + 1, sizeof(*typing->checks));
    text_appendf(&name, "%s %s", line->code, line->name);
    roll_check(typing->number, line->line, line->code, typing->checks[typing->lines]);
    typing->names[typing->lines++] = text_take(&name);
    return 0;
}

// What is wrong with the line, or NULL; its number is known when it is right.
static bool typing_check(Typing *typing, char *text, RollStated *ret_stated)
{
    RollProblem problem;

    roll_line_parse(text, ret_stated, &problem);
    if (problem.field)
        printf("%s: %s\n", problem.field, problem.reason);
    else if (ret_stated->line > typing->lines)
        printf(_("roll %s has lines 1 to %d\n"), typing->code, typing->lines);
    else if (strcmp(ret_stated->check, typing->checks[ret_stated->line - 1]) != 0)
        printf(_("%s is not the check code of line %d\n"), ret_stated->check, ret_stated->line);
    else if (typing->typed[ret_stated->line])
        printf(_("line %d has been typed already\n"), ret_stated->line);
    else
        return true;
    return false;
}

static void typing_take(Typing *typing, char *line)
{
    RollStated stated;
    size_t size = strcspn(line, "\r\n");
    CLEANUP(cleanup_free) char *copy = NULL;

    line[size] = '\0';
    if (!line[strspn(line, " \t")] || *line == '#')
        return;
    copy = alloc_string(line); // parsing cuts it up
    if (!typing_check(typing, copy, &stated))
        return;
    typing->typed[stated.line] = true;
    text_appendf(typing->accepted, "%s\n", line);
    printf("%d  %s\n", stated.line, typing->names[stated.line - 1]);
}

static void typing_read(Typing *typing)
{
    char *line = NULL;
    size_t capacity = 0;

    typing->typed = alloc_zero((size_t)typing->lines + 1);
    printf(_("Roll %s, %d lines. Type LINE-CHECK and in=HH:MM out=HH:MM, or leave; end with Ctrl-D.\n"),
           typing->code, typing->lines);
    for (;;) {
        fputs("> ", stdout);
        fflush(stdout);
        if (getline(&line, &capacity, stdin) < 0)
            break;
        typing_take(typing, line);
    }
    putchar('\n');
    free(line);
}

int roll_typing_run(Store *store, const char *name, Text *lines)
{
    Typing typing = {.accepted = lines};
    int r = roll_parse_code(name, &typing.number) ? 0 : ROLL_E_UNKNOWN;

    roll_format_code(typing.number, typing.code);
    if (r == 0)
        r = roll_each_line(store, typing.number, typing_load_line, &typing);
    if (r == 0 && typing.lines > 0)
        typing_read(&typing);
    else if (r < 0)
        fprintf(stderr, _("studyday: roll: the database cannot be read: %s\n"), strerror(-r));
    else
        fprintf(stderr, _("studyday: roll: there is no roll %s\n"), name);
    bool found = typing.lines > 0;
    typing_deinit(&typing);
    return r < 0 ? EX_IOERR : found ? EX_OK : EX_DATAERR;
}
