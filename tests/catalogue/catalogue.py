"""The bad-input catalogue: everything wrong that we could think of, as files, against the real programs.

    command/NAME         a command line, and the answer: exit code and words of the message
    configuration/NAME   a configuration whose first line says what is wrong with it
    meaning/NAME         a message that reads well and means what cannot be
    ../wire/vectors/     what cannot be read (invalid), and what is refused within what can be read (refused)
    ../office/cases/     files that cannot be imported (invalid)
    ../base/config/      configurations, again

Each is answered as its file says, counted, and logged within the limits of the log. The collector lives on, its memory and
its descriptors stay, and the next good event counts.

usage: catalogue.py [--list]      --list prints how many cases there are, of which kind, and runs none
"""

import collections
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ROUNDS = int(os.environ.get("ROUNDS", "10"))  # how often all messages are sent again when memory is watched
MEMORY_KIB = 2048  # what the heap may come to be larger by: far less than all the payloads of one round
LEAVES = ("event", "hello", "state", "ask")  # what a collector listens to
AREA, TERMINAL = "lf-gy", "gy-017"  # of the vectors


def read(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        return file.read()


def files(*parts):
    found = sorted(glob.glob(os.path.join(*parts)))
    assert found, parts
    return found


class Vector:
    """A folder of tests/wire/vectors."""

    def __init__(self, folder):
        self.name = os.path.basename(folder)
        self.topic = read(os.path.join(folder, "topic")).rstrip("\n")
        self.payload = read(os.path.join(folder, "payload"), "rb")
        self.expected = read(os.path.join(folder, "expected"), "rb").decode().rstrip("\n").split("\n")
        key = os.path.join(folder, "key")
        self.key = read(key) if os.path.exists(key) else None

    def arrives(self):
        """Whether a broker would hand it to a collector at all."""
        levels = self.topic.split("/")
        return levels[:2] == ["studyday", "1"] and len(levels) == 5 and levels[4] in LEAVES and "+" not in levels


INVALID = [v for v in map(Vector, files(TESTS, "wire/vectors/invalid/*")) if v.arrives()]
REFUSED = [Vector(folder) for folder in files(TESTS, "wire/vectors/refused/*")]
MEANING, COMMAND, CONFIGURATION = (files(HERE, kind, "*") for kind in ("meaning", "command", "configuration"))
CONFIG_CASES = files(TESTS, "base/config/*/invalid/*")
CSV = files(TESTS, "office/cases/invalid/*")

if sys.argv[1:] == ["--list"]:
    counts = {"unreadable messages": INVALID, "refused events": REFUSED, "messages without meaning": MEANING, "files to import": CSV,
              "configurations": CONFIGURATION + CONFIG_CASES, "command lines": COMMAND}
    for what, cases in counts.items():
        print(f"{len(cases):5}  {what}")
    print(f"{sum(map(len, counts.values())):5}  in all")
    sys.exit(0)

sys.path.insert(0, os.path.join(TESTS, "blackbox"))
import town
from town import flow, run, same, wire
from flow import test

site = town.small_site()
site.load("orgs", [("org", "parent", "area", "level", "name"), ("GY", "C", AREA, "county", "County G")])
site.load("points", [("point", "org", "name"), ("P-017", "GY", "Point 17")])
site.load("terminals", [("terminal", "area", "point"), (TERMINAL, AREA, "P-017"), ("gone", "aa", "P-A1"), ("keyed", "aa", "P-A1")])
site.enroll("keyed")
site.studyday("terminal", "revoke", "gone")
site.start()
client = site.broker.client(version=5)
listener = site.terminal(TERMINAL, area=AREA)
watched = site.terminal("a1")
sent = []  # (topic, payload, retained), in this order


def publish(topic, payload, retain=False):
    sent.append((topic, payload, retain))
    client.publish(topic, payload, retain=retain)


def settle():
    """Everything sent so far has been worked on: messages of one client stay in order."""
    name = wire.ulid()
    mark = len(watched.client.messages)
    client.publish(watched.topic("hello"), wire.dump({"v": 1, "epoch": name, "next": 1, "oldest": 1}))
    watched.wait("receipt", mark, lambda receipt: receipt["epoch"] == name)


def numbered(payload):
    """The payload under an epoch of its own."""
    epoch = wire.ulid()
    return epoch, re.sub(rb'("epoch":")[^"]*', rb"\g<1>" + epoch.encode(), payload, count=1)


def receipt_of(epoch):
    found = [r for m in listener.client.messages + watched.client.messages if m.topic.endswith("/receipt")
             for r in [json.loads(m.payload)] if r["epoch"] == epoch]
    return found[-1] if found else None


def check_unreadable(vectors):
    before = {q["id"] for q in site.quarantine()}
    counters = site.counters()
    for vector in vectors:
        publish(vector.topic, vector.payload)
    settle()
    found = sorted((q["id"], q["reason"]) for q in site.quarantine() if q["id"] not in before)
    wrong = [(vector.name, vector.expected, found[n][1] if n < len(found) else None) for n, vector in enumerate(vectors)
             if n >= len(found) or found[n][1] != vector.expected[0].split(" ")[0]]
    same((wrong, len(found)), ([], len(vectors)))
    after = site.counters()
    events = sum(vector.topic.endswith("/event") for vector in vectors)
    same([after[k] - counters[k] for k in ("received", "quarantined", "stored")], [events, events, 0])


@test
def what_cannot_be_read_is_quarantined_under_its_reason_and_counted():
    check_unreadable([v for v in INVALID if v.key is None])


@test
def what_is_refused_is_told_with_its_reason_and_stays_in_the_chain():
    waiting = []
    for vector in REFUSED:
        epoch, payload = numbered(vector.payload)
        publish(vector.topic, payload)
        waiting.append((vector, epoch))
    settle()
    flow.until(lambda: all(receipt_of(epoch) for _, epoch in waiting), "receipts", 10)
    wrong = []
    for vector, epoch in waiting:
        receipt = receipt_of(epoch)
        head = hashlib.sha256(b"studyday/1\n" + TERMINAL.encode() + b"\n" + epoch.encode()).digest()
        refused = []
        events = [line.split(" ", 2) for line in vector.expected if not line.startswith("chain ")]
        for seq, verdict, canonical in events:
            head = hashlib.sha256(head + canonical.encode()).digest()
            if verdict != "ok":
                refused.append([int(seq), verdict])
        whole = events[0][0] == "1"
        if receipt["refused"] != refused or whole and (receipt["chain"], receipt["through"]) != (head.hex(), len(events)):
            wrong.append((vector.name, receipt))
    same(wrong, [])


@test
def what_means_nothing_is_answered_as_its_file_says():
    """topic, answer, payload. Answers: quarantine REASON, refused REASON, state STATE, ignored. EPOCH stands for one of its own."""
    before, waiting = {q["id"] for q in site.quarantine()}, []
    for path in MEANING:
        topic, answer, payload = read(path).rstrip("\n").split("\n", 2)
        epoch, payload = numbered(payload.replace("TODAY", town.day()).encode())
        publish(topic.removesuffix(" retained"), payload, topic.endswith(" retained"))
        waiting.append((path, answer, epoch))
    settle()
    reasons = [reason for _, reason in sorted((q["id"], q["reason"]) for q in site.quarantine() if q["id"] not in before)]
    events, wrong = site.events(), []
    for path, answer, epoch in waiting:
        how, _, word = answer.partition(" ")
        states = [e["state"] for e in events if e["epoch"] == epoch]
        receipt = receipt_of(epoch)
        good = {"quarantine": lambda: not states and not receipt,
                "refused": lambda: receipt and [r[1] for r in receipt["refused"]] == [word],
                "state": lambda: states == [word] and receipt["refused"] == [],
                "ignored": lambda: not states}[how]()
        if not good:
            wrong.append((os.path.basename(path), answer, states, receipt))
    same(wrong, [])
    # A refused event has its entry as well, under the reason that its receipt tells.
    same(reasons, [answer.split(" ")[1] for _, answer, _ in waiting if answer.split(" ")[0] in ("quarantine", "refused")])
    for topic, _, retained in sent:
        if retained:
            client.publish(topic, b"", retain=True)


@test
def a_file_that_cannot_be_imported_is_refused_line_by_line_and_changes_nothing():
    other = town.Site()
    for kind in ("orgs", "points", "terminals", "members", "sessions"):
        other.studyday("import", kind, os.path.join(TESTS, "office/cases/base", kind + ".csv"))
    untouched = hashlib.sha256(other.studyday("audit", "list", "--format", "jsonl").out.encode()).digest()
    wrong = []
    for folder in CSV:
        file = next(f for f in os.listdir(folder) if f.endswith((".csv", ".xlsx")))
        options = os.path.join(folder, "options")
        shutil.copy(os.path.join(folder, file), other.path)
        result = other.studyday("import", file.split(".")[0], os.path.join(other.path, file),
                                *(shlex.split(read(options)) if os.path.exists(options) else []), code=None)
        if (result.code, result.out, result.err.replace(other.path + "/", "")) != (65, "", read(os.path.join(folder, "expected"))):
            wrong.append((os.path.basename(folder), result.code, result.out, result.err))
    same(wrong, [])
    same(hashlib.sha256(other.studyday("audit", "list", "--format", "jsonl").out.encode()).digest(), untouched)
    other.studyday("verify")


@test
def a_bad_configuration_is_refused_with_file_line_key_and_reason():
    wrong = []
    for path in CONFIGURATION:
        expected = read(path).split("\n", 1)[0].removeprefix("# ")
        result = run([flow.COLLECTOR, "--config", path, "--check-config"])
        if (result.code, result.out) != (78, "") or not result.err.startswith(path + ":") or expected not in result.err:
            wrong.append((os.path.basename(path), result.code, result.out, result.err))
    for folder in CONFIG_CASES:
        name = next(f for f in os.listdir(folder) if f.endswith(".conf"))
        program = flow.TERMINAL if name == "terminal.conf" else flow.COLLECTOR
        path = os.path.join(folder, name)
        result = run([program, "--config", path, "--check-config"])
        said = result.err.replace(path, name)
        if (result.code, result.out) != (78, "") or not all(line in said for line in
                                                             read(os.path.join(folder, "expected")).splitlines()):
            wrong.append((os.path.basename(folder), result.code, said))
    same(wrong, [])


@test
def a_bad_command_line_is_answered_with_its_exit_code_and_a_reason():
    agent = os.path.join(site.path, "agent")
    same(run([town.TERMINAL, "init", agent, "--area", "aa", "--terminal", "a2", "--broker", "127.0.0.1:1"]).code, 0)
    programs = {"studyday": [town.STUDYDAY, "--config", site.config],
                "studyday-terminal": [town.TERMINAL, "--config", os.path.join(agent, "terminal.conf")],
                "studyday-collector": [flow.COLLECTOR, "--config", site.config]}
    before = site.events()
    wrong = []
    for path in COMMAND:
        line, answer = read(path).rstrip("\n").split("\n", 1)
        code, _, words = answer.partition(" ")
        program, *arguments = shlex.split(line)
        result = run(programs[program] + arguments, cwd=site.path)
        # A scan's refusal is its result: it stands where OK would.
        said = result.err + (result.out if program == "studyday-terminal" else "")
        if result.code != int(code) or words not in said or (result.out and program != "studyday-terminal"):
            wrong.append((os.path.basename(path), result.code, result.out, result.err))
    same(wrong, [])
    same(site.events(), before)


@test
def each_reason_is_in_the_log_and_no_flood_of_it():
    reasons = {v.expected[0].split(" ")[0] for v in INVALID if v.key is None}
    lines = [line for line in site.collector.printed.lines if " alarm reason=" in line]
    logged = collections.Counter(re.search(r"alarm reason=(\S+)", line)[1] for line in lines)
    same(sorted(reasons - set(logged)), [], "not logged")
    messages = len(sent)
    assert len(lines) < messages, f"{len(lines)} lines for {messages} messages"
    same([line for line in lines if any(ord(c) < 32 or ord(c) == 127 for c in line)], [], "raw bytes in the log")


def figures():
    pid = site.collector.process.pid
    status = read(f"/proc/{pid}/status")
    size = {key: int(re.search(rf"{key}:\s+(\d+)", status)[1]) for key in ("VmRSS", "VmSize")}
    return size, len(os.listdir(f"/proc/{pid}/fd"))


@test
def the_same_again_and_again_is_counted_and_takes_no_room():
    for topic, payload, _ in sent:
        client.publish(topic, payload)
    settle()
    stored, (size, descriptors) = len(site.quarantine()), figures()
    before = site.counters()
    for _ in range(ROUNDS):
        for topic, payload, _ in sent:
            client.publish(topic, payload)
    settle()
    (after, now_open), counters = figures(), site.counters()
    print(f"# {ROUNDS * len(sent)} bad messages: {after['VmRSS'] - size['VmRSS']} KiB more, {after['VmRSS']} KiB in all")
    same((len(site.quarantine()), now_open), (stored, descriptors))
    same(counters["received"], sum(counters[k] for k in ("stored", "duplicate", "quarantined", "deferred")))
    assert counters["received"] > before["received"]
    if size["VmSize"] < 1 << 30:  # a sanitizer keeps what is freed
        assert after["VmRSS"] - size["VmRSS"] < MEMORY_KIB, (size, after)


@test
def what_a_key_does_not_fit_is_quarantined():
    vectors = [v for v in INVALID if v.key is not None]
    path = site.file(vectors[0].key, "vectors.key")
    os.chmod(path, 0o600)
    site.studyday("terminal", "enroll", TERMINAL, "--key-file", path)
    check_unreadable(vectors)


@test
def the_collector_lives_and_the_next_good_event_counts():
    same(site.collector.process.poll(), None)
    terminal = site.terminal("b1", area="bb")
    same(terminal.send(town.scan("0004"))["through"], 1)
    same(site.record("0004", "DAY")["status"], "present")
    same(site.status()["health"], "ok")
    site.studyday("verify")
    site.studyday("recompute", "--diff")


try:
    flow.main()
finally:
    site.stop()
