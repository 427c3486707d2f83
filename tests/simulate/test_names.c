// Names are made of bytes by arithmetic: they must come out as whole characters.
#include "tests/simulate/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "simulate/names.h"

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_place_is_two_characters_and_each_is_another(void **state)
{
    static char *names[NAMES_PLACES];

    (void)state;
    for (uint32_t i = 0; i < NAMES_PLACES; i++) {
        Text name = {0};

        names_place(i, &name);
        assert_true(text_is_clean(name.data, name.size));
        assert_int_equal(text_width(name.data), 4);
        names[i] = text_take(&name);
    }
    qsort(names, NAMES_PLACES, sizeof(names[0]), compare_names);
    for (size_t i = 1; i < NAMES_PLACES; i++)
        assert_string_not_equal(names[i - 1], names[i]);
    for (size_t i = 0; i < NAMES_PLACES; i++)
        free(names[i]);
}

static void names_person_is_two_to_four_characters(void **state)
{
    Dice dice = dice_make(1);

    (void)state;
    for (int i = 0; i < 5000; i++) {
        CLEANUP(cleanup_text) Text name = {0};

        names_person(&dice, &name);
        assert_true(text_is_clean(name.data, name.size));
        assert_in_range(text_width(name.data), 4, 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_place_is_two_characters_and_each_is_another),
        cmocka_unit_test(names_person_is_two_to_four_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
