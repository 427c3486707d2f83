#pragma once
// The other payloads: hello, receipt, state of terminal and collector, plan pages, ask and answer. Each has a
// value struct, a decoder (bytes to value or reason) and an encoder (value to one line of JSON, no LF).
#include "core/base/clock.h"
#include "core/model/code.h"
#include "core/model/event.h"
#include "core/model/stream.h"
#include "core/wire/wire.h"

typedef struct Hello {
    char epoch[ULID_SIZE];
    uint64_t next, oldest; // next: number that the next event gets; oldest: oldest still kept (next if none)
    EventClock clock;
    char software[64];   // what is longer is cut
    char plan[72];       // digest of the plan it holds, "" none
    Time at;             // TIME_NONE if absent
    int64_t chain_error; // x-chain-error, or EVENT_NUMBER_NONE
} Hello;
int hello_decode(const char *line, size_t size, Hello *ret_hello, WireError *ret_error);
void hello_encode(const Hello *hello, Text *line);

typedef struct ReceiptRefusal {
    uint64_t seq;
    char reason[32];
} ReceiptRefusal;

typedef struct Receipt {
    char epoch[ULID_SIZE];
    uint64_t through;
    uint8_t chain[DIGEST_SIZE];
    StreamRange also[WIRE_ALSO_MAX];
    unsigned also_count;
    ReceiptRefusal *refused; // owned by whoever filled it in; receipt_deinit frees after decode
    unsigned refused_count;
    char store[ULID_SIZE];
    int64_t generation;
    Time at;
} Receipt;
int receipt_decode(const char *line, size_t size, Receipt *ret_receipt, WireError *ret_error);
void receipt_encode(const Receipt *receipt, Text *line);
void receipt_deinit(Receipt *receipt);

/// {"v":1,"online":true}
int state_decode(const char *line, size_t size, bool *ret_online, WireError *ret_error);
void state_encode(bool online, Text *line);

#define COLLECTOR_AREAS_MAX 64
typedef struct CollectorState {
    bool online;
    char areas[COLLECTOR_AREAS_MAX][33]; // names, or one "*"
    unsigned area_count;
    char boot[ULID_SIZE], store[ULID_SIZE]; // "" when absent (the Will)
    int64_t generation;
    Time at;
    char fault[32]; // x-fault: "" or why nothing is being stored ("disk-full", "disk-error")
} CollectorState;
int collector_state_decode(const char *line, size_t size, CollectorState *ret_state, WireError *ret_error);
void collector_state_encode(const CollectorState *state, Text *line);
bool collector_state_serves(const CollectorState *state, const char *area);

typedef struct PlanSession {
    char *session, *title, *kind;
    Time starts, ends;
} PlanSession;
typedef struct PlanMember {
    char *member, *name;
    char **cards; // card_count of them
    size_t card_count;
    char **checks; // x-check: codes of sessions at which the member is to be checked, check_count of them
    size_t check_count;
} PlanMember;
// A whole plan, or one page of it. `digest` is 64 hex digits of the plan's content, the same on each page.
typedef struct Plan {
    char digest[72];
    int64_t page, pages; // 1-based
    PlanSession *sessions;
    size_t session_count;
    PlanMember *members;
    size_t member_count;
} Plan;
int plan_decode(const char *line, size_t size, Plan *ret_plan, WireError *ret_error);
void plan_deinit(Plan *plan);
/// Sorts the plan in place (sessions by start, then code; members by code; cards by bytes) and computes
/// plan->digest, the hex SHA-256 of the content in that order (plan.c says of which bytes).
void plan_seal(Plan *plan);
/// Splits a sealed plan into page lines of at most WIRE_LINE_MAX bytes each; at least one page. The caller
/// frees each line and the array.
void plan_encode_pages(const Plan *plan, char ***ret_lines, size_t *ret_count);

typedef struct Ask {
    char id[CODE_SIZE_MAX + 1];
    char ask[16];                   // "record", "plan" or something unknown
    char member[CODE_SIZE_MAX + 1]; // "" if absent
} Ask;
int ask_decode(const char *line, size_t size, Ask *ret_ask, WireError *ret_error);
void ask_encode(const Ask *ask, Text *line);

typedef struct Answer {
    char id[CODE_SIZE_MAX + 1];
    char error[32]; // "" if it succeeded
    char *record;   // JSON text of the record, or NULL; owned after decode
} Answer;
int answer_decode(const char *line, size_t size, Answer *ret_answer, WireError *ret_error);
void answer_encode(const Answer *answer, Text *line);
void answer_deinit(Answer *answer);
