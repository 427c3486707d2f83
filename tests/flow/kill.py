"""SIGKILL at random: broker (without persistence), collector, terminals. Whatever is killed when, the set of scans
that printed OK is the set stored; nothing is stored twice; nothing is left to find for verify and recompute.

A scan whose terminal was killed before it could answer may have been recorded or not: nobody was told OK, and it
may be there or not, but once at most.

  KILLS=300 SEED=1    how many, and which; a seed repeats the choice of victims and moments, though not the moments' last
                      microsecond
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

KILLS = int(os.environ.get("KILLS", "300"))
SEED = int(os.environ.get("SEED", "1"))
POINTS = 8
VICTIMS = {"terminal": 0.55, "collector": 0.32, "broker": 0.13}  # a broker's death costs all the others seconds
RECEIPT_PATIENCE = 3  # s: most of the terminals' and the collector's first waits after a broken line are shorter


class Scans:
    """Scan lines, no two alike, and what became of them."""

    def __init__(self, site):
        self.members = [row["member"] for row in site.rows("members")]
        self.session = site.sessions()[0]
        self.number = 0
        self.waiting = {}  # by terminal: lines without a reply yet
        self.ok = {}  # (terminal, epoch, seq): at
        self.doubtful = set()  # (terminal, at) of lines whose agent was killed

    def make(self, dice, terminal, count):
        lines = []
        for _ in range(count):
            self.number += 1
            at = f"{self.session}T{9 + self.number // 3600 % 2:02}:{self.number // 60 % 60:02}:{self.number % 60:02}" \
                 f".{self.number // 7200:06}+08:00"
            kind = dice.choice(("in", "out"))
            lines.append((at, f"{kind} {dice.choice(self.members)} {self.session} by=qr at={at}"))
        self.waiting.setdefault(terminal, []).extend(at for at, _ in lines)
        return [line for _, line in lines]

    def take_replies(self, terminal, lines, killed):
        """Replies come in the order of the lines."""
        waiting = self.waiting.get(terminal, [])
        for line in lines:
            word, _, key = line.partition(" ")
            assert word == "OK", f"{terminal}: {line}"
            epoch, _, seq = key.partition(":")
            assert (terminal, epoch, int(seq)) not in self.ok, f"{terminal}: {key} was given out twice"
            self.ok[terminal, epoch, int(seq)] = waiting.pop(0)
        if killed:
            self.doubtful.update((terminal, at) for at in waiting)
            self.waiting[terminal] = []


def instant(text):
    """An RFC 3339 time in microseconds: the same instant may be written in two ways."""
    from datetime import datetime
    whole = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(whole.timestamp() * 1000000)


class Chaos:
    def __init__(self, site, dice):
        self.site, self.dice = site, dice
        self.scans = Scans(site)
        self.agents = site.agents()
        self.kills = {victim: 0 for victim in VICTIMS}
        self.received_rounds = 0
        for agent in self.agents:
            agent.start()

    def scan(self):
        """Some scans at some terminals; returns whom to wait for."""
        for agent in self.dice.sample(self.agents, self.dice.randint(1, 3)):
            agent.scan(self.scans.make(self.dice, agent.name, self.dice.randint(1, 20)))
            last = agent
        return last

    def await_moment(self, agent):
        """The moment of the next kill: now, at the n-th reply, or at the next receipt."""
        kind = self.dice.random()
        if kind < 0.35:
            return
        if kind < 0.7:
            said, asked = len(agent.replies.lines), len(self.scans.waiting[agent.name])
            count = self.dice.randint(min(said + 1, asked), asked)
            agent.replies.wait(lambda lines: len(lines) >= count, "replies")
            return
        before = agent.receipts()
        with agent.errors.changed:
            if agent.errors.changed.wait_for(lambda: agent.receipts() > before, RECEIPT_PATIENCE):
                self.received_rounds += 1

    def kill(self, busy):
        victim = self.dice.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        self.kills[victim] += 1
        if victim == "terminal":
            self.renew(busy if self.dice.random() < 0.5 else self.dice.choice(self.agents))
        elif victim == "collector":
            self.site.collector.end(signal.SIGKILL)
            self.site.collector.start(wait=False)
        else:
            self.site.broker.end(signal.SIGKILL)
            self.site.broker.start()

    def renew(self, agent, *arguments):
        agent.kill()
        self.scans.take_replies(agent.name, agent.replies.lines, killed=True)
        agent.start(*arguments)

    def settle(self):
        """All are well again; each terminal ends when everything it holds has been received."""
        for agent in self.agents:
            self.renew(agent, "--until-received")
        for agent in self.agents:
            agent.finish()


def judge(chaos, events):
    scans = chaos.scans
    stored = {}
    for event in events:
        key = event["terminal"], event["epoch"], event["seq"]
        assert key not in stored, f"stored twice: {key}"
        stored[key] = instant(event["at"])
    lost = [key for key in scans.ok if key not in stored]
    assert not lost, f"{len(lost)} of {len(scans.ok)} scans that printed OK are not stored, such as {lost[:3]}"
    changed = [key for key, at in scans.ok.items() if stored[key] != instant(at)]
    assert not changed, f"stored as something else: {changed[:3]}"
    doubtful = {(terminal, instant(at)) for terminal, at in scans.doubtful}
    strange = [key for key, at in stored.items() if key not in scans.ok and (key[0], at) not in doubtful]
    assert not strange, f"stored, but never said: {strange[:3]}"
    return len(stored) - len(scans.ok)


@flow.test
def after_random_kills_what_printed_ok_is_what_is_stored():
    dice = random.Random(SEED)
    site = flow.Site(members=240, branches=POINTS, points=POINTS, seed=SEED)
    site.start()
    chaos = Chaos(site, dice)
    began = time.monotonic()
    for _ in range(KILLS):
        busy = chaos.scan()
        chaos.await_moment(busy)
        chaos.kill(busy)
    chaos.settle()
    extra = judge(chaos, site.events())
    print(f"# seed {SEED}: {KILLS} kills {json.dumps(chaos.kills)} in {time.monotonic() - began:.0f} s; "
          f"{len(chaos.scans.ok)} scans printed OK, {len(chaos.scans.doubtful)} were cut off, {extra} of these stored; "
          f"{chaos.received_rounds} kills at a receipt")
    assert chaos.received_rounds >= KILLS // 20, "hardly anything was received between the kills: this proves nothing"
    site.check()


def publish_while_nobody_collects(site, *arguments):
    """A fleet sends 2,000 events while the collector is away; returns it once the broker has passed them all on."""
    site.broker.start()
    site.collector.start()
    site.collector.end(signal.SIGKILL)  # its session lasts: the broker keeps the messages for it, in memory
    heard, lines = flow.listen(site.port, "studyday/1/+/+/event", "-F", "%p")
    fleet = flow.spawn([flow.STUDYDAY, "--config", site.config, "simulate", "run", "--events", "2000", "--timeout",
                        str(flow.PATIENCE), "--format", "json", *arguments], stdout=subprocess.PIPE)
    seen = set()

    def all_heard(said):
        for line in said[all_heard.next:]:
            if line.startswith('{"v":1,"epoch"'):
                batch = json.loads(line)
                seen.update((batch["epoch"], batch["first"] + i) for i in range(len(batch["events"])))
        all_heard.next = len(said)
        return len(seen) >= 2000
    all_heard.next = 0
    lines.wait(all_heard, "all events on their way")
    heard.kill()
    heard.wait()
    return fleet


def lose_the_broker(site):
    site.broker.end(signal.SIGKILL)
    site.broker.start()
    site.collector.start()


@flow.test
def events_that_await_their_receipts_survive_the_death_of_the_broker():
    site = flow.Site(seed=SEED)
    fleet = publish_while_nobody_collects(site)
    lose_the_broker(site)
    summary = json.loads(fleet.communicate(timeout=flow.PATIENCE)[0])
    assert summary["received"] == 2000 and summary["chain_errors"] == 0, summary
    assert len(site.events()) == 2000
    site.check()


@flow.test
def believing_pubacks_loses_events_in_the_same_flow():
    site = flow.Site(seed=SEED)
    fleet = publish_while_nobody_collects(site, "--trust-puback")
    summary = json.loads(fleet.communicate(timeout=flow.PATIENCE)[0])
    assert summary["received"] == 2000, "the broker said yes to every one of them"
    lose_the_broker(site)
    assert len(site.events()) < 2000, "the control lost nothing: the tests above prove nothing"


if __name__ == "__main__":
    flow.main()
