#pragma once
// A case of tests/model/fold: read from its file, see the README there.
#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"
#include "core/model/attendance.h"

#define FOLD_CASE_FACTS_MAX 16  // the longest case has seven
#define FOLD_CASE_POINT_SIZE 16 // of a point's code in a case, NUL included

typedef struct FoldCase {
    SessionRules session;
    Duty duty;
    Fact facts[FOLD_CASE_FACTS_MAX];
    char points[FOLD_CASE_FACTS_MAX][FOLD_CASE_POINT_SIZE];
    size_t count;
    char expected[256]; // every key of the expectation in a fixed order, as fold_case_describe() writes it
} FoldCase;

/// False with a message on stderr if the file is not a case.
bool fold_case_load(const char *path, FoldCase *ret_case);
/// The outcome in the words of the cases, every key in a fixed order.
void fold_case_describe(const FoldCase *fold_case, const Attendance *attendance, Text *text);
