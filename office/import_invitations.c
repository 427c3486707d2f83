// invitations: who is expected at a session that does not expect a whole subtree.
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "office/import.h"

typedef struct InvitationLine {
    const char *session, *member;
} InvitationLine;
_Static_assert(sizeof(InvitationLine) <= IMPORT_LINE_SIZE, "fits");

enum { COLUMN_SESSION, COLUMN_MEMBER, COLUMN_COUNT };

static const Column columns[] = {
    [COLUMN_SESSION] = {"session",
                        {"场次", "场次编码", "场次代码", "场次编号"},
                        false,
                        cell_code,
                        offsetof(InvitationLine, session)},
    [COLUMN_MEMBER] = {"member",
                       {"党员", "党员编码", "党员代码", "党员编号"},
                       false,
                       cell_code,
                       offsetof(InvitationLine, member)},
};

static int import_invitations_put(Import *import, const void *data)
{
    const InvitationLine *line = data;
    RosterChange change;
    int r = roster_put_invitation(import->office->store, line->session, line->member, &change);

    if (r < 0)
        return error_trace(r);
    if (r == ROSTER_E_UNKNOWN_SESSION)
        import_error(import, COLUMN_SESSION, _("there is no session %s"), line->session);
    else if (r == ROSTER_E_UNKNOWN_MEMBER)
        import_error(import, COLUMN_MEMBER, _("there is no member %s"), line->member);
    else if (r == ROSTER_E_CLOSED)
        import_error(import, COLUMN_SESSION,
                     _("the month of the session is closed; `studyday month reopen` opens it again"));
    else
        import_count(import, change);
    return 0;
}

const ImportKind import_invitations = {
    .name = "invitations",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_columns = 2,
    .line_size = sizeof(InvitationLine),
    .blank = &(const InvitationLine){0},
    .is_roster = true,
    .put = import_invitations_put,
};
