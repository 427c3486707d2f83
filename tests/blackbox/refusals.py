"""What the collector refuses (C4, C9): whole messages into quarantine, single events by receipt; and what it must take
although it looks odd. Each table is sent in one go; a line of it that ends otherwise is named."""

import json

import town
from town import clock, flow, same, scan, wire
from flow import test

site = town.small_site().start()
AT = clock(0, 1)


def new_quarantine(before):
    return [q for q in site.quarantine() if q["id"] not in before]


def ids():
    return {q["id"] for q in site.quarantine()}


def envelope(epoch, events="[]", first="1", v="1", more=""):
    return f'{{"v":{v},"epoch":"{epoch}","first":{first},"events":{events}{more}}}'


def event_line(epoch, item):
    return envelope(epoch, f"[{item}]")


PLAIN = json.dumps(scan(), separators=(",", ":"))
E = wire.ulid()
DEEP = "[" * 7 + "]" * 7  # with the outer object: 8 levels
UNREADABLE = {
    "empty payload": b"",
    "no JSON": b"hello",
    "a list": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "no end": envelope(E)[:-1],
    "something behind": envelope(E) + "x",
    "two objects": envelope(E) + envelope(E),
    "a BOM before": b"\xef\xbb\xbf" + envelope(E).encode(),
    "UTF-16": envelope(E).encode("utf-16"),
    "bytes that are not UTF-8": event_line(E, '{"kind":"in","member":"\udcff"}').encode("utf-8", "surrogateescape"),
    "an overlong form": envelope(E, more=',"x-a":"').encode() + b'\xc0\xaf"}',
    "an encoded surrogate": envelope(E, more=',"x-a":"').encode()[:-1] + b'\xed\xa0\x80"}',
    "a lone surrogate escaped": event_line(E, PLAIN[:-1] + ',"x-a":"\\ud800"}'),
    "a low surrogate first": event_line(E, PLAIN[:-1] + ',"x-a":"\\udc00\\ud800"}'),
    "a raw control character in a string": event_line(E, PLAIN[:-1] + ',"x-a":"\x01"}'),
    "a raw line end in a string": event_line(E, PLAIN[:-1] + ',"x-a":"a\nb"}'),
    "a NUL byte behind": envelope(E).encode() + b"\0",
    "NaN": event_line(E, PLAIN[:-1] + ',"x-a":NaN}'),
    "Infinity": event_line(E, PLAIN[:-1] + ',"x-a":-Infinity}'),
    "a leading zero": event_line(E, PLAIN[:-1] + ',"x-a":01}'),
    "a plus": event_line(E, PLAIN[:-1] + ',"x-a":+1}'),
    "a hexadecimal number": event_line(E, PLAIN[:-1] + ',"x-a":0x10}'),
    "single quotes": envelope(E).replace('"', "'"),
    "a comma before the end": envelope(E)[:-1] + ",}",
    "a comment": envelope(E) + "//",
    "nine levels": envelope(E, more=f',"x-deep":[{DEEP}]'),
    "nine levels in an event": event_line(E, PLAIN[:-1] + ',"x-a":' + "[" * 6 + "]" * 6 + "}"),
    "two hundred thousand levels": b"[" * 48000,
    "a key of the envelope twice": envelope(E, more=',"first":1'),
    "a key of an event twice": event_line(E, PLAIN[:-1] + ',"kind":"in"}'),
    "a key twice, once escaped": event_line(E, PLAIN[:-1] + ',"k\\u0069nd":"in"}'),
    "a nested key twice": envelope(E, more=',"x-a":{"b":1,"b":1}'),
    "a line beyond 48 KiB": envelope(E, more=',"x-a":"' + "p" * (wire.MAX_LINE - len(envelope(E)) - 9 + 1) + '"'),
    "a megabyte": envelope(E, more=',"x-a":"' + "p" * 1000000 + '"'),
    "257 events": envelope(E, "[" + ",".join(['{"kind":"x"}'] * 257) + "]"),
    "no v": envelope(E).replace('"v":1,', ""),
    "v 2": envelope(E, v="2"),
    "v as text": envelope(E, v='"1"'),
    "v as real": envelope(E, v="1.0"),
    "v true": envelope(E, v="true"),
    "no epoch": envelope(E).replace(f'"epoch":"{E}",', ""),
    "epoch a number": envelope(E).replace(f'"{E}"', "5"),
    "epoch in lower case": envelope(E.lower()),
    "epoch too short": envelope(E[:-1]),
    "epoch too long": envelope(E + "0"),
    "epoch with a letter that ULIDs lack": envelope(E[:-1] + "U"),
    "epoch beyond 128 bits": envelope("8" + E[1:]),
    "no first": envelope(E).replace('"first":1,', ""),
    "first 0": envelope(E, first="0"),
    "first negative": envelope(E, first="-1"),
    "first as text": envelope(E, first='"1"'),
    "first as real": envelope(E, first="1.0"),
    "first null": envelope(E, first="null"),
    "no events": envelope(E).replace(',"events":[]', ""),
    "events an object": envelope(E, "{}"),
    "events null": envelope(E, "null"),
    "an item that is a number": envelope(E, f"[{PLAIN},5]"),
    "an item that is a list": envelope(E, f"[{PLAIN},[]]"),
    "an item that is null": envelope(E, f"[null,{PLAIN}]"),
}

# How an event ends that can be read: `raw` is its text, what enters the chain None for {"seq":N}.
REFUSED_PLAIN = {
    "unknown kind": scan(kind="dance"),
    "no kind": scan(kind=None),
    "kind in upper case": scan(kind="IN"),
    "kind a number": scan(kind=5),
    "no member": scan(None),
    "empty member": scan(""),
    "member a number": scan(1),
    "member with a space": scan("00 01"),
    "member with a slash": scan("00/01"),
    "member with a plus": scan("00+01"),
    "member with a hash": scan("00#01"),
    "member with a quote": scan('00"01'),
    "member with a backslash": scan("00\\01"),
    "member not ASCII": scan("王"),
    "member of 65 bytes": scan("1" * 65),
    "both member and card": scan(card="CARD1"),
    "both, the same": scan("CARD1", card="CARD1"),
    "empty card": scan(None, card=""),
    "card a number": scan(None, card=5),
    "session empty": scan(session=""),
    "session of 65 bytes": scan(session="s" * 65),
    "session a number": scan(session=5),
    "no at": {"kind": "in", "session": "DAY", "member": "0001"},
    "at a number": scan(at=1763000000),
    "at without offset": scan(at="2026-11-05T09:00:00"),
    "at without time": scan(at="2026-11-05"),
    "at without seconds": scan(at="2026-11-05T09:00+08:00"),
    "at on a day that is none": scan(at="2026-02-30T09:00:00Z"),
    "at in hour 24": scan(at="2026-11-05T24:00:00Z"),
    "at with an empty fraction": scan(at="2026-11-05T09:00:00.Z"),
    "at with a space behind": scan(at="2026-11-05T09:00:00Z "),
    "unknown clock": scan(clock="gps"),
    "clock a number": scan(clock=1),
    "unknown by": scan(by="magic"),
    "unknown mode": scan(mode="both"),
    "makeup without minutes": scan(kind="makeup"),
    "makeup of text minutes": scan(kind="makeup", minutes="90"),
    "makeup of negative minutes": scan(kind="makeup", minutes=-1),
    "check without found": scan(kind="check"),
    "check found 2": scan(kind="check", found=2),
    "check score 101": scan(kind="check", found=1, score=101),
    "check score -1": scan(kind="check", found=1, score=-1),
    "void without of": scan(kind="void"),
    "void of text": scan(kind="void", of="1"),
    "void of 0": scan(kind="void", of=0),
    "close without count": scan(None, "close"),
    "close with a negative count": scan(None, "close", count=-1),
    "a value with a control character": scan(**{"x-a": "a\u0001b"}),
    "a value with a line end": scan(**{"x-a": "a\nb"}),
    "a value with DEL": scan(**{"x-a": "a\u007fb"}),
    "a value with NUL": scan(**{"x-a": "a\0b"}),
    "an integer beyond 2^53": scan(**{"x-a": 2**53 + 1}),
    "an integer below -2^53": scan(**{"x-a": -2**53 - 1}),
    "an integer of 63 bits": scan(**{"x-a": 2**63 - 1}),
}
REFUSED_NOT_PLAIN = {
    "a real": "1.5",
    "a real that is whole": "1.0",
    "an exponent": "1e2",
    "null": "null",
    "true": "true",
    "false": "false",
    "an object": "{}",
    "a list": "[]",
    "a nested object": '{"a":{"b":[1]}}',
}
TAKEN = {
    "leading zeros of a member": scan("000001"),
    "a member of 64 bytes": scan("m" * 64),
    "odd letters of a code": scan("!$%&'()*,-.:;<=>?@[]^_`{|}~"),
    "at with a fraction": scan(at="2026-11-05T09:00:00.123456789+08:00"),
    "at in UTC": scan(at="2026-11-05T01:00:00Z"),
    "at in 1970": scan(at="1970-01-01T00:00:00Z"),
    "at in 1900": scan(at="1900-01-01T00:00:00+08:00"),
    "at in 9999": scan(at="9999-12-31T23:59:59Z"),
    "at with an odd offset": scan(at="2026-11-05T09:00:00-11:30"),
    "clock unset": scan(clock="unset"),
    "clock rtc": scan(clock="rtc"),
    "leave": scan(kind="leave", reason="ill"),
    "home": scan(kind="home", visitor="0002"),
    "makeup": scan(kind="makeup", minutes=30),
    "check": scan(kind="check", found=1, score=100),
    "check without score": scan(kind="check", found=0),
    "close": scan(None, "close", count=0),
    "mode lead": scan(mode="lead", by="face"),
    "2^53": scan(**{"x-a": 2**53, "x-b": -2**53}),
    "a pair of surrogates as one letter": scan(**{"x-a": "😀"}),
    "an empty text": scan(**{"x-a": ""}),
    "a key that is unknown": scan(foreign="value"),
    "an empty key": scan(**{"": "value"}),
    "keys that UTF-8 and UTF-16 order differently": scan(**{"\ue000": "a", "😀": "b", "z": "c"}),
    "a control character in a key": scan(**{"x-\u0001": "a"}),
    "three thousand keys": scan(**{f"x-{n}": n for n in range(3000)}),
    "a leap second": scan(at="2016-12-31T23:59:60Z"),
    "at in the year 0": scan(at="0000-01-01T00:00:00Z"),
    "void of what is not there": scan(kind="void", of=999999),
}


@test
def messages_that_cannot_be_read_are_quarantined_whole_and_get_no_receipt():
    t = site.terminal("a1")
    before, counters = ids(), site.counters()
    for payload in UNREADABLE.values():
        t.put("event", payload)
    t.hello()
    found = new_quarantine(before)
    after = site.counters()
    same(sum(m.topic.endswith("/receipt") for m in t.client.messages), 1, "receipts (the hello's alone)")
    same([(q["terminal"], bool(q["reason"])) for q in found], [("a1", True)] * len(UNREADABLE))
    same({k: after[k] - counters[k] for k in ("received", "quarantined", "stored")},
         {"received": len(UNREADABLE), "quarantined": len(UNREADABLE), "stored": 0})


@test
def quarantine_keeps_the_topic_and_the_bytes():
    t = site.terminal("a1")
    before = ids()
    t.put("event", b"raw \xff bytes")
    t.hello()
    entry = new_quarantine(before)[0]
    assert {"id", "terminal", "reason", "received_at", "bytes"} <= set(entry), entry
    shown = site.studyday("quarantine", "show", str(entry["id"])).out
    assert "studyday/1/aa/a1/event" in shown and "raw " in shown and "bytes" in shown, shown


@test
def eight_levels_are_read():
    t = site.terminal("a1")
    receipt = t.send_raw(envelope(t.epoch, more=f',"x-deep":{DEEP}'))
    same(receipt["through"], 0)


@test
def an_event_of_an_envelope_with_reals_and_nulls_in_unknown_keys_is_taken():
    t = site.terminal("a1")
    same(t.send_raw(envelope(t.epoch, f"[{PLAIN}]", more=',"x-a":[1.5e300,null,true]'))["through"], 1)


def check_table(table, expect_refused):
    t = site.terminal("a1")
    names = list(table)
    receipt = t.send(*table.values())
    refused = {seq: reason for seq, reason in receipt["refused"]}
    wrong = [name for seq, name in enumerate(names, 1) if (seq in refused) != expect_refused]
    same(wrong, [], f"refused {refused}")
    same(receipt["through"], len(names))
    heads = {n: t.chain(n) for n in (len(names),)}
    same(receipt["chain"], heads[len(names)], "chain")
    return t, refused


@test
def events_that_can_be_read_but_not_accepted_are_refused_in_the_receipt_and_stay_in_the_chain():
    before = ids()
    t, refused = check_table(REFUSED_PLAIN, True)
    same(len(new_quarantine(before)), len(REFUSED_PLAIN))
    assert all(isinstance(reason, str) and reason for reason in refused.values())


@test
def refusals_are_told_again_when_the_event_is_sent_again():
    t = site.terminal("a1")
    t.send(scan(), scan(kind="dance"), scan(kind="makeup", minutes="x"))
    before = ids()
    receipt = t.send(*t.events, first=1)
    same([seq for seq, _ in receipt["refused"]], [2, 3])
    same(dict(receipt["refused"])[3], "bad-minutes")
    same(new_quarantine(before), [])
    same(t.send(t.events[0], first=1)["refused"], [], "only those of the batch that is answered")


@test
def the_chain_is_right_for_each_refused_event_alone():
    t = site.terminal("a1")
    wrong = []
    for name, event in REFUSED_PLAIN.items():
        if t.send(event)["chain"] != t.chain():
            wrong.append(name)
            t = site.terminal("a1")
    same(wrong, [])


@test
def events_with_values_that_are_no_text_and_no_integer_enter_the_chain_as_their_number():
    t = site.terminal("a1")
    wrong = []
    for name, value in REFUSED_NOT_PLAIN.items():
        t.events.append({"x-a": None})
        seq = len(t.events)
        receipt = t.send_raw(envelope(t.epoch, "[" + PLAIN[:-1] + f',"x-a":{value}}}]', first=str(seq)))
        if (receipt["chain"], [r[0] for r in receipt["refused"]]) != (t.chain(), [seq]):
            wrong.append(name)
    same(wrong, [])


@test
def an_integer_too_large_for_any_type_is_refused():
    t = site.terminal("a1")
    receipt = t.send_raw(envelope(t.epoch, "[" + PLAIN[:-1] + ',"x-a":' + "9" * 40 + "}]"))
    same([r[0] for r in receipt["refused"]], [1])


@test
def a_real_too_large_for_any_type_is_refused():
    t = site.terminal("a1")
    receipt = t.send_raw(envelope(t.epoch, "[" + PLAIN[:-1] + ',"x-a":1e999}]'))
    same(([r[0] for r in receipt["refused"]], receipt["chain"]),
         ([1], wire.chain("a1", t.epoch, [{"x-a": None}])))


@test
def an_event_with_a_key_seq_is_refused():
    t = site.terminal("a1")
    receipt = t.send({**scan(), "seq": 1}, scan())
    same((receipt["through"], [r[0] for r in receipt["refused"]]), (2, [1]))


@test
def events_that_look_odd_are_taken():
    check_table(TAKEN, False)


@test
def escapes_do_not_change_the_canonical_bytes():
    t = site.terminal("a1")
    t.events = [scan(**{"x-a": "é/😀\"\\"})]
    escaped = json.dumps(t.events[0], ensure_ascii=True).replace("/", "\\/").replace("0001", "\\u0030001")
    same(t.send_raw(envelope(t.epoch, f"[ {escaped} ]"))["chain"], t.chain())


@test
def a_refused_event_holds_nothing_up_and_counts_nothing():
    t = site.terminal("b1", area="bb")
    receipt = t.send(scan("0004", kind="dance"), scan("0004"))
    same((receipt["through"], receipt["chain"]), (2, t.chain()))
    states = [(e["seq"], e["state"]) for e in site.events("--terminal", "b1") if e["epoch"] == t.epoch]
    same(states, [(1, "quarantined"), (2, "counted")])


@test
def events_of_an_unknown_terminal_are_quarantined_and_counted():
    before, counters = ids(), site.counters()
    stranger = site.terminal("stranger")
    stranger.put("event", stranger.batch([scan()], 1))
    site.terminal("a1").hello()
    found = new_quarantine(before)
    same([q["terminal"] for q in found], ["stranger"])
    same(site.counters()["quarantined"] - counters["quarantined"], 1)
    same(stranger.client.messages, [])


@test
def events_under_another_area_than_the_registers_are_quarantined():
    before = ids()
    wrong = site.terminal("a1", area="bb")
    wrong.put("event", wrong.batch([scan()], 1))
    site.terminal("a1").hello()
    same(len(new_quarantine(before)), 1)
    same(wrong.client.messages, [])


@test
def topics_that_do_not_fit_are_quarantined():
    before = ids()
    client = site.broker.client()
    good = envelope(wire.ulid(), f"[{PLAIN}]")
    topics = ["studyday/1/AA/a1/event", "studyday/1/aa/A1/event", "studyday/1/-aa/a1/event",
              "studyday/1/" + "a" * 33 + "/a1/event", "studyday/1/aa/a_1/event", "studyday/1/collector/a1/event"]
    for topic in topics:
        client.publish(topic, good)
    site.terminal("a1").hello()
    same(len(new_quarantine(before)), len(topics))


@test
def a_retained_event_is_quarantined_when_it_is_live_and_when_it_is_found():
    before = ids()
    t = site.terminal("a2", version=5)
    t.put("event", t.batch([scan("0003")], 1), retain=True)
    site.terminal("a1").hello()
    same([(q["terminal"], q["reason"]) for q in new_quarantine(before)], [("a2", "retained")])
    same(t.client.find(lambda m: m.topic.endswith("receipt")), None)
    before = ids()
    site.restart()
    site.terminal("a1").hello()
    assert all(q["reason"] == "retained" for q in new_quarantine(before))
    t.client.publish(t.topic("event"), b"", retain=True)
    assert not any(e["epoch"] == t.epoch for e in site.events("--terminal", "a2"))


@test
def a_revoked_terminal_is_quarantined_and_comes_back_by_enrolling():
    t = site.terminal("a1-bis")
    t.send(scan())
    site.studyday("terminal", "revoke", "a1-bis")
    before = ids()
    t.put("event", t.batch([scan(kind="out")], 2))
    t.put("hello", {"v": 1, "epoch": t.epoch, "next": 3, "oldest": 1})
    site.terminal("a1").hello()
    same([(q["terminal"], q["reason"]) for q in new_quarantine(before)], [("a1-bis", "revoked")])
    same(sum(m.topic.endswith("receipt") for m in t.client.messages), 1)
    t.key = site.enroll("a1-bis")
    same(t.send(scan(kind="out"))["through"], 2)


@test
def an_unreadable_hello_or_ask_changes_no_counter_of_events():
    t = site.terminal("a1")
    before = site.counters()
    for payload in ("", "{}", '{"v":1}', '{"v":1,"id":"1","ask":"secrets"}', '{"v":2,"id":"1","ask":"plan"}'):
        t.put("hello", payload)
        t.put("ask", payload)
        t.put("state", payload)
    t.hello()
    after = site.counters()
    keys = ("received", "stored", "duplicate", "quarantined", "deferred")
    same([after[k] for k in keys], [before[k] for k in keys])


@test
def the_database_holds_after_all_this():
    site.studyday("verify")
    site.studyday("recompute", "--diff")


try:
    flow.main()
finally:
    site.stop()
