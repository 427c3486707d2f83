// Tables of words, searched from the front: the longest has nine rows, and whoever parses them (an import, a
// decoded event) does more work per line than a few comparisons. A gap in a table (word NULL) is found by
// nobody.
#include "core/model/words.h"

#include <string.h>

const char *words_get(const Word *words, size_t count, size_t index)
{
    return index < count ? words[index].word : NULL;
}

const char *words_get_title(const Word *words, size_t count, size_t index)
{
    return index < count ? words[index].title : NULL;
}

static bool word_matches(const Word *word, const char *text)
{
    if (!word->word)
        return false;
    if (strcmp(word->word, text) == 0)
        return true;
    for (size_t i = 0; i < WORDS_ALIAS_MAX && word->aliases[i]; i++) {
        if (strcmp(word->aliases[i], text) == 0)
            return true;
    }
    return false;
}

bool words_find(const Word *words, size_t count, const char *text, size_t *ret_index)
{
    if (!text)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (word_matches(&words[i], text)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}
