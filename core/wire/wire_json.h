#pragma once
// Private to core/wire: strict reading and plain writing of JSON. jansson is seen here and in the decoders
// only.
#include <jansson.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/wire/wire.h"

#define WIRE_PATH_SIZE sizeof(((WireError *)0)->path)
#define WIRE_INTEGER_MAX (INT64_C(1) << 53) // beyond it, readers that use doubles disagree about a number

typedef enum WireNeed { WIRE_OPTIONAL, WIRE_REQUIRED } WireNeed;

static inline void cleanup_json(json_t **json)
{
    json_decref(*json);
}

/// Parses one object. `depth` is how many containers stand around it (0 for a payload). WIRE_E_UNREADABLE
/// with the reason. Numbers that are no integers within +-WIRE_INTEGER_MAX come back as reals, whatever they
/// were worth.
int wire_json_parse(const char *line, size_t size, unsigned depth, json_t **ret_object, WireError *ret_error);
/// The same for a payload that hands a part of itself on as it is: numbers keep their value.
int wire_json_parse_exact(const char *line, size_t size, json_t **ret_object, WireError *ret_error);
/// Fills in an error and returns WIRE_E_UNREADABLE.
int wire_json_fail(WireError *ret_error, const char *reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Reads the keys of one object. The first thing wrong sticks in `error.reason`; later reads then do nothing
// and leave their outputs alone, so that a decoder reads all its keys in a row and looks at the reason once.
typedef struct WireReader {
    json_t *object;
    char prefix[48]; // "sessions[3].", "" for the payload itself
    WireError error; // reason NULL: nothing wrong so far
} WireReader;

WireReader wire_reader(json_t *object);
/// Reader of item `index` of the array `key`, which must be an object; wire_reader_leave() hands back its
/// error.
WireReader wire_reader_enter(const WireReader *parent, const char *key, size_t index, json_t *item);
/// Hands the item's error to its parent. True if there is none.
bool wire_reader_leave(WireReader *parent, const WireReader *child);
void wire_reader_fail(WireReader *reader, const char *reason, const char *key);
void wire_reader_fail_item(WireReader *reader, const char *reason, const char *key, size_t index);
/// 0, or WIRE_E_UNREADABLE with the error that stuck.
int wire_reader_finish(const WireReader *reader, WireError *ret_error);

/// `v` must be WIRE_VERSION.
void wire_read_version(WireReader *reader);
/// A string without control characters (text_is_clean) of `min` to `max` bytes; NULL if absent or wrong.
/// Borrowed.
const char *wire_read_string(WireReader *reader, const char *key, WireNeed need, size_t min, size_t max);
/// The same into a buffer of `size` bytes; what is longer is cut between two characters. Left alone if
/// absent.
void wire_read_cut(WireReader *reader, const char *key, WireNeed need, char *ret_text, size_t size);
void wire_read_ulid(WireReader *reader, const char *key, WireNeed need, char ret_ulid[static ULID_SIZE]);
/// An integer within [min, max]. Left alone if absent.
void wire_read_integer(WireReader *reader, const char *key, WireNeed need, int64_t min, int64_t max,
                       int64_t *ret_value);
void wire_read_bool(WireReader *reader, const char *key, bool *ret_value);
void wire_read_time(WireReader *reader, const char *key, WireNeed need, Time *ret_time);
/// An array of at most `max` items; NULL if absent or wrong. Borrowed.
json_t *wire_read_array(WireReader *reader, const char *key, WireNeed need, size_t max);
/// Copies at most size - 1 bytes, cutting between two characters.
void wire_copy_cut(char *ret_text, size_t size, const char *text, size_t text_size);

// Writing: `key` NULL for an item of an array; a comma goes before whatever does not open a container.
void wire_put_key(Text *text, const char *key);
void wire_put_string(Text *text, const char *key, const char *value);
void wire_put_integer(Text *text, const char *key, int64_t value);
void wire_put_number(Text *text, const char *key, uint64_t value);
void wire_put_bool(Text *text, const char *key, bool value);
void wire_put_time(Text *text, const char *key, Time value);
/// Opens a payload: {"v":1
void wire_put_start(Text *text);
