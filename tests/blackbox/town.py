"""A site of the test's own making, with the real programs around Debian's mosquitto, and terminals and a collector
that are sockets in the test's hands."""

import atexit
import csv
import datetime
import io
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow
import mqtt
import wire

STUDYDAY, TERMINAL = flow.STUDYDAY, flow.TERMINAL
ZONE = datetime.timezone(datetime.timedelta(hours=8))
TODAY = datetime.datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def day(offset=0):
    return (TODAY + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")


def clock(hour, minute=0, second=0, offset=0):
    """RFC 3339 of a time of day, `offset` days from today, at the site."""
    return (TODAY + datetime.timedelta(days=offset, hours=hour, minutes=minute, seconds=second)).isoformat()


class Result:
    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(argv, text=True, **options):
    return Result(subprocess.run([str(a) for a in argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=text,
                                 timeout=flow.PATIENCE, preexec_fn=flow.die_with_parent,
                                 **({"stdin": subprocess.DEVNULL} | options if "input" not in options else options)))


def folder():
    path = tempfile.mkdtemp(prefix="studyday-blackbox-")

    def remove():
        if flow.failed:
            print(f"# kept for looking at: {path}")
        else:
            shutil.rmtree(path, ignore_errors=True)
    atexit.register(remove)
    return path


class Broker(flow.Broker):
    """mosquitto with the shortest configuration there is."""

    def __init__(self, path):
        port = flow.free_port()
        config = os.path.join(path, "mosquitto.conf")
        with open(config, "w", encoding="utf-8") as file:
            # Of the same user: changing to another would take away the signal that ends it with the test.
            file.write(f"listener {port} 127.0.0.1\nallow_anonymous true\nuser {pwd.getpwuid(os.getuid()).pw_name}\n")
        super().__init__(config, port, os.path.join(path, "mosquitto.log"))

    def client(self, **options):
        return mqtt.Client(self.port, **options)


class Site:
    """`studyday init` and what a test imports; broker and collector run when start() is called."""

    def __init__(self, settings=()):
        self.path = folder()
        self.config = os.path.join(self.path, "site", "studyday.conf")
        self.files = 0
        made = run([STUDYDAY, "init", os.path.join(self.path, "site")])
        assert made.code == 0, made.err
        self.broker = Broker(self.path)
        self.set(("port = 1883", f"port = {self.broker.port}"), *settings)
        self.collector = flow.Collector(self.config, os.path.join(self.path, "collector.log"))
        atexit.register(self.stop)

    def set(self, *changes):
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text)

    def studyday(self, *arguments, code=0):
        result = run([STUDYDAY, "--config", self.config, *arguments])
        assert code is None or result.code == code, f"{arguments}: exit {result.code}\n{result.out}\n{result.err}"
        return result

    def file(self, content, name=None):
        self.files += 1
        path = os.path.join(self.path, name or f"{self.files}.csv")
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, kind, rows, *options, code=0):
        """Imports a header line and rows: a list of tuples, or the text itself."""
        if not isinstance(rows, (str, bytes)):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            rows = text.getvalue()
        return self.studyday("import", kind, self.file(rows), *options, code=code)

    def start(self):
        self.broker.start()
        self.collector.start()
        return self

    def restart(self, how=signal.SIGTERM):
        code = self.collector.end(how)
        self.collector.start()
        return code

    def stop(self):
        for daemon in (self.collector, self.broker):
            if daemon.process and daemon.process.poll() is None:
                daemon.end(signal.SIGTERM)

    def events(self, *arguments):
        return self.studyday("events", *arguments).lines()

    def quarantine(self):
        return self.studyday("quarantine", "list", "--format", "jsonl").lines()

    def status(self):
        return self.studyday("status", "--format", "json").json()

    def counters(self):
        return self.status()["counters"]

    def record(self, member, session):
        rows = [s for s in self.studyday("record", member, "--format", "json").json()["sessions"]
                if s["session"] == session]
        return rows[0] if rows else None

    def enroll(self, terminal):
        path = os.path.join(self.path, terminal + ".key")
        self.studyday("terminal", "enroll", terminal, "--key-file", path)
        with open(path, encoding="utf-8") as file:
            return bytes.fromhex(file.read().strip())

    def terminal(self, name, **options):
        return Terminal(self.broker, name, **options)


def small_site(settings=()):
    """Two areas, three points, four terminals, five members, and a study day that is today."""
    site = Site(settings)
    site.load("orgs", [("org", "parent", "area", "level", "name"), ("C", "", "aa", "city", "City"),
                       ("A", "C", "aa", "county", "County A"), ("A-1", "A", "aa", "branch", "Branch A 1"),
                       ("A-2", "A", "aa", "branch", "Branch A 2"), ("B", "C", "bb", "county", "County B"),
                       ("B-1", "B", "bb", "branch", "Branch B 1")])
    site.load("points", [("point", "org", "name"), ("P-A1", "A-1", "Point A1"), ("P-A2", "A-2", "Point A2"),
                         ("P-B", "B", "Point B")])
    site.load("terminals", [("terminal", "area", "point"), ("a1", "aa", "P-A1"), ("a2", "aa", "P-A2"),
                            ("b1", "bb", "P-B"), ("a1-bis", "aa", "P-A1")])
    site.load("members", [("member", "name", "org", "from", "card"), ("0001", "王芳", "A-1", "2020-01-01", "CARD1"),
                          ("0002", "李强", "A-1", "2020-01-01", "CARD2"), ("0003", "张伟", "A-2", "2020-01-01", ""),
                          ("0004", "刘洋", "B-1", "2020-01-01", ""), ("0005", "陈静", "B-1", "2020-01-01", "")])
    site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes"),
                           ("DAY", "study-day", "Study day", day() + " 00:00", day() + " 02:00", "C", "120"),
                           ("LATER", "study-day", "Next", day(3) + " 09:00", day(3) + " 11:00", "C", "120")])
    return site


class Terminal:
    """A terminal as studyday-protocol(7) describes one, in the test's hands."""

    def __init__(self, broker, name, area="aa", key=None, version=4, epoch=None):
        self.name, self.area, self.key = name, area, key
        self.epoch = epoch or wire.ulid()
        self.events = []  # as sent, from 1 on
        self.ids = 0
        self.client = broker.client(version=version)
        self.client.subscribe(*(self.topic(leaf) for leaf in ("receipt", "plan", "answer")))

    def topic(self, leaf):
        return f"studyday/1/{self.area}/{self.name}/{leaf}"

    def put(self, leaf, value, **options):
        line = value if isinstance(value, (str, bytes)) else wire.dump(value)
        topic = self.topic(leaf)
        return self.client.publish(topic, wire.sign(self.key, topic, line), **options)

    def batch(self, events, first=None):
        return {"v": 1, "epoch": self.epoch, "first": first, "events": events}

    def read(self, message):
        return wire.opened(self.key, message.topic, message.payload)

    def wait(self, leaf, after, condition=lambda value: True, what=""):
        found = self.client.expect(
            lambda m: m.topic == self.topic(leaf) and condition(self.read(m)), what or leaf, after)
        return self.read(found)

    def send_raw(self, line, condition=lambda value: True, **options):
        """Sends a line of its own making and waits for a receipt."""
        mark = len(self.client.messages)
        self.put("event", line, **options)
        return self.wait("receipt", mark, lambda value: value["epoch"] == self.epoch and condition(value))

    def send(self, *events, first=None, **options):
        """Appends the events (or sends them at `first`), waits for the receipt of this batch and returns it."""
        if first is None:
            first = len(self.events) + 1
            self.events += events
        return self.send_raw(self.batch(list(events), first), **options)

    def hello(self, **more):
        mark = len(self.client.messages)
        self.put("hello", {"v": 1, "epoch": self.epoch, "next": len(self.events) + 1, "oldest": 1, **more})
        return self.wait("receipt", mark, lambda value: value["epoch"] == self.epoch)

    def ask(self, what, **more):
        mark = len(self.client.messages)
        self.ids += 1
        self.put("ask", {"v": 1, "id": str(self.ids), "ask": what, **more})
        return self.wait("answer", mark, lambda value: value["id"] == str(self.ids))

    def plan(self, after=0):
        """The newest plan of which all pages have come."""
        def complete():
            pages = [self.read(m) for m in self.client.messages[after:] if m.topic == self.topic("plan")]
            last = [p for p in pages if p["plan"] == pages[-1]["plan"]] if pages else []
            return last if last and {p["page"] for p in last} == set(range(1, last[0]["pages"] + 1)) else None
        self.client.wait(complete, "all pages of a plan")
        return complete()

    def chain(self, through=None):
        return wire.chain(self.name, self.epoch, self.events[:through])


def scan(member="0001", kind="in", session="DAY", at=None, **more):
    """An event; what is None is left out."""
    return {key: value for key, value in
            {"kind": kind, "session": session, "member": member, "at": at or clock(0, 1), **more}.items()
            if value is not None}


def same(is_, expected, what=""):
    assert is_ == expected, f"{what}\n  is:       {is_!r}\n  expected: {expected!r}"
