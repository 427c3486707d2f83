#include "tests/reports/golden.h"

#include "tests/reports/test.h"

#include "core/base/file.h"

#define GOLDEN_SIZE_MAX (1 << 20) // far more than any of these files

static const char *golden_folder;
static int golden_write;

void golden_init(const char *folder, int write)
{
    golden_folder = folder;
    golden_write = write;
}

void golden_check(const char *name, const Text *text)
{
    Text path = {0};
    Text expected = {0};

    text_appendf(&path, "%s/%s", golden_folder, name);
    if (golden_write)
        assert_int_equal(file_write_atomic(text_cstr(&path), text_cstr(text), text->size, 0644, true), 0);
    assert_int_equal(file_read(text_cstr(&path), GOLDEN_SIZE_MAX, &expected), 0);
    assert_string_equal(text_cstr(text), text_cstr(&expected));
    assert_int_equal(text->size, expected.size);
    text_deinit(&path);
    text_deinit(&expected);
}
