#include "tests/net/line.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/net/loop.h"

enum { SLOT_FIRST, SLOT_SECOND, SLOT_COUNT };

typedef struct Fixture {
    Loop loop;
    int fds[SLOT_COUNT]; // eventfds: readable as long as nobody has read
    int calls[SLOT_COUNT];
    short revents[SLOT_COUNT];
    int order[4], count;
    bool empty_second; // the first handler empties the second slot
} Fixture;

static Fixture fixture;

static void note(int slot, short revents)
{
    fixture.calls[slot]++;
    fixture.revents[slot] = revents;
    if (fixture.count < 4)
        fixture.order[fixture.count++] = slot;
}

static void on_first(void *owner, short revents)
{
    assert_ptr_equal(owner, &fixture);
    note(SLOT_FIRST, revents);
    if (fixture.empty_second)
        loop_set(&fixture.loop, SLOT_SECOND, -1, 0, NULL, NULL);
}

static void on_second(void *owner, short revents)
{
    (void)owner;
    note(SLOT_SECOND, revents);
}

static int set_up(void **state)
{
    (void)state;
    fixture = (Fixture){0};
    loop_init(&fixture.loop, SLOT_COUNT);
    for (int i = 0; i < SLOT_COUNT; i++)
        fixture.fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop_set(&fixture.loop, SLOT_FIRST, fixture.fds[0], POLLIN, on_first, &fixture);
    loop_set(&fixture.loop, SLOT_SECOND, fixture.fds[1], POLLIN, on_second, &fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    loop_deinit(&fixture.loop);
    for (int i = 0; i < SLOT_COUNT; i++)
        close(fixture.fds[i]);
    return 0;
}

static void wait_calls_the_handlers_of_ready_slots_in_order(void **state)
{
    (void)state;
    eventfd_write(fixture.fds[1], 1);
    eventfd_write(fixture.fds[0], 1);
    assert_int_equal(loop_wait(&fixture.loop, LOOP_NEVER), 0);
    assert_int_equal(fixture.count, 2);
    assert_int_equal(fixture.order[0], SLOT_FIRST);
    assert_int_equal(fixture.order[1], SLOT_SECOND);
    assert_int_equal(fixture.revents[SLOT_FIRST], POLLIN);
}

static void wait_leaves_idle_slots_alone(void **state)
{
    (void)state;
    eventfd_write(fixture.fds[1], 1);
    loop_wait(&fixture.loop, LOOP_NEVER);
    assert_int_equal(fixture.calls[SLOT_FIRST], 0);
    assert_int_equal(fixture.calls[SLOT_SECOND], 1);
}

static void wait_returns_at_its_deadline(void **state)
{
    Time deadline = clock_monotonic() + 20000;

    (void)state;
    assert_int_equal(loop_wait(&fixture.loop, deadline), 0);
    assert_true(clock_monotonic() >= deadline);
    assert_int_equal(fixture.count, 0);
}

static void wait_with_a_deadline_in_the_past_still_polls(void **state)
{
    (void)state;
    eventfd_write(fixture.fds[0], 1);
    assert_int_equal(loop_wait(&fixture.loop, 0), 0);
    assert_int_equal(fixture.calls[SLOT_FIRST], 1);
}

static void set_empty_by_an_earlier_handler_forgets_what_was_ready(void **state)
{
    (void)state;
    fixture.empty_second = true;
    eventfd_write(fixture.fds[0], 1);
    eventfd_write(fixture.fds[1], 1);
    loop_wait(&fixture.loop, LOOP_NEVER);
    assert_int_equal(fixture.calls[SLOT_FIRST], 1);
    assert_int_equal(fixture.calls[SLOT_SECOND], 0);
}

static void set_events_changes_what_is_waited_for(void **state)
{
    (void)state;
    loop_set_events(&fixture.loop, SLOT_FIRST, POLLOUT);
    loop_wait(&fixture.loop, LOOP_NEVER);
    assert_int_equal(fixture.revents[SLOT_FIRST], POLLOUT);
}

static void signals_are_taken_one_by_one_then_none(void **state)
{
    int fd, first, second;

    (void)state;
    assert_int_equal(loop_signals_open(&fd), 0);
    assert_int_equal(loop_signals_take(fd), 0);
    raise(SIGHUP);
    raise(SIGTERM);
    first = loop_signals_take(fd);
    second = loop_signals_take(fd);
    assert_true((first == SIGHUP && second == SIGTERM) || (first == SIGTERM && second == SIGHUP));
    assert_int_equal(loop_signals_take(fd), 0);
    close(fd);
    loop_signals_restore();
}

static void signals_make_the_wait_return(void **state)
{
    int fd;

    (void)state;
    assert_int_equal(loop_signals_open(&fd), 0);
    loop_set(&fixture.loop, SLOT_SECOND, fd, POLLIN, on_second, &fixture);
    kill(getpid(), SIGINT);
    loop_wait(&fixture.loop, LOOP_NEVER);
    assert_int_equal(fixture.calls[SLOT_SECOND], 1);
    assert_int_equal(loop_signals_take(fd), SIGINT);
    close(fd);
    loop_signals_restore();
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(wait_calls_the_handlers_of_ready_slots_in_order),
        CASE(wait_leaves_idle_slots_alone),
        CASE(wait_returns_at_its_deadline),
        CASE(wait_with_a_deadline_in_the_past_still_polls),
        CASE(set_empty_by_an_earlier_handler_forgets_what_was_ready),
        CASE(set_events_changes_what_is_waited_for),
        CASE(signals_are_taken_one_by_one_then_none),
        CASE(signals_make_the_wait_return),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
