#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/digest.h"
#include "tests/base/capture.h"
#include "tests/base/test.h"

// Each test has a folder of its own and paths in it.
typedef struct Place {
    char *folder;
    char path[256], other[256];
} Place;

static int place_setup(void **state)
{
    Place *place = calloc(1, sizeof(*place));

    if (!place)
        return -1;
    place->folder = capture_folder_make();
    snprintf(place->path, sizeof(place->path), "%s/file", place->folder);
    snprintf(place->other, sizeof(place->other), "%s/other", place->folder);
    *state = place;
    return 0;
}

static int place_teardown(void **state)
{
    Place *place = *state;

    capture_folder_remove(place->folder);
    free(place);
    return 0;
}

static void put(const char *path, const char *text, mode_t mode)
{
    assert_int_equal(file_write_atomic(path, text, strlen(text), mode, true), 0);
}

static void assert_content(const char *path, const char *expected)
{
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(file_read(path, 1000, &text), 0);
    assert_string_equal(text_cstr(&text), expected);
}

// The names in the folder besides "." and "..".
static int count_files(const char *folder)
{
    CLEANUP(cleanup_free) char *command = NULL;
    FILE *pipe;
    int count = 0;

    assert_true(asprintf(&command, "ls -A '%s' | wc -l", folder) > 0);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

static void file_read_appends(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    put(place->path, "world", 0644);
    text_append(&text, "hello ");
    assert_int_equal(file_read(place->path, 5, &text), 0);
    assert_string_equal(text_cstr(&text), "hello world");
}

static void file_read_beyond_the_limit_leaves_the_text(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    put(place->path, "world", 0644);
    text_append(&text, "hello ");
    assert_int_equal(file_read(place->path, 4, &text), FILE_E_TOO_LARGE);
    assert_string_equal(text_cstr(&text), "hello ");
}

static void file_read_of_what_exceeds_the_limit_after_several_reads_leaves_the_text(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};
    CLEANUP(cleanup_free) char *large = calloc(1, 200000);

    assert_int_equal(file_write_atomic(place->path, large, 200000, 0600, true), 0);
    assert_int_equal(file_read(place->path, 199999, &text), FILE_E_TOO_LARGE);
    assert_int_equal(text.size, 0);
    assert_int_equal(file_read(place->path, 200000, &text), 0);
    assert_int_equal(text.size, 200000);
}

static void file_read_of_nothing_there_is_missing(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(file_read(place->path, 100, &text), FILE_E_MISSING);
}

static void file_read_of_a_folder_fails(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    assert_int_equal(file_read(place->folder, 100, &text), -EISDIR);
}

static void file_read_secret_cuts_one_newline(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    put(place->path, "secret\n\n", 0600);
    assert_int_equal(file_read_secret(place->path, 100, &text), 0);
    assert_string_equal(text_cstr(&text), "secret\n");
}

static void file_read_secret_refuses_what_others_can_reach(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601};
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        put(place->path, "secret", modes[i]);
        assert_int_equal(file_read_secret(place->path, 100, &text), FILE_E_EXPOSED);
    }
    assert_int_equal(text.size, 0);
}

static void file_read_secret_refuses_a_strangers_file(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};

    put(place->path, "secret", 0600);
    if (geteuid() != 0 || chown(place->path, 12345, (gid_t)-1) < 0)
        skip(); // only root can give a file away
    assert_int_equal(file_read_secret(place->path, 100, &text), FILE_E_EXPOSED);
}

static void file_read_secret_takes_a_credential_of_systemd(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};
    int r;

    if (geteuid() != 0)
        skip(); // credentials are root's
    put(place->path, "secret", 0440);
    setenv("CREDENTIALS_DIRECTORY", place->folder, 1);
    r = file_read_secret(place->path, 100, &text);
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(r, 0);
    assert_string_equal(text_cstr(&text), "secret");
}

static void file_read_secret_of_a_credential_refuses_others(void **state)
{
    Place *place = *state;
    CLEANUP(cleanup_text) Text text = {0};
    int r;

    put(place->path, "secret", 0444);
    setenv("CREDENTIALS_DIRECTORY", place->folder, 1);
    r = file_read_secret(place->path, 100, &text);
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(r, FILE_E_EXPOSED);
}

static void file_write_atomic_gives_the_mode_whatever_the_umask(void **state)
{
    Place *place = *state;
    mode_t before = umask(077);
    struct stat status;

    put(place->path, "x", 0644);
    umask(before);
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
}

static void file_write_atomic_replaces(void **state)
{
    Place *place = *state;

    put(place->path, "old and long", 0600);
    put(place->path, "new", 0600);
    assert_content(place->path, "new");
    assert_int_equal(count_files(place->folder), 1);
}

static void file_write_atomic_without_replace_keeps_what_is_there(void **state)
{
    Place *place = *state;

    put(place->path, "old", 0600);
    assert_int_equal(file_write_atomic(place->path, "new", 3, 0600, false), -EEXIST);
    assert_content(place->path, "old");
    assert_int_equal(count_files(place->folder), 1);
}

static void file_write_atomic_without_replace_creates(void **state)
{
    Place *place = *state;

    assert_int_equal(file_write_atomic(place->path, "new", 3, 0600, false), 0);
    assert_content(place->path, "new");
    assert_int_equal(count_files(place->folder), 1);
}

static void file_write_atomic_refuses_a_symbolic_link(void **state)
{
    Place *place = *state;

    put(place->other, "theirs", 0600);
    assert_int_equal(symlink(place->other, place->path), 0);
    assert_int_equal(file_write_atomic(place->path, "new", 3, 0600, true), -ELOOP);
    assert_int_equal(file_write_atomic(place->path, "new", 3, 0600, false), -EEXIST);
    assert_content(place->other, "theirs");
    assert_int_equal(count_files(place->folder), 2);
}

static void file_write_atomic_that_fails_leaves_nothing(void **state)
{
    Place *place = *state;

    assert_int_equal(mkdir(place->path, 0700), 0);
    assert_true(file_write_atomic(place->path, "new", 3, 0600, true) < 0); // cannot be renamed over a folder
    assert_int_equal(count_files(place->folder), 1);
    assert_int_equal(rmdir(place->path), 0);
}

static void file_write_atomic_into_a_missing_folder_fails(void **state)
{
    Place *place = *state;
    char path[300];

    snprintf(path, sizeof(path), "%s/none/file", place->folder);
    assert_int_equal(file_write_atomic(path, "new", 3, 0600, true), -ENOENT);
}

static void file_beside_joins(void **state)
{
    static const char *const cases[][3] = {
        {"/etc/studyday/studyday.conf", "studyday.db", "/etc/studyday/studyday.db"},
        {"studyday.conf", "studyday.db", "studyday.db"},
        {"/studyday.conf", "studyday.db", "/studyday.db"},
        {"town/studyday.conf", "keys/a", "town/keys/a"},
        {"/etc/studyday/studyday.conf", "/var/lib/studyday.db", "/var/lib/studyday.db"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP(cleanup_free) char *joined = file_beside(cases[i][0], cases[i][1]);

        assert_string_equal(joined, cases[i][2]);
    }
}

static void file_sync_folder_of_a_missing_one_fails(void **state)
{
    Place *place = *state;
    char path[300];

    snprintf(path, sizeof(path), "%s/none/file", place->folder);
    assert_int_equal(file_sync_folder(path), -ENOENT);
    assert_int_equal(file_sync_folder(place->path), 0);
}

static int fill_half_and_fail(void *user, int fd)
{
    (void)user;
    return write(fd, "half", 4) == 4 ? -EIO : -EPIPE;
}

static void file_write_atomic_by_a_filler_that_fails_leaves_nothing(void **state)
{
    Place *place = *state;

    put(place->path, "before", 0644);
    assert_int_equal(file_write_atomic_by(place->path, fill_half_and_fail, NULL, 0644, true), -EIO);
    assert_content(place->path, "before");
    assert_int_equal(file_write_atomic_by(place->other, fill_half_and_fail, NULL, 0644, false), -EIO);
    assert_int_equal(access(place->other, F_OK), -1);
}

static void file_copy_takes_all_from_the_beginning(void **state)
{
    Place *place = *state;
    char large[200000];

    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    put(place->path, large, 0644);
    int from = open(place->path, O_RDONLY | O_CLOEXEC);
    int to = open(place->other, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(lseek(from, 0, SEEK_END), sizeof(large) - 1);
    assert_int_equal(file_copy(from, to), 0);
    close(from);
    close(to);
    CLEANUP(cleanup_text) Text text = {0};
    assert_int_equal(file_read(place->other, sizeof(large), &text), 0);
    assert_int_equal(text.size, sizeof(large) - 1);
    assert_string_equal(text_cstr(&text), large);
}

static int group_setup(void **state)
{
    (void)state;
    digest_init();
    return 0;
}

#define place_test(function) cmocka_unit_test_setup_teardown(function, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        place_test(file_read_appends),
        place_test(file_read_beyond_the_limit_leaves_the_text),
        place_test(file_read_of_what_exceeds_the_limit_after_several_reads_leaves_the_text),
        place_test(file_read_of_nothing_there_is_missing),
        place_test(file_read_of_a_folder_fails),
        place_test(file_read_secret_cuts_one_newline),
        place_test(file_read_secret_refuses_what_others_can_reach),
        place_test(file_read_secret_refuses_a_strangers_file),
        place_test(file_read_secret_takes_a_credential_of_systemd),
        place_test(file_read_secret_of_a_credential_refuses_others),
        place_test(file_write_atomic_gives_the_mode_whatever_the_umask),
        place_test(file_write_atomic_replaces),
        place_test(file_write_atomic_without_replace_keeps_what_is_there),
        place_test(file_write_atomic_without_replace_creates),
        place_test(file_write_atomic_refuses_a_symbolic_link),
        place_test(file_write_atomic_that_fails_leaves_nothing),
        place_test(file_write_atomic_into_a_missing_folder_fails),
        place_test(file_write_atomic_by_a_filler_that_fails_leaves_nothing),
        place_test(file_copy_takes_all_from_the_beginning),
        cmocka_unit_test(file_beside_joins),
        place_test(file_sync_folder_of_a_missing_one_fails),
    };

    return cmocka_run_group_tests_name("file", tests, group_setup, NULL);
}
