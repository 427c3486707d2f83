// libconfuse, asked for tokens and lines only. Every value is a string to it, so that one bad value does not
// end the parse: we convert and check by ourselves, and a run tells everything that is wrong. Only a fault of
// syntax stops it at that place.
//
// The defaults are a text in the same language, read first; the file is read over it. The text is the sample
// that `init` writes, so the shipped file and the built-in defaults cannot differ.
//
// libconfuse calls back without a context: the file being parsed is a static pointer for that while. One
// thread.
#include "core/base/config_file.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/i18n.h"

#define CONFIG_FILE_MAX 65536    // bytes; the sample has two thousand
#define CONFIG_SECTIONS_MAX 8    // sections of one file
#define CONFIG_SHOWN_MAX 80      // bytes of a bad value that a message repeats
#define CONFIG_COMPLAINTS_MAX 64 // beyond it somebody gave us something that is no configuration

// Put behind the file's text: libconfuse takes the end of the file for the end of any open section or
// comment. The key that arrives inside a section, or not at all, tells.
#define CONFIG_FILE_END "studyday-end-of-file"

typedef struct ConfigComplaint {
    int line;
    char *text;
} ConfigComplaint;

struct ConfigFile {
    char *path;
    const ConfigKey *keys;
    cfg_t *cfg;
    bool over;  // the defaults are in, now the file is read
    int *lines; // of each key; 0 while the file has not named it
    int last_line;
    ConfigComplaint complaints[CONFIG_COMPLAINTS_MAX];
    size_t complaint_count;
};

static ConfigFile *config_parsing;

static void config_file_note(ConfigFile *file, int line, const char *text)
{
    ConfigComplaint *complaint;

    if (file->complaint_count == CONFIG_COMPLAINTS_MAX)
        return;
    complaint = &file->complaints[file->complaint_count++];
    complaint->line = line < file->last_line ? line : file->last_line;
    complaint->text = alloc_string(text);
}

static void config_file_note_key(ConfigFile *file, int line, const ConfigKey *key, const char *value,
                                 const char *reason)
{
    Text text = {0};

    if (key->section)
        text_appendf(&text, "%s.", key->section);
    text_appendf(&text, "%s: ", key->name);
    if (value && *value) {
        text_append_escaped(&text, value, strlen(value), CONFIG_SHOWN_MAX);
        text_append(&text, ": ");
    }
    text_append(&text, _(reason));
    config_file_note(file, line, text_cstr(&text));
    text_deinit(&text);
}

static bool config_section_is(const ConfigKey *key, const char *section)
{
    return text_equal(key->section, section);
}

static const char *config_section_of(const cfg_t *cfg)
{
    return cfg == config_parsing->cfg ? NULL : cfg->name;
}

static size_t config_key_index(const ConfigKey *keys, const char *section, const char *name)
{
    size_t i = 0;

    while (keys[i].name && !(config_section_is(&keys[i], section) && strcmp(keys[i].name, name) == 0))
        i++;
    assert(keys[i].name); // a key that no table has is a slip of ours
    return i;
}

// Called for each value that was set, in a list for each of its items too.
static int config_file_seen(cfg_t *cfg, cfg_opt_t *opt)
{
    ConfigFile *file = config_parsing;
    size_t i = config_key_index(file->keys, config_section_of(cfg), opt->name);

    if (!file->over)
        return 0;
    if (file->lines[i] && !file->keys[i].list)
        config_file_note_key(file, cfg->line, &file->keys[i], NULL, N_("given twice"));
    file->lines[i] = cfg->line;
    return 0;
}

// What libconfuse finds wrong: an unknown key, which is not the end (CFGF_KEYSTRVAL), or the syntax, which
// is.
__attribute__((format(printf, 2, 0))) static void config_file_fault(cfg_t *cfg, const char *format,
                                                                    va_list args)
{
    ConfigFile *file = config_parsing;
    CLEANUP(cleanup_text) Text said = {0};
    CLEANUP(cleanup_text) Text shown = {0};
    const char *section = config_section_of(cfg);
    bool unknown = strstr(format, "no such option") != NULL;

    text_vappendf(&said, unknown ? "%s" : format, args);
    if (section)
        text_appendf(&shown, "%s%s", section, unknown ? "." : ": ");
    if (unknown && strcmp(text_cstr(&said), CONFIG_FILE_END) == 0) {
        text_clear(&shown);
        text_appendf(&shown, "%s: %s", section, _("the section is not closed"));
    } else {
        text_append_escaped(&shown, text_cstr(&said), said.size, CONFIG_SHOWN_MAX);
        if (unknown)
            text_appendf(&shown, ": %s", _("unknown key"));
    }
    config_file_note(file, cfg->line, text_cstr(&shown));
}

// The options of one section (NULL: of the top level with its sections) as libconfuse wants them.
static cfg_opt_t *config_options_new(const ConfigKey *keys, const char *section, cfg_opt_t **sections)
{
    cfg_opt_t *options = NULL;
    size_t count = 0, section_count = 0;

    for (const ConfigKey *key = keys; key->name; key++) {
        bool opens = !section && key->section && (key == keys || !config_section_is(key - 1, key->section));
        cfg_opt_t option = CFG_END();

        if (opens) {
            assert(section_count < CONFIG_SECTIONS_MAX);
            sections[section_count] = config_options_new(keys, key->section, NULL);
            option = (cfg_opt_t)CFG_SEC(key->section, sections[section_count++], CFGF_NONE);
        } else if (!config_section_is(key, section)) {
            continue;
        } else if (key->list) {
            option = (cfg_opt_t)CFG_STR_LIST(key->name, NULL, CFGF_NODEFAULT);
        } else {
            option = (cfg_opt_t)CFG_STR(key->name, NULL, CFGF_NODEFAULT);
        }
        if (!opens)
            option.validcb = config_file_seen;
        options = alloc_resize(options, count + 1, sizeof(*options));
        options[count++] = option;
    }
    options = alloc_resize(options, count + 2, sizeof(*options));
    options[count] =
        section ? (cfg_opt_t)CFG_END() : (cfg_opt_t)CFG_STR(CONFIG_FILE_END, NULL, CFGF_NODEFAULT);
    options[count + 1] = (cfg_opt_t)CFG_END();
    return options;
}

static void config_file_init_cfg(ConfigFile *file)
{
    cfg_opt_t *sections[CONFIG_SECTIONS_MAX] = {0};
    cfg_opt_t *options = config_options_new(file->keys, NULL, sections);

    file->cfg = cfg_init(options, CFGF_KEYSTRVAL); // copies the options
    if (!file->cfg)
        abort();
    cfg_set_error_function(file->cfg, config_file_fault);
    for (size_t i = 0; i < CONFIG_SECTIONS_MAX; i++)
        free(sections[i]);
    free(options);
}

static int config_count_lines(const char *text)
{
    int lines = 1;

    for (; *text; text++)
        lines += *text == '\n' && text[1];
    return lines;
}

static void config_file_parse(ConfigFile *file, const char *text)
{
    CLEANUP(cleanup_text) Text whole = {0};
    int r;

    text_append(&whole, text);
    if (file->over)
        text_append(&whole, "\n" CONFIG_FILE_END " = 1\n");
    file->last_line = config_count_lines(text);
    config_parsing = file;
    r = cfg_parse_buf(file->cfg, text_cstr(&whole));
    config_parsing = NULL;
    if (file->complaint_count)
        return;
    if (r != CFG_SUCCESS)
        config_file_note(file, file->last_line, _("cannot be parsed"));
    else if (file->over && cfg_size(file->cfg, CONFIG_FILE_END) == 0)
        config_file_note(file, file->last_line, _("a comment is not closed"));
}

static cfg_opt_t *config_file_option(const ConfigFile *file, const char *section, const char *name)
{
    cfg_t *cfg = section ? cfg_getsec(file->cfg, section) : file->cfg;

    return cfg_getopt(cfg, name);
}

static void config_file_check(ConfigFile *file)
{
    for (size_t i = 0; file->keys[i].name; i++) {
        const ConfigKey *key = &file->keys[i];
        cfg_opt_t *option = config_file_option(file, key->section, key->name);
        int line = file->lines[i] ? file->lines[i] : file->last_line;
        unsigned count = cfg_opt_size(option);

        if (key->list && count == 0)
            config_file_note_key(file, line, key, NULL, N_("must not be empty"));
        for (unsigned n = 0; n < count; n++) {
            const char *value = cfg_opt_getnstr(option, n);
            const char *reason = NULL;

            if (!text_is_clean(value, strlen(value)))
                reason = N_("has control characters or is not UTF-8");
            else if (key->check)
                reason = key->check(value);
            if (reason)
                config_file_note_key(file, line, key, value, reason);
        }
    }
}

static int config_file_read(const char *path, Text *text)
{
    int r = file_read(path, CONFIG_FILE_MAX, text);

    if (r == 0)
        return 0;
    if (r == FILE_E_TOO_LARGE)
        fprintf(stderr, "%s: %s\n", path, _("too large for a configuration"));
    else
        fprintf(stderr, "%s: %s\n", path, strerror(r == FILE_E_MISSING ? ENOENT : -r));
    return CONFIG_E_MISSING;
}

int config_file_open(const char *path, const char *defaults, const ConfigKey *keys, ConfigFile **ret_file)
{
    CLEANUP(cleanup_text) Text text = {0};
    ConfigFile *file;
    size_t count = 0;
    int r = config_file_read(path, &text);

    if (r)
        return r;
    while (keys[count].name)
        count++;
    file = alloc_zero(sizeof(*file));
    file->path = alloc_string(path);
    file->keys = keys;
    file->lines = alloc_zero((count + 1) * sizeof(*file->lines));
    config_file_init_cfg(file);
    config_file_parse(file, defaults);
    assert(file->complaint_count == 0);
    file->over = true;
    if (strlen(text_cstr(&text)) != text.size || !text_utf8_valid(text_cstr(&text), text.size))
        config_file_note(file, 1, _("not a text in UTF-8"));
    else
        config_file_parse(file, text_cstr(&text));
    config_file_check(file);
    *ret_file = file;
    return 0;
}

void config_file_complain(ConfigFile *file, const char *section, const char *name, const char *reason)
{
    size_t i = config_key_index(file->keys, section, name);
    cfg_opt_t *option = config_file_option(file, section, name);

    config_file_note_key(file, file->lines[i] ? file->lines[i] : file->last_line, &file->keys[i],
                         file->keys[i].list ? NULL : cfg_opt_getnstr(option, 0), reason);
}

static int config_complaint_compare(const void *a, const void *b)
{
    const ConfigComplaint *left = a, *right = b;

    return (left->line > right->line) - (left->line < right->line);
}

int config_file_report(ConfigFile *file)
{
    qsort(file->complaints, file->complaint_count, sizeof(file->complaints[0]), config_complaint_compare);
    for (size_t i = 0; i < file->complaint_count; i++)
        fprintf(stderr, "%s:%d: %s\n", file->path, file->complaints[i].line, file->complaints[i].text);
    return file->complaint_count ? CONFIG_E_INVALID : 0;
}

ConfigFile *config_file_close(ConfigFile *file)
{
    if (!file)
        return NULL;
    for (size_t i = 0; i < file->complaint_count; i++)
        free(file->complaints[i].text);
    cfg_free(file->cfg);
    free(file->lines);
    free(file->path);
    free(file);
    return NULL;
}

char *config_file_string(const ConfigFile *file, const char *section, const char *name)
{
    const char *value = cfg_opt_getnstr(config_file_option(file, section, name), 0);

    return alloc_string(value ? value : "");
}

char *config_file_path(const ConfigFile *file, const char *section, const char *name)
{
    CLEANUP(cleanup_free) char *value = config_file_string(file, section, name);

    return *value ? file_beside(file->path, value) : alloc_string("");
}

long long config_file_number(const ConfigFile *file, const char *section, const char *name)
{
    CLEANUP(cleanup_free) char *value = config_file_string(file, section, name);
    long long number = 0;

    text_parse_int64(value, INT32_MIN, INT32_MAX, &number);
    return number;
}

char **config_file_list(const ConfigFile *file, const char *section, const char *name)
{
    cfg_opt_t *option = config_file_option(file, section, name);
    unsigned count = cfg_opt_size(option);
    char **list = alloc_zero((count + 1) * sizeof(*list));

    for (unsigned i = 0; i < count; i++)
        list[i] = alloc_string(cfg_opt_getnstr(option, i));
    return list;
}
