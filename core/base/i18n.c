// The locale of the process and our catalogue.
//
// Characters are UTF-8 whatever the environment says, since names are Chinese and their width matters;
// numbers keep the point, since figures are read by programs. The language of the messages follows the usual
// variables. A system that lacks the named locale (a container, a terminal's small image) still gets its
// language: the messages then live in C.UTF-8, where gettext goes by LANGUAGE alone.
#include "core/base/i18n.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build-config.h"

#define I18N_DOMAIN "studyday"
#define I18N_FALLBACK "C.UTF-8" // glibc has it since 2.35, Debian since long before
#define I18N_LANGUAGE_MAX 32    // "zh_CN" and the like

// The build's own catalogue, but only for a program that runs from that build: an installed one must not read
// a folder that anybody could create there.
static bool i18n_in_build(void)
{
    char self[PATH_MAX];
    size_t root = strlen(STUDYDAY_BUILD_LOCALEDIR) - strlen("po");
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self));

    return size > 0 && (size_t)size > root && memcmp(self, STUDYDAY_BUILD_LOCALEDIR, root) == 0 &&
           access(STUDYDAY_BUILD_LOCALEDIR, R_OK) == 0;
}

static const char *i18n_folder(void)
{
    const char *folder = getenv("STUDYDAY_LOCALEDIR");

    if (folder && *folder)
        return folder;
    return i18n_in_build() ? STUDYDAY_BUILD_LOCALEDIR : STUDYDAY_LOCALEDIR;
}

// What the environment asks the messages to be in; "C" if nothing.
static const char *i18n_wanted(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return value;
    }
    return "C";
}

static bool i18n_is_c(const char *locale)
{
    return strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 || strncmp(locale, "C.", 2) == 0;
}

// Makes gettext look for `locale` (its codeset cut off) in a process whose own locale cannot name it.
static void i18n_set_language(const char *locale)
{
    char language[I18N_LANGUAGE_MAX];
    size_t size = strcspn(locale, ".");

    if (size == 0 || size >= sizeof(language) || memchr(locale, '/', size))
        return;
    memcpy(language, locale, size);
    language[size] = '\0';
    setenv("LANGUAGE", language, 1);
}

void i18n_init(const char *lang)
{
    const char *language = getenv("LANGUAGE");

    if (lang)
        i18n_set_language(lang);
    if (!setlocale(LC_ALL, "")) {
        setlocale(LC_ALL, I18N_FALLBACK);
        if (i18n_is_c(i18n_wanted()) && !lang)
            setlocale(LC_MESSAGES, "C");
        else if (!lang && !(language && *language))
            i18n_set_language(i18n_wanted());
    }
    // After the environment, so that the last call is the one that makes gettext forget what it has cached.
    if (lang && i18n_is_c(setlocale(LC_MESSAGES, NULL)))
        setlocale(LC_MESSAGES, I18N_FALLBACK);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, I18N_FALLBACK);
    setlocale(LC_NUMERIC, "C");

    bindtextdomain(I18N_DOMAIN, i18n_folder());
    bind_textdomain_codeset(I18N_DOMAIN, "UTF-8");
    textdomain(I18N_DOMAIN);
}

const char *i18n_language(void)
{
    const char *language = getenv("LANGUAGE"), *locale = setlocale(LC_MESSAGES, NULL);

    if (language && *language && strcmp(locale, "C") != 0 && strcmp(locale, "POSIX") != 0)
        return language;
    return locale;
}
