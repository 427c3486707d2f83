// Each folder of cases/valid and cases/invalid is a test of its own: KIND.csv, or KIND.xlsx, is imported into
// the register of cases/base with the words of `options`, and what comes out must be `expected`. A valid file
// that was imported changes nothing the second time, nor does the workbook beside a CSV file; an invalid one
// leaves the roster version as it was.
#include "tests/office/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "tests/office/site.h"
#include "tests/support/support.h"

#define CASE_FILE_MAX (1024 * 1024)

typedef struct Case {
    char *folder;
    bool valid;
} Case;

static char *root;

static void case_read(const Case *test, const char *name, Text *text)
{
    CLEANUP(cleanup_text) Text path = {0};

    text_appendf(&path, "%s/%s", test->folder, name);
    file_read(text_cstr(&path), CASE_FILE_MAX, text);
    while (text->size && text->data[text->size - 1] == '\n' && strcmp(name, "options") == 0)
        text->data[--text->size] = '\0';
}

static bool case_has(const Case *test, const char *kind, const char *ending)
{
    CLEANUP(cleanup_text) Text path = {0};

    text_appendf(&path, "%s/%s%s", test->folder, kind, ending);
    return access(text_cstr(&path), R_OK) == 0;
}

// The kind is the name of the one file.
static char *case_kind(const Case *test)
{
    static const char *const kinds[] = {"orgs",     "points",      "terminals", "members",
                                        "sessions", "invitations", "attendance"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (case_has(test, kinds[i], ".csv") || case_has(test, kinds[i], ".xlsx"))
            return alloc_string(kinds[i]);
    }
    support_die("%s: no file to import", test->folder);
}

static void check_again(const Case *test, Site *site, const char *kind, const char *ending, const char *words)
{
    CLEANUP(cleanup_text) Text file = {0};

    if (!case_has(test, kind, ending))
        return;
    text_appendf(&file, "%s/%s%s", test->folder, kind, ending);
    assert_int_equal(site_say(site, words, text_cstr(&file)), EX_OK);
    assert_non_null(strstr(text_cstr(&site->reply.out), ": 0 added, 0 changed, "));
    assert_null(strstr(text_cstr(&site->reply.out), "ended"));
}

static void import_case(void **state)
{
    const Case *test = *state;
    CLEANUP(cleanup_free) char *kind = case_kind(test);
    CLEANUP(cleanup_text) Text base = {0}, file = {0}, words = {0}, options = {0}, expected = {0};
    bool dry;
    int64_t version;
    Site *site;

    text_appendf(&base, "%s/base", root);
    text_appendf(&file, "%s/%s%s", test->folder, kind, case_has(test, kind, ".csv") ? ".csv" : ".xlsx");
    case_read(test, "options", &options);
    case_read(test, "expected", &expected);
    text_appendf(&words, "import %s FILE %s", kind, text_cstr(&options));
    dry = strstr(text_cstr(&options), "dry-run") != NULL;
    site = site_new_with(text_cstr(&base));
    version = store_roster_version(site->store);

    assert_int_equal(site_say(site, text_cstr(&words), text_cstr(&file)), test->valid ? EX_OK : EX_DATAERR);
    assert_string_equal(text_cstr(test->valid ? &site->reply.out : &site->reply.err), text_cstr(&expected));
    assert_string_equal(text_cstr(test->valid ? &site->reply.err : &site->reply.out), "");
    if (!test->valid || dry) {
        assert_int_equal(store_roster_version(site->store), version);
    } else {
        check_again(test, site, kind, ".csv", text_cstr(&words));
        check_again(test, site, kind, ".xlsx", text_cstr(&words));
    }
    site_free(site);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

// Adds the folders of cases/`kind` as tests.
static void add_cases(const char *kind, struct CMUnitTest **tests, size_t *count)
{
    CLEANUP(cleanup_text) Text path = {0};
    struct dirent **entries = NULL;
    int found;

    text_appendf(&path, "%s/%s", root, kind);
    found = scandir(text_cstr(&path), &entries, is_case, alphasort);
    if (found <= 0)
        support_die("%s: no cases", text_cstr(&path));
    for (int i = 0; i < found; i++) {
        Case *test = alloc_zero(sizeof(*test));
        Text folder = {0}, name = {0};

        text_appendf(&folder, "%s/%s", text_cstr(&path), entries[i]->d_name);
        text_appendf(&name, "import %s %s", kind, entries[i]->d_name);
        test->folder = text_take(&folder);
        test->valid = strcmp(kind, "valid") == 0;
        *tests = alloc_resize(*tests, *count + 1, sizeof(**tests));
        (*tests)[(*count)++] =
            (struct CMUnitTest){.name = text_take(&name), .test_func = import_case, .initial_state = test};
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests = NULL;
    size_t count = 0;
    int failed;

    if (argc != 2)
        support_die("the folder of the cases is needed");
    root = argv[1];
    add_cases("valid", &tests, &count);
    add_cases("invalid", &tests, &count);
    failed = _cmocka_run_group_tests("import cases", tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        Case *test = tests[i].initial_state;

        free(test->folder);
        free(test);
        free((char *)(uintptr_t)tests[i].name);
    }
    free(tests);
    return failed;
}
