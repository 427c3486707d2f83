// The office on a disk that fails: what it says about a change whose COMMIT failed is so.
#include "tests/office/test.h"

#include <string.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/store/query.h"
#include "tests/office/site.h"
#include "tests/support/fault_vfs.h"

static const char *cases;

static int count_event(void *user, const EventRow *event)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

static int stored_events(Site *site)
{
    int count = 0;

    assert_int_equal(query_events(site->store, &(EventFilter){0}, count_event, &count), 0);
    return count;
}

static Site *base_site(void)
{
    CLEANUP(cleanup_text) Text base = {0};

    text_appendf(&base, "%s/base", cases);
    return site_new_with(text_cstr(&base));
}

static void nothing_was_changed_where_the_office_says_so(void **state)
{
    Site *site = base_site();
    int before = stored_events(site), failures = 0, code = EX_IOERR;

    (void)state;
    for (int nth = 1; code != EX_OK; nth++) {
        fault_vfs_arm(nth, false, FAULT_IO);
        code = site_say(site, "attendance add S-1 M01 in --why late", NULL);
        fault_vfs_disarm();
        if (code == EX_OK)
            break;
        assert_int_equal(code, EX_IOERR);
        assert_non_null(strstr(text_cstr(&site->reply.err), "nothing was changed"));
        assert_int_equal(stored_events(site), before);
        failures++;
    }
    assert_true(failures > 0);
    assert_true(stored_events(site) > before);
    site_free(site);
}

static void a_disk_that_stays_bad_leaves_it_unsure(void **state)
{
    Site *site = base_site();

    (void)state;
    fault_vfs_arm(1, true, FAULT_IO);
    assert_int_equal(site_say(site, "attendance add S-1 M01 in --why late", NULL), EX_IOERR);
    fault_vfs_disarm();
    assert_non_null(strstr(text_cstr(&site->reply.err), "it is not sure whether this was recorded"));
    assert_int_equal(site_say(site, "attendance add S-1 M01 in --why late", NULL), EX_OK);
    site_free(site);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_was_changed_where_the_office_says_so),
        cmocka_unit_test(a_disk_that_stays_bad_leaves_it_unsure),
    };

    cases = argc > 1 ? argv[1] : ".";
    digest_init();
    zone_set("Asia/Shanghai");
    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
