// A link is text that somebody else will click on. It begins with http:// or https://, names a host and no
// user (https://bank.example@evil.example/ is a trick), and consists of the characters that RFC 3986 allows,
// so that it stays inert wherever it is printed: no blank, no quote, no angle bracket, nothing invisible.
#include "office/links.h"

#include <string.h>
#include <strings.h>

#include "core/base/i18n.h"
#include "core/store/sessions.h"
#include "office/column.h"

#define LINK_BAD N_("a link begins with http:// or https://, names a host, and has no blanks or quotes")

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool characters_fine(const char *link, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (link[i] == '%') {
            if (i + 2 >= size || !is_hex(link[i + 1]) || !is_hex(link[i + 2]))
                return false;
        } else if (link[i] <= ' ' || link[i] > '~' || strchr("\"'<>\\^`{}|", link[i])) {
            return false;
        }
    }
    return true;
}

static const char *link_check(const char *link, size_t size)
{
    size_t scheme = 0, host = 0;

    if (size > LINK_SIZE_MAX)
        return N_("a link is longer than 500 bytes");
    if (strncasecmp(link, "https://", strlen("https://")) == 0)
        scheme = strlen("https://");
    else if (strncasecmp(link, "http://", strlen("http://")) == 0)
        scheme = strlen("http://");
    if (!scheme || size <= scheme || !characters_fine(link, size))
        return LINK_BAD;
    while (scheme + host < size && !strchr("/?#", link[scheme + host]))
        host++;
    if (host == 0 || link[scheme] == ':')
        return LINK_BAD;
    if (memchr(link + scheme, '@', host))
        return N_("a link must not have a user before its host");
    return NULL;
}

const char *links_parse(const char *list, Text *ret_links)
{
    const char *rest = list, *item;
    size_t size, count = 0;

    while (cell_list_next(&rest, &item, &size)) {
        const char *reason = link_check(item, size);
        if (reason)
            return reason;
        if (count++ == SESSION_MATERIALS_MAX)
            return N_("more than 8 links");
        if (ret_links->size)
            text_append_char(ret_links, ' ');
        text_append_bytes(ret_links, item, size);
    }
    return NULL;
}
