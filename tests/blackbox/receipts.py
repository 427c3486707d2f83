"""Batches and their receipts, chains, gaps, duplicates, conflicts, parked events: the collector from outside."""

import signal

import town
from town import clock, day, flow, same, scan, wire
from flow import test

site = town.small_site().start()


def terminal(name="a1", **options):
    return site.terminal(name, **options)


@test
def receipt_has_the_keys_of_the_page_and_the_chain_of_the_sent_bytes():
    t = terminal()
    receipt = t.send(scan(**{"x-a": "3排\"5\"\\/", "x-B": -5, "x-é": "😀", "x-big": 2**53}), scan(kind="out"))
    same(list(receipt), ["v", "epoch", "through", "chain", "also", "refused", "store", "generation", "at"])
    same((receipt["v"], receipt["epoch"], receipt["through"], receipt["also"], receipt["refused"]),
         (1, t.epoch, 2, [], []))
    same(receipt["chain"], t.chain())


@test
def receipt_is_qos_0_and_not_retained():
    t = terminal()
    t.send(scan())
    message = t.client.find(lambda m: m.topic.endswith("/receipt"))
    same((message.qos, message.retained), (0, False))
    late = terminal()
    late.send(scan())
    assert not any(m.retained for m in late.client.messages)


@test
def empty_batch_is_answered():
    t = terminal()
    receipt = t.send_raw(t.batch([], 1))
    same((receipt["through"], receipt["chain"]), (0, t.chain(0)))


@test
def unknown_keys_are_kept_in_the_chain_and_ignored_in_the_envelope():
    t = terminal()
    t.events = [scan(foreign="yes")]
    receipt = t.send_raw({**t.batch(t.events, 1), "unknown": {"a": [1, 2.5, None]}})
    same((receipt["through"], receipt["chain"], receipt["refused"]), (1, t.chain(), []))


@test
def also_names_what_is_beyond_a_gap_and_through_follows_when_it_closes():
    t = terminal()
    t.events = [scan(at=clock(0, n)) for n in range(1, 21)]
    receipt = t.send(*t.events[4:8], first=5)
    same((receipt["through"], receipt["also"], receipt["chain"]), (0, [[5, 8]], t.chain(0)))
    receipt = t.send(*t.events[9:12], first=10)
    same((receipt["through"], receipt["also"]), (0, [[5, 8], [10, 12]]))
    receipt = t.send(*t.events[0:4], first=1)
    same((receipt["through"], receipt["also"], receipt["chain"]), (8, [[10, 12]], t.chain(8)))
    receipt = t.send(*t.events[7:20], first=8)
    same((receipt["through"], receipt["also"], receipt["chain"]), (20, [], t.chain(20)))


@test
def also_has_at_most_sixteen_ranges():
    t = terminal()
    t.events = [scan(at=clock(0, n)) for n in range(1, 60)]
    for first in range(3, 43, 2):
        receipt = t.send(t.events[first - 1], first=first)
    same((receipt["through"], receipt["also"]), (0, [[n, n] for n in range(3, 35, 2)]))
    receipt = t.send(*t.events[:43], first=1)
    same((receipt["through"], receipt["also"], receipt["chain"]), (43, [], t.chain(43)))


@test
def an_event_4096_beyond_through_is_taken_and_the_next_one_deferred():
    t = terminal()
    t.send(scan())
    before = site.counters()
    receipt = t.send(scan(), scan(), first=4097)
    same((receipt["through"], receipt["also"]), (1, [[4097, 4097]]))
    after = site.counters()
    same({k: after[k] - before[k] for k in ("received", "stored", "deferred")},
         {"received": 2, "stored": 1, "deferred": 1})


@test
def a_batch_that_is_wholly_deferred_has_no_receipt():
    t = terminal()
    before = site.counters()["deferred"]
    t.put("event", t.batch([scan()], 5000))
    flow.until(lambda: site.counters()["deferred"] == before + 1, "deferred")
    t.hello()
    receipts = [m for m in t.client.messages if m.topic.endswith("/receipt")]
    same(len(receipts), 1, "receipts (the hello's alone)")
    same(t.read(receipts[0])["also"], [])


@test
def a_duplicate_is_a_success_also_after_a_restart_of_the_collector():
    t = terminal()
    first = t.send(scan(), scan(kind="out"))
    before = site.counters()
    again = t.send(*t.events, first=1)
    same({k: again[k] for k in ("through", "chain", "refused")}, {k: first[k] for k in ("through", "chain", "refused")})
    after = site.counters()
    same((after["duplicate"] - before["duplicate"], after["stored"] - before["stored"]), (2, 0))
    same(site.restart(), 0, "exit code on SIGTERM")
    again = t.send(*t.events, first=1)
    same((again["through"], again["chain"], again["refused"]), (2, t.chain(), []))
    counters = site.counters()
    same((counters["received"], counters["duplicate"], counters["stored"]), (2, 2, 0))
    same(len([e for e in site.events("--terminal", "a1") if e["epoch"] == t.epoch]), 2)


@test
def a_duplicate_whose_keys_come_in_another_order_is_the_same():
    t = terminal()
    t.send(scan())
    receipt = t.send(dict(reversed(t.events[0].items())), first=1)
    same(receipt["refused"], [])


@test
def the_same_key_with_other_bytes_is_a_conflict_and_changes_nothing():
    t = terminal()
    t.send(scan("0002"))
    for _ in range(2):
        receipt = t.send(scan("0003"), first=1)
        same((receipt["through"], receipt["refused"], receipt["chain"]), (1, [[1, "conflict"]], t.chain()))
    stored = [e for e in site.events("--terminal", "a1") if e["epoch"] == t.epoch]
    same([e["member"] for e in stored], ["0002"])
    assert any(q["reason"] == "conflict" and q["terminal"] == "a1" for q in site.quarantine())


@test
def a_conflict_beyond_a_gap_is_told_too():
    t = terminal()
    t.send(scan(), first=3)
    receipt = t.send(scan("0002"), first=3)
    same((receipt["through"], receipt["also"], receipt["refused"]), (0, [[3, 3]], [[3, "conflict"]]))


@test
def the_same_event_twice_in_one_batch_range_counts_once():
    t = terminal()
    t.events = [scan(), scan(kind="out")]
    t.send(*t.events, first=1)
    receipt = t.send(t.events[1], scan("0002"), first=2)
    same((receipt["through"], receipt["refused"]), (3, []))


@test
def a_new_epoch_starts_at_one_and_an_old_one_goes_on():
    t = terminal()
    t.send(scan())
    fresh = terminal()
    same(fresh.send(scan())["chain"], fresh.chain())
    receipt = t.send(scan(kind="out"))
    same((receipt["through"], receipt["chain"]), (2, t.chain()))


@test
def a_replayed_epoch_changes_nothing():
    t = terminal()
    for n in range(5):
        t.send(scan(at=clock(0, n)))
    before = len(site.events())
    for n in range(5):
        same(t.send(t.events[n], first=n + 1)["through"], 5)
    same(len(site.events()), before)


@test
def an_epoch_of_another_terminal_is_that_terminals_own():
    t = terminal()
    t.send(scan())
    other = terminal("a2", epoch=t.epoch)
    receipt = other.send(scan("0003"))
    same((receipt["through"], receipt["chain"]), (1, other.chain()))


@test
def two_hundred_fifty_six_events_in_one_batch_are_taken():
    t = terminal()
    receipt = t.send(*(scan("0001", "in", at=clock(0, 0, n % 60)) for n in range(256)))
    same((receipt["through"], receipt["chain"]), (256, t.chain()))


@test
def a_line_of_exactly_48_kib_is_taken():
    t = terminal()
    event = scan(**{"x-pad": ""})
    event["x-pad"] = "p" * (wire.MAX_LINE - len(wire.dump(t.batch([event], 1))))
    same(len(wire.dump(t.batch([event], 1))), wire.MAX_LINE)
    same((t.send(event)["through"], t.events), (1, [event]))


@test
def events_of_any_qos_and_of_mqtt_5_are_taken():
    t = terminal(version=5)
    same(t.send(scan(), qos=0)["through"], 1)
    same(t.send(scan(kind="out"), qos=1)["through"], 2)


@test
def a_line_end_behind_the_line_is_not_held_against_a_plain_reader():
    t = terminal()
    t.events = [scan()]
    same(t.send_raw(wire.dump(t.batch(t.events, 1)) + "\n")["chain"], t.chain())


@test
def a_plain_reader_with_card_and_no_session_is_counted():
    t = terminal("a1-bis")
    receipt = t.send(scan(None, session=None, card="CARD2", at=clock(0, 30)))
    same((receipt["through"], receipt["chain"], receipt["refused"]), (1, t.chain(), []))
    stored = [e for e in site.events("--terminal", "a1-bis") if e["epoch"] == t.epoch]
    same([(e["session"], e["member"], e["state"], e["seq"]) for e in stored], [("DAY", "0002", "counted", 1)])


@test
def a_scan_outside_of_every_window_is_parked():
    t = terminal()
    t.send(scan(session=None, at=clock(5)))
    same([e["state"] for e in site.events("--terminal", "a1") if e["epoch"] == t.epoch], ["parked"])


@test
def the_edges_of_the_window_belong_to_it():
    t = terminal()
    t.send(*(scan("0005", session=None, at=at) for at in
             (clock(23, 0, offset=-1), clock(22, 59, 59, offset=-1), clock(3), clock(3, 0, 1))))
    same([e["state"] for e in site.events("--terminal", "a1") if e["epoch"] == t.epoch],
         ["counted", "parked", "counted", "parked"])


@test
def parked_events_count_by_themselves_when_the_roster_comes():
    t = terminal()
    before = site.counters()["parked"]
    receipt = t.send(scan("0901"), scan(None, card="CARD-NEW"), scan("0001", session="NEW", at=clock(4)),
                     scan("0902", session=None, at=clock(0, 5)))
    same((receipt["through"], receipt["refused"]), (4, []))
    mine = lambda: [e["state"] for e in site.events("--terminal", "a1") if e["epoch"] == t.epoch]
    same(mine(), ["parked"] * 4)
    same(site.counters()["parked"] - before, 4)
    site.load("members", [("member", "name", "org", "from", "card"), ("0901", "新一", "A-1", "2020-01-01", "CARD-NEW"),
                          ("0902", "新二", "A-1", "2020-01-01", "")])
    same(mine(), ["counted", "counted", "parked", "counted"])
    site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes"),
                           ("NEW", "meeting", "Meeting", day() + " 04:00", day() + " 05:00", "A", "60")])
    same(mine(), ["counted"] * 4)
    same(site.record("0901", "DAY")["status"], "present")
    same(site.record("0902", "DAY")["status"], "present")
    site.studyday("recompute", "--diff")


@test
def void_takes_back_an_event_whichever_comes_first():
    t = terminal()
    t.send(scan("0003", at=clock(0, 2)), {"kind": "void", "session": "DAY", "member": "0003", "at": clock(0, 3), "of": 1})
    u = terminal()
    late = scan("0004", at=clock(0, 2))
    u.send({"kind": "void", "session": "DAY", "member": "0004", "at": clock(0, 3), "of": 1}, first=2)
    u.send(late, first=1)
    for who, epoch in (("0003", t.epoch), ("0004", u.epoch)):
        state = [e["state"] for e in site.events("--member", who) if e["epoch"] == epoch and e["kind"] == "in"]
        same(state, ["void"], who)


@test
def void_needs_no_member_and_reaches_no_other_epoch():
    t = terminal()
    t.send(scan("0005", at=clock(0, 4)))
    u = terminal()
    u.send(scan("0005", at=clock(0, 6)), {"kind": "void", "at": clock(0, 7), "of": 1, "session": "DAY"})
    states = {e["epoch"]: e["state"] for e in site.events("--member", "0005") if e["kind"] == "in"}
    same((states[t.epoch], states[u.epoch]), ("counted", "void"))


@test
def hello_is_answered_with_a_receipt_and_a_plan_if_the_terminals_is_old():
    t = terminal()
    t.send(scan())
    mark = len(t.client.messages)
    receipt = t.hello()
    same((receipt["through"], receipt["chain"]), (1, t.chain()))
    digest = t.plan(mark)[0]["plan"]
    mark = len(t.client.messages)
    t.hello(plan=digest)
    t.ask("record", member="0001")  # the answer comes behind any plan
    assert not any(m.topic.endswith("/plan") for m in t.client.messages[mark:])


@test
def collector_state_is_retained_and_tells_what_the_page_says():
    client = site.broker.client().subscribe("studyday/1/collector/+")
    message = client.expect(lambda m: m.topic == "studyday/1/collector/studyday-collector", "state")
    state = wire.opened(None, message.topic, message.payload)
    same(list(state), ["v", "online", "areas", "boot", "store", "generation", "at"])
    same((message.retained, state["v"], state["online"], state["areas"]), (True, 1, True, ["*"]))


@test
def collector_state_has_a_new_boot_and_the_same_store_after_a_restart():
    client = site.broker.client().subscribe("studyday/1/collector/+")
    before = wire.opened(None, "", client.expect(lambda m: True, "state").payload)
    mark = len(client.messages)
    site.restart()
    after = wire.opened(None, "", client.expect(lambda m: b'"boot"' in m.payload, "state", mark).payload)
    same((after["store"], after["generation"]), (before["store"], before["generation"]))
    assert after["boot"] != before["boot"]


@test
def the_will_of_a_killed_collector_is_retained():
    client = site.broker.client().subscribe("studyday/1/collector/+")
    client.expect(lambda m: b"true" in m.payload, "state")
    site.collector.end(signal.SIGKILL)
    client.expect(lambda m: m.payload == b'{"v":1,"online":false}', "Will")
    late = site.broker.client().subscribe("studyday/1/collector/+")
    message = late.expect(lambda m: True, "retained Will")
    same((message.retained, message.payload), (True, b'{"v":1,"online":false}'))
    site.collector.start()


@test
def received_is_stored_duplicate_quarantined_and_deferred():
    t = terminal()
    t.send(scan(), scan("nobody"), scan(kind="dance"), first=1)
    t.send(scan(), first=1)
    t.put("event", t.batch([scan()], 9999))
    t.put("event", "no json")
    t.hello()
    c = site.counters()
    assert {"received", "stored", "duplicate", "quarantined", "deferred", "parked", "receipts"} <= set(c), c
    same(c["received"], c["stored"] + c["duplicate"] + c["quarantined"] + c["deferred"])
    same({k: c[k] for k in ("received", "stored", "duplicate", "quarantined", "deferred", "parked", "receipts")},
         {"received": 6, "stored": 2, "duplicate": 1, "quarantined": 2, "deferred": 1, "parked": 1, "receipts": 3})


@test
def chains_keys_and_totals_are_proven_after_all_this():
    site.studyday("verify")
    site.studyday("recompute", "--diff")


try:
    flow.main()
finally:
    site.stop()
