#include "tests/simulation/proof.h"

#include <inttypes.h>
#include <string.h>

#include "core/store/query.h"
#include "core/store/verify.h"
#include "tests/simulation/deeds.h"

static LedgerStream *stream_of(const DeedEpoch *epoch)
{
    LedgerStream *stream = NULL;
    StoreTerminal terminal;

    if (terminal_find(hub_store(), programs.posts[epoch->terminal].machine.name, &terminal) != 0 ||
        ledger_stream_find(hub_ledger(), &terminal, epoch->ulid, &stream) != 0)
        return NULL;
    return stream;
}

static void proof_of_acks(void)
{
    for (unsigned i = 0; i < deeds.acked_count; i++) {
        const DeedAck *ack = &deeds.acked[i];
        const DeedEpoch *epoch = &deeds.epochs[ack->epoch];
        const LedgerStream *stream = stream_of(epoch);

        for (unsigned k = 0; k < ack->count; k++) {
            if (!stream || stream_judge(ledger_stream_head(stream), ack->first + k) != STREAM_KNOWN)
                world_fail("acknowledged and not stored: %s %" PRIu64, epoch->ulid, ack->first + k);
        }
    }
    deeds.acked_count = 0;
}

void proof_after_start(void)
{
    for (int i = 0; i < deeds.epoch_count; i++) {
        const DeedEpoch *epoch = &deeds.epochs[i];
        const LedgerStream *stream = stream_of(epoch);
        uint64_t through = stream ? ledger_stream_head(stream)->through : 0;

        if (through < epoch->told)
            world_fail("told as received and not stored: %s of %s to %" PRIu64 ", stored to %" PRIu64,
                       epoch->ulid, programs.posts[epoch->terminal].machine.name, epoch->told, through);
    }
    proof_of_acks();
}

static bool keep_event(void *user, const OutboxEvent *event)
{
    const Post *post = user;
    Deed *deed = deeds_find(event->at);

    if (!deed || deed->terminal != post->number || deed->epoch != deeds.epoch_of[post->number])
        world_fail("%s holds an event that nobody scanned: %" PRIu64, post->machine.name, event->seq);
    else if (deed->kept)
        world_fail("%s holds a scan twice: %" PRIu64, post->machine.name, event->seq);
    else if (deed->state == DEED_NOT)
        world_fail("%s holds a scan that was refused: %" PRIu64, post->machine.name, event->seq);
    else if (deed->state == DEED_DONE && deed->seq != event->seq)
        world_fail("%s said OK to %" PRIu64 " and keeps it as %" PRIu64, post->machine.name, deed->seq,
                   event->seq);
    else {
        deed->kept = true;
        deed->seq = event->seq;
    }
    return !world.failed;
}

void proof_of_outbox(int terminal)
{
    Post *post = &programs.posts[terminal];

    machine_run(&post->machine);
    int r = outbox_refresh(post->outbox);
    machine_leave();
    if (r < 0 && (post->machine.fault != DISK_WELL || post->machine.dead))
        return; // it may have lost its file over the broken disk
    for (int i = 0; i < deeds.count; i++)
        deeds.list[i].kept &= deeds.list[i].epoch != deeds.epoch_of[terminal];
    if (outbox_each(post->outbox, 1, keep_event, post) < 0)
        world_fail("the outbox of %s cannot be read", post->machine.name);
    for (int i = 0; i < deeds.count && !world.failed; i++) {
        const Deed *deed = &deeds.list[i];

        if (deed->epoch == deeds.epoch_of[terminal] && deed->state == DEED_DONE && !deed->kept)
            world_fail("%s said OK to %" PRIu64 " and has lost it", post->machine.name, deed->seq);
    }
}

void proof_of_alarms(void)
{
    for (int i = 0; i < WORLD_TERMINALS; i++)
        post_judge_alarms(&programs.posts[i]);
}

static int note_stored(void *user, const EventRow *row)
{
    Deed *deed = deeds_find(row->at);
    bool office = strcmp(row->terminal, NAME_OFFICE) == 0;
    (void)user;

    if (office && strcmp(row->kind, event_kind_word(EVENT_VOID)) == 0)
        return 0; // it has the time at which it was said
    if (row->state == EVENT_QUARANTINED)
        world_fail("quarantined: %s %s %" PRIu64 " %s", row->terminal, row->epoch, row->seq, row->reason);
    else if (!deed)
        world_fail("stored, and nobody scanned it: %s %s %" PRIu64, row->terminal, row->epoch, row->seq);
    else if (++deed->stored > 1)
        world_fail("stored twice: %s %s %" PRIu64, row->terminal, row->epoch, row->seq);
    else if (office && deed->terminal != DEEDS_OFFICE)
        world_fail("stored as an event of the office: %" PRIu64 " of %s", deed->seq,
                   programs.posts[deed->terminal].machine.name);
    else if (!office && (deed->seq != row->seq || strcmp(deeds.epochs[deed->epoch].ulid, row->epoch) != 0))
        world_fail("stored under another number: %s %s %" PRIu64, row->terminal, row->epoch, row->seq);
    else
        deed->stored_as_voided = row->state == EVENT_VOIDED;
    return world.failed;
}

static void proof_of_events(Store *store)
{
    for (int i = 0; i < deeds.count; i++)
        deeds.list[i].stored = 0;
    query_events(store, &(EventFilter){0}, note_stored, NULL);
    for (int i = 0; i < deeds.count && !world.failed; i++) {
        const Deed *deed = &deeds.list[i];
        bool office = deed->terminal == DEEDS_OFFICE;
        bool told = !office && deed->state == DEED_DONE && deed->seq <= deeds.epochs[deed->epoch].told;

        if (!deed->stored && (deed->kept || told || (office && deed->state == DEED_DONE)))
            world_fail("accepted and not stored: number %d of %s, %" PRIu64, i + 1,
                       office ? "the office" : programs.posts[deed->terminal].machine.name, deed->seq);
        if (deed->stored && deed->state == DEED_NOT)
            world_fail("refused and stored: number %d, %" PRIu64, i + 1, deed->seq);
        if (deed->stored && !office && !deed->kept && !deeds.epochs[deed->epoch].retired)
            world_fail("stored and not kept: number %d, %" PRIu64, i + 1, deed->seq);
    }
}

static void note_finding(void *user, const VerifyFinding *finding)
{
    world_fail("%s finds %s: %s", (const char *)user, finding->what, finding->detail);
}

static void proof_of_sums(void)
{
    const CounterEvents *events = hub_counters();
    VerifySummary summary;

    if (verify_store(hub_store(), note_finding, (void *)"verify", &summary) != 0)
        world_fail("verify cannot be done");
    if (recompute_diff(hub_store(), clock_now(), note_finding, (void *)"recompute", &summary) != 0)
        world_fail("recompute cannot be done");
    if (!counters_balanced(events))
        world_fail("counters do not add up: received %" PRIu64, events->received);
}

void proof_at_end(void)
{

    for (int i = 0; i < WORLD_TERMINALS; i++)
        proof_of_outbox(i);
    if (!world.failed)
        proof_of_events(hub_store());
    if (!world.failed)
        proof_of_sums();
    if (!world.failed)
        model_compare();
}
