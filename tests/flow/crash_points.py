"""Every crash point: each call that changes a file, of each command that does, is made to fail once (EIO, ENOSPC) or is the
last one of its process (SIGKILL), by strace's fault injection. The calls of one clean run are counted first.

And each allocation is made to fail once, by a library that is preloaded: the process may end, by SIGABRT, or by SIGSEGV
in a library that does not look (libconfuse is one).

After each: verify and recompute --diff find nothing, what was said to be done is done, what was not is there as a whole or
not at all, no half file bears a file's name, and a failed fsync is not followed by a success that rests on it.

  STEP=1 SEED=0      take each call; STEP=20 takes every 20th, from a place that SEED moves (the short run of ./check)
  ONLY=backup        one command
  NOMEM=nomem.so     the library; without it no allocation fails. There are thousands: MEMORY=N takes every Nth
"""

import collections
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "blackbox"))
import town
from town import STUDYDAY, TERMINAL, day, flow, run
from flow import test

STEP, SEED, ONLY = int(os.environ.get("STEP", "1")), int(os.environ.get("SEED", "0")), os.environ.get("ONLY", "")
NOMEM, MEMORY = os.environ.get("NOMEM", ""), int(os.environ.get("MEMORY", STEP * 10))
CALLS = ("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "rename", "renameat2", "unlink")
FAULTS = {"SIGKILL": "signal=SIGKILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
# A pipe or a socket is no disk; whoever reads them is gone when they fail.
DISK = re.compile(r"^(?:\d+ +)?(\w+)\((?:\d+<(/[^>]*)>|\"|AT_FDCWD)")
SYNCS = ("fsync", "fdatasync")
LAST_MONTH = (town.TODAY.replace(day=1) - town.datetime.timedelta(days=1)).strftime("%Y-%m")
ROWS = 40

base = town.folder()
place = os.path.join(base, "now")  # the copy that a run works on; the same path each time
config = os.path.join(place, "site", "studyday.conf")


def studyday(*arguments):
    return [STUDYDAY, "--config", config, *arguments]


def good(*arguments):
    result = run(arguments)
    assert result.code == 0, (arguments, result.code, result.out, result.err)
    return result.out


def prepare():
    """A site with a month behind it, a terminal, and a backup, made once; each run gets a copy of it."""
    site = town.Site()
    site.load("orgs", [("org", "parent", "area", "level", "name"), ("C", "", "aa", "city", "City"), ("A", "C", "aa", "branch", "A")])
    site.load("points", [("point", "org", "name"), ("P", "A", "Point")])
    site.load("terminals", [("terminal", "area", "point"), ("a1", "aa", "P")])
    site.load("members", [("member", "name", "org", "from", "card")] +
              [(f"{n:04}", f"Member {n}", "A", "2020-01-01", "") for n in range(ROWS)])
    site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes"),
                           ("OLD", "study-day", "Old", LAST_MONTH + "-05 09:00", LAST_MONTH + "-05 11:00", "C", "120")])
    site.load("attendance", [("batch", "session", "member", "kind", "at", "by", "why")] +
              [("B1", "OLD", f"{n:04}", "in", LAST_MONTH + "-05 09:00", "clerk", "roll") for n in range(0, ROWS, 2)])
    folder = os.path.join(base, "made")
    shutil.copytree(os.path.dirname(site.config), os.path.join(folder, "site"), ignore=lambda _, names: [n for n in names if "sock" in n])
    shutil.copytree(folder, place)
    with open(os.path.join(place, "more.csv"), "w", encoding="utf-8") as file:
        file.write("member,name,org,from\n" + "".join(f"N{n:03},New {n},A,{day()[:4]}-01-01\n" for n in range(ROWS)))
    good(*studyday("backup", os.path.join(place, "old.copy")))
    # What the backup lacks: so that a restored site can be told from the one before.
    good(*studyday("leave", "add", "OLD", "0001", "--why", "letter"))
    good(TERMINAL, "init", os.path.join(place, "agent"), "--area", "aa", "--terminal", "a1", "--broker", "127.0.0.1:1")
    good(*scan())
    os.rename(place, os.path.join(base, "first"))
    shutil.rmtree(folder)


def scan():
    return [TERMINAL, "--config", os.path.join(place, "agent", "terminal.conf"), "scan", "in", "0001", "OLD"]


def fresh():
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(os.path.join(base, "first"), place)


def listing():
    return sorted(os.path.relpath(os.path.join(folder, name), place) for folder, _, names in os.walk(place) for name in names)


class Operation:
    """What it runs, how to tell whether it is done (True, False, or a text that says what is half of it), what is to be
    done to the site before, and before it is tried again."""

    def __init__(self, name, argv, done, before=lambda: None, clear=lambda: None):
        self.name, self.argv, self.done, self.before, self.clear = name, argv, done, before, clear

    def fresh(self):
        fresh()
        self.before()


class Schema:
    """What the last migration made: the database with its version, and all that a database of the version before lacks."""

    def __init__(self):
        path = os.path.join(base, "older")
        self.path, self.newest = os.path.join(place, "site", "studyday.db"), self.version(os.path.join(base, "first", "site", "studyday.db"))
        for sync in range(1, 100):
            shutil.rmtree(path, ignore_errors=True)
            subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject=fdatasync:signal=SIGKILL:when={sync}",
                            STUDYDAY, "init", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self.version(os.path.join(path, "studyday.db")) == self.newest - 1:
                break
        older, newer = self.objects(os.path.join(path, "studyday.db")), self.objects(os.path.join(base, "first", "site", "studyday.db"))
        self.made = sorted(newer - older)
        assert older < newer and self.made, (older - newer, newer - older)
        shutil.rmtree(path)

    @staticmethod
    def ask(path, sql):
        with contextlib.closing(sqlite3.connect(path)) as database:
            return database.execute(sql).fetchall()

    def version(self, path):
        return self.ask(path, "PRAGMA user_version")[0][0]

    def objects(self, path):
        return set(self.ask(path, "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"))

    def put_back(self):
        """The site's database as a program before the last migration would have left it."""
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            for kind, name in sorted(self.made, key=lambda one: ("trigger", "index", "table").index(one[0])):
                database.execute(f"DROP {kind} {name}")
            database.execute(f"PRAGMA user_version={self.newest - 1}")

    def is_migrated(self):
        """And what the command then had to do is done, which cannot be asked of an old database."""
        version, made = self.version(self.path), set(self.made) & self.objects(self.path)
        if version == self.newest:
            return has_members() if made == set(self.made) else "half of a migration is there"
        return "half of a migration is there" if made or version != self.newest - 1 else False

    def is_old(self):
        return os.path.exists(self.path) and self.version(self.path) < self.newest


def has_site():
    return run([STUDYDAY, "--config", os.path.join(place, "new", "studyday.conf"), "verify"]).code == 0 and \
        os.path.exists(os.path.join(place, "new", "studyday.conf"))


def remove_what_init_left():
    """A site is never made over anything: what a kill left is named, and taken away by hand. A failure leaves nothing."""
    again = run([STUDYDAY, "init", os.path.join(place, "new")])
    assert again.code == 0 or (again.code == 73 and os.path.join(place, "new", "") in again.err), again.err
    shutil.rmtree(os.path.join(place, "new"))


def has_members():
    found = sum(run(studyday("record", f"N{n:03}")).code == 0 for n in (0, ROWS // 2, ROWS - 1))
    return {0: False, 3: True}.get(found, "half of the members are there")


def has_backup():
    copy = os.path.join(place, "new.copy")
    if not os.path.exists(copy):
        return False
    own = os.path.join(place, "copy")
    shutil.copytree(os.path.join(place, "site"), own)
    shutil.copy(copy, os.path.join(own, "studyday.db"))
    for end in ("-wal", "-shm"):
        if os.path.exists(os.path.join(own, "studyday.db" + end)):
            os.remove(os.path.join(own, "studyday.db" + end))
    result = run([STUDYDAY, "--config", os.path.join(own, "studyday.conf"), "verify"])
    shutil.rmtree(own)
    return True if result.code == 0 else "the copy is none: " + result.err + result.out


def is_restored():
    leaves = run(studyday("events", "--terminal", "office", "--member", "0001"))
    if leaves.code:
        return "no database to read: " + leaves.err
    return "leave" not in leaves.out


def has_report():
    path = os.path.join(place, "month.csv")
    if not os.path.exists(path):
        return False
    with open(path, "rb") as file:
        return True if file.read() == report else "half of the report"


def is_closed():
    return LAST_MONTH in good(*studyday("month", "list", "--format", "csv"))


def has_scan():
    status = json.loads(good(TERMINAL, "--config", os.path.join(place, "agent", "terminal.conf"), "status", "--format", "json"))
    return {2: False, 3: True}.get(status["next"], f"the outbox has come to {status['next']}")


OPERATIONS = [
    Operation("import", studyday("import", "members", os.path.join(place, "more.csv")), has_members),
    Operation("month close", studyday("month", "close", LAST_MONTH), is_closed),
    Operation("backup", studyday("backup", os.path.join(place, "new.copy")), has_backup),
    Operation("restore", studyday("restore", os.path.join(place, "old.copy"), "--force"), is_restored),
    Operation("report", studyday("report", "month", LAST_MONTH, "--format", "csv", "-o", os.path.join(place, "month.csv")), has_report),
    Operation("scan", scan(), has_scan),
    Operation("init", [STUDYDAY, "init", os.path.join(place, "new")], has_site, clear=remove_what_init_left),
    Operation("migration", studyday("import", "members", os.path.join(place, "more.csv")), lambda: schema.is_migrated(),
              before=lambda: schema.put_back()),
]


def traced(operation, inject=()):
    log = os.path.join(base, "strace")
    command = ["strace", "-f", "-qq", "-y", "-o", log, "-e", "trace=" + ",".join(CALLS), *inject, *operation.argv]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            timeout=flow.PATIENCE)
    with open(log, encoding="utf-8", errors="replace") as file:
        return result, file.read().splitlines()


def points(operation):
    """(call, its number, whether on a disk) for each call of a clean run."""
    operation.fresh()
    result, lines = traced(operation)
    assert result.returncode == 0, (operation.name, result.stderr)
    assert operation.done() is True, operation.name
    numbers, found = collections.Counter(), []
    for line in lines:
        match = DISK.match(line)
        call = match[1] if match else line.split("(")[0].split()[-1]
        numbers[call] += 1
        if match:
            found.append((call, numbers[call]))
    return found


def sound():
    wrong = []
    for command in (["verify"], ["recompute", "--diff"]):
        result = run(studyday(*command))
        if result.code:
            wrong.append(f"{command[0]}: {result.code} {result.out} {result.err}")
    return wrong


def starve(operation, number):
    """What does not hold after the allocation of this number failed, and how it ended."""
    operation.fresh()
    result = subprocess.run(operation.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "LD_PRELOAD": NOMEM, "NOMEM_AT": str(number)}, timeout=flow.PATIENCE)
    wrong = []
    if result.returncode < 0 and result.returncode not in (-signal.SIGABRT, -signal.SIGSEGV):
        wrong.append(f"ended by signal {-result.returncode}")
    return wrong + holds(operation, result), result.returncode


def holds(operation, result):
    done = operation.done()
    wrong = [] if done in (True, False) else [done]
    if (result.returncode == 0 or result.stdout.startswith("OK ")) and done is not True:
        wrong.append("said to be done, and is not")
    wrong += [] if schema.is_old() else sound()  # an old database is not read before it is brought up
    if not done:
        operation.clear()
    again = subprocess.run(operation.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not done and again.returncode:
        wrong.append(f"cannot be done now: {again.returncode} {again.stderr}")
    return wrong + ([] if done else sound())


def strike(operation, call, number, fault):
    """What does not hold after this fault, as texts."""
    operation.fresh()
    before = listing()
    result, lines = traced(operation, ["-e", f"inject={call}:{FAULTS[fault]}:when={number}"])
    struck = [line for line in lines if "(INJECTED)" in line or "killed by SIGKILL" in line]
    said = result.returncode == 0 or result.stdout.startswith("OK ")
    if not struck:
        return ["the fault did not come"]
    wrong = []
    left = [name for name in listing() if name not in before and re.search(r"\.tmp|\.new|~$", name)]
    if said and call in SYNCS and fault != "SIGKILL" and not may_fail(lines, struck[0]):
        wrong.append(f"a success after a sync that failed: {struck[0]}")
    if fault != "SIGKILL" and left and call != "unlink":  # what cannot be unlinked stays
        wrong.append(f"left behind: {left}")
    return wrong + holds(operation, result)


def may_fail(lines, struck):
    """Syncs that no success rests on. A checkpoint comes after the COMMIT and copies what the WAL has: that was synced, and
    stays when the checkpoint fails. And SQLite syncs the folder of a journal without heeding the result."""
    if re.search(r"fdatasync\(\d+<[^>]*/(now|site|agent|new)>\)", struck):
        return True
    if "-wal>" not in struck:
        return re.search(r"/(site|new)/studyday\.db>|/agent/outbox[^>]*>", struck) is not None
    unsynced = False
    for line in lines[:lines.index(struck)]:
        if "-wal>" in line:
            unsynced = not re.search(r"\bf(data)?sync\(", line)
    return not unsynced


def sweep(operation):
    every = [(call, number, fault) for call, number in points(operation) for fault in FAULTS]
    chosen = every[SEED % STEP::STEP]
    failures = []
    for call, number, fault in chosen:
        wrong = strike(operation, call, number, fault)
        if wrong:
            failures.append(f"{fault} at {call} {number}: " + "; ".join(wrong))
    print(f"# {operation.name}: {len(chosen)} of {len(every)} points, {len(failures)} failures", flush=True)
    assert chosen and not failures, "\n".join(failures)


def allocations(operation):
    operation.fresh()
    count = os.path.join(base, "count")
    run(operation.argv, env={**os.environ, "LD_PRELOAD": NOMEM, "NOMEM_COUNT": count})
    with open(count, encoding="ascii") as file:
        return int(file.read())


def famine(operation):
    count, failures, ends = allocations(operation), [], collections.Counter()
    chosen = range(1 + SEED % MEMORY, count + 1, MEMORY)
    for number in chosen:
        wrong, code = starve(operation, number)
        ends["done" if code == 0 else signal.Signals(-code).name if code < 0 else f"exit {code}"] += 1
        if wrong:
            failures.append(f"allocation {number}: " + "; ".join(wrong))
    print(f"# {operation.name}: {len(chosen)} of {count} allocations, {dict(ends)}, {len(failures)} failures", flush=True)
    assert chosen and not failures, "\n".join(failures)


def add(operation):
    def each_crash_point():
        sweep(operation)
    each_crash_point.__name__ = f"each_crash_point_of_{operation.name.replace(' ', '_')}_leaves_all_or_nothing"
    test(each_crash_point)

    def each_allocation():
        famine(operation)
    each_allocation.__name__ = f"each_allocation_of_{operation.name.replace(' ', '_')}_may_fail"
    if NOMEM:
        test(each_allocation)


prepare()
schema = Schema()
fresh()
good(*[o for o in OPERATIONS if o.name == "report"][0].argv)
with open(os.path.join(place, "month.csv"), "rb") as made:
    report = made.read()
for one in OPERATIONS:
    if ONLY in ("", one.name):
        add(one)
flow.main()
