// Fuzzes both configurations: refused with a reason on stderr, or read whole.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("config", MFD_CLOEXEC);
    ConfigTerminal *terminal = NULL;
    ConfigSite *site = NULL;
    char path[64];

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (config_site_load(path, &site) == 0 &&
        (site->broker.port < 1 || site->broker.port > 65535 || !*site->database || site->commit_events < 1))
        abort();
    config_site_free(site);
    if (config_terminal_load(path, &terminal) == 0 && (!*terminal->area || !*terminal->terminal))
        abort();
    config_terminal_free(terminal);
    close(fd);
    return 0;
}
