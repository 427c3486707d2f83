#pragma once
// Cells of exports of learning platforms, which write times, lengths and states in many ways.
#include "office/column.h"

typedef enum OnlineState { ONLINE_UNSTATED, ONLINE_DONE, ONLINE_NOT_DONE } OnlineState;
#define ONLINE_TENTHS_UNSTATED (-1)

const char *online_time(const char *cell, size_t size, void *ret_value); // Time; a date is its first instant
const char *online_minutes(const char *cell, size_t size, void *ret_value); // int32_t
const char *online_lessons(const char *cell, size_t size, void *ret_value); // int32_t, tenths
const char *online_state(const char *cell, size_t size, void *ret_value);   // int, OnlineState
const char *online_progress(const char *cell, size_t size,
                            void *ret_value); // int, OnlineState: done is 100 %
