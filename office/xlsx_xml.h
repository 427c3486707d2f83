#pragma once
// The XML of a workbook's part, as elements and text. Names come without the prefix of their name space.
#include <stddef.h>

#define XLSX_DEPTH_MAX 32 // elements within each other; a cell's rich text is eight deep

typedef struct XlsxXml XlsxXml;
typedef struct XlsxHandlers {
    /// `attributes`: name and value by turns, ends with NULL; see xlsx_xml_attribute().
    void (*start)(XlsxXml *xml, void *user, const char *name, const char *const *attributes);
    void (*end)(XlsxXml *xml, void *user, const char *name);               // may be NULL
    void (*text)(XlsxXml *xml, void *user, const char *data, size_t size); // may be NULL
    void *user;
} XlsxHandlers;

/// Reads the part `name` of the archive. XLSX_E_REFUSED, XLSX_E_MISSING, or what a handler stopped with.
int xlsx_xml_read(int fd, const char *name, size_t limit, const XlsxHandlers *handlers,
                  const char **ret_reason);
/// A handler has seen enough: xlsx_xml_read() returns `result`, which is not 0; of XLSX_E_REFUSED with the
/// reason.
void xlsx_xml_stop(XlsxXml *xml, int result, const char *reason);
/// The value of an attribute, or NULL.
const char *xlsx_xml_attribute(const char *const *attributes, const char *name);
