// Receipts: the only thing that lets a terminal call an event received. All that this rests on is required
// and checked; `also` and `refused` may be absent, which means empty, and so may the time, which nothing
// depends on.
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/cleanup.h"
#include "core/wire/message.h"
#include "core/wire/wire_json.h"

#define RECEIPT_REASON_BYTES (sizeof(((ReceiptRefusal *)0)->reason))

void receipt_deinit(Receipt *receipt)
{
    free(receipt->refused);
    receipt->refused = NULL;
    receipt->refused_count = 0;
}

static bool is_number(json_t *value, int64_t min)
{
    return json_is_integer(value) && json_integer_value(value) >= min;
}

static void read_chain(WireReader *reader, uint8_t ret_chain[static DIGEST_SIZE])
{
    const char *hex = wire_read_string(reader, "chain", WIRE_REQUIRED, 0, WIRE_LINE_MAX);

    if (hex && !hex_decode(hex, strlen(hex), ret_chain, DIGEST_SIZE))
        wire_reader_fail(reader, "bad-value", "chain");
}

// Ranges ascend, beyond `through`, without touching each other's numbers.
static void read_also(WireReader *reader, Receipt *receipt)
{
    json_t *ranges = wire_read_array(reader, "also", WIRE_OPTIONAL, WIRE_ALSO_MAX), *range;
    int64_t last = (int64_t)receipt->through;
    size_t index;

    json_array_foreach(ranges, index, range)
    {
        json_t *from = json_array_get(range, 0), *to = json_array_get(range, 1);

        if (json_array_size(range) != 2 || !is_number(from, last + 1) ||
            !is_number(to, json_integer_value(from))) {
            wire_reader_fail_item(reader, "bad-value", "also", index);
            return;
        }
        last = json_integer_value(to);
        receipt->also[index] = (StreamRange){(uint64_t)json_integer_value(from), (uint64_t)last};
        receipt->also_count = (unsigned)index + 1;
    }
}

static bool read_refusal(json_t *item, ReceiptRefusal *ret_refusal)
{
    json_t *seq = json_array_get(item, 0), *reason = json_array_get(item, 1);
    ReceiptRefusal refusal;

    if (json_array_size(item) != 2 || !is_number(seq, 1) || !json_is_string(reason) ||
        !text_is_clean(json_string_value(reason), json_string_length(reason)))
        return false;
    refusal.seq = (uint64_t)json_integer_value(seq);
    wire_copy_cut(refusal.reason, sizeof(refusal.reason), json_string_value(reason),
                  json_string_length(reason));
    *ret_refusal = refusal;
    return true;
}

static void read_refused(WireReader *reader, Receipt *receipt)
{
    json_t *items = wire_read_array(reader, "refused", WIRE_OPTIONAL, WIRE_REFUSED_MAX), *item;
    size_t index;

    if (json_array_size(items) == 0)
        return;
    receipt->refused = alloc_resize(NULL, json_array_size(items), sizeof(*receipt->refused));
    json_array_foreach(items, index, item)
    {
        if (!read_refusal(item, &receipt->refused[index])) {
            wire_reader_fail_item(reader, "bad-value", "refused", index);
            return;
        }
        receipt->refused_count = (unsigned)index + 1;
    }
}

int receipt_decode(const char *line, size_t size, Receipt *ret_receipt, WireError *ret_error)
{
    CLEANUP(cleanup_json) json_t *root = NULL;
    Receipt receipt = {.at = TIME_NONE};
    int64_t through = 0;
    WireReader reader;

    if (wire_json_parse(line, size, 0, &root, ret_error) != 0)
        return WIRE_E_UNREADABLE;
    reader = wire_reader(root);
    wire_read_version(&reader);
    wire_read_ulid(&reader, "epoch", WIRE_REQUIRED, receipt.epoch);
    wire_read_integer(&reader, "through", WIRE_REQUIRED, 0, WIRE_INTEGER_MAX, &through);
    receipt.through = (uint64_t)through;
    read_chain(&reader, receipt.chain);
    read_also(&reader, &receipt);
    read_refused(&reader, &receipt);
    wire_read_ulid(&reader, "store", WIRE_REQUIRED, receipt.store);
    wire_read_integer(&reader, "generation", WIRE_REQUIRED, 0, WIRE_INTEGER_MAX, &receipt.generation);
    wire_read_time(&reader, "at", WIRE_OPTIONAL, &receipt.at);
    if (wire_reader_finish(&reader, ret_error) != 0) {
        receipt_deinit(&receipt);
        return WIRE_E_UNREADABLE;
    }
    *ret_receipt = receipt;
    return 0;
}

static void put_also(const Receipt *receipt, Text *line)
{
    wire_put_key(line, "also");
    text_append_char(line, '[');
    for (unsigned i = 0; i < receipt->also_count; i++) {
        wire_put_key(line, NULL);
        text_append_char(line, '[');
        wire_put_number(line, NULL, receipt->also[i].first);
        wire_put_number(line, NULL, receipt->also[i].last);
        text_append_char(line, ']');
    }
    text_append_char(line, ']');
}

static void put_refused(const Receipt *receipt, Text *line)
{
    wire_put_key(line, "refused");
    text_append_char(line, '[');
    for (unsigned i = 0; i < receipt->refused_count; i++) {
        wire_put_key(line, NULL);
        text_append_char(line, '[');
        wire_put_number(line, NULL, receipt->refused[i].seq);
        wire_put_string(line, NULL, receipt->refused[i].reason);
        text_append_char(line, ']');
    }
    text_append_char(line, ']');
}

void receipt_encode(const Receipt *receipt, Text *line)
{
    char chain[DIGEST_HEX_SIZE];

    hex_encode(receipt->chain, DIGEST_SIZE, chain);
    wire_put_start(line);
    wire_put_string(line, "epoch", receipt->epoch);
    wire_put_number(line, "through", receipt->through);
    wire_put_string(line, "chain", chain);
    put_also(receipt, line);
    put_refused(receipt, line);
    wire_put_string(line, "store", receipt->store);
    wire_put_integer(line, "generation", receipt->generation);
    wire_put_time(line, "at", receipt->at);
    text_append_char(line, '}');
}
