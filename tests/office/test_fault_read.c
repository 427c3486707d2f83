// The office while the database cannot be read: each read and each lock that an operation costs fails in
// turn. It says so, and nothing was changed; after the last it is done.
#include "tests/office/test.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/store/query.h"
#include "core/store/sqlite/store_private.h"
#include "core/store/verify.h"
#include "tests/office/site.h"
#include "tests/support/fault_vfs.h"

#define SWEEP_MAX 1000 // a sweep that does not end by then is itself a failure

static const char *cases;

// In this order: each stands on what those before it have done. `file` has a name and the text of a file.
static const struct {
    const char *words, *name, *text;
} operations[] = {
    {"import orgs orgs.csv", "orgs.csv",
     "org,parent,area,level,sector,name\nA-9,A,county-a,branch,rural,Nine\n"},
    {"import points points.csv", "points.csv", "point,org,name\nP-9,A-9,Nine\n"},
    {"import terminals terminals.csv", "terminals.csv", "terminal,area,point\nt-9,county-a,P-9\n"},
    {"import members members.csv", "members.csv",
     "member,name,org,from,card\nM01,One,A-9,2026-10-01,CARD1\nN01,New,A-9,2020-01-01,CARD2\n"},
    {"import sessions sessions.csv", "sessions.csv",
     "session,kind,title,starts,ends,org,minutes\nS-1,study-day,Moved,2026-10-11 09:00,2026-10-11 "
     "11:00,C,90\n"},
    {"import attendance attendance.csv", "attendance.csv",
     "batch,session,member,kind,at,by,why\nB1,S-1,M02,in,2026-10-11 09:00,clerk,roll\n"},
    {"session add NEW --kind meeting --title Next --starts 2030-10-20T09:00:00+08:00 --ends "
     "2030-10-20T10:00:00+08:00 --org "
     "A-1 --minutes 60 "
     "--why plan",
     NULL, NULL},
    {"session change NEW --title Later --starts 2030-10-21T09:00:00+08:00 --ends 2030-10-21T10:00:00+08:00 "
     "--why late",
     NULL, NULL},
    {"session invite NEW M04 --why guest", NULL, NULL},
    {"session uninvite NEW M04 --why left", NULL, NULL},
    {"session cancel NEW --why rain", NULL, NULL},
    {"attendance add S-1 M03 in --why late", NULL, NULL},
    {"leave add S-1 M04 --why letter", NULL, NULL},
    {"leave withdraw S-1 M04 --why mistake", NULL, NULL},
    {"home add S-1 M04 --visitor M02 --why ill", NULL, NULL},
    {"spotcheck draw --session S-1 --members 2 --seed 7", NULL, NULL},
    {"headcount add --session S-1 --point P-1 --count 3 --why seen", NULL, NULL},
    {"roll print --session S-1 --point P-1", NULL, NULL},
    {"roll close 1 --nil --why empty", NULL, NULL},
    {"objection add M03 --session S-1 --text present", NULL, NULL},
    {"objection answer 1 --text no --rejected", NULL, NULL},
    {"terminal revoke t-1 --why lost", NULL, NULL},
    {"month close 2026-10", NULL, NULL},
    {"attendance add S-1 M04 in --why roll", NULL, NULL},
    {"month revise 2026-10 --why roll", NULL, NULL},
};

static int count_event(void *user, const EventRow *event)
{
    (void)event;
    ++*(int64_t *)user;
    return 0;
}

/// What is told of everything that an operation may change: events, and entries of the audit.
static int64_t state_of(Site *site)
{
    int64_t events = 0, entries = 0;

    assert_int_equal(query_events(site->store, &(EventFilter){0}, count_event, &events), 0);
    assert_true(db_query_int64(&site->store->db, "SELECT count(*) FROM audit", &entries) > 0);
    return events * 1000000 + entries;
}

/// How many reads and locks have failed.
static int sweep(Site *site, const char *words, const char *path)
{
    int64_t before = state_of(site);

    for (int nth = 1; nth < SWEEP_MAX; nth++) {
        bool struck;
        int code;

        store_caches_drop(site->store);
        sqlite3_db_release_memory(site->store->db.handle);
        fault_vfs_arm(nth, false, FAULT_READ);
        code = site_say(site, words, path);
        struck = fault_vfs_disarm();
        if (!struck) {
            if (code != EX_OK && code != EX_TEMPFAIL)
                fail_msg("%s: %d %s", words, code, text_cstr(&site->reply.err));
            return nth - 1;
        }
        if (code == EX_OK || state_of(site) != before)
            fail_msg("%s: %d after read %d, and %s", words, code, nth,
                     state_of(site) == before ? "nothing was changed" : "something was changed");
    }
    fail_msg("%s: no end", words);
    return 0;
}

static void found(void *user, const VerifyFinding *finding)
{
    (void)user;
    fail_msg("%s %s", finding->what, finding->detail);
}

static void each_read_of_each_operation_may_fail_and_nothing_is_changed(void **state)
{
    CLEANUP(cleanup_text) Text base = {0};
    VerifySummary summary;
    int total = 0;

    (void)state;
    text_appendf(&base, "%s/base", cases);
    Site *site = site_new_with(text_cstr(&base));
    for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
        char *path = operations[i].name ? site_write(site, operations[i].name, operations[i].text) : NULL;
        total += sweep(site, operations[i].words, path);
        free(path);
    }
    print_message("# %d reads and locks failed\n", total);
    assert_true(total > 200);
    assert_int_equal(recompute_diff(site->store, clock_now(), found, NULL, &summary), 0);
    site_free(site);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_read_of_each_operation_may_fail_and_nothing_is_changed),
    };

    cases = argc > 1 ? argv[1] : ".";
    digest_init();
    zone_set("Asia/Shanghai");
    fault_vfs_install();
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
