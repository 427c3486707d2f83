// studyday-terminal record: asks the centre for a member's record, over a connection of its own beside the
// agent's, and prints the answer. An answer that is not to our question, or without the right MAC, is not
// one.
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/i18n.h"
#include "core/model/code.h"
#include "core/net/loop.h"
#include "core/wire/message.h"
#include "terminal/command.h"
#include "terminal/station.h"

#define RECORD_WAIT (15 * TIME_SECOND) // an organiser stands there; the centre answers in well under one
#define RECORD_CLIENT "-ask"           // appended to the terminal's name: the agent keeps its own client id
#define RECORD_NOT_ALLOWED "not-allowed"

typedef enum RecordSlot { RECORD_LINE, RECORD_SIGNALS, RECORD_SLOT_COUNT } RecordSlot;

typedef struct Record {
    const Station *station;
    const char *member;
    Mqtt *mqtt;
    int signals;
    char id[ULID_SIZE];
    bool done;
    int code;
} Record;

static void record_end(Record *record, int code)
{
    record->done = true;
    record->code = code;
}

static void record_on_connected(void *owner, bool session_present)
{
    Record *record = owner;
    CLEANUP(cleanup_text) Text line = {0};
    Ask ask = {.ask = "record"};

    (void)session_present;
    snprintf(ask.id, sizeof(ask.id), "%s", record->id);
    snprintf(ask.member, sizeof(ask.member), "%s", record->member);
    ask_encode(&ask, &line);
    station_seal(record->station, TOPIC_ASK, &line);
    mqtt_subscribe(record->mqtt, record->station->topics[TOPIC_ANSWER], 1, NULL);
    mqtt_publish(record->mqtt, record->station->topics[TOPIC_ASK], line.data, line.size, 1, false, NULL);
}

static void record_on_disconnected(void *owner, const char *reason)
{
    fprintf(stderr, _("The line to the broker is down: %s\n"), reason);
    record_end(owner, EX_UNAVAILABLE);
}

static void record_print(Record *record, const Answer *answer)
{
    if (answer->error[0]) {
        fprintf(stderr, _("The centre does not answer for %s: %s\n"), record->member, answer->error);
        record_end(record, strcmp(answer->error, RECORD_NOT_ALLOWED) == 0 ? EX_NOPERM : EX_NOINPUT);
    } else {
        puts(answer->record ? answer->record : "{}");
        record_end(record, EX_OK);
    }
}

static void record_on_message(void *owner, const MqttMessage *message)
{
    Record *record = owner;
    WireError error;
    Answer answer;
    size_t size;

    if (record->done || strcmp(message->topic, record->station->topics[TOPIC_ANSWER]) != 0 ||
        !station_open(record->station, TOPIC_ANSWER, message->payload, message->size, &size) ||
        answer_decode(message->payload, size, &answer, &error) != 0)
        return;
    if (strcmp(answer.id, record->id) == 0)
        record_print(record, &answer);
    answer_deinit(&answer);
}

static void record_on_line(void *owner, short revents)
{
    Record *record = owner;

    mqtt_ready(record->mqtt, revents, WIRE_EVENTS_MAX);
}

static void record_on_signal(void *owner, short revents)
{
    (void)revents;
    record_end(owner, EX_UNAVAILABLE);
}

static int record_wait(Record *record)
{
    Time deadline = clock_monotonic() + RECORD_WAIT;
    Loop loop;

    loop_init(&loop, RECORD_SLOT_COUNT);
    loop_set(&loop, RECORD_SIGNALS, record->signals, POLLIN, record_on_signal, record);
    mqtt_connect(record->mqtt);
    while (!record->done) {
        mqtt_write(record->mqtt);
        Time tick = mqtt_tick(record->mqtt);

        if (!record->done && clock_monotonic() >= deadline) {
            fputs(_("The centre does not answer\n"), stderr);
            record_end(record, EX_UNAVAILABLE);
        }
        loop_set(&loop, RECORD_LINE, mqtt_fd(record->mqtt), mqtt_events(record->mqtt), record_on_line,
                 record);
        if (!record->done && loop_wait(&loop, tick < deadline ? tick : deadline) < 0)
            record_end(record, EX_OSERR);
    }
    loop_deinit(&loop);
    return record->code;
}

static int record_ask(const Station *station, const char *member)
{
    static const MqttCallbacks callbacks = {
        .connected = record_on_connected,
        .disconnected = record_on_disconnected,
        .message = record_on_message,
    };
    Record record = {.station = station, .member = member, .signals = -1};

    ulid_make(record.id);
    if (loop_signals_open(&record.signals) < 0)
        return EX_OSERR;
    int r = station_connect(station, RECORD_CLIENT, &callbacks, &record, &record.mqtt);
    int code = r == 0 ? record_wait(&record) : EX_CONFIG;
    mqtt_free(record.mqtt);
    close(record.signals);
    return code;
}

static int record_run(const Options *options)
{
    const char *member = options->operands[0];
    Station station;

    if (options->operand_count != 1)
        return command_misused(&command_record);
    if (!code_valid(member, strlen(member))) {
        fprintf(stderr, _("%s: not the code of a member\n"), member);
        return EX_DATAERR;
    }
    int code = station_load(options_get(options, "config"), &station);
    if (code != EX_OK)
        return code;
    code = record_ask(&station, member);
    station_deinit(&station);
    return code;
}

const TerminalCommand command_record = {
    .name = "record",
    .usage = N_("studyday-terminal record MEMBER"),
    .summary = N_("ask the centre for a member's record of this year"),
    .run = record_run,
};
