// Check codes are digits, since they are keyed in with numbers beside them. Any change of roll, line or
// member gives another code but for one case in 900; a wrong digit of the code itself is always
// noticed. They prove nothing to anybody who wants to cheat: they are for slips of the finger.
#include "core/model/roll.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/base/text.h"

#define ROLL_LETTER 'R'
#define ROLL_CHECK_FIRST 100 // no leading zero, which a spreadsheet would take away
#define ROLL_CHECK_COUNT 900
#define ROLL_NUMBER_MAX 999999999999 // fits ROLL_CODE_SIZE

void roll_format_code(int64_t number, char ret_code[static ROLL_CODE_SIZE])
{
    snprintf(ret_code, ROLL_CODE_SIZE, "%c%" PRId64, ROLL_LETTER, number);
}

bool roll_parse_code(const char *text, int64_t *ret_number)
{
    long long number;

    if (*text == ROLL_LETTER || *text == ROLL_LETTER + ('a' - 'A'))
        text++;
    if (!text_parse_int64(text, 1, ROLL_NUMBER_MAX, &number))
        return false;
    *ret_number = number;
    return true;
}

void roll_check(int64_t roll, int line, const char *member, char ret_check[static ROLL_CHECK_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    char head[64];
    DigestPart parts[2];
    uint32_t number;

    snprintf(head, sizeof(head), "studyday-roll/1\n%c%" PRId64 "\n%d\n", ROLL_LETTER, roll, line);
    parts[0] = (DigestPart){head, strlen(head)};
    parts[1] = (DigestPart){member, strlen(member)};
    digest_sha256(parts, 2, digest);
    number = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
    snprintf(ret_check, ROLL_CHECK_SIZE, "%" PRIu32, ROLL_CHECK_FIRST + number % ROLL_CHECK_COUNT);
}
