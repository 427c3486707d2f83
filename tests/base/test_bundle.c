// Credentials and bundles: what is written is read again, and nothing else is.
#include "core/base/bundle.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/credential.h"
#include "tests/base/test.h"

// As mosquitto_passwd of mosquitto 2.0.11 made it for the password "x".
#define HASH_OF_X                                                                 \
    "$7$101$4D32XQvRDe7TefIn$EJMJ7/"                                              \
    "3raDn9ohisaIwqu+Km6SxYfhaA+5vgkaGQPF4vbDid3JEWU44vBHrZjS8jZ4q20XUBJiYCUaLD4" \
    "QKXJw=="

static void credential_matches_what_mosquitto_passwd_made(void **state)
{
    (void)state;
    assert_true(credential_matches(HASH_OF_X, "x"));
    assert_false(credential_matches(HASH_OF_X, "y"));
}

static void credential_hash_has_a_new_salt_each_time_and_matches(void **state)
{
    char credential[CREDENTIAL_SIZE], one[CREDENTIAL_HASH_SIZE], other[CREDENTIAL_HASH_SIZE];

    (void)state;
    credential_make(credential);
    credential_hash(credential, one);
    credential_hash(credential, other);
    assert_string_not_equal(one, other);
    assert_true(credential_hash_valid(one));
    assert_true(credential_matches(one, credential) && credential_matches(other, credential));
}

static void credential_hash_valid_refuses_other_forms(void **state)
{
    static const char *const hashes[] = {
        "", "$7$101$x$y", "$6$101$4D32XQvRDe7TefIn$AA==", "x", HASH_OF_X "A", HASH_OF_X "\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
        assert_false(credential_hash_valid(hashes[i]));
}

static void bundle_read_gives_what_bundle_write_was_given(void **state)
{
    static char ca[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                       "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n";
    Bundle bundle = {.area = (char[]){"a"},
                     .terminal = (char[]){"t-1"},
                     .zone = (char[]){"UTC"},
                     .host = (char[]){"h"},
                     .port = 8883,
                     .ca = ca,
                     .credential = (char[]){"0123456789abcdef0123456789abcdef01234567"},
                     .key = {1, 2, 3}};
    CLEANUP(cleanup_text) Text text = {0}, problem = {0};
    CLEANUP(bundle_deinit) Bundle read = {0};

    (void)state;
    assert_true(bundle_write(&bundle, &text));
    assert_true(bundle_read(text_cstr(&text), text.size, &read, &problem));
    assert_string_equal(read.ca, ca);
    assert_string_equal(read.credential, bundle.credential);
    assert_memory_equal(read.key, bundle.key, sizeof(read.key));
    assert_int_equal(read.port, 8883);
}

static void bundle_read_refuses_every_truncation(void **state)
{
    Bundle bundle = {.area = (char[]){"a"},
                     .terminal = (char[]){"t-1"},
                     .zone = (char[]){"UTC"},
                     .host = (char[]){"h"},
                     .port = 8883,
                     .ca = (char[]){""},
                     .credential = (char[]){"0123456789abcdef0123456789abcdef01234567"},
                     .key = {1, 2, 3}};
    CLEANUP(cleanup_text) Text text = {0};

    (void)state;
    assert_true(bundle_write(&bundle, &text));
    for (size_t size = 0; size + 1 < text.size; size++) { // the last line may lack its end
        CLEANUP(cleanup_text) Text problem = {0};
        Bundle read = {0};

        assert_false(bundle_read(text_cstr(&text), size, &read, &problem));
        assert_true(problem.size > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credential_matches_what_mosquitto_passwd_made),
        cmocka_unit_test(credential_hash_has_a_new_salt_each_time_and_matches),
        cmocka_unit_test(credential_hash_valid_refuses_other_forms),
        cmocka_unit_test(bundle_read_gives_what_bundle_write_was_given),
        cmocka_unit_test(bundle_read_refuses_every_truncation),
    };

    digest_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
