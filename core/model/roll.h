#pragma once
// A paper roll (纸质签到册): numbered sheets with numbered lines, each with a check code that says which
// line of which roll stands for which member, so that a line keyed in wrongly is noticed.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROLL_LINES_MAX 9999 // a point has some seventy members; beyond this it is no roll for one table
#define ROLL_CODE_SIZE 16   // "R" and a number
// Digits of a check code, 100 to 999: one wrong line in 900 passes, which the signature on paper would then
// have to contradict.
#define ROLL_CHECK_DIGITS 3
#define ROLL_CHECK_SIZE (ROLL_CHECK_DIGITS + 1)

/// The name of roll `number`, which is also its batch: "R12".
void roll_format_code(int64_t number, char ret_code[static ROLL_CODE_SIZE]);
/// "R12", "r12" or "12". False if it is none of these.
bool roll_parse_code(const char *text, int64_t *ret_number);

/// The check code of a line: the decimal digits of the first four bytes of SHA-256("studyday-roll/1" LF roll
/// LF line LF member), as a big-endian number modulo 900, and 100. `roll` as roll_format_code() gives it.
void roll_check(int64_t roll, int line, const char *member, char ret_check[static ROLL_CHECK_SIZE]);
