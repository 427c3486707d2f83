// The index is the last thing that is written: where there is one, the set is whole. A run that was ended
// early leaves index.partial, which the next one believes only as far as the files' own digests agree.
#include "cli/set_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "reports/html/html_text.h"
#include "reports/html/page.h"

#define SET_INDEX_MAX (16 << 20) // bytes read: a line a file is some 300, a city has a few hundred files
#define SET_INDEX_MODE 0640      // as the reports themselves

void set_file_deinit(SetFile *file)
{
    free(file->name);
    free(file->org);
    free(file->title);
    free(file->format);
    *file = (SetFile){0};
}

void set_index_deinit(SetIndex *index)
{
    for (size_t i = 0; i < index->count; i++)
        set_file_deinit(&index->files[i]);
    free(index->files);
    *index = (SetIndex){0};
}

void set_index_add(SetIndex *index, SetFile *file)
{
    index->files = alloc_resize(index->files, index->count + 1, sizeof(*index->files));
    index->files[index->count++] = *file;
    *file = (SetFile){0};
}

const SetFile *set_index_find(const SetIndex *index, const char *name)
{
    for (size_t i = index->count; i-- > 0;) // the latest line counts
        if (strcmp(index->files[i].name, name) == 0)
            return &index->files[i];
    return NULL;
}

/// The text of `key` in a line of ours, if it needs no escape; NULL otherwise.
static char *line_get(const char *line, const char *key)
{
    char head[32];
    int size = snprintf(head, sizeof(head), "\"%s\":\"", key);
    const char *at = strstr(line, head);

    if (!at)
        return NULL;
    at += size;
    size_t length = strcspn(at, "\"\\");
    if (at[length] != '"')
        return NULL;
    char *value = alloc_zero(length + 1);
    memcpy(value, at, length);
    return value;
}

static void read_line(const char *line, SetIndex *index)
{
    CLEANUP(cleanup_free) char *name = line_get(line, "name");
    CLEANUP(cleanup_free) char *sha256 = line_get(line, "sha256");
    CLEANUP(cleanup_free) char *figures = line_get(line, "figures");

    if (!name || !sha256 || !figures || strlen(sha256) >= sizeof(index->files->sha256) ||
        strlen(figures) >= sizeof(index->files->figures))
        return;
    SetFile file = {.name = alloc_string(name),
                    .org = alloc_string(""),
                    .title = alloc_string(""),
                    .format = alloc_string("")};
    memcpy(file.sha256, sha256, strlen(sha256));
    memcpy(file.figures, figures, strlen(figures));
    set_index_add(index, &file);
}

static int read_lines(const char *folder, const char *name, SetIndex *index)
{
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_text) Text text = {0};

    text_appendf(&path, "%s/%s", folder, name);
    int r = file_read(text_cstr(&path), SET_INDEX_MAX, &text);
    if (r != 0)
        return r < 0 ? error_trace(r) : 0;
    for (char *line = text.data, *next; line && *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        read_line(line, index);
    }
    return 0;
}

int set_index_read(const char *folder, SetIndex *ret_index)
{
    *ret_index = (SetIndex){0};
    int r = read_lines(folder, "index.json", ret_index);
    if (r == 0)
        r = read_lines(folder, "index.partial", ret_index);
    if (r < 0)
        set_index_deinit(ret_index);
    return error_trace(r);
}

static void append_member(Text *text, const char *head, const char *value)
{
    text_append(text, head);
    text_append_json(text, value, strlen(value));
}

void set_file_append(const SetFile *file, Text *text)
{
    append_member(text, "{\"name\":", file->name);
    append_member(text, ",\"format\":", file->format);
    append_member(text, ",\"sha256\":", file->sha256);
    append_member(text, ",\"figures\":", file->figures);
    append_member(text, ",\"org\":", file->org);
    append_member(text, ",\"title\":", file->title);
    text_append_char(text, '}');
}

int set_index_note(const char *folder, const SetFile *file)
{
    CLEANUP(cleanup_text) Text path = {0};
    CLEANUP(cleanup_text) Text line = {0};

    text_appendf(&path, "%s/index.partial", folder);
    set_file_append(file, &line);
    text_append_char(&line, '\n');
    CLEANUP(cleanup_fd)
    int fd = open(text_cstr(&path), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, SET_INDEX_MODE);
    if (fd < 0)
        return error_origin(-errno);
    ssize_t put = write(fd, line.data, line.size);
    return put == (ssize_t)line.size ? 0 : error_origin(put < 0 ? -errno : -ENOSPC);
}

static int write_file(const char *folder, const char *name, const Text *text)
{
    CLEANUP(cleanup_text) Text path = {0};

    text_appendf(&path, "%s/%s", folder, name);
    return error_trace(file_write_atomic(text_cstr(&path), text->data, text->size, SET_INDEX_MODE, true));
}

static void append_link(const SetFile *file, Text *page)
{
    text_append(page, "<li><a href=\"");
    html_append_text(page, file->name);
    text_append(page, "\">");
    html_append_text(page, file->title);
    text_append(page, "</a> (");
    html_append_text(page, file->org);
    text_append(page, ", ");
    html_append_text(page, file->format);
    text_append(page, ")</li>\n");
}

static int write_page(const char *folder, const SetIndex *index, const char *title)
{
    CLEANUP(cleanup_text) Text page = {0};
    bool any = false;

    for (size_t i = 0; i < index->count; i++)
        any = any || strcmp(index->files[i].format, "html") == 0;
    if (!any)
        return 0;
    text_append(&page,
                "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
    html_append_digest(&page, page_style);
    text_append(&page, "\">\n<title>");
    html_append_text(&page, title);
    text_appendf(&page, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<header><h1>", page_style);
    html_append_text(&page, title);
    text_append(&page, "</h1></header>\n<ul>\n");
    for (size_t i = 0; i < index->count; i++)
        if (!index->files[i].behind)
            append_link(&index->files[i], &page);
    text_append(&page, "</ul>\n</main>\n</body>\n</html>\n");
    return write_file(folder, "index.html", &page);
}

int set_index_write(const char *folder, const SetIndex *index, const char *heads, const char *title)
{
    CLEANUP(cleanup_text) Text text = {0};
    CLEANUP(cleanup_text) Text partial = {0};

    int r = write_page(folder, index, title);
    text_appendf(&text, "{%s\"files\":[\n", heads);
    for (size_t i = 0; i < index->count; i++) {
        set_file_append(&index->files[i], &text);
        text_append(&text, i + 1 < index->count ? ",\n" : "\n");
    }
    text_append(&text, "]}\n");
    if (r == 0)
        r = write_file(folder, "index.json", &text);
    text_appendf(&partial, "%s/index.partial", folder);
    if (r == 0 && unlink(text_cstr(&partial)) < 0 && errno != ENOENT)
        r = error_origin(-errno);
    return error_trace(r);
}
