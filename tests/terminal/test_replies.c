// What the organiser reads after a scan.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "terminal/replies.h"

static void assert_explained(const char *reply, bool refused, const char *expected)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(reply_explain(reply, &text), refused);
    assert_string_equal(text_cstr(&text), expected);
}

static void a_recorded_scan_is_told_by_its_number(void **state)
{
    (void)state;
    assert_explained("OK 01JD3Z6Y8Q4N7W2K9T5B0C1D2E:17", false, "Recorded, number 17");
}

static void a_refusal_says_so_and_why_and_keeps_the_word(void **state)
{
    (void)state;
    assert_explained("REFUSED bad-score", true, "NOT RECORDED: a score is 0 to 100 (bad-score)");
    assert_explained("REFUSED disk-full: /var/outbox.db", true,
                     "NOT RECORDED: the disk of this terminal is full (disk-full: /var/outbox.db)");
}

static void a_reason_that_has_no_words_yet_is_still_a_refusal(void **state)
{
    (void)state;
    assert_explained(
        "REFUSED unsure the disk failed", true,
        "NOT SURE THAT IT IS RECORDED: the disk of this terminal failed while it was recorded; scan "
        "again (unsure the disk failed)");
    assert_explained("REFUSED strange", true, "NOT RECORDED: strange");
}

static void what_is_no_reply_is_shown_as_it_is(void **state)
{
    (void)state;
    assert_explained("hello", false, "hello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_scan_is_told_by_its_number),
        cmocka_unit_test(a_refusal_says_so_and_why_and_keeps_the_word),
        cmocka_unit_test(a_reason_that_has_no_words_yet_is_still_a_refusal),
        cmocka_unit_test(what_is_no_reply_is_shown_as_it_is),
    };

    return cmocka_run_group_tests_name("replies", tests, NULL, NULL);
}
