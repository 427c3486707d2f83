#include "tests/chaos/faults.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define FAULTS_CERTAIN 1000

const char *const fault_names[FAULT_COUNT] = {
    [FAULT_DROP] = "drop",   [FAULT_DELAY] = "delay", [FAULT_REPEAT] = "repeat", [FAULT_SWAP] = "swap",
    [FAULT_SPLIT] = "split", [FAULT_CUT] = "cut",     [FAULT_MUTE] = "mute",     [FAULT_ABANDON] = "abandon",
};

static bool odds_put(Odds *odds, char *word)
{
    char *equals = strchr(word, '=');
    long long permille;

    if (!equals)
        return false;
    *equals = '\0';
    if (!text_parse_int64(equals + 1, 0, FAULTS_CERTAIN, &permille))
        return false;
    for (Fault fault = 0; fault < FAULT_COUNT; fault++) {
        if (strcmp(word, fault_names[fault]) == 0) {
            odds->permille[fault] = (int)permille;
            return true;
        }
    }
    return false;
}

bool odds_parse(const char *text, Odds *ret_odds)
{
    char *words = strdup(text), *rest = words;
    Odds odds = {0};
    bool sound = words;

    for (char *word; sound && (word = strsep(&rest, " "));) {
        if (*word)
            sound = odds_put(&odds, word);
    }
    free(words);
    if (sound)
        *ret_odds = odds;
    return sound;
}
