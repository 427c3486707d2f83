#pragma once
// Closed vocabularies as tables: the word of files and JSON, the title for people, and what files may say
// instead. Used inside core/model only; the public functions are those of the types that own the words.
#include <stdbool.h>
#include <stddef.h>

#define WORDS_ALIAS_MAX 6 // the longest list of accepted terms of one word, see the tables

typedef struct Word {
    const char *word;
    const char *title; // N_(), or NULL where nobody is shown one
    const char *aliases[WORDS_ALIAS_MAX];
} Word;

/// The word at `index`, NULL beyond the table.
const char *words_get(const Word *words, size_t count, size_t index);
/// The title at `index`, NULL beyond the table.
const char *words_get_title(const Word *words, size_t count, size_t index);
/// Finds `text` among words and aliases, byte for byte. NULL is never found.
bool words_find(const Word *words, size_t count, const char *text, size_t *ret_index);
