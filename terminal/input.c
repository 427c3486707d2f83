// Lines from standard input. A line longer than any scan is kept only so far that it is seen to be too long,
// so that a reader gone mad cannot fill the memory; a NUL becomes a control character, which no scan may
// hold.
#include "terminal/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "terminal/scan.h"

#define INPUT_KEY_BACKSPACE 0x7f
#define INPUT_KEY_KILL 0x15   // Ctrl-U
#define INPUT_READ_SIZE 65536 // a pipe's worth at once

void input_deinit(Input *input)
{
    text_deinit(&input->buffer);
}

/// The unfinished line at the end of the buffer, cut to what shows that it is too long.
static void input_trim(Input *input)
{
    const char *last = input->buffer.size ? memrchr(input->buffer.data, '\n', input->buffer.size) : NULL;
    size_t start = last ? (size_t)(last - input->buffer.data) + 1 : 0;

    if (input->buffer.size - start > SCAN_LINE_MAX + 1) {
        input->buffer.size = start + SCAN_LINE_MAX + 1;
        input->buffer.data[input->buffer.size] = '\0';
    }
}

/// One key: what a terminal's own line editing would do with it.
static void input_type(Input *input, char key)
{
    Text *line = &input->buffer;

    switch (key) {
    case INPUT_KEY_BACKSPACE:
    case '\b':
        while (line->size > 0 && ((unsigned char)line->data[line->size - 1] & 0xc0) == 0x80)
            line->size--;
        if (line->size > 0 && line->data[line->size - 1] != '\n')
            line->size--;
        break;
    case INPUT_KEY_KILL:
        while (line->size > 0 && line->data[line->size - 1] != '\n')
            line->size--;
        break;
    case '\r':
    case '\n':
        text_append_char(line, '\n');
        break;
    default:
        if ((unsigned char)key >= ' ')
            text_append_char(line, key);
    }
    if (line->data)
        line->data[line->size] = '\0';
}

void input_read(Input *input, int fd)
{
    char bytes[INPUT_READ_SIZE];
    ssize_t size = read(fd, bytes, sizeof(bytes));

    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size <= 0) {
        input->ended = true;
        return;
    }
    for (ssize_t i = 0; i < size; i++) {
        if (bytes[i] == '\0')
            bytes[i] = '\1';
    }
    for (ssize_t i = 0; input->typed && i < size; i++)
        input_type(input, bytes[i]);
    if (!input->typed)
        text_append_bytes(&input->buffer, bytes, (size_t)size);
    input_trim(input);
}

const char *input_get_unfinished(const Input *input)
{
    const char *last = input->buffer.size ? memrchr(input->buffer.data, '\n', input->buffer.size) : NULL;

    return last ? last + 1 : text_cstr(&input->buffer);
}

static bool input_is_scan(const char *line)
{
    line += strspn(line, " \t\r");
    return *line != '\0' && *line != '#';
}

static void input_drop(Input *input, size_t size)
{
    input->buffer.size -= size;
    memmove(input->buffer.data, input->buffer.data + size, input->buffer.size + 1);
}

size_t input_take(Input *input, char **lines, size_t max)
{
    size_t count = 0;
    size_t start = 0;

    while (count < max && start < input->buffer.size) {
        const char *line = input->buffer.data + start;
        const char *end = memchr(line, '\n', input->buffer.size - start);

        if (!end && !input->ended)
            break;
        size_t size = end ? (size_t)(end - line) : input->buffer.size - start;
        char *copy = alloc_copy(line, size);
        if (input_is_scan(copy))
            lines[count++] = copy;
        else
            free(copy);
        start += size + (end ? 1 : 0);
    }
    if (start > 0)
        input_drop(input, start);
    return count;
}
