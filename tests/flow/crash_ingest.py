"""Every crash point of ingest: each call by which the collector changes a file, from its start over two batches, a bad message
and an event of nobody to its end, is the last one of the process (SIGKILL) or fails once (EIO, ENOSPC), by strace's fault
injection. Calls are counted file by file in a clean run, so that a turn more or less of the loop moves no number.

After each: whatever a receipt said is in the database that the crash left, before anybody sends again; then the collector
is started again, the terminal sends again, and all is there once; verify and recompute --diff find nothing.

And each sync fails once while everything is traced: between a sync of the WAL that failed and the next receipt there is one
that did not. The control checks that this is looked for: a trace with a receipt in between is found.

  STEP=1 SEED=0      take each call; STEP=20 takes every 20th, from a place that SEED moves (the short run of ./check)
"""

import collections
import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "blackbox"))
import town
from town import flow, run, same, scan
from flow import test

STEP, SEED = int(os.environ.get("STEP", "1")), int(os.environ.get("SEED", "0"))
CALLS = ("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "rename", "renameat2", "unlink")
SYNCS = ("fsync", "fdatasync")
FAULTS = {"SIGKILL": "signal=SIGKILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
FILE = re.compile(r"^(?:\d+ +)?(\w+)\((?:\d+<(/[^>]*)>|\"([^\"]*)\"|AT_FDCWD[^,]*, \"([^\"]*)\")")
SOON = 20  # seconds in which a collector that lives has found its disk well again and answered

site = town.small_site()
home = os.path.dirname(site.config)
first = os.path.join(site.path, "first")
shutil.copytree(home, first)
trace = os.path.join(site.path, "strace")


class Traced(flow.Collector):
    """The collector under strace, with a fault."""

    def __init__(self, *options):
        super().__init__(site.config, os.path.join(site.path, "traced.log"))
        self.options = options

    def start(self):
        self.process = flow.spawn(["strace", "-f", "-qq", "-y", "-o", trace, *self.options, flow.COLLECTOR, "--config", self.config],
                                  stderr=subprocess.PIPE)
        self.printed = flow.Lines(self.process.stderr, self.log)

    def ready(self):
        self.wait(lambda: "ready" in self.printed.lines)

    def lives(self):
        return self.process.poll() is None and not self.printed.ended

    def wait(self, condition):
        """Until it holds, or the collector has ended."""
        flow.until(lambda: condition() or not self.lives(), "an answer or an end", SOON)

    def finish(self, how=signal.SIGTERM):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            for child in file.read().split():
                os.kill(int(child), how)
        self.process.wait(flow.PATIENCE)
        self.printed.wait_end()


class Sender:
    """A terminal with two batches, which sends again, and remembers what it was told."""

    def __init__(self):
        self.terminal = site.terminal("a1")
        self.batches = [[scan("0001"), scan("0002")], [scan("0001", "out", at=town.clock(1, 50)), scan("nobody")]]
        self.terminal.events = sum(self.batches, [])

    def told(self):
        receipts = [self.terminal.read(m) for m in list(self.terminal.client.messages) if m.topic.endswith("/receipt")]
        return max([r["through"] for r in receipts if r["epoch"] == self.terminal.epoch], default=0)

    def send(self, number):
        self.terminal.put("event", self.terminal.batch(self.batches[number], 1 + 2 * number))

    def spoil(self):
        """A message that cannot be read, from another terminal; nobody answers it."""
        self.terminal.client.publish("studyday/1/aa/a2/event", b'{"v":1,"epoch":')

    def is_through(self, number):
        return lambda: self.told() >= 2 * (number + 1)


def fresh():
    shutil.rmtree(home)
    shutil.copytree(first, home)
    if site.broker.process:
        site.broker.end(signal.SIGKILL)  # with the session that it keeps for the collector
    site.broker.start()


def held(sender):
    return {e["seq"]: e["member"] for e in site.events() if e["epoch"] == sender.terminal.epoch}


def live(collector, sender):
    """From start to end; it may die at any moment."""
    collector.start()
    try:
        collector.ready()
        for number in range(len(sender.batches)):
            if collector.lives():
                sender.send(number)
                sender.spoil()
                collector.wait(sender.is_through(number))
        if collector.lives():
            collector.finish()
    finally:
        if collector.process.poll() is None and not collector.printed.ended:
            collector.finish(signal.SIGKILL)  # a test that fails leaves nothing running
    collector.process.wait(flow.PATIENCE)


def after(sender):
    """What does not hold, as texts."""
    wrong = []
    told, found = sender.told(), held(sender)
    expected = {seq: event["member"] for seq, event in enumerate(sender.terminal.events, 1)}
    if not set(range(1, told + 1)) <= set(found):
        wrong.append(f"receipt through {told}, and the database has {sorted(found)}")
    site.collector.start()
    for number in range(len(sender.batches)):
        sender.send(number)
    sender.spoil()
    flow.until(sender.is_through(len(sender.batches) - 1), "receipts after a new start", SOON)
    flow.until(lambda: {q["reason"] for q in site.quarantine()} == {"bad-json"}, "the bad message in quarantine", SOON)
    site.collector.end(signal.SIGTERM)
    if held(sender) != expected or len(site.events()) != len(expected):
        wrong.append(f"stored: {held(sender)}")
    for command in (["verify"], ["recompute", "--diff"]):
        result = run([town.STUDYDAY, "--config", site.config, *command])
        if result.code:
            wrong.append(f"{command[0]}: {result.code} {result.out} {result.err}")
    return wrong


def lines():
    with open(trace, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def points():
    """(call, path, number) of a clean run."""
    fresh()
    sender = Sender()
    live(Traced("-e", "trace=" + ",".join(CALLS)), sender)
    same(after(sender), [])
    numbers, found = collections.Counter(), []
    for match in filter(None, map(FILE.match, lines())):
        path = match[2] or match[3] or match[4]
        if path.startswith(home + "/"):
            numbers[match[1], path] += 1
            found.append((match[1], path, numbers[match[1], path]))
    return found


def strike(call, path, number, fault):
    fresh()
    sender = Sender()
    live(Traced("-P", path, "-e", "trace=" + call, "-e", f"inject={call}:{FAULTS[fault]}:when={number}"), sender)
    struck = [line for line in lines() if "(INJECTED)" in line or "killed by SIGKILL" in line]
    return after(sender), bool(struck)


def receipt_after_a_failed_sync(traced):
    """The first receipt that leaves while the last sync of the WAL failed."""
    failed = False
    for line in traced:
        if re.search(r"\bf(data)?sync\(\d+<[^>]*-wal>", line):
            failed = "(INJECTED)" in line or ") = 0" not in line
        elif failed and "sendto(" in line and "/receipt" in line:
            return line
    return None


@test
def each_crash_point_of_ingest_leaves_what_was_receipted_and_takes_the_rest_again():
    every = [(*point, fault) for point in points() for fault in FAULTS]
    failures, missed = [], 0
    chosen = every[SEED % STEP::STEP]
    for point in chosen:
        wrong, struck = strike(*point)
        missed += not struck
        if wrong:
            failures.append(f"{point[3]} at {point[0]} {point[2]} of {os.path.basename(point[1])}: " + "; ".join(wrong))
    print(f"# ingest: {len(chosen)} of {len(every)} points, {missed} did not come, {len(failures)} failures", flush=True)
    assert chosen and missed * 10 <= len(chosen) and not failures, "\n".join(failures)


@test
def failed_sync_is_followed_by_no_receipt_until_another_has_succeeded():
    options = ["-s", "100000", "-e", "trace=fsync,fdatasync,sendto"]
    fresh()
    sender = Sender()
    live(Traced(*options), sender)
    counts = collections.Counter(match[1] for match in map(FILE.match, lines()) if match and match[1] in SYNCS)
    every = [(call, number) for call in SYNCS for number in range(1, counts[call] + 1)]
    chosen = every[SEED % max(1, STEP // 8)::max(1, STEP // 8)]
    failures = []
    for call, number in chosen:
        fresh()
        sender = Sender()
        live(Traced(*options, "-e", f"inject={call}:error=EIO:when={number}"), sender)
        early = receipt_after_a_failed_sync(lines())
        wrong = after(sender) + ([f"after it: {early}"] if early else [])
        if wrong:
            failures.append(f"{call} {number}: " + "; ".join(wrong))
    print(f"# ingest: {len(chosen)} of {len(every)} syncs failed, {len(failures)} failures", flush=True)
    assert chosen and not failures, "\n".join(failures)


@test
def receipt_after_a_failed_sync_would_be_found():
    sync, receipt = "1 fdatasync(5</x/studyday.db-wal>) = ", '1 sendto(6<socket:[1]>, "..studyday/1/aa/a1/receipt..", 9) = 9'
    good, bad = sync + "0", sync + "-1 EIO (Input/output error) (INJECTED)"
    same([receipt_after_a_failed_sync(t) for t in ([good, receipt], [bad, good, receipt], [bad, receipt])], [None, None, receipt])


flow.main()
