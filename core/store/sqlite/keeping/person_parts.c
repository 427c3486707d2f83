#include "core/base/error.h"
#include "core/store/person.h"
#include "core/store/sqlite/keys.h"
#include "core/store/sqlite/store_private.h"

// What is stored about a member, part by part. Every table with a member in it stands here or is attendance
// (query.h); ?1 is the member's number, ?2 the code. These run once in a person's life, so that what has no
// index is searched as a whole.

#define ABOUT(table, column) "instr(" table "." column ", cast('\"' || ?2 || '\"' AS BLOB)) > 0"

static const struct {
    const char *sql;
    int columns;
} parts[PERSON_PART_COUNT] = {
    [PERSON_HOMES] =
        {"SELECT s.from_date, s.to_date, o.code, s.category, s.role FROM member_state s JOIN org o"
         " ON o.org = s.org WHERE s.member = ?1 ORDER BY s.from_date",
         5},
    [PERSON_EXEMPTIONS] = {"SELECT from_date, to_date, reason FROM exemption WHERE member = ?1 ORDER BY 1",
                           3},
    [PERSON_CARDS] = {"SELECT lower(hex(card)), from_date, to_date FROM card WHERE member = ?1 ORDER BY 2",
                      3},
    [PERSON_INVITATIONS] = {"SELECT s.code FROM invitation i JOIN session s ON s.session = i.session"
                            " WHERE i.member = ?1 ORDER BY s.starts",
                            1},
    [PERSON_VISITS] = {"SELECT s.code, t.name, st.epoch, (g.block << 5) | (e.place & 31), e.received"
                       " FROM " EVENTS_WITH_KEYS " JOIN stream st ON st.stream = g.stream JOIN terminal t ON"
                       " t.terminal = st.terminal LEFT JOIN session s ON s.session = e.session"
                       " WHERE instr(e.body, cast('\"visitor\":\"' || ?2 || '\"' AS BLOB)) > 0 ORDER BY "
                       "e.place",
                       5},
    [PERSON_SPOTCHECKS] = {"SELECT s.code, d.id, d.at, o.code, p.code, d.cancelled_at FROM spotcheck_member m"
                           " JOIN spotcheck d ON d.id = m.spotcheck LEFT JOIN session s ON s.session = "
                           "d.session LEFT JOIN org o ON o.org = m.org LEFT JOIN point p ON p.point = m.point"
                           " WHERE m.member = ?1 ORDER BY d.id",
                           6},
    [PERSON_ROLLS] = {"SELECT s.code, p.code, r.roll, l.line FROM roll_line l JOIN roll r ON r.roll = l.roll"
                      " LEFT JOIN session s ON s.session = r.session LEFT JOIN point p ON p.point = r.point"
                      " WHERE l.member = ?1 ORDER BY r.roll, l.line",
                      4},
    [PERSON_OBJECTIONS] =
        {"SELECT o.objection, o.at, o.session, o.text, o.who, a.at, a.accepted, a.text, a.who"
         " FROM objection o LEFT JOIN objection_answer a ON a.objection = o.objection"
         " WHERE o.member = ?1 ORDER BY o.objection",
         9},
    [PERSON_LEAVES] = {"SELECT r.request, r.at, r.session, r.reason, r.why, r.who, d.at, d.who, d.why FROM"
                       " leave_request r LEFT JOIN leave_decision d ON d.request = r.request"
                       " WHERE r.member = ?1 ORDER BY r.request",
                       9},
    [PERSON_CHANGES] = {"SELECT month, revision, session, before, after, cause FROM month_change"
                        " WHERE member = ?2 ORDER BY month, revision, ordinal",
                        6},
    [PERSON_QUARANTINE] = {"SELECT q.id, q.received, q.terminal, q.reason FROM quarantine q"
                           " WHERE " ABOUT("q", "payload") " ORDER BY q.id",
                           4},
    [PERSON_AUDIT] = {"SELECT id, at, who, action, subject, why FROM audit WHERE subject = ?2"
                      " OR instr(detail, '\"' || ?2 || '\"') > 0 ORDER BY id",
                      6},
    [PERSON_READS] = {"SELECT at, who, what FROM reading WHERE member = ?1 ORDER BY id", 3},
};

int person_each(Store *store, PersonPart part, const char *code, int64_t member,
                int (*each)(void *user, const PersonValue *values), void *user)
{
    sqlite3_stmt *get = NULL;
    int r, result = sqlite3_prepare_v2(store->db.handle, parts[part].sql, -1, &get, NULL);

    if (result != SQLITE_OK)
        return db_error(&store->db, result, parts[part].sql);
    db_bind_int(get, 1, member);
    if (sqlite3_bind_parameter_count(get) > 1)
        db_bind_text(get, 2, code);
    while ((r = db_step(&store->db, get)) > 0) {
        PersonValue values[PERSON_COLUMNS_MAX] = {0};

        for (int i = 0; i < parts[part].columns; i++) {
            values[i].number = db_int(get, i);
            values[i].text = db_text(get, i);
        }
        r = each(user, values);
        if (r != 0)
            break;
    }
    sqlite3_finalize(get);
    return r < 0 ? error_trace(r) : r;
}
