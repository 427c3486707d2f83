// Months as the office closes and changes them: grace days, what is due, a second person; and what the audit
// log has of it.
#include "tests/office/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "core/base/cleanup.h"
#include "core/store/audit.h"
#include "core/store/month_request.h"
#include "core/store/query.h"
#include "tests/office/site.h"
#include "tests/support/support.h"

#define FOREVER 100000 // days: some 270 years

static char *cases;

static Site *base_site(void)
{
    CLEANUP(cleanup_text) Text base = {0};

    text_appendf(&base, "%s/base", cases);
    return site_new_with(text_cstr(&base));
}

static void assert_said(const Text *text, const char *said)
{
    if (!strstr(text_cstr(text), said))
        fail_msg("no \"%s\" in: %s", said, text_cstr(text));
}

static MonthStanding october(Site *site)
{
    MonthStanding standing;

    assert_int_equal(month_standing(site->store, 2026 * 12 + 9, &standing), 0);
    return standing;
}

// Month 2026-10 is closed, and a correction waits.
static Site *closed_site(void)
{
    Site *site = base_site();

    assert_int_equal(site_say(site, "month close 2026-10", NULL), EX_OK);
    assert_int_equal(site_say(site, "attendance add S-1 M01 in --why late", NULL), EX_OK);
    return site;
}

static Site *closed_site_of_two(void)
{
    Site *site = closed_site();

    site->config.second_person = true;
    site->actor = "uid:1001 li";
    return site;
}

static void close_after_the_grace_days_warns_of_nothing(void **state)
{
    Site *site = base_site();

    (void)state;
    site->config.grace_days = 0;
    assert_int_equal(site_say(site, "month close 2026-10", NULL), EX_OK);
    assert_string_equal(text_cstr(&site->reply.err), "");
    site_free(site);
}

static void close_before_the_grace_days_are_over_closes_and_warns(void **state)
{
    Site *site = base_site();

    (void)state;
    site->config.grace_days = FOREVER;
    assert_int_equal(site_say(site, "month close 2026-10", NULL), EX_OK);
    assert_said(&site->reply.err, "2026-10 is closed before its grace days are over, which is on 2300-08-17");
    assert_int_equal(october(site).state, MONTH_CLOSED);
    site_free(site);
}

static void close_lists_the_silent_points(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "month close 2026-10", NULL), EX_OK);
    assert_said(&site->reply.out, "Points that have not reported:\n  S-1  P-1\n  S-1  P-2\n  S-2  P-1\n");
    site_free(site);
}

static void close_due_closes_what_is_due_once(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_int_equal(site_say(site, "month close --due --why monthly", NULL), EX_OK);
    assert_said(&site->reply.out, "2026-10: closed, as revision 0\n");
    assert_int_equal(site_say(site, "month close --due", NULL), EX_OK);
    assert_string_equal(text_cstr(&site->reply.out), "No month is due to be closed.\n");
    assert_int_equal(october(site).revision, 0);
    site_free(site);
}

static void close_due_waits_for_the_grace_days(void **state)
{
    Site *site = base_site();

    (void)state;
    site->config.grace_days = FOREVER;
    assert_int_equal(site_say(site, "month close --due", NULL), EX_OK);
    assert_said(&site->reply.out, "No month is due");
    assert_int_equal(october(site).state, MONTH_OPEN);
    site_free(site);
}

static void close_due_leaves_a_reopened_month_alone(void **state)
{
    Site *site = closed_site();

    (void)state;
    assert_int_equal(site_say(site, "month reopen 2026-10 --why wrong", NULL), EX_OK);
    assert_int_equal(site_say(site, "month close --due", NULL), EX_OK);
    assert_said(&site->reply.out, "No month is due");
    assert_int_equal(october(site).state, MONTH_REOPENED);
    site_free(site);
}

static void revise_asks_where_two_people_are_wanted(void **state)
{
    Site *site = closed_site_of_two();

    (void)state;
    assert_int_equal(site_say(site, "month revise 2026-10 --why roll", NULL), EX_TEMPFAIL);
    assert_said(&site->reply.out, "2026-10: asked for, as request 1");
    assert_int_equal(october(site).revision, 0);
    site->actor = "uid:1002 wang";
    assert_int_equal(site_say(site, "month reopen 2026-10 --why roll", NULL), EX_DATAERR);
    assert_said(&site->reply.err, "there is a request of uid:1001 li already");
    site_free(site);
}

static void revise_that_could_not_be_is_not_asked_for(void **state)
{
    Site *site = base_site();

    (void)state;
    site->config.second_person = true;
    assert_int_equal(site_say(site, "month revise 2026-10 --why roll", NULL), EX_DATAERR);
    assert_int_equal(site_say(site, "month approve 2026-10", NULL), EX_DATAERR);
    assert_said(&site->reply.err, "nobody has asked");
    site_free(site);
}

static void whoever_asked_cannot_approve(void **state)
{
    Site *site = closed_site_of_two();

    (void)state;
    site_say(site, "month revise 2026-10 --why roll", NULL);
    site->actor = "uid:1001 li-under-another-name";
    assert_int_equal(site_say(site, "month approve 2026-10", NULL), EX_NOPERM);
    assert_int_equal(october(site).revision, 0);
    site_free(site);
}

static int take_who(void *user, const MonthRevision *revision)
{
    snprintf(user, 100, "%s|%s", revision->who, revision->why);
    return 0;
}

static void approve_by_another_makes_the_revision_with_both_names(void **state)
{
    Site *site = closed_site_of_two();
    char who[100] = "";

    (void)state;
    site_say(site, "month revise 2026-10 --why roll", NULL);
    site->actor = "uid:100 wang"; // whose number begins like the other's
    assert_int_equal(site_say(site, "month approve 2026-10", NULL), EX_OK);
    assert_said(&site->reply.out, "2026-10: revision 1, changes: 1");
    assert_int_equal(october(site).revision, 1);
    assert_int_equal(month_revision(site->store, 2026 * 12 + 9, 1, take_who, who), 0);
    assert_string_equal(who, "uid:1001 li + uid:100 wang|roll");
    assert_int_equal(site_say(site, "month approve 2026-10", NULL), EX_DATAERR);
    site_free(site);
}

static void reopen_is_approved_as_well(void **state)
{
    Site *site = closed_site_of_two();

    (void)state;
    assert_int_equal(site_say(site, "month reopen 2026-10 --why roster", NULL), EX_TEMPFAIL);
    assert_int_equal(october(site).state, MONTH_CLOSED);
    site->actor = "uid:1002 wang";
    assert_int_equal(site_say(site, "month approve 2026-10", NULL), EX_OK);
    assert_int_equal(october(site).state, MONTH_REOPENED);
    site_free(site);
}

static int count_request(void *user, const MonthRequest *request)
{
    ++*(int *)user;
    assert_string_equal(request->state, "withdrawn");
    assert_string_equal(request->decided_by, "uid:1002 wang");
    return 0;
}

static void withdraw_takes_a_request_back_and_keeps_it(void **state)
{
    Site *site = closed_site_of_two();
    int count = 0;

    (void)state;
    site_say(site, "month revise 2026-10 --why roll", NULL);
    site->actor = "uid:1002 wang";
    assert_int_equal(site_say(site, "month withdraw 2026-10", NULL), EX_OK);
    assert_int_equal(site_say(site, "month approve 2026-10", NULL), EX_DATAERR);
    assert_int_equal(october(site).revision, 0);
    assert_int_equal(month_request_each(site->store, false, count_request, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(month_request_each(site->store, true, count_request, &count), 0);
    assert_int_equal(count, 1);
    site_free(site);
}

static int append_entry(void *user, const AuditRow *row)
{
    text_appendf(user, "%s %s %s %s %s\n", row->who, row->action, row->subject, row->why, row->detail);
    return 0;
}

static void assert_entries(Site *site, const char *action, const char *expected)
{
    CLEANUP(cleanup_text) Text text = {0};
    AuditFilter filter = {.from = TIME_NONE, .to = TIME_NONE, .action = action};

    assert_int_equal(audit_each(site->store, &filter, append_entry, &text), 0);
    assert_string_equal(text_cstr(&text), expected);
}

static void audit_has_state_and_names_of_a_months_changes(void **state)
{
    Site *site = closed_site_of_two();

    (void)state;
    site_say(site, "month revise 2026-10 --why roll", NULL);
    site->actor = "uid:1002 wang";
    site_say(site, "month approve 2026-10", NULL);
    assert_entries(
        site, "month",
        "uid:0 test month-close 2026-10  {\"new\":{\"changes\":0,\"revision\":0,\"state\":\"closed\","
        "\"who\":\"uid:0 test\"},\"old\":{\"revision\":null,\"state\":\"open\"}}\n"
        "uid:1001 li month-request 2026-10 roll {\"new\":{\"action\":\"revise\",\"request\":1,"
        "\"state\":\"open\"},\"old\":null}\n"
        "uid:1002 wang month-approve 2026-10 roll {\"new\":{\"action\":\"revise\",\"request\":1,"
        "\"state\":\"approved\"},\"old\":{\"action\":\"revise\",\"state\":\"open\",\"who\":\"uid:1001 "
        "li\"}}\n"
        "uid:1002 wang month-revise 2026-10 roll {\"new\":{\"changes\":1,\"revision\":1,\"state\":"
        "\"closed\",\"who\":\"uid:1001 li + uid:1002 wang\"},\"old\":{\"revision\":0,\"state\":\"closed\""
        "}}\n");
    site_free(site);
}

static void audit_has_the_attendance_before_and_after_an_addition(void **state)
{
    Site *site = base_site();

    (void)state;
    site_say(site, "attendance add S-1 M01 leave --at 2026-10-09T09:00:00+08:00 --why phone", NULL);
    assert_entries(
        site, "attendance-add",
        "uid:0 test attendance-add office:1 phone {\"new\":{\"credit_minutes\":0,\"event\":{\"at\":\"2026-"
        "10-09T09:00:00+08:00\",\"kind\":\"leave\",\"member\":\"M01\",\"seq\":1,\"session\":\"S-1\"},"
        "\"minutes\":0,\"status\":\"leave\"},\"old\":{\"credit_minutes\":0,\"minutes\":0,\"status\":"
        "\"none\"}}\n");
    site_free(site);
}

static int take_epoch(void *user, const EventRow *event)
{
    snprintf(user, 27, "%s", event->epoch);
    return 0;
}

static void audit_has_the_event_and_the_attendance_around_a_void(void **state)
{
    Site *site = base_site();
    CLEANUP(cleanup_text) Text text = {0};
    AuditFilter filter = {.from = TIME_NONE, .to = TIME_NONE, .action = "attendance-void"};
    CLEANUP(cleanup_text) Text words = {0};
    char epoch[27] = "";

    (void)state;
    site_say(site, "attendance add S-1 M01 in --why paper", NULL);
    assert_int_equal(query_events(site->store, &(EventFilter){0}, take_epoch, epoch), 0);
    text_appendf(&words, "attendance void office %s:1 --why mistake", epoch);
    assert_int_equal(site_say(site, text_cstr(&words), NULL), EX_OK);
    assert_int_equal(audit_each(site->store, &filter, append_entry, &text), 0);
    assert_said(
        &text, "{\"new\":{\"credit_minutes\":0,\"minutes\":0,\"status\":\"none\"},\"old\":"
               "{\"credit_minutes\":120,\"event\":{\"at\":\"2026-10-10T09:00:00+08:00\",\"by\":\"manual\","
               "\"kind\":\"in\",\"member\":\"M01\",\"seq\":1,\"session\":\"S-1\"},\"minutes\":120,\"status\":"
               "\"present\"}}");
    site_free(site);
}

static void audit_has_name_digest_and_counts_of_an_import(void **state)
{
    Site *site = base_site();

    (void)state;
    assert_entries(
        site, "import-terminals",
        "uid:0 test import-terminals terminals.csv  {\"new\":{\"added\":1,\"changed\":0,\"complete\":false,"
        "\"ended\":0,\"force\":false,\"same\":0,\"sha256\":"
        "\"68ba218a17d4be7ee830ee4bc0abdf2b98b9816bc662949bc28a511ff33ac3ae\"},\"old\":null}\n");
    site_free(site);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(close_after_the_grace_days_warns_of_nothing),
        cmocka_unit_test(close_before_the_grace_days_are_over_closes_and_warns),
        cmocka_unit_test(close_lists_the_silent_points),
        cmocka_unit_test(close_due_closes_what_is_due_once),
        cmocka_unit_test(close_due_waits_for_the_grace_days),
        cmocka_unit_test(close_due_leaves_a_reopened_month_alone),
        cmocka_unit_test(revise_asks_where_two_people_are_wanted),
        cmocka_unit_test(revise_that_could_not_be_is_not_asked_for),
        cmocka_unit_test(whoever_asked_cannot_approve),
        cmocka_unit_test(approve_by_another_makes_the_revision_with_both_names),
        cmocka_unit_test(reopen_is_approved_as_well),
        cmocka_unit_test(withdraw_takes_a_request_back_and_keeps_it),
        cmocka_unit_test(audit_has_state_and_names_of_a_months_changes),
        cmocka_unit_test(audit_has_the_attendance_before_and_after_an_addition),
        cmocka_unit_test(audit_has_the_event_and_the_attendance_around_a_void),
        cmocka_unit_test(audit_has_name_digest_and_counts_of_an_import),
    };
    if (argc != 2)
        support_die("the folder of the cases is needed");
    cases = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
