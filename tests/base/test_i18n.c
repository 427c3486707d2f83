// argv[1] is the compiled catalogue; it is linked into a folder as gettext wants it. Each test begins with an
// empty environment.
#include "core/base/i18n.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/base/capture.h"
#include "tests/base/test.h"

static const char *catalogue;
static char *folder;

static int environment_clear(void **state)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG", "LANGUAGE"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    return 0;
}

static void i18n_init_without_a_locale_speaks_english_in_utf8(void **state)
{
    (void)state;
    i18n_init(NULL);
    assert_string_equal(_("study day"), "study day");
    assert_string_equal(nl_langinfo(CODESET), "UTF-8");
}

static void i18n_init_with_lang_translates(void **state)
{
    (void)state;
    i18n_init("zh_CN");
    assert_string_equal(_("study day"), "学习日");
}

static void i18n_init_with_lang_and_codeset_translates(void **state)
{
    (void)state;
    i18n_init("zh_CN.UTF-8");
    assert_string_equal(_("study day"), "学习日");
}

static void i18n_init_with_lang_translates_in_the_c_locale_too(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    i18n_init("zh_CN");
    assert_string_equal(_("study day"), "学习日");
}

static void i18n_init_follows_a_locale_that_the_system_lacks(void **state)
{
    (void)state;
    setenv("LANG", "zh_CN.UTF-8", 1);
    i18n_init(NULL);
    assert_string_equal(_("study day"), "学习日");
    assert_string_equal(nl_langinfo(CODESET), "UTF-8");
}

static void i18n_init_with_lang_overrides_the_environment(void **state)
{
    (void)state;
    setenv("LANG", "zh_CN.UTF-8", 1);
    setenv("LANGUAGE", "zh_CN", 1);
    i18n_init("en");
    assert_string_equal(_("study day"), "study day");
}

static void i18n_init_again_changes_the_language(void **state)
{
    (void)state;
    i18n_init(NULL);
    assert_string_equal(_("study day"), "study day");
    i18n_init("zh_CN");
    assert_string_equal(_("study day"), "学习日");
    i18n_init("en");
    assert_string_equal(_("study day"), "study day");
}

static void i18n_init_leaves_the_c_locale_untranslated(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    setenv("LANGUAGE", "zh_CN", 1);
    i18n_init(NULL);
    assert_string_equal(_("study day"), "study day");
    assert_string_equal(nl_langinfo(CODESET), "UTF-8");
}

static void i18n_init_takes_no_path_for_a_language(void **state)
{
    (void)state;
    i18n_init("zh_CN/");
    assert_string_equal(_("study day"), "study day");
}

static void i18n_init_keeps_the_decimal_point(void **state)
{
    (void)state;
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    i18n_init(NULL);
    assert_string_equal(setlocale(LC_NUMERIC, NULL), "C");
}

static int folder_setup(void **state)
{
    char path[512];

    (void)state;
    folder = capture_folder_make();
    snprintf(path, sizeof(path), "%s/zh_CN", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/zh_CN/LC_MESSAGES", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/zh_CN/LC_MESSAGES/studyday.mo", folder);
    setenv("STUDYDAY_LOCALEDIR", folder, 1);
    return symlink(catalogue, path);
}

static int folder_teardown(void **state)
{
    char path[512];

    (void)state;
    snprintf(path, sizeof(path), "%s/zh_CN/LC_MESSAGES/studyday.mo", folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/zh_CN/LC_MESSAGES", folder);
    rmdir(path);
    snprintf(path, sizeof(path), "%s/zh_CN", folder);
    rmdir(path);
    capture_folder_remove(folder);
    return 0;
}

#define locale_test(function) cmocka_unit_test_setup(function, environment_clear)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        locale_test(i18n_init_without_a_locale_speaks_english_in_utf8),
        locale_test(i18n_init_with_lang_translates),
        locale_test(i18n_init_with_lang_and_codeset_translates),
        locale_test(i18n_init_with_lang_translates_in_the_c_locale_too),
        locale_test(i18n_init_follows_a_locale_that_the_system_lacks),
        locale_test(i18n_init_with_lang_overrides_the_environment),
        locale_test(i18n_init_again_changes_the_language),
        locale_test(i18n_init_leaves_the_c_locale_untranslated),
        locale_test(i18n_init_takes_no_path_for_a_language),
        locale_test(i18n_init_keeps_the_decimal_point),
    };
    char *resolved;
    int failed;

    if (argc != 2 || !(resolved = realpath(argv[1], NULL)))
        return 2;
    catalogue = resolved;
    failed = cmocka_run_group_tests_name("i18n", tests, folder_setup, folder_teardown);
    free(resolved);
    return failed;
}
