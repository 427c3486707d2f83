// What the commands share.
#include "terminal/command.h"

#include <stdio.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/store/outbox/outbox.h"

int command_open_outbox(const char *path, const char *terminal, bool write, Outbox **ret_outbox)
{
    int r = outbox_open(path, terminal, write ? OUTBOX_WRITE : OUTBOX_READ, ret_outbox);

    switch (r) {
    case 0:
        return EX_OK;
    case OUTBOX_E_MISSING:
        fprintf(stderr, _("%s: there is no outbox; `studyday-terminal init` makes one\n"), path);
        return EX_NOINPUT;
    case OUTBOX_E_FOREIGN:
        fprintf(stderr, _("%s: this is not the outbox of terminal %s\n"), path, terminal);
        return EX_CONFIG;
    case OUTBOX_E_BUSY:
        fprintf(stderr, _("%s: another program holds the outbox\n"), path);
        return EX_TEMPFAIL;
    default:
        fprintf(stderr, _("%s: the outbox cannot be opened: %s\n"), path, strerror(-r));
        return EX_IOERR;
    }
}

int command_misused(const TerminalCommand *command)
{
    fprintf(stderr, _("Usage: %s\n"), command->usage);
    return EX_USAGE;
}
