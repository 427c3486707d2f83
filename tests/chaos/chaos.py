"""Chaos: broker, collector and terminals are killed at random, ten and more a second, while others are stopped, disks
fill up, clocks jump and lines are cut, muted, split, or lose, repeat and swap packets. When all is well again, what a
terminal said OK to is what is stored, once each; the sums are what a recount makes of it; the counters add up; and who
lived through it has not grown.

The collector is killed once more between the last receipt and the judgement: what was receipted must be on the disk.

  CHAOS_KILLS=200 CHAOS_SEED=1     how many, and which; the seed makes the schedule (schedule.py) before it begins
  CHAOS_SCHEDULE=file              play this one, such as the schedule.jsonl that a failing campaign leaves behind

A seed repeats what is done, in which order, not the microsecond at which it strikes.
"""

import copy
import json
import os
import signal
import statistics
import subprocess
import time

import rig

rig.enter_namespace()

import flow
import schedule
from journal import Journal, judge

KILLS = int(os.environ.get("CHAOS_KILLS", "200"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
LIE = os.environ.get("CHAOS_LIE")  # preloaded into the collector of the control
POINTS = 8
REPLY_PATIENCE, RECEIPT_PATIENCE = 0.1, 0.2  # s: a moment that does not come is not waited for, as kills go on
LOOK_EVERY = 10  # steps: counters and footprints
PAGES_PER_STEP = 4  # KiB: a step's events, amply
TELL_EVERY = 1000  # steps, of a long campaign
GROWTH_MAX = 2048  # KiB: between the second quarter of a life and its last
PAGE_CACHE = 24 * 1024  # KiB: 20 MiB of pages that the collector keeps (core/store/sqlite/store.c), and their heads
EX_IOERR = 74
DESCRIPTORS_MAX = 4  # more than before: a line, a question, a database being opened again


class Campaign:
    def __init__(self, steps, preload=None):
        self.steps = steps
        self.site = rig.Site(SEED, len(steps), POINTS, preload)
        self.site.journal = self.journal = Journal(
            SEED, [row["member"] for row in self.site.rows("members")], self.site.sessions())
        schedule.write(os.path.join(self.site.folder, "schedule.jsonl"), steps)
        self.terminals = self.site.terminals()
        self.kills = dict.fromkeys(("terminal", "collector", "broker"), 0)
        self.acts = {}
        self.stopped = set()  # process ids
        self.footprints = {}  # by name and process id
        self.looks = self.left_out = 0
        self.seconds = 0

    def run(self):
        self.site.start()
        for terminal in self.terminals:
            terminal.start()
        began = time.monotonic()
        for number, step in enumerate(self.steps):
            self.step(step)
            if number % LOOK_EVERY == 0:
                self.look()
            if number % TELL_EVERY == TELL_EVERY - 1:
                print(f"# {number + 1} steps in {time.monotonic() - began:.0f} s", flush=True)
        self.seconds = time.monotonic() - began

    def step(self, step):
        self.supervise()
        busy, asked = None, 0
        for index, count in step["scans"]:
            busy, asked = self.terminals[index], count
            before = len(busy.replies.lines), busy.receipts()
            busy.scan(count)
        self.await_moment(step["moment"], busy, asked, *before)
        for act in step["acts"]:
            self.act(act)
        self.kill(step["kill"])
        for terminal in self.terminals:
            terminal.take_replies()

    def await_moment(self, moment, busy, asked, replies, receipts):
        kind, share = moment
        if kind == "reply":
            lines, wanted, patience = busy.replies, replies + 1 + int(share * asked), REPLY_PATIENCE
            with lines.changed:
                lines.changed.wait_for(lambda: len(lines.lines) >= wanted or lines.ended, patience)
        elif kind == "receipt":
            lines = busy.errors
            with lines.changed:
                lines.changed.wait_for(lambda: busy.receipts() > receipts or lines.ended, RECEIPT_PATIENCE)

    def process_of(self, victim):
        if victim[0] == "terminal":
            return self.terminals[victim[1]].process
        return (self.site.collector if victim[0] == "collector" else self.site.broker).process

    def supervise(self):
        """Who ended by itself is started again, as systemd would, if a full disk is the reason."""
        site = self.site
        assert site.broker.process.poll() is None, "mosquitto ended by itself"
        if not site.collector.is_running():
            assert site.collector.disk_was_full, f"the collector ended with {site.collector.process.returncode}"
            self.stopped.discard(site.collector.process.pid)
            site.collector.start(wait=False)
        for terminal in self.terminals:
            if not terminal.is_running():
                assert terminal.disk_was_full, f"{terminal.name} ended with {terminal.process.returncode}"
                self.stopped.discard(terminal.process.pid)
                terminal.bury()
                terminal.start()

    def act(self, act):
        what = act[0]
        if (what in ("full", "free") and not self.site.disks) or (what == "clock" and not rig.FAKETIME):
            self.left_out += 1
            return
        self.acts[what] = self.acts.get(what, 0) + 1
        if what in ("stop", "go"):
            process = self.process_of(act[1])
            process.send_signal(rig.signal_of(what))
            (self.stopped.add if what == "stop" else self.stopped.discard)(process.pid)
        elif what == "full":
            self.fill(act[1], act[2])
        elif what == "free":
            self.site.disks[act[1]].free()
        elif what == "clock":
            self.terminals[act[1]].set_clock(act[2])
        else:
            self.site.proxy.do(" ".join(act))

    def fill(self, disk, left):
        self.site.disks[disk].fill(left)
        if disk == "site":
            self.site.collector.disk_was_full = True
            return
        self.journal.disk_is_full()
        for terminal in self.terminals:
            terminal.disk_was_full = True

    def kill(self, victim):
        process = self.process_of(victim)
        self.kills[victim[0]] += process.poll() is None
        self.stopped.discard(process.pid)
        if victim[0] == "terminal":
            self.terminals[victim[1]].kill()
            self.terminals[victim[1]].start()
        elif victim[0] == "collector":
            self.site.collector.end(signal.SIGKILL)
            self.site.collector.start(wait=False)
        else:
            self.site.broker.end(signal.SIGKILL)
            self.site.start_broker()

    def look(self):
        """Footprints of all that live long enough, and counters where somebody answers."""
        collector = self.site.collector
        for name, process in (("collector", collector.process), ("witness", self.terminals[schedule.WITNESS].process),
                              ("proxy", self.site.proxy.process)):
            if process.poll() is None:
                self.footprints.setdefault((name, process.pid), []).append(rig.footprint(process.pid))
        if collector.process.pid not in self.stopped and collector.is_running():
            self.check_counters()

    def check_counters(self):
        asked = subprocess.run([flow.STUDYDAY, "--config", self.site.config, "status", "--format", "json"],
                               capture_output=True, text=True, timeout=flow.PATIENCE, check=False)
        if asked.returncode == EX_IOERR and self.site.disk_is_full("site"):
            return {}  # nobody answers, and to read a database there must be room for its shared memory
        assert asked.returncode == 0, f"status: {asked.returncode} {asked.stderr}"
        status = json.loads(asked.stdout)
        counters = status.get("counters")
        if counters:  # it may have ended in between, or not have begun to listen
            self.looks += 1
            parts = [counters[key] for key in ("stored", "duplicate", "quarantined", "deferred")]
            assert counters["received"] == sum(parts), f"counters do not add up: {counters}"
        return status

    def heal(self):
        site = self.site
        self.supervise()
        for pid in self.stopped:
            os.kill(pid, signal.SIGCONT)
        self.stopped.clear()
        for disk in site.disks.values():
            disk.free()
        for door in schedule.DOORS:
            for command in (f"odds {door}", f"open {door}", f"cut {door}"):
                site.proxy.do(command)
        self.supervise()

    def settle(self):
        """All are well again; each terminal ends when everything it holds has been received."""
        self.heal()
        flow.until(lambda: self.check_counters().get("connected"), "the collector has its line again", pause=0.05)
        for terminal in self.terminals:
            terminal.set_clock(0)
            terminal.kill()
            terminal.start("--until-received")
            terminal.scan(1)
        for terminal in self.terminals:
            terminal.process.stdin.close()
        for terminal in self.terminals:
            terminal.finish()
        status = self.check_counters()
        assert status["counters"], "the collector does not answer"
        self.site.collector.end(signal.SIGKILL)
        self.site.broker.end(signal.SIGKILL)
        return status

    def verdict(self, status):
        """What is wrong, as lines."""
        events = self.site.events()
        wrong = judge(self.journal, events)
        if status["database"]["events"] != len(events):
            wrong.append(f"the collector counts {status['database']['events']} events of {len(events)}")
        for kind in ("refused", "quarantined"):
            if status["database"][kind]:
                wrong.append(f"{status['database'][kind]} events {kind}: nobody sent a bad one")
        for terminal in self.terminals:
            state = terminal.status()
            if state["pending"] or state["through"] != state["next"] - 1 or "chain" in json.dumps(state["alarms"]):
                wrong.append(f"{terminal.name} after its end: {state}")
        return wrong

    def growth(self):
        """Who lived long and grew, as lines; and what to print of it."""
        wrong, said = [], []
        for (name, pid), samples in self.footprints.items():
            quarter = len(samples) // 4
            if quarter < 1:
                continue
            memory, descriptors = zip(*samples)
            early = statistics.median(memory[quarter:2 * quarter])
            late = statistics.median(memory[-quarter:])
            said.append(f"{name} {early:.0f} to {late:.0f} KiB, {max(descriptors[:2 * quarter])} to "
                        f"{max(descriptors[-quarter:])} descriptors")
            pages = min(PAGE_CACHE, PAGES_PER_STEP * len(self.steps)) if name == "collector" else 0
            if late - early > GROWTH_MAX + pages:
                wrong.append(f"{name} ({pid}) grew from {early:.0f} to {late:.0f} KiB")
            if max(descriptors[-quarter:]) > max(descriptors[:2 * quarter]) + DESCRIPTORS_MAX:
                wrong.append(f"{name} ({pid}) has {max(descriptors[-quarter:])} descriptors")
        return wrong, said

    def tell(self, events):
        journal, receipts = self.journal, sum(terminal.receipts() for terminal in self.terminals)
        print(f"# {sum(self.kills.values())} kills {json.dumps(self.kills)} in {self.seconds:.1f} s: "
              f"{sum(self.kills.values()) / self.seconds:.1f} a second; {json.dumps(self.acts)}")
        if self.left_out:
            print(f"# left out {self.left_out} faults: no mount namespace allowed, or faketime is not installed")
        print(f"# {len(journal.accepted)} scans printed OK, {journal.refused} were refused by full disks, "
              f"{sum(journal.doubtful.values())} cut off or unsure, {events - len(journal.accepted)} of these stored; "
              f"{receipts} receipts, counters looked at {self.looks} times")
        print(f"# lines: {self.site.proxy.say('count')}")


def steps_of_the_campaign():
    path = os.environ.get("CHAOS_SCHEDULE")
    print(f"# schedule {path}" if path else f"# seed {SEED}, {KILLS} kills", flush=True)
    return schedule.read(path) if path else schedule.make(SEED, KILLS, POINTS)


campaign = None  # the first test's; the others look at what it left


@flow.test
def after_chaos_what_printed_ok_is_what_is_stored():
    global campaign
    campaign = Campaign(steps_of_the_campaign())
    campaign.run()
    status = campaign.settle()
    wrong = campaign.verdict(status)
    campaign.tell(status["database"]["events"])
    assert not wrong, "\n".join([f"{len(wrong)} wrong:", *wrong[:20]])
    receipts = sum(terminal.receipts() for terminal in campaign.terminals)
    assert receipts >= len(campaign.steps) // 4, f"only {receipts} receipts between the kills: this proves nothing"


@flow.test
def ledger_and_sums_are_proven_by_verify_and_recount():
    campaign.site.check()


@flow.test
def who_lived_through_it_has_not_grown():
    wrong, said = campaign.growth()
    for line in said:
        print(f"# {line}")
    assert not wrong, wrong
    assert len(said) >= 3 or len(campaign.steps) < 150, "collector, witness and proxy have to live long"


@flow.test
def schedule_follows_from_its_seed_and_can_be_written_down():
    path = os.path.join(campaign.site.folder, "again.jsonl")
    schedule.write(path, schedule.make(SEED, KILLS, POINTS))
    assert schedule.read(path) == schedule.make(SEED, KILLS, POINTS) != schedule.make(SEED + 1, KILLS, POINTS)


@flow.test
def judge_finds_each_kind_of_harm():
    journal, events = campaign.journal, campaign.site.events()
    key = next(iter(journal.accepted))
    victim = next(i for i, event in enumerate(events) if (event["terminal"], event["epoch"], event["seq"]) == key)

    def spoil(harm):
        spoiled = copy.deepcopy(events)
        harm(spoiled)
        return " ".join(judge(journal, spoiled))

    assert judge(journal, events) == []
    assert "lost" in spoil(lambda all: all.pop(victim))
    assert "stored twice" in spoil(lambda all: all.append(dict(all[victim])))
    assert "changed" in spoil(lambda all: all[victim].update(member="somebody-else"))
    assert "never said" in spoil(lambda all: all.append(dict(all[victim], seq=10**6)))
    assert "gap" in spoil(lambda all: all.append(dict(all[victim], seq=10**6)))


if LIE:
    @flow.test
    def collector_that_sends_receipts_before_it_commits_is_found_out():
        liar = Campaign(schedule.make(SEED, 12, POINTS, faults=("stop", "weather", "strike")), preload=LIE)
        liar.run()
        wrong = liar.verdict(liar.settle())
        lost = [line for line in wrong if line.startswith("lost")]
        print(f"# {len(lost)} of {len(liar.journal.accepted)} scans that printed OK are lost")
        assert lost, "receipts before the commit went unnoticed: this proves nothing"


if __name__ == "__main__":
    flow.main()
