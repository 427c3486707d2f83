"""What the flow tests share: a private site with the real programs around a real broker, and TAP.

Everything lives in one folder under $TMPDIR, listens on free ports of the loopback, and dies with the test
(PR_SET_PDEATHSIG), however that ends. Nothing waits for a length of time where there is something to wait for: a
port that accepts, a line that is printed, a process that ends.
"""

import atexit
import ctypes
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

STUDYDAY = os.environ["STUDYDAY"]
COLLECTOR = os.environ["COLLECTOR"]
TERMINAL = os.environ["TERMINAL"]
PATIENCE = 120  # seconds until something that must happen is said not to; for loaded machines and sanitizers

os.environ["PATH"] += ":/usr/sbin:/sbin"
os.environ.setdefault("LC_ALL", "C.UTF-8")
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(argv, **options):
    """A process that dies with us. Only from the main thread: it is whose death counts."""
    return subprocess.Popen(argv, preexec_fn=die_with_parent, **options)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition, what, seconds=PATIENCE, pause=0.005):
    """Waits for what can only be looked at."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(pause)


class Lines:
    """The lines that a process prints, as they come."""

    def __init__(self, stream, log=None):
        self.lines = []
        self.ended = False
        self.changed = threading.Condition()
        self.log = log
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        for line in stream:
            if self.log:
                self.log.write(line)
                self.log.flush()
            with self.changed:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait(self, condition, what, seconds=PATIENCE):
        """Waits until condition(lines) is true; raises if the stream ends before, or it takes too long."""
        with self.changed:
            self.changed.wait_for(lambda: condition(self.lines) or self.ended, seconds)
            if not condition(self.lines):
                raise AssertionError(f"not printed: {what}; last: {self.lines[-3:]}")

    def wait_end(self):
        with self.changed:
            assert self.changed.wait_for(lambda: self.ended, PATIENCE)


class Broker:
    """Debian's mosquitto with a configuration file."""

    def __init__(self, config, port, log):
        self.config, self.port, self.log = config, port, open(log, "ab")
        self.process = None

    def accepts(self):
        assert self.process.poll() is None, f"mosquitto ended; see {self.log.name}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self):
        self.process = spawn(["mosquitto", "-c", self.config], stdout=self.log, stderr=self.log)
        until(self.accepts, "mosquitto accepts connections")

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(PATIENCE)


class Collector:
    def __init__(self, config, log):
        self.config, self.log = config, open(log, "ab")
        self.process = self.printed = None

    def start(self, wait=True):
        self.process = spawn([COLLECTOR, "--config", self.config], stderr=subprocess.PIPE)
        self.printed = Lines(self.process.stderr, self.log)
        if wait:
            self.wait_ready()

    def wait_ready(self):
        self.printed.wait(lambda lines: "ready" in lines, "ready of the collector")

    def end(self, how):
        """Ends it and returns its exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


class Agent:
    """studyday-terminal run, with a pipe to its standard input."""

    def __init__(self, site, name, area):
        self.name, self.site = name, site
        self.folder = os.path.join(site.folder, "terminals", name)
        self.log = None
        self.process = self.replies = self.errors = None
        run([TERMINAL, "init", self.folder, "--area", area, "--terminal", name,
             "--broker", f"127.0.0.1:{site.port}"])

    def command(self, *arguments):
        return [TERMINAL, "--config", os.path.join(self.folder, "terminal.conf"), *arguments]

    def start(self, *arguments):
        log = open(os.path.join(self.folder, "agent.log"), "ab")
        self.process = spawn(self.command("--log-level", "debug", "run", *arguments), stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        self.replies = Lines(self.process.stdout)
        self.errors = Lines(self.process.stderr, log)

    def scan(self, lines):
        self.process.stdin.write("".join(line + "\n" for line in lines).encode())

    def receipts(self):
        return sum("agent receipt through=" in line for line in self.errors.lines)

    def kill(self):
        """SIGKILL; then every reply that it still gave is in `replies`."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.replies.wait_end()

    def finish(self):
        """Ends when all that it was given has been received by the collector."""
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0, f"agent {self.name}"
        self.replies.wait_end()

    def status(self):
        return json.loads(run(self.command("status", "--format", "json")))


def run(argv, code=0, **options):
    """Runs to the end and returns standard output; another exit code is a failure."""
    result = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE,
                            preexec_fn=die_with_parent, **options)
    if result.returncode != code:
        raise AssertionError(f"{argv}: exit {result.returncode}\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}")
    return result.stdout


class Site:
    """A made-up town with its database, broker and collector, none of them started."""

    def __init__(self, members=600, branches=12, points=10, seed=1, broker=None, month=None):
        self.folder = tempfile.mkdtemp(prefix="studyday-flow-")
        atexit.register(self.remove)
        self.seed = seed
        self.port = free_port()
        self.config = os.path.join(self.folder, "site", "studyday.conf")
        self.town = os.path.join(self.folder, "town")
        os.mkdir(os.path.join(self.folder, "terminals"))
        run([STUDYDAY, "init", os.path.join(self.folder, "site")])
        with open(self.config) as file:
            text = file.read()
        with open(self.config, "w") as file:
            file.write(text.replace("port = 1883", f"port = {self.port}"))
        run([STUDYDAY, "simulate", "roster", "--out", self.town, "--seed", str(seed), "--members", str(members),
             "--branches", str(branches), "--points", str(points), *(("--month", month) if month else ())])
        for kind in ("orgs", "points", "terminals", "members", "sessions"):
            self.studyday("import", kind, os.path.join(self.town, kind + ".csv"))
        self.broker = Broker(broker(self) if broker else self.render(), self.port,
                             os.path.join(self.folder, "broker.log"))
        self.collector = Collector(self.config, os.path.join(self.folder, "collector.log"))

    def remove(self):
        for daemon in (self.broker, self.collector) if hasattr(self, "collector") else ():
            if daemon.process and daemon.process.poll() is None:
                daemon.end(signal.SIGTERM)
        if failed:
            print(f"# kept for looking at: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def render(self):
        folder = os.path.join(self.folder, "broker")
        self.studyday("broker", "render", folder, "--anonymous-loopback", "--user", pwd.getpwuid(os.getuid()).pw_name)
        return os.path.join(folder, "mosquitto.conf")

    def studyday(self, *arguments, code=0):
        return run([STUDYDAY, "--config", self.config, *arguments], code)

    def rows(self, kind):
        """The lines of a file of the town, as dictionaries."""
        with open(os.path.join(self.town, kind + ".csv"), encoding="utf-8") as file:
            names = file.readline().rstrip("\n").split(",")
            return [dict(zip(names, line.rstrip("\n").split(","))) for line in file]

    def sessions(self):
        return [row["session"] for row in self.rows("sessions")]

    def agents(self):
        return [Agent(self, row["terminal"], row["area"]) for row in self.rows("terminals")]

    def events(self, *arguments):
        return [json.loads(line) for line in self.studyday("events", *arguments).splitlines()]

    def start(self):
        self.broker.start()
        self.collector.start()

    def check(self):
        """What must hold after anything that happened."""
        self.studyday("verify")
        self.studyday("recompute", "--diff")


def listen(port, topic, *arguments):
    """mosquitto_sub at QoS 0, subscribed when this returns."""
    process = spawn(["stdbuf", "-oL", "mosquitto_sub", "-d", "-h", "127.0.0.1", "-p", str(port), "-t", topic, *arguments],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = Lines(process.stdout)
    lines.wait(lambda said: any(line.startswith("Subscribed") for line in said), "SUBACK")
    return process, lines


tests = []
failed = False


def test(function):
    """A test is a function; its name says what must hold."""
    tests.append(function)
    return function


def main():
    global failed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(f"1..{len(tests)}", flush=True)
    for number, function in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} - {function.__name__}", flush=True)
        except Exception:  # a test that fails must not keep the others from running
            failed = True
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} - {function.__name__}", flush=True)
    sys.exit(1 if failed else 0)
