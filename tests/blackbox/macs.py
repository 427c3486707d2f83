"""MACs both ways, in each mode of require-mac: who needs one, who must have none, and what a wrong one costs."""

import os
import stat

import town
from town import flow, same, scan, wire
from flow import test

site = town.small_site().start()
KEY = site.enroll("a1")


def taken(terminal, *events):
    """Whether the collector takes the batch; else it must be in quarantine as bad-mac, without a receipt."""
    before = {q["id"] for q in site.quarantine()}
    mark = len(terminal.client.messages)
    first = len(terminal.events) + 1
    terminal.put("event", terminal.batch(list(events) or [scan()], first))
    settle()
    fresh = [q for q in site.quarantine() if q["id"] not in before]
    receipts = [m for m in terminal.client.messages[mark:] if m.topic.endswith("/receipt")]
    if fresh:
        same(([(q["terminal"], q["reason"]) for q in fresh], receipts), ([(terminal.name, "bad-mac")], []))
        return False
    terminal.client.expect(lambda m: m.topic.endswith("/receipt"), "receipt", mark)
    terminal.events += events or [scan()]
    return True


def settle():
    """All that was sent before has been taken: the collector works off its messages in order."""
    before = site.counters()["messages"]
    witness = site.broker.client()
    witness.publish("studyday/1/aa/nobody/state", b"nonsense")  # of a stranger: ignored, but counted
    flow.until(lambda: site.counters()["messages"] > before, "witness message")


def mode(value):
    for old in ("enrolled", "always", "never"):
        text = open(site.config, encoding="utf-8").read()
        if f'require-mac = "{old}"' in text:
            site.set((f'require-mac = "{old}"', f'require-mac = "{value}"'))
            break
    site.restart()


@test
def enroll_makes_a_key_file_of_64_hex_digits_and_mode_0600():
    path = os.path.join(site.path, "a1.key")
    text = open(path, encoding="ascii").read()
    same((len(text.strip()), text.strip(), stat.S_IMODE(os.stat(path).st_mode)), (64, text.strip().lower(), 0o600))


@test
def the_right_mac_is_taken_and_the_receipt_has_one():
    t = site.terminal("a1", key=KEY)
    receipt = t.send(scan(), scan(kind="out"))  # opened() checks the receipt's MAC
    same((receipt["through"], receipt["chain"]), (2, t.chain()))


@test
def hello_plan_and_answer_have_macs_for_an_enrolled_terminal():
    t = site.terminal("a1", key=KEY)
    t.hello()
    t.plan()
    assert "record" in t.ask("record", member="0001")


@test
def a_mac_of_another_topic_line_or_key_is_bad():
    t = site.terminal("a1", key=KEY)
    line = wire.dump(t.batch([scan()], 1)).encode()
    topic = t.topic("event")
    bad = [line + b"\n" + wire.mac(KEY, t.topic("hello"), line).encode(),
           line + b"\n" + wire.mac(KEY, topic, line + b"\n").encode(),
           line + b"\n" + wire.mac(bytes(32), topic, line).encode(),
           line.replace(b"0001", b"0002") + b"\n" + wire.mac(KEY, topic, line).encode(),
           line + b"\n" + wire.mac(KEY, topic, line)[:-1].encode(),
           line + b"\n" + wire.mac(KEY, topic, line).encode() + b"0",
           line + b"\n" + b"0" * 64,
           line + wire.mac(KEY, topic, line).encode(),
           line]
    before = {q["id"] for q in site.quarantine()}
    for payload in bad:
        t.client.publish(topic, payload)
    t.hello()
    same(sum(m.topic.endswith("receipt") for m in t.client.messages), 1, "receipts (the hello's alone)")
    same([q["reason"] for q in site.quarantine() if q["id"] not in before], ["bad-mac"] * len(bad))
    assert not any(e["epoch"] == t.epoch for e in site.events("--terminal", "a1"))


@test
def enrolled_requires_a_mac_of_those_with_a_key_and_of_no_other():
    assert taken(site.terminal("a1", key=KEY))
    assert not taken(site.terminal("a1"))
    assert taken(site.terminal("a2"))


@test
def a_mac_of_a_terminal_without_a_key_is_bad():
    assert not taken(site.terminal("a2", key=KEY))


@test
def a_hello_or_ask_with_a_bad_mac_is_not_answered():
    t = site.terminal("a1", key=bytes(32))
    t.put("hello", {"v": 1, "epoch": t.epoch, "next": 1, "oldest": 1})
    t.put("ask", {"v": 1, "id": "1", "ask": "record", "member": "0001"})
    settle()
    same(t.client.messages, [])


@test
def another_key_file_is_kept_and_an_exposed_one_refused():
    path = site.file(bytes(range(32)).hex() + "\n", "own.key")
    os.chmod(path, 0o644)
    assert site.studyday("terminal", "enroll", "a2", "--key-file", path, code=None).code != 0
    os.chmod(path, 0o600)
    site.studyday("terminal", "enroll", "a2", "--key-file", path)
    assert taken(site.terminal("a2", key=bytes(range(32))))
    assert not taken(site.terminal("a2"))


@test
def a_line_of_48_kib_with_its_mac_is_taken():
    t = site.terminal("a1", key=KEY)
    event = scan(**{"x-pad": ""})
    event["x-pad"] = "p" * (wire.MAX_LINE - len(wire.dump(t.batch([event], 1))))
    same(t.send(event)["through"], 1)


@test
def always_requires_a_mac_of_everybody():
    mode("always")
    assert taken(site.terminal("a1", key=KEY))
    assert not taken(site.terminal("a1"))
    assert not taken(site.terminal("b1", area="bb"))
    assert not taken(site.terminal("b1", area="bb", key=KEY))


@test
def never_requires_none_but_a_wrong_one_is_bad_all_the_same():
    mode("never")
    assert taken_unsigned(site.terminal("a1"))
    assert not taken(site.terminal("a1", key=bytes(32)))
    assert not taken(site.terminal("b1", area="bb", key=KEY))
    assert taken(site.terminal("b1", area="bb"))


def taken_unsigned(terminal):
    """An enrolled terminal may leave its MAC out; what it gets has one all the same."""
    before = len(site.quarantine())
    terminal.put("event", terminal.batch([scan()], 1))
    message = terminal.client.expect(lambda m: m.topic.endswith("/receipt"), "receipt")
    wire.opened(KEY, message.topic, message.payload)
    return len(site.quarantine()) == before


@test
def the_retained_state_has_no_mac():
    client = site.broker.client().subscribe("studyday/1/collector/+")
    assert b"\n" not in client.expect(lambda m: True, "state").payload


try:
    flow.main()
finally:
    site.stop()
