// A command line read against a table. There are no abbreviations (a new option would change what an old
// script means) and no bundles of letters: what stands in the help is what is understood. An option given
// twice is refused: which of the two the user meant, nobody knows.
#include "core/base/options.h"

#include <stddef.h>
#include <string.h>

#include "core/base/i18n.h"

const ProgramOption *options_find(const ProgramOption *table, const char *argument)
{
    if (!table || argument[0] != '-' || !argument[1])
        return NULL;
    for (const ProgramOption *option = table; option->name; option++) {
        size_t size = strlen(option->name);

        if (argument[1] != '-') {
            if (option->letter && argument[1] == option->letter && !argument[2])
                return option;
        } else if (strncmp(argument + 2, option->name, size) == 0 &&
                   (!argument[2 + size] || argument[2 + size] == '=')) {
            return option;
        }
    }
    return NULL;
}

// One option at argv[i]; returns how many words it took, 0 after a problem.
static int options_take(Options *options, int argc, char *const *argv, int i, Text *problem)
{
    const ProgramOption *option = options_find(options->table, argv[i]);
    const char *equals = argv[i][1] == '-' ? strchr(argv[i], '=') : NULL;
    size_t index;

    if (!option) {
        text_appendf(problem, _("there is no option %s"), argv[i]);
        return 0;
    }
    index = (size_t)(option - options->table);
    if (index >= OPTIONS_MAX || options->values[index]) {
        text_appendf(problem, _("option --%s is given twice"), option->name);
        return 0;
    }
    if (!option->argument) {
        if (equals) {
            text_appendf(problem, _("option --%s takes no value"), option->name);
            return 0;
        }
        options->values[index] = "";
        return 1;
    }
    if (equals) {
        options->values[index] = equals + 1;
        return 1;
    }
    if (i + 1 >= argc) {
        text_appendf(problem, _("option --%s needs a value: %s"), option->name, option->argument);
        return 0;
    }
    options->values[index] = argv[i + 1];
    return 2;
}

bool options_parse(const ProgramOption *table, int argc, char *const *argv, Options *ret_options,
                   Text *problem)
{
    Options options = {.table = table};
    bool only_operands = false;
    int i = 1;

    while (i < argc) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
            i++;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            int taken = options_take(&options, argc, argv, i, problem);

            if (!taken)
                return false;
            i += taken;
        } else if (options.operand_count == OPERANDS_MAX) {
            text_append(problem, _("too many arguments"));
            return false;
        } else {
            options.operands[options.operand_count++] = argv[i++];
        }
    }
    *ret_options = options;
    return true;
}

const char *options_get(const Options *options, const char *name)
{
    for (size_t i = 0; options->table && options->table[i].name; i++) {
        if (strcmp(options->table[i].name, name) == 0)
            return options->values[i];
    }
    return NULL;
}

bool options_has(const Options *options, const char *name)
{
    return options_get(options, name) != NULL;
}
