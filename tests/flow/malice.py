"""A broker that means harm stands between terminals with keys and the collector: it accepts all, and drops, repeats,
reorders, alters, invents, swaps topics, forges receipts and plays old ones again. It may delay; it can neither change
nor lose anything. Seeded: SEED=n plays the same dice."""

import json
import os
import random
import re
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

SEED = int(os.environ.get("SEED", "7"))
SCANS = 60  # for each terminal: a few batches of some events
FAR = 10**6  # a receipt for more than was ever sent


def length(value):
    out = b""
    while True:
        value, byte = divmod(value, 128)
        out += bytes([byte | (128 if value else 0)])
        if not value:
            return out


def matches(pattern, topic):
    return re.fullmatch(re.escape(pattern).replace(r"\+", "[^/]+"), topic) is not None


class Line(threading.Thread):
    """One client's connection, MQTT 3.1.1 as far as our programs speak it."""

    def __init__(self, broker, sock):
        super().__init__(daemon=True)
        self.broker, self.socket, self.filters, self.packet = broker, sock, [], 0
        self.sending = threading.Lock()

    def send(self, head, body):
        with self.sending:
            try:
                self.socket.sendall(bytes([head]) + length(len(body)) + body)
            except OSError:
                pass

    def take(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise OSError("closed")
            data += more
        return data

    def run(self):
        try:
            while True:
                head, size, shift = self.take(1)[0], 0, 0
                while True:
                    byte = self.take(1)[0]
                    size |= (byte & 127) << shift
                    shift += 7
                    if not byte & 128:
                        break
                self.packet_in(head, self.take(size))
        except OSError:
            pass
        with self.broker.lock:
            if self in self.broker.lines:
                self.broker.lines.remove(self)

    def packet_in(self, head, body):
        kind = head >> 4
        if kind == 1:
            self.send(0x20, b"\0\0")
        elif kind == 8:
            at, codes = 2, b""
            while at < len(body):
                size = struct.unpack_from(">H", body, at)[0]
                self.filters.append(body[at + 2:at + 2 + size].decode())
                at += 3 + size
                codes += b"\1"
            self.send(0x90, body[:2] + codes)
        elif kind == 12:
            self.send(0xD0, b"")
        elif kind == 3:
            size = struct.unpack_from(">H", body)[0]
            topic, at = body[2:2 + size].decode(), 2 + size
            if head & 6:
                self.send(0x40, body[at:at + 2])  # whatever becomes of it
                at += 2
            self.broker.publish(topic, body[at:], head & 1)

    def deliver(self, topic, payload, retain):
        if any(matches(pattern, topic) for pattern in self.filters):
            self.packet = self.packet % 65535 + 1
            name = topic.encode()
            self.send(0x32 | retain, struct.pack(">H", len(name)) + name + struct.pack(">H", self.packet) + payload)


class EvilBroker:
    def __init__(self, port):
        self.dice, self.lock, self.lines = random.Random(SEED), threading.RLock(), []
        self.evil, self.held, self.seen, self.retained, self.done = True, [], [], {}, {}
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            line = Line(self, self.listener.accept()[0])
            with self.lock:
                self.lines.append(line)
            line.start()
            # What is retained, to whoever comes; our programs take it at any time.
            threading.Timer(0.2, self.tell_retained, [line]).start()

    def tell_retained(self, line):
        with self.lock:
            for topic, payload in self.retained.items():
                line.deliver(topic, payload, 1)

    def pass_on(self, topic, payload):
        for line in list(self.lines):
            line.deliver(topic, payload, 0)

    def did(self, what):
        self.done[what] = self.done.get(what, 0) + 1

    def publish(self, topic, payload, retain):
        with self.lock:
            if retain:
                self.retained[topic] = payload
            if not self.evil or topic.startswith("studyday/1/collector/"):
                self.pass_on(topic, payload)
                return
            self.seen.append((topic, payload))
            self.mistreat(topic, payload)

    def other_terminal(self, topic):
        """The same leaf of another terminal, whose topic we have seen."""
        leaf = topic.rsplit("/", 1)[1]
        others = {seen.rsplit("/", 1)[0] for seen, _ in self.seen} - {topic.rsplit("/", 1)[0]}
        return self.dice.choice(sorted(others)) + "/" + leaf if others else None

    def mistreat(self, topic, payload):
        line, _, mac = payload.partition(b"\n")
        way = self.dice.choice(("drop", "repeat", "hold", "alter", "strip", "swap", "replay", "invent", "pass"))
        self.did(way)
        if way == "repeat":
            for _ in range(3):
                self.pass_on(topic, payload)
        elif way == "hold":
            self.held.append((topic, payload))
        elif way == "alter":
            self.pass_on(topic, re.sub(rb'("(?:member|session|at)":"[^"]*)\d"', rb'\g<1>0"', line) + b" \n" + mac)
        elif way == "strip":
            self.pass_on(topic, line)
        elif way == "swap" and self.other_terminal(topic):
            self.pass_on(self.other_terminal(topic), payload)
        elif way == "replay":
            self.pass_on(*self.dice.choice(self.seen))
        elif way == "invent":
            self.invent(topic, line)
        elif way == "pass":
            self.pass_on(topic, payload)
        if self.held and self.dice.random() < 0.3:
            self.dice.shuffle(self.held)
            self.pass_on(*self.held.pop())

    def invent(self, topic, line):
        """Events that nobody recorded, receipts for events that nobody stored, with a MAC that is only a guess."""
        guess = "%064x" % self.dice.getrandbits(256)
        try:
            told = json.loads(line)
        except ValueError:
            return
        if topic.endswith("/event"):
            told["first"] = told["first"] + len(told["events"])
        elif topic.endswith("/receipt"):
            told["through"] = FAR
        for tail in ("", "\n" + guess):
            self.pass_on(topic, (json.dumps(told, separators=(",", ":")) + tail).encode())

    def repent(self):
        """From now on an honest broker. The terminals have to come again, which makes them send again at once instead
        of when their patience is over."""
        with self.lock:
            self.evil = False
            self.held.clear()
            for line in list(self.lines):
                if not any("+/+" in pattern for pattern in line.filters):
                    line.socket.shutdown(socket.SHUT_RDWR)


def edit(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert 'protocol = "5"' in text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('protocol = "5"', 'protocol = "3.1.1"'))


class KeyedAgent(flow.Agent):
    def __init__(self, site, name, area):
        self.name, self.site = name, site
        self.folder = os.path.join(site.folder, "terminals", name)
        self.process = self.replies = self.errors = None
        key = os.path.join(site.folder, name + ".key")
        site.studyday("terminal", "enroll", name, "--key-file", key)
        flow.run([flow.TERMINAL, "init", self.folder, "--area", area, "--terminal", name, "--broker",
                  f"127.0.0.1:{site.port}", "--key-file", key])
        edit(os.path.join(self.folder, "terminal.conf"))


site = flow.Site(members=140, branches=2, points=2, broker=lambda _: "")
edit(site.config)
broker = EvilBroker(site.port)
agents = [KeyedAgent(site, row["terminal"], row["area"]) for row in site.rows("terminals")[:2]]
site.collector.start()
session = site.sessions()[0]
members = [row["member"] for row in site.rows("members")]
accepted = {}  # (terminal, epoch, seq): member


def scan(agent, member):
    before = len(agent.replies.lines)
    agent.scan([f"in {member} {session}"])
    agent.replies.wait(lambda lines: len(lines) > before, "OK")
    epoch, seq = agent.replies.lines[before].split()[1].split(":")
    accepted[agent.name, epoch, int(seq)] = member


def stored():
    return {(event["terminal"], event["epoch"], event["seq"]): event["member"] for event in site.events()}


def nothing_is_forged():
    known = [agent.status() for agent in agents]  # before the database is looked at: it only grows
    held = stored()
    assert held.items() <= accepted.items(), set(held.items()) - set(accepted.items())
    for status in known:
        for seq in range(1, status["through"] + 1):
            assert (status["terminal"], status["epoch"], seq) in held, f"{status['terminal']} forgot {seq}"


@flow.test
def broker_that_means_harm_changes_nothing_and_makes_nothing_forgotten():
    for agent in agents:
        agent.start()
    for number in range(SCANS):
        for index, agent in enumerate(agents):
            scan(agent, members[2 * number + index])
        if number % 20 == 19:
            nothing_is_forged()
    nothing_is_forged()
    print(f"# seed {SEED}: {broker.done}")


@flow.test
def honest_broker_afterwards_brings_all_of_it_once():
    broker.repent()
    flow.until(lambda: stored() == accepted, "everything is stored, as it was recorded", pause=0.1)
    flow.until(lambda: all(agent.status()["pending"] == 0 for agent in agents), "and receipted", pause=0.1)
    assert len(site.events()) == len(accepted) == SCANS * len(agents)
    site.check()


@flow.test
def what_was_forged_is_in_quarantine_with_its_reason():
    reasons = [json.loads(line)["reason"] for line in
               site.studyday("quarantine", "list", "--format", "jsonl").splitlines()]
    assert "bad-mac" in reasons, reasons
    assert set(reasons) == {"bad-mac"}, reasons
    assert not [alarm for agent in agents for alarm in agent.status()["alarms"] if "chain" in json.dumps(alarm)]
    for agent in agents:
        agent.kill()


if __name__ == "__main__":
    flow.main()
