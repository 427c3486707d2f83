// chaos-proxy: a broker's lines, with faults by the dice. What to do comes on standard input, a command a
// line (proxy.h); each is answered by a line. It ends with its input.
//
//   chaos-proxy BROKER-PORT SEED DOOR...     prints "DOOR PORT" for each
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "tests/chaos/proxy.h"

#define INPUT_SIZE 4096

static void answer(Proxy *proxy, char *commands)
{
    for (char *command; (command = strsep(&commands, "\n")) && commands;) {
        CLEANUP(cleanup_text) Text said = {0};

        proxy_control(proxy, command, &said);
        puts(text_cstr(&said));
    }
}

/// False at the end of input.
static bool read_commands(Proxy *proxy, Text *input)
{
    char buffer[INPUT_SIZE], *end;
    ssize_t got = read(STDIN_FILENO, buffer, sizeof(buffer));

    if (got <= 0)
        return got < 0 && errno == EINTR;
    text_append_bytes(input, buffer, (size_t)got);
    end = strrchr(input->data, '\n');
    if (!end)
        return true;
    char *rest = strdup(end + 1);
    end[1] = '\0';
    answer(proxy, input->data);
    text_clear(input);
    text_append(input, rest);
    free(rest);
    return true;
}

int main(int argc, char **argv)
{
    CLEANUP(cleanup_text) Text input = {0};
    bool goes_on = true;
    long long port, seed;

    if (argc < 4 || argc > 3 + PROXY_DOORS_MAX || !text_parse_int64(argv[1], 1, UINT16_MAX, &port) ||
        !text_parse_int64(argv[2], 0, INT64_MAX, &seed)) {
        fprintf(stderr, "usage: chaos-proxy BROKER-PORT SEED DOOR...\n");
        return EX_USAGE;
    }
    Proxy *proxy = proxy_new((int)port, (unsigned long long)seed);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 3; i < argc; i++)
        printf("%s %d\n", argv[i], proxy_open(proxy, argv[i]));
    while (goes_on) {
        if (proxy_turn(proxy, STDIN_FILENO, -1))
            goes_on = read_commands(proxy, &input);
    }
    proxy_free(proxy);
    return EX_OK;
}
