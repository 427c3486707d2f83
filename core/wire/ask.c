// Ask and answer. An unknown `ask` is readable: whoever answers says so by an error, under the asker's own
// id. The record in an answer is handed through as JSON text; what it means is for the reports to say, not
// for the wire.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/wire/message.h"
#include "core/wire/wire_json.h"

#define ANSWER_DIGITS 15 // of a real in a record: what a double keeps, so that 0.1 stays 0.1

int ask_decode(const char *line, size_t size, Ask *ret_ask, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    const char *id, *member;
    WireReader reader;
    Ask ask = {0};

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    id = wire_read_string(&reader, "id", WIRE_REQUIRED, 1, CODE_SIZE_MAX);
    wire_read_cut(&reader, "ask", WIRE_REQUIRED, ask.ask, sizeof(ask.ask));
    member = wire_read_string(&reader, "member", WIRE_OPTIONAL, 0, WIRE_LINE_MAX);
    if (member && !code_valid(member, strlen(member)))
        wire_reader_fail(&reader, "bad-value", "member");
    if (wire_reader_finish(&reader, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    memcpy(ask.id, id, strlen(id) + 1);
    if (member)
        memcpy(ask.member, member, strlen(member) + 1);
    *ret_ask = ask;
    return 0;
}

void ask_encode(const Ask *ask, Text *line)
{
    wire_put_start(line);
    wire_put_string(line, "id", ask->id);
    wire_put_string(line, "ask", ask->ask);
    if (ask->member[0])
        wire_put_string(line, "member", ask->member);
    text_append_char(line, '}');
}

void answer_deinit(Answer *answer)
{
    free(answer->record);
    answer->record = NULL;
}

int answer_decode(const char *line, size_t size, Answer *ret_answer, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    Answer answer = {0};
    WireReader reader;
    const char *id;
    json_t *record;

    if (wire_json_parse_exact(line, size, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    id = wire_read_string(&reader, "id", WIRE_REQUIRED, 1, CODE_SIZE_MAX);
    wire_read_cut(&reader, "error", WIRE_OPTIONAL, answer.error, sizeof(answer.error));
    if (wire_reader_finish(&reader, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    memcpy(answer.id, id, strlen(id) + 1);
    record = json_object_get(root, "record");
    if (record && !json_is_null(record)) {
        answer.record =
            json_dumps(record, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(ANSWER_DIGITS));
        if (!answer.record)
            return error_origin(-ENOMEM);
    }
    *ret_answer = answer;
    return 0;
}

// The record may come as a printed text of several lines; a payload is one line. No string in JSON holds a
// raw line break, so leaving them out changes no value.
static void put_joined(Text *line, const char *json)
{
    while (*json) {
        size_t run = strcspn(json, "\r\n");

        text_append_bytes(line, json, run);
        json += run;
        json += strspn(json, "\r\n");
    }
}

void answer_encode(const Answer *answer, Text *line)
{
    wire_put_start(line);
    wire_put_string(line, "id", answer->id);
    if (answer->error[0])
        wire_put_string(line, "error", answer->error);
    if (answer->record) {
        wire_put_key(line, "record");
        put_joined(line, answer->record);
    }
    text_append_char(line, '}');
}
