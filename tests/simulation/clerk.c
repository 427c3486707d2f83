#include "tests/simulation/clerk.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/alloc.h"
#include "tests/simulation/deeds.h"

#define CLERK_ARGUMENTS_MAX 12

// Asks, notes the answer and says what is to be believed of it.
static DeedState clerk_ask(const char *const *argv, const char *text)
{
    RoundsAsk ask = {.text = text};
    CLEANUP(cleanup_text) Text words = {0};
    char *arguments[CLERK_ARGUMENTS_MAX + 1];

    for (; argv[ask.argc]; ask.argc++) {
        arguments[ask.argc] = (char *)argv[ask.argc];
        text_appendf(&words, " %s", argv[ask.argc]);
    }
    arguments[ask.argc] = NULL;
    ask.argv = arguments;
    bool answered = hub_ask(&ask);
    world_note("office%s: %d %.60s", text_cstr(&words), answered ? ask.code : -1, text_cstr(&ask.err));
    if (answered && programs.hub.machine.fault == DISK_WELL && ask.code != EX_OK && ask.code != EX_DATAERR &&
        hub_is_well())
        world_fail("the office is told%s: %d %s", text_cstr(&words), ask.code, text_cstr(&ask.err));
    DeedState state = !answered              ? DEED_UNSURE
                      : ask.code == EX_OK    ? DEED_DONE
                      : ask.code == EX_IOERR ? DEED_UNSURE
                                             : DEED_NOT;
    rounds_ask_deinit(&ask);
    return state;
}

static void clerk_add(void)
{
    char session[16], member[16], at[CLOCK_TEXT_SIZE];
    static const EventKind kinds[] = {EVENT_IN, EVENT_IN, EVENT_OUT, EVENT_LEAVE, EVENT_MAKEUP};
    const int s = (int)world_dice(SITE_SESSIONS), m = (int)world_dice(SITE_MEMBERS);
    Time starts, ends;

    site_session_times(s, &starts, &ends);
    Deed *deed = deeds_new(starts + deeds_some_offset() * TIME_MINUTE);
    if (!deed)
        return;
    deed->terminal = DEEDS_OFFICE;
    deed->kind = kinds[world_dice(5)];
    deed->session = s;
    deed->member = m;
    deed->minutes = 50;
    snprintf(session, sizeof(session), "S%d", s + 1);
    snprintf(member, sizeof(member), "m%d", m + 1);
    time_format_zone(deed->at, at);
    const char *argv[] = {"attendance", "add", session,       member, event_kind_word(deed->kind),
                          "--at",       at,    "--why=asked", NULL,   NULL};
    if (deed->kind == EVENT_MAKEUP)
        argv[8] = "--minutes=50";
    deed->state = clerk_ask(argv, NULL);
}

static void clerk_void(void)
{
    Deed *deed = deeds.count > 0 ? &deeds.list[world_dice((unsigned)deeds.count)] : NULL;
    char key[64];

    if (!deed || deed->terminal == DEEDS_OFFICE || deed->state != DEED_DONE || deed->kind > EVENT_CHECK ||
        deed->undone != DEED_NOT)
        return;
    snprintf(key, sizeof(key), "%s:%llu", deeds.epochs[deed->epoch].ulid, (unsigned long long)deed->seq);
    const char *argv[] = {"attendance", "void",     programs.posts[deed->terminal].machine.name,
                          key,          "--why=no", NULL};
    deed->undone = clerk_ask(argv, NULL);
}

static void clerk_import_member(void)
{
    static const char *const dates[] = {"2026-01-01", "2026-11-01", "2026-11-05", "2026-11-20", "2026-12-01"};
    CLEANUP(cleanup_text) Text file = {0};
    const char *const argv[] = {"import", "members", "file", NULL};
    unsigned member = 1 + world_dice(SITE_MEMBERS_ALL);
    const char *from = dates[world_dice(5)];

    text_append(&file, "member,name,org,from,exempt_from,exempt_reason\n");
    text_appendf(&file, "m%u,m%u,%s,%s,%s,%s\n", member, member, site_branches[world_dice(SITE_ORGS_LEAF)],
                 from, member % 2 ? from : "", member % 2 ? "illness" : "");
    clerk_ask(argv, text_cstr(&file));
}

// A session is held earlier or later, or for longer.
static void clerk_import_session(void)
{
    static const int moves[] = {0, 0, -9, 11};
    CLEANUP(cleanup_text) Text file = {0};
    const char *const argv[] = {"import", "sessions", "file", NULL};
    int session = (int)world_dice(SITE_SESSIONS);
    char begins[CLOCK_TEXT_SIZE], finishes[CLOCK_TEXT_SIZE];
    Time starts, ends;

    site_session_times(session, &starts, &ends);
    time_format_short(starts + moves[world_dice(4)] * TIME_MINUTE, begins);
    time_format_short(ends + moves[world_dice(4)] * TIME_MINUTE, finishes);
    text_append(&file, "session,kind,title,starts,ends,org,minutes\n");
    text_appendf(&file, "S%d,study-day,S%d,%s,%s,CITY,%u\n", session + 1, session + 1, begins, finishes,
                 60 + world_dice(3) * 30);
    clerk_ask(argv, text_cstr(&file));
}

static void clerk_move_terminal(void)
{
    CLEANUP(cleanup_text) Text file = {0};
    const char *const argv[] = {"import", "terminals", "file", NULL};

    text_append(&file, "terminal,area,point\n");
    text_appendf(&file, "t%u," SITE_AREA ",P-%c\n", 1 + world_dice(WORLD_TERMINALS),
                 (char)('A' + world_dice(2)));
    clerk_ask(argv, text_cstr(&file));
}

static void clerk_month(void)
{
    static const char *const verbs[] = {"close", "close", "revise", "reopen"};
    const char *const argv[] = {"month", verbs[world_dice(4)], "2026-11", "--why=asked", NULL};

    clerk_ask(argv, NULL);
}

void clerk_work(void)
{
    unsigned n = world_dice(20);

    if (!programs.hub.up)
        return;
    if (n < 6)
        clerk_add();
    else if (n < 11)
        clerk_void();
    else if (n < 14)
        clerk_import_member();
    else if (n < 16)
        clerk_import_session();
    else if (n < 17)
        clerk_move_terminal();
    else
        clerk_month();
}
