// From the archive's root to the parts that matter: _rels/.rels names the workbook, the workbook lists the
// sheets in the order of their tabs, its own .rels names the parts. The first sheet that is not hidden is the
// one that counts: hidden ones hold lists for drop-down boxes.
#include "office/xlsx_book.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "office/xlsx_archive.h"
#include "office/xlsx_value.h"
#include "office/xlsx_xml.h"

#define BOOK_SMALL_MAX ((size_t)4 * 1024 * 1024) // bytes of a part that only lists others
#define BOOK_STYLES_SIZE ((size_t)32 * 1024 * 1024)
#define BOOK_LINKS_MAX 1024   // parts that one part refers to
#define BOOK_FORMATS_MAX 4096 // number formats of its own; a spreadsheet allows 250

typedef struct BookLink {
    char *id, *type, *target;
} BookLink;

typedef struct BookLinks {
    const char *folder; // that targets are relative to, "" or "xl/"
    BookLink *links;
    size_t count;
} BookLinks;

static void links_deinit(BookLinks *links)
{
    for (size_t i = 0; i < links->count; i++) {
        free(links->links[i].id);
        free(links->links[i].type);
        free(links->links[i].target);
    }
    free(links->links);
}

static bool book_ends(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);

    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

// The name of a part from a target: "/xl/a.xml", or relative to a folder, with "../" at most.
static char *book_resolve(const char *folder, const char *target)
{
    CLEANUP(cleanup_text) Text base = {0};
    Text name = {0};

    if (*target == '/')
        return alloc_string(target + 1);
    text_append(&base, folder);
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        if (base.size)
            base.data[--base.size] = '\0';
        while (base.size && base.data[base.size - 1] != '/')
            base.data[--base.size] = '\0';
    }
    text_append(&name, text_cstr(&base));
    text_append(&name, strncmp(target, "./", 2) == 0 ? target + 2 : target);
    return text_take(&name);
}

static void links_on_start(XlsxXml *xml, void *user, const char *name, const char *const *attributes)
{
    BookLinks *links = user;
    const char *id = xlsx_xml_attribute(attributes, "Id");
    const char *type = xlsx_xml_attribute(attributes, "Type");
    const char *target = xlsx_xml_attribute(attributes, "Target");
    const char *mode = xlsx_xml_attribute(attributes, "TargetMode");

    if (strcmp(name, "Relationship") != 0 || !id || !type || !target)
        return;
    if (mode && strcmp(mode, "External") == 0)
        return;
    if (links->count == BOOK_LINKS_MAX) {
        xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a damaged workbook: it refers to too many parts"));
        return;
    }
    links->links = alloc_resize(links->links, links->count + 1, sizeof(*links->links));
    links->links[links->count++] =
        (BookLink){alloc_string(id), alloc_string(type), book_resolve(links->folder, target)};
}

static int links_read(int fd, const char *part, BookLinks *links, const char **ret_reason)
{
    XlsxHandlers handlers = {.start = links_on_start, .user = links};

    return xlsx_xml_read(fd, part, BOOK_SMALL_MAX, &handlers, ret_reason);
}

static const BookLink *links_find(const BookLinks *links, const char *type)
{
    for (size_t i = 0; i < links->count; i++) {
        if (book_ends(links->links[i].type, type))
            return &links->links[i];
    }
    return NULL;
}

typedef struct BookSheets {
    XlsxBook *book;
    const BookLinks *links;
} BookSheets;

static void sheets_take(BookSheets *sheets, const char *id)
{
    for (size_t i = 0; id && i < sheets->links->count; i++) {
        const BookLink *link = &sheets->links->links[i];

        if (strcmp(link->id, id) == 0 && book_ends(link->type, "/worksheet")) {
            sheets->book->sheet = alloc_string(link->target);
            return;
        }
    }
}

static void sheets_on_start(XlsxXml *xml, void *user, const char *name, const char *const *attributes)
{
    BookSheets *sheets = user;
    const char *value;

    (void)xml;
    if (strcmp(name, "workbookPr") == 0) {
        value = xlsx_xml_attribute(attributes, "date1904");
        sheets->book->from_1904 = value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
    } else if (strcmp(name, "sheet") == 0 && !sheets->book->sheet) {
        value = xlsx_xml_attribute(attributes, "state");
        if (!value || strcmp(value, "visible") == 0)
            sheets_take(sheets, xlsx_xml_attribute(attributes, "id"));
    }
}

typedef struct BookFormat {
    long long id;
    bool is_date;
} BookFormat;

typedef struct BookStyles {
    long long *formats; // by style
    size_t count;
    BookFormat *own;
    size_t own_count;
    bool in_cells;
} BookStyles;

static void styles_add_own(XlsxXml *xml, BookStyles *styles, long long id, const char *code)
{
    if (styles->own_count == BOOK_FORMATS_MAX) {
        xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a damaged workbook: too many formats"));
        return;
    }
    styles->own = alloc_resize(styles->own, styles->own_count + 1, sizeof(*styles->own));
    styles->own[styles->own_count++] = (BookFormat){id, xlsx_value_is_date(-1, code)};
}

static void styles_on_start(XlsxXml *xml, void *user, const char *name, const char *const *attributes)
{
    BookStyles *styles = user;
    const char *id = xlsx_xml_attribute(attributes, "numFmtId");
    const char *code = xlsx_xml_attribute(attributes, "formatCode");
    long long number = 0;

    if (id && !text_parse_int64(id, 0, INT32_MAX, &number))
        number = 0;
    if (strcmp(name, "cellXfs") == 0) {
        styles->in_cells = true;
    } else if (strcmp(name, "numFmt") == 0 && id && code) {
        styles_add_own(xml, styles, number, code);
    } else if (strcmp(name, "xf") == 0 && styles->in_cells) {
        if (styles->count == XLSX_STYLES_MAX) {
            xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a damaged workbook: too many formats"));
            return;
        }
        if (!styles->formats)
            styles->formats = alloc_zero(XLSX_STYLES_MAX * sizeof(*styles->formats));
        styles->formats[styles->count++] = number;
    }
}

static void styles_on_end(XlsxXml *xml, void *user, const char *name)
{
    BookStyles *styles = user;

    (void)xml;
    if (strcmp(name, "cellXfs") == 0)
        styles->in_cells = false;
}

// A format of the workbook's own wins over the number's usual meaning.
static bool styles_judge(const BookStyles *styles, long long format)
{
    for (size_t i = 0; i < styles->own_count; i++) {
        if (styles->own[i].id == format)
            return styles->own[i].is_date;
    }
    return xlsx_value_is_date(format, NULL);
}

static int styles_read(int fd, XlsxBook *book, const char **ret_reason)
{
    BookStyles styles = {0};
    XlsxHandlers handlers = {.start = styles_on_start, .end = styles_on_end, .user = &styles};
    int r = xlsx_xml_read(fd, book->styles, BOOK_STYLES_SIZE, &handlers, ret_reason);

    if (r == 0) {
        book->is_date = alloc_zero(styles.count + 1);
        book->style_count = styles.count;
        for (size_t i = 0; i < styles.count; i++)
            book->is_date[i] = i > 0 && styles.formats[i] == styles.formats[i - 1]
                                   ? book->is_date[i - 1]
                                   : styles_judge(&styles, styles.formats[i]);
    }
    free(styles.formats);
    free(styles.own);
    return r;
}

static char *book_string(const BookLink *link)
{
    return link ? alloc_string(link->target) : NULL;
}

// The workbook's own part and what it refers to.
static int book_read(int fd, const char *part, XlsxBook *book, const char **ret_reason)
{
    const char *slash = strrchr(part, '/');
    size_t folder_size = slash ? (size_t)(slash - part) + 1 : 0;
    CLEANUP(cleanup_free) char *folder = alloc_copy(part, folder_size);
    CLEANUP(links_deinit) BookLinks links = {.folder = folder};
    CLEANUP(cleanup_text) Text rels = {0};
    BookSheets sheets = {.book = book, .links = &links};
    XlsxHandlers handlers = {.start = sheets_on_start, .user = &sheets};
    int r;

    text_appendf(&rels, "%s_rels/%s.rels", folder, part + folder_size);
    r = links_read(fd, text_cstr(&rels), &links, ret_reason);
    if (r != 0)
        return r;
    book->strings = book_string(links_find(&links, "/sharedStrings"));
    book->styles = book_string(links_find(&links, "/styles"));
    return xlsx_xml_read(fd, part, BOOK_SMALL_MAX, &handlers, ret_reason);
}

static int book_find(int fd, XlsxBook *book, const char **ret_reason)
{
    CLEANUP(links_deinit) BookLinks links = {.folder = ""};
    const BookLink *workbook;
    int r = links_read(fd, "_rels/.rels", &links, ret_reason);

    if (r != 0)
        return r;
    workbook = links_find(&links, "/officeDocument");
    if (!workbook)
        return XLSX_E_MISSING;
    if (book_ends(workbook->target, ".bin")) {
        *ret_reason = N_("a binary workbook; save it as .xlsx");
        return XLSX_E_REFUSED;
    }
    r = book_read(fd, workbook->target, book, ret_reason);
    return r == 0 && !book->sheet ? XLSX_E_MISSING : r;
}

int xlsx_book_open(int fd, XlsxBook *ret_book, const char **ret_reason)
{
    XlsxBook book = {0};
    int r = xlsx_archive_check(fd, ret_reason);

    if (r == 0) {
        r = book_find(fd, &book, ret_reason);
        if (r == XLSX_E_MISSING) {
            *ret_reason = N_("an archive without a workbook (.xlsx) or without a sheet in it");
            r = XLSX_E_REFUSED;
        }
    }
    if (r == 0 && book.styles)
        r = styles_read(fd, &book, ret_reason);
    if (r == 0 && book.strings)
        r = xlsx_strings_read(fd, &book, ret_reason);
    if (r == XLSX_E_MISSING) {
        *ret_reason = N_("a damaged workbook: a part is missing");
        r = XLSX_E_REFUSED;
    }
    if (r != 0) {
        xlsx_book_close(&book);
        return r < 0 ? error_trace(r) : r;
    }
    *ret_book = book;
    return 0;
}

void xlsx_book_close(XlsxBook *book)
{
    free(book->sheet);
    free(book->strings);
    free(book->styles);
    free(book->is_date);
    free(book->texts);
    free(book->offsets);
    *book = (XlsxBook){0};
}
