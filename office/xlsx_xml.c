// XML from anybody, through expat. A document type is refused at its first word: with it go entities that
// expand to gigabytes, and files that would be fetched from elsewhere. No part of a workbook has one.
#include "office/xlsx_xml.h"

#include <expat.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/i18n.h"
#include "office/xlsx_archive.h"

struct XlsxXml {
    XML_Parser parser;
    const XlsxHandlers *handlers;
    int depth;
    int result;
    const char *reason;
};

static const char *xml_local(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

const char *xlsx_xml_attribute(const char *const *attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (strcmp(xml_local(attributes[0]), name) == 0)
            return attributes[1];
    }
    return NULL;
}

void xlsx_xml_stop(XlsxXml *xml, int result, const char *reason)
{
    if (xml->result)
        return;
    xml->result = result;
    xml->reason = reason;
    XML_StopParser(xml->parser, XML_FALSE);
}

static void xml_on_start(void *user, const char *name, const char **attributes)
{
    XlsxXml *xml = user;

    if (xml->result)
        return;
    if (++xml->depth > XLSX_DEPTH_MAX)
        xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a damaged workbook: elements too deep within each other"));
    else
        xml->handlers->start(xml, xml->handlers->user, xml_local(name), (const char *const *)attributes);
}

static void xml_on_end(void *user, const char *name)
{
    XlsxXml *xml = user;

    xml->depth--;
    if (!xml->result && xml->handlers->end)
        xml->handlers->end(xml, xml->handlers->user, xml_local(name));
}

static void xml_on_text(void *user, const char *data, int size)
{
    XlsxXml *xml = user;

    if (!xml->result && xml->handlers->text)
        xml->handlers->text(xml, xml->handlers->user, data, (size_t)size);
}

static void xml_on_doctype(void *user, const char *name, const char *system_id, const char *public_id,
                           int has_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_subset;
    xlsx_xml_stop(user, XLSX_E_REFUSED, N_("a damaged workbook: it defines a document type of its own"));
}

static int xml_take(void *user, const char *data, size_t size)
{
    XlsxXml *xml = user;

    if (XML_Parse(xml->parser, data, (int)size, size == 0) == XML_STATUS_OK)
        return xml->result;
    if (!xml->result && XML_GetErrorCode(xml->parser) == XML_ERROR_NO_MEMORY)
        abort(); // see alloc.h
    if (!xml->result)
        xlsx_xml_stop(xml, XLSX_E_REFUSED, N_("a damaged workbook: its XML cannot be read"));
    return xml->result;
}

int xlsx_xml_read(int fd, const char *name, size_t limit, const XlsxHandlers *handlers,
                  const char **ret_reason)
{
    XlsxXml xml = {.parser = XML_ParserCreate(NULL), .handlers = handlers};
    int r;

    if (!xml.parser)
        abort();
    XML_SetUserData(xml.parser, &xml);
    XML_SetElementHandler(xml.parser, xml_on_start, xml_on_end);
    XML_SetCharacterDataHandler(xml.parser, xml_on_text);
    XML_SetStartDoctypeDeclHandler(xml.parser, xml_on_doctype);
    r = xlsx_archive_read(fd, name, limit, xml_take, &xml, ret_reason);
    if (r == XLSX_E_REFUSED && xml.result == XLSX_E_REFUSED)
        *ret_reason = xml.reason;
    XML_ParserFree(xml.parser);
    return r;
}
