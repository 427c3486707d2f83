// The expected heads were computed by an independent SHA-256 from the definition in the protocol.
#include "tests/model/test.h"

#include <string.h>

#include "core/model/chain.h"

#define EPOCH "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define FIRST                                                                                             \
    "{\"at\":\"2026-11-05T08:58:12+08:00\",\"by\":\"card\",\"kind\":\"in\",\"member\":\"1310020001234\"," \
    "\"seq\":1,\"session\":\"2026-11-05\"}"
#define REFUSED "{\"seq\":2}"

static void assert_head(const uint8_t *chain, const char *expected)
{
    char hex[DIGEST_HEX_SIZE];
    hex_encode(chain, DIGEST_SIZE, hex);
    assert_string_equal(hex, expected);
}

static void chain_start_covers_terminal_and_epoch(void **state)
{
    (void)state;
    uint8_t chain[DIGEST_SIZE];
    chain_start("t-0031", EPOCH, chain);
    assert_head(chain, "4f16867824bbb5f10e3a13df9e84f1d599f252c96e2ebfc3884490a115f979ab");
}

static void chain_advance_covers_the_head_and_the_bytes(void **state)
{
    (void)state;
    uint8_t chain[DIGEST_SIZE];
    chain_start("t-0031", EPOCH, chain);
    chain_advance(chain, FIRST, strlen(FIRST));
    assert_head(chain, "62e2c5b4b07aa63b3bbfc476a6fa348f762ffab80a89b3784c7c9671a215ebb1");
    chain_advance(chain, REFUSED, strlen(REFUSED));
    assert_head(chain, "f114b01669f007ea2333a321251c0df202e452690b8e56f5432489eebf584969");
}

static void chain_advance_depends_on_the_order(void **state)
{
    (void)state;
    uint8_t one[DIGEST_SIZE], other[DIGEST_SIZE];
    chain_start("t-0031", EPOCH, one);
    memcpy(other, one, sizeof(one));
    chain_advance(one, FIRST, strlen(FIRST));
    chain_advance(one, REFUSED, strlen(REFUSED));
    chain_advance(other, REFUSED, strlen(REFUSED));
    chain_advance(other, FIRST, strlen(FIRST));
    assert_memory_not_equal(one, other, sizeof(one));
}

int main(void)
{
    digest_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_start_covers_terminal_and_epoch),
        cmocka_unit_test(chain_advance_covers_the_head_and_the_bytes),
        cmocka_unit_test(chain_advance_depends_on_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
