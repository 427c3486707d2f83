// Who is there: the state of a terminal and of a collector. Both are also Wills, which a broker sends for one
// that cannot speak any more; so a collector's state that says offline needs nothing beside that.
#include <string.h>

#include "core/base/cleanup.h"
#include "core/wire/message.h"
#include "core/wire/wire_json.h"

int state_decode(const char *line, size_t size, bool *ret_online, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    bool online = false;
    WireReader reader;

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    wire_read_bool(&reader, "online", &online);
    if (wire_reader_finish(&reader, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    *ret_online = online;
    return 0;
}

void state_encode(bool online, Text *line)
{
    wire_put_start(line);
    wire_put_bool(line, "online", online);
    text_append_char(line, '}');
}

static void read_areas(WireReader *reader, WireNeed need, CollectorState *state)
{
    json_t *areas = wire_read_array(reader, "areas", need, COLLECTOR_AREAS_MAX), *item;
    size_t index;

    json_array_foreach(areas, index, item)
    {
        const char *name = json_string_value(item); // NULL for what is no string
        size_t size = json_string_length(item);

        if (!name || !(name_valid_area(name, size) || (size == 1 && *name == '*'))) {
            wire_reader_fail_item(reader, "bad-value", "areas", index);
            return;
        }
        memcpy(state->areas[index], name, size + 1);
        state->area_count = (unsigned)index + 1;
    }
}

int collector_state_decode(const char *line, size_t size, CollectorState *ret_state, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    CollectorState state = {.at = TIME_NONE};
    WireReader reader;
    WireNeed need;

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    wire_read_bool(&reader, "online", &state.online);
    need = state.online ? WIRE_REQUIRED : WIRE_OPTIONAL;
    read_areas(&reader, need, &state);
    wire_read_ulid(&reader, "boot", need, state.boot);
    wire_read_ulid(&reader, "store", need, state.store);
    wire_read_integer(&reader, "generation", need, 0, WIRE_INTEGER_MAX, &state.generation);
    wire_read_time(&reader, "at", WIRE_OPTIONAL, &state.at);
    wire_read_cut(&reader, "x-fault", WIRE_OPTIONAL, state.fault, sizeof(state.fault));
    if (wire_reader_finish(&reader, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    *ret_state = state;
    return 0;
}

void collector_state_encode(const CollectorState *state, Text *line)
{
    wire_put_start(line);
    wire_put_bool(line, "online", state->online);
    if (state->boot[0]) {
        wire_put_key(line, "areas");
        text_append_char(line, '[');
        for (unsigned i = 0; i < state->area_count; i++)
            wire_put_string(line, NULL, state->areas[i]);
        text_append_char(line, ']');
        wire_put_string(line, "boot", state->boot);
        wire_put_string(line, "store", state->store);
        wire_put_integer(line, "generation", state->generation);
        if (state->at != TIME_NONE)
            wire_put_time(line, "at", state->at);
        if (state->fault[0])
            wire_put_string(line, "x-fault", state->fault);
    }
    text_append_char(line, '}');
}

bool collector_state_serves(const CollectorState *state, const char *area)
{
    for (unsigned i = 0; i < state->area_count; i++) {
        if (strcmp(state->areas[i], "*") == 0 || strcmp(state->areas[i], area) == 0)
            return true;
    }
    return false;
}
