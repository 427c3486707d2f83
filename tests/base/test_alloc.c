#include "core/base/alloc.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/base/capture.h"
#include "tests/base/test.h"

static void alloc_zero_clears(void **state)
{
    unsigned char *bytes = alloc_zero(4096);

    (void)state;
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
}

static void alloc_zero_of_nothing_gives_memory(void **state)
{
    void *ptr = alloc_zero(0);

    (void)state;
    assert_non_null(ptr);
    free(ptr);
}

static void alloc_resize_keeps_what_was_there(void **state)
{
    int *numbers = alloc_resize(NULL, 1, sizeof(*numbers));

    (void)state;
    numbers[0] = 42;
    numbers = alloc_resize(numbers, 1000, sizeof(*numbers));
    assert_int_equal(numbers[0], 42);
    free(numbers);
}

static void overflow(void)
{
    free(alloc_resize(NULL, SIZE_MAX / 2 + 2, 2)); // wraps to 2 bytes, which there always are
}

static void alloc_resize_aborts_when_the_product_overflows(void **state)
{
    int status = capture_child(overflow);

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void alloc_copy_ends_with_nul(void **state)
{
    char *copy = alloc_copy("a\0b", 3);

    (void)state;
    assert_memory_equal(copy, "a\0b", 4);
    free(copy);
}

static void alloc_string_copies(void **state)
{
    char *copy = alloc_string("area");

    (void)state;
    assert_string_equal(copy, "area");
    free(copy);
}

static void alloc_string_of_null_is_null(void **state)
{
    (void)state;
    assert_null(alloc_string(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc_zero_clears),
        cmocka_unit_test(alloc_zero_of_nothing_gives_memory),
        cmocka_unit_test(alloc_resize_keeps_what_was_there),
        cmocka_unit_test(alloc_resize_aborts_when_the_product_overflows),
        cmocka_unit_test(alloc_copy_ends_with_nul),
        cmocka_unit_test(alloc_string_copies),
        cmocka_unit_test(alloc_string_of_null_is_null),
    };

    return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
