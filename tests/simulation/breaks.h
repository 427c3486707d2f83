#pragma once
// The negative control: ways to break a promise, in the harness alone. Each of them must be found. Functions
// of the project are replaced at link time (-Wl,--wrap) by ones that do their work unless a break says
// otherwise.
#include <stdbool.h>

typedef enum Break {
    BREAK_NOTHING,
    BREAK_ACK_BEFORE_COMMIT,
    BREAK_RECEIPT_BEFORE_COMMIT,
    BREAK_NO_FSYNC,
    BREAK_NO_DEDUP,
    BREAK_NO_RESEND,
    BREAK_NO_REFILL,
    BREAK_VOID_IGNORED,
    BREAK_WRONG_LATE,
    BREAK_COUNT,
} Break;

typedef struct BreakWord {
    const char *name, *what;
} BreakWord;
extern const BreakWord break_words[BREAK_COUNT];

void break_set(Break which);
bool break_parse(const char *name, Break *ret_break);
/// Before each play: what a break has put off is forgotten.
void break_begin(void);
