"""A site that can be mistreated: its programs on small disks of their own, with clocks that can be set, behind the
fault proxy.

The disks are tmpfs in a mount namespace of this process, so that nothing of them outlives it; where that is not
allowed, or faketime is not installed, those faults are left out, and said to be.
"""

import ctypes
import errno
import glob
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

PROXY = os.environ["CHAOS_PROXY"]
IN_NAMESPACE = "CHAOS_NAMESPACE"
MS_REMOUNT = 32
DISK_SIZE = 48 << 20  # of a small campaign
DISK_PER_KILL = 40000  # bytes: what a kill's scans take, amply
PAGE = 4096
FILL_TRIES = 100  # each is lost to whoever writes at that moment
libc = ctypes.CDLL(None, use_errno=True)


def enter_namespace():
    """Starts this program again in a mount namespace of its own, as root or as a user who becomes root there."""
    if IN_NAMESPACE in os.environ:
        return
    for way in (["unshare", "-m"], ["unshare", "-Urm"]):
        trial = [*way, "mount", "-t", "tmpfs", "none", "/mnt"]
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            os.environ[IN_NAMESPACE] = "1"
            os.execvp(way[0], [*way, sys.executable, *sys.argv])


def find_faketime():
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    return found[0] if found else None


FAKETIME = find_faketime()


class Disk:
    """A small disk mounted over a folder, with what was in it."""

    def __init__(self, folder, size):
        self.folder, self.size, self.full = folder, size, False
        before = folder + ".before"
        os.rename(folder, before)
        os.mkdir(folder)
        self.mount(0, size)
        shutil.copytree(before, folder, dirs_exist_ok=True)
        shutil.rmtree(before)

    def mount(self, flags, size):
        if libc.mount(b"none", self.folder.encode(), b"tmpfs", flags, f"size={size},mode=0755".encode()) < 0:
            raise OSError(ctypes.get_errno(), f"mount of {self.folder}")

    def fill(self, left):
        """Room for `left` bytes more, and no other."""
        for _ in range(FILL_TRIES):
            state = os.statvfs(self.folder)
            used = (state.f_blocks - state.f_bfree) * state.f_frsize
            try:
                self.mount(MS_REMOUNT, used + left // PAGE * PAGE)
                break
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise  # else somebody has written more in between
        else:
            raise AssertionError(f"{self.folder} cannot be made full")
        self.full = True

    def free(self):
        self.mount(MS_REMOUNT, self.size)
        self.full = False

    def keep(self):
        """What is in it, beside it and for others to see, is gone with the namespace: a copy stays."""
        shutil.copytree(self.folder, self.folder + ".kept", ignore=lambda _, names: [n for n in names if ".sock" in n])


class Proxy:
    def __init__(self, port, seed, doors):
        self.process = flow.spawn([PROXY, str(port), str(seed), *doors], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, bufsize=1)
        self.ports = {}
        for _ in doors:
            name, port = self.process.stdout.readline().split()
            self.ports[name] = int(port)

    def say(self, command):
        self.process.stdin.write(command + "\n")
        return self.process.stdout.readline().rstrip("\n")

    def do(self, command):
        said = self.say(command)
        assert said == "ok", f"proxy: {command}: {said}"


class Log:
    """An agent's log: into a file, and receipts are counted as they pass."""

    def __init__(self, path):
        self.file = open(path, "ab")
        self.receipts = 0

    def write(self, line):
        self.receipts += b"agent receipt through=" in line
        self.file.write(line)

    def flush(self):
        self.file.flush()


class Terminal(flow.Agent):
    """An agent whose clock can be set while it runs, and that reports each reply to the journal."""

    def __init__(self, site, name, area, *key):
        self.name, self.site = name, site
        self.folder = os.path.join(site.folder, "terminals", name)
        self.log = Log(os.path.join(site.folder, name + ".log"))
        self.clock_file = os.path.join(site.folder, name + ".clock")
        self.process = self.replies = self.errors = None
        self.taken = 0  # replies that the journal has
        self.disk_was_full = False
        flow.run([flow.TERMINAL, "init", self.folder, "--area", area, "--terminal", name, "--broker",
                  f"127.0.0.1:{site.proxy.ports['terminals']}", *key])
        self.set_clock(0)

    def set_clock(self, seconds):
        with open(self.clock_file + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds:+d}\n")
        os.rename(self.clock_file + ".new", self.clock_file)

    def environment(self):
        faked = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": self.clock_file, "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
                 "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        return {**os.environ, **(faked if FAKETIME else {})}

    def start(self, *arguments):
        self.process = flow.spawn(self.command("--log-level", "debug", "run", *arguments), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, env=self.environment())
        self.replies = flow.Lines(self.process.stdout)
        self.errors = flow.Lines(self.process.stderr, self.log)
        self.taken = 0
        self.disk_was_full = self.site.disk_is_full("terminals")

    def is_running(self):
        return self.process.poll() is None

    def scan(self, count):
        lines = self.site.journal.lines(self.name, count, self.site.disk_is_full("terminals"))
        try:
            self.process.stdin.write("".join(line + "\n" for line in lines).encode())
        except BrokenPipeError:
            pass  # it has ended; the supervisor finds out why

    def take_replies(self):
        for line in self.replies.lines[self.taken:]:
            self.site.journal.reply(self.name, line)
            self.taken += 1

    def receipts(self):
        return self.log.receipts

    def bury(self):
        """After the process's end, however it came about."""
        self.process.stdin.close()
        self.replies.wait_end()
        self.errors.wait_end()
        self.take_replies()
        self.site.journal.died(self.name)
        self.process.stdout.close()
        self.process.stderr.close()
        for name in ("sem.faketime_sem_", "faketime_shm_"):  # libfaketime's own end would have done it
            try:
                os.unlink(f"/dev/shm/{name}{self.process.pid}")
            except FileNotFoundError:
                pass

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.bury()

    def finish(self):
        self.process.stdin.close()
        code = self.process.wait(flow.PATIENCE)
        self.bury()
        assert code == 0, f"terminal {self.name} ended with {code}"


class Collector(flow.Collector):
    def __init__(self, site, preload):
        super().__init__(site.config, os.path.join(site.folder, "collector.log"))
        self.site, self.preload = site, preload
        self.disk_was_full = False

    def start(self, wait=True):
        environment = {**os.environ, **({"LD_PRELOAD": self.preload} if self.preload else {})}
        self.process = flow.spawn([flow.COLLECTOR, "--config", self.config], stderr=subprocess.PIPE, env=environment)
        self.printed = flow.Lines(self.process.stderr, self.log)
        self.disk_was_full = self.site.disk_is_full("site")
        if wait:
            self.wait_ready()

    def is_running(self):
        return self.process.poll() is None


class Site(flow.Site):
    def __init__(self, seed, kills, points, preload=None):
        self.disks = {}
        super().__init__(members=40 * points, branches=points, points=points, seed=seed)
        self.proxy = Proxy(self.port, seed, ("terminals", "collector"))
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(text.replace(f"port = {self.port}", f"port = {self.proxy.ports['collector']}"))
        if IN_NAMESPACE in os.environ:
            self.disks = {name: Disk(os.path.join(self.folder, name), DISK_SIZE + DISK_PER_KILL * kills)
                          for name in ("site", "terminals")}
        self.collector = Collector(self, preload)
        self.journal = None

    def terminals(self):
        """Every other one is enrolled, with a key."""
        made = []
        for number, row in enumerate(self.rows("terminals")):
            path = os.path.join(self.folder, row["terminal"] + ".key")
            if number % 2:
                self.studyday("terminal", "enroll", row["terminal"], "--key-file", path)
            made.append(Terminal(self, row["terminal"], row["area"], *(("--key-file", path) if number % 2 else ())))
        return made

    def disk_is_full(self, name):
        return name in self.disks and self.disks[name].full

    def start_broker(self):
        """Without waiting until it listens: those who come too early come again."""
        self.broker.process = flow.spawn(["mosquitto", "-c", self.broker.config], stdout=self.broker.log,
                                         stderr=self.broker.log)

    def remove(self):
        for disk in self.disks.values():
            if flow.failed:
                disk.keep()
            libc.umount2(disk.folder.encode(), 2)
        super().remove()


def footprint(pid):
    """Resident memory in KiB and open descriptors."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE // 1024, len(os.listdir(f"/proc/{pid}/fd"))


def signal_of(what):
    return {"stop": signal.SIGSTOP, "go": signal.SIGCONT}[what]
