// A CSV file of any bytes: read to its end, or refused with a place and a reason.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "office/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_row(void *user, const SheetRow *row)
{
    uint64_t *line = user;

    if (row->line <= *line || row->count == 0 || row->count > SHEET_CELLS_MAX)
        abort();
    for (size_t i = 0; i < row->count; i++) {
        if (strlen(row->cells[i]) != row->sizes[i]) // no NUL gets through
            abort();
    }
    *line = row->line;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    SheetProblem problem = {0};
    uint64_t line = 0;
    int r;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    r = sheet_read(fd, take_row, &line, &problem);
    close(fd);
    if (r < 0 || (r == SHEET_E_REFUSED && !problem.reason))
        abort();
    return 0;
}
