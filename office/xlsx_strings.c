// The texts of all cells, which a workbook keeps once and numbers. They stand in memory one after the other,
// since a sheet may name any of them in any row. How a text is to be pronounced (rPh) is not part of it.
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "office/xlsx_archive.h"
#include "office/xlsx_book.h"
#include "office/xlsx_value.h"
#include "office/xlsx_xml.h"

#define STRINGS_PART_MAX ((size_t)512 * 1024 * 1024) // with its markup
#define STRINGS_FIRST 1024

typedef struct Strings {
    Text texts, item;
    uint32_t *offsets;
    size_t count, capacity;
    bool in_text;
    int phonetic;
} Strings;

static void strings_on_start(XlsxXml *xml, void *user, const char *name, const char *const *attributes)
{
    Strings *strings = user;

    (void)xml;
    (void)attributes;
    if (strcmp(name, "si") == 0)
        text_clear(&strings->item);
    else if (strcmp(name, "rPh") == 0)
        strings->phonetic++;
    else if (strcmp(name, "t") == 0)
        strings->in_text = strings->phonetic == 0;
}

static void strings_on_text(XlsxXml *xml, void *user, const char *data, size_t size)
{
    Strings *strings = user;

    if (!strings->in_text)
        return;
    if (strings->item.size + strings->texts.size + size > XLSX_TEXTS_MAX)
        xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a workbook with more than 128 MiB of text"));
    else
        text_append_bytes(&strings->item, data, size);
}

static void strings_add(XlsxXml *xml, Strings *strings)
{
    if (strings->count == XLSX_STRINGS_MAX) {
        xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a workbook with more than 4 million texts"));
        return;
    }
    if (strings->count + 1 >= strings->capacity) {
        strings->capacity = strings->capacity ? 2 * strings->capacity : STRINGS_FIRST;
        strings->offsets = alloc_resize(strings->offsets, strings->capacity, sizeof(*strings->offsets));
    }
    strings->offsets[strings->count++] = (uint32_t)strings->texts.size;
    xlsx_value_text(text_cstr(&strings->item), strings->item.size, &strings->texts);
    strings->offsets[strings->count] = (uint32_t)strings->texts.size;
}

static void strings_on_end(XlsxXml *xml, void *user, const char *name)
{
    Strings *strings = user;

    if (strcmp(name, "si") == 0)
        strings_add(xml, strings);
    else if (strcmp(name, "rPh") == 0)
        strings->phonetic--;
    else if (strcmp(name, "t") == 0)
        strings->in_text = false;
}

int xlsx_strings_read(int fd, XlsxBook *book, const char **ret_reason)
{
    Strings strings = {0};
    XlsxHandlers handlers = {strings_on_start, strings_on_end, strings_on_text, &strings};
    int r = xlsx_xml_read(fd, book->strings, STRINGS_PART_MAX, &handlers, ret_reason);

    text_deinit(&strings.item);
    book->texts = text_take(&strings.texts);
    book->offsets = strings.offsets;
    book->string_count = strings.count;
    return r;
}
