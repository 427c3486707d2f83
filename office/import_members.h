#pragma once
// The lines of a members file, shared by the file that states them and the one that asks whether they hold
// together.
#include "core/store/roster_watch.h"
#include "office/import.h"

typedef struct MemberLine {
    const char *member, *name, *org, *card, *exempt_reason;
    Date from, to, exempt_from, exempt_to;
    int category, role;
} MemberLine;
_Static_assert(sizeof(MemberLine) <= IMPORT_LINE_SIZE, "fits");

enum {
    MEMBERS_MEMBER,
    MEMBERS_FROM,
    MEMBERS_NAME,
    MEMBERS_ORG,
    MEMBERS_TO,
    MEMBERS_CATEGORY,
    MEMBERS_ROLE,
    MEMBERS_CARD,
    MEMBERS_EXEMPT_FROM,
    MEMBERS_EXEMPT_TO,
    MEMBERS_EXEMPT_REASON,
    MEMBERS_COLUMN_COUNT
};

// A line that says until when: nothing may say something else of a day before.
typedef struct MemberSpell {
    char *member, *org; // owned
    Date from, to;
    uint64_t line;
} MemberSpell;

// A line of a member whose lines do not come by day.
typedef struct MemberLater {
    MemberLine line; // its strings are ours
    uint64_t number;
} MemberLater;

typedef struct MemberFile {
    RosterSnapshot *before;
    bool ends;  // a line ends a membership
    Seen named; // member codes, for --complete
    MemberSpell *spells;
    size_t spell_count, spell_capacity;
    Seen disordered; // members whose lines do not come by day
    MemberLater *later;
    size_t later_count, later_capacity;
} MemberFile;

/// Reads the file once for its members and days, and notes whose lines do not come by day.
int import_members_look(Import *import, const Column *member, const Column *from);
bool import_members_is_disordered(const Import *import, const char *member);
/// Keeps a copy of the line being read for import_members_state_later().
void import_members_keep_later(Import *import, const MemberLine *line);
/// States the lines kept, each member's by day.
int import_members_state_later(Import *import, int (*state)(Import *import, const MemberLine *line));
void import_members_free_later(MemberFile *file);

/// Number of the line about the member's home, or exemption, from `from` on; 0 if the file has none.
uint64_t import_members_line(Import *import, const char *member, Date from);
uint64_t import_members_exempt_line(Import *import, const char *member, Date from);
/// What a line must not say of itself. False after having said so.
bool import_members_check(Import *import, const MemberLine *line);
/// All lines of a member must have one name. False after having said that they do not.
bool import_members_check_name(Import *import, const MemberLine *line);
/// Two lines about one exemption must agree. False after having said that they do not.
bool import_members_check_exemption(Import *import, const MemberLine *line);
/// Says whose card it is: that of a member in another line, or in the register.
void import_members_card_held(Import *import);
/// After the last line: homes, orgs and exemptions that contradict each other, in pairs.
int import_members_check_times(Import *import);
