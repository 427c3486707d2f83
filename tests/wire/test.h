#pragma once
// cmocka wants these four before itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST_EPOCH "01JD3Z6Y8Q4N7W2K9T5B0C1D2E"
#define TEST_STORE "01JD3Z6Y8Q4N7W2K9T5B0C1D2F"
