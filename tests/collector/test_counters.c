// C8: received = stored + duplicate + quarantined + deferred.
#include "collector/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_every_outcome_has_its_place_in_the_sum(void **state)
{
    static const LedgerOutcome outcomes[] = {
        LEDGER_STORED,   LEDGER_PARKED,   LEDGER_REFUSED, LEDGER_DUPLICATE, LEDGER_DUPLICATE_REFUSED,
        LEDGER_CONFLICT, LEDGER_DEFERRED,
    };
    CounterEvents events = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        events.received++;
        counters_add_outcome(&events, outcomes[i]);
        assert_true(counters_balanced(&events));
    }
    assert_int_equal(events.stored, 2);
    assert_int_equal(events.parked, 1);
    assert_int_equal(events.quarantined, 2);
    assert_int_equal(events.duplicate, 2);
    assert_int_equal(events.deferred, 1);
}

static void test_an_unreadable_message_counts_as_one(void **state)
{
    CounterEvents events = {0};

    (void)state;
    counters_add_unreadable(&events);
    assert_int_equal(events.received, 1);
    assert_int_equal(events.quarantined, 1);
    assert_true(counters_balanced(&events));
}

static void test_commit_adds_what_was_pending(void **state)
{
    Counters counters = {.events = {.received = 1, .stored = 1},
                         .pending = {.received = 2, .stored = 1, .deferred = 1}};

    (void)state;
    assert_true(counters_commit(&counters));
    assert_int_equal(counters.events.received, 3);
    assert_int_equal(counters.events.stored, 2);
    assert_int_equal(counters.events.deferred, 1);
    assert_int_equal(counters.pending.received, 0);
}

static void test_commit_tells_a_difference(void **state)
{
    Counters counters = {.pending = {.received = 2, .stored = 1}};

    (void)state;
    assert_false(counters_commit(&counters));
}

static void test_rollback_forgets_what_was_pending(void **state)
{
    Counters counters = {.events = {.received = 1, .stored = 1}, .pending = {.received = 5}};

    (void)state;
    counters_rollback(&counters);
    assert_int_equal(counters.events.received, 1);
    assert_int_equal(counters.pending.received, 0);
    assert_int_equal(counters.rollbacks, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_outcome_has_its_place_in_the_sum),
        cmocka_unit_test(test_an_unreadable_message_counts_as_one),
        cmocka_unit_test(test_commit_adds_what_was_pending),
        cmocka_unit_test(test_commit_tells_a_difference),
        cmocka_unit_test(test_rollback_forgets_what_was_pending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
