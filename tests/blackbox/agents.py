"""studyday-terminal as a collector sees it: a socket in the test's hands plays the collector (T1 to T7)."""

import os
import signal
import stat
import subprocess
import time

import town
from town import TERMINAL, flow, run, same, wire
from flow import test

base = town.folder()
broker = town.Broker(base)
broker.start()
RESEND_MIN, RESEND_MAX = 5, 15  # s: 10 s, with a jitter of 50 % (T4)
SLACK = 3  # s: what a busy machine may be late
AREA = "aa"


class Agent:
    """A terminal of its own name with `run` in a pipe."""
    count = 0

    def __init__(self, key=None):
        Collector.all_gone()
        Agent.count += 1
        self.name = f"t{Agent.count}"
        self.path = os.path.join(base, self.name)
        self.key = key
        more = ()
        if key:
            file = os.path.join(base, self.name + ".key")
            with open(file, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as out:
                out.write(key.hex() + "\n")
            more = ("--key-file", file)
        made = run([TERMINAL, "init", self.path, "--area", AREA, "--terminal", self.name, "--broker",
                    f"127.0.0.1:{broker.port}", *more])
        same(made.code, 0, made.err)
        self.process = None
        self.epoch = self.status()["epoch"]

    def command(self, *arguments):
        return run([TERMINAL, "--config", os.path.join(self.path, "terminal.conf"), *arguments])

    def start(self, *arguments):
        self.process = flow.spawn([TERMINAL, "--config", os.path.join(self.path, "terminal.conf"), "run", *arguments],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.replies = flow.Lines(self.process.stdout)
        return self

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(flow.PATIENCE)

    def scan(self, *lines):
        before = len(self.answers())
        self.process.stdin.write("".join(line + "\n" for line in lines).encode())
        self.replies.wait(lambda _: len(self.answers()) >= before + len(lines), "replies to the scans")
        return self.answers()[before:]

    def answers(self):
        return [line for line in self.replies.lines if line.startswith(("OK ", "REFUSED"))]

    def status(self):
        return self.command("status", "--format", "json").json()

    def topic(self, leaf):
        return f"studyday/1/{AREA}/{self.name}/{leaf}"


class Collector:
    """What the protocol lets a collector say, and any lie."""
    there = []

    def __init__(self, agent, name=None, areas=("*",)):
        Collector.there.append(self)
        self.agent, self.name = agent, name or f"fake-{agent.name}"
        self.boot, self.store, self.generation = wire.ulid(), wire.ulid(), 3
        self.areas = list(areas)
        self.client = broker.client()
        self.client.subscribe(*(agent.topic(leaf) for leaf in ("event", "hello", "state", "ask")))

    def up(self):
        self.say_state(True)
        return self

    def say_state(self, online):
        state = {"v": 1, "online": online}
        if online:
            state |= {"areas": self.areas, "boot": self.boot, "store": self.store, "generation": self.generation,
                      "at": "2026-11-05T01:00:00Z"}
        self.client.publish(f"studyday/1/collector/{self.name}", wire.dump(state), retain=True)

    @classmethod
    def all_gone(cls):
        """No retained state of an earlier test is left, whose boot would make an agent send again."""
        for collector in list(cls.there):
            collector.gone()

    def gone(self):
        Collector.there.remove(self)
        self.client.publish(f"studyday/1/collector/{self.name}", b"", retain=True)
        self.client.close()

    def read(self, leaf, after=0):
        """All of a leaf so far, MACs checked."""
        return [wire.opened(self.agent.key, m.topic, m.payload) for m in self.client.messages[after:]
                if m.topic == self.agent.topic(leaf)]

    def mark(self):
        return len(self.client.messages)

    def events(self, after=0):
        """seq: event, of every batch since."""
        found = {}
        for batch in self.read("event", after):
            found |= {batch["first"] + n: event for n, event in enumerate(batch["events"])}
        return found

    def wait_events(self, *seqs, after=0, seconds=30):
        self.client.wait(lambda: set(seqs) <= set(self.events(after)), f"events {seqs}", seconds)
        return self.events(after)

    def wait_hello(self, after=0, condition=lambda hello: True, seconds=30):
        self.client.wait(lambda: any(condition(h) for h in self.read("hello", after)), "hello", seconds)
        return next(h for h in self.read("hello", after) if condition(h))

    def receipt(self, through, key=None, **more):
        """A receipt; the chain is the right one of what came, unless it is given."""
        events = self.events()
        receipt = {"v": 1, "epoch": self.agent.epoch, "through": through,
                   "chain": wire.chain(self.agent.name, self.agent.epoch, [events[n] for n in range(1, through + 1)]),
                   "also": [], "refused": [], "store": self.store, "generation": self.generation,
                   "at": "2026-11-05T01:00:00Z", **more}
        topic = self.agent.topic("receipt")
        self.client.publish(topic, wire.sign(key or self.agent.key, topic, wire.dump(receipt)), qos=0)


def pair(**options):
    agent = Agent(**options)
    collector = Collector(agent).up()
    agent.start()
    collector.wait_hello()
    return agent, collector


def until_status(agent, **expected):
    flow.until(lambda: expected.items() <= agent.status().items(), f"status {expected}; is {agent.status()}", 20, 0.05)


def say(agent, *members):
    replies = agent.scan(*(f"in {member} DAY" for member in members))
    assert all(reply.startswith(f"OK {agent.epoch}:") for reply in replies), replies


def say_and_receive(agent, collector, seq):
    """Scans event `seq` and has it received: what was published before the receipt has arrived then."""
    say(agent, f"{seq:04}")
    collector.wait_events(seq)
    collector.receipt(seq)
    until_status(agent, through=seq)


@test
def on_connect_it_says_online_and_hello():
    agent, collector = pair()
    hello = collector.wait_hello()
    same((hello["v"], hello["epoch"], hello["next"], hello["oldest"]), (1, agent.epoch, 1, 1))
    same(collector.read("state")[0], {"v": 1, "online": True})
    message = collector.client.find(lambda m: m.topic.endswith("state"))
    same((message.retained, message.qos), (False, 1))
    extra = set(hello) - {"v", "epoch", "next", "oldest", "clock", "software", "plan", "at"}
    assert all(key.startswith("x-") for key in extra), extra


@test
def its_will_says_offline():
    agent, collector = pair()
    agent.end(signal.SIGKILL)
    collector.client.wait(lambda: {"v": 1, "online": False} in collector.read("state"), "Will")


@test
def a_scan_is_ok_with_its_number_and_sent_as_the_page_says():
    agent, collector = pair()
    replies = agent.scan("in 0001 DAY at=2026-11-05T08:58:12+08:00 by=card clock=rtc", "close DAY count=3",
                         "makeup card:CARD1 DAY minutes=30 x-note=abc")
    same(replies, [f"OK {agent.epoch}:{n}" for n in (1, 2, 3)])
    events = collector.wait_events(1, 2, 3)
    same(events[1], {"kind": "in", "session": "DAY", "member": "0001", "at": "2026-11-05T08:58:12+08:00", "by": "card",
                     "clock": "rtc"})
    same((events[2]["kind"], events[2]["count"], "member" in events[2]), ("close", 3, False))
    same((events[3]["card"], events[3]["minutes"], events[3]["x-note"]), ("CARD1", 30, "abc"))
    batch = collector.read("event")[0]
    same((batch["v"], batch["epoch"]), (1, agent.epoch))


@test
def a_receipt_with_the_right_chain_marks_events_as_received():
    agent, collector = pair()
    say(agent, "0001", "0002", "0003")
    collector.wait_events(1, 2, 3)
    same({k: agent.status()[k] for k in ("next", "through", "pending")}, {"next": 4, "through": 0, "pending": 3})
    collector.receipt(2)
    until_status(agent, through=2, pending=1, next=4)
    collector.receipt(3)
    until_status(agent, through=3, pending=0, oldest_pending_at=None)


@test
def status_has_the_keys_of_the_page():
    agent = Agent()
    assert {"epoch", "next", "through", "pending", "oldest_pending_at", "online", "chain", "alarms"} <= set(agent.status())
    same((agent.status()["online"], agent.status()["alarms"]), (False, []))
    same(agent.status()["chain"], wire.chain(agent.name, agent.epoch, []))


@test
def a_lower_through_is_obeyed():
    agent, collector = pair()
    say(agent, "0001", "0002", "0003")
    collector.wait_events(3)
    collector.receipt(3)
    until_status(agent, through=3)
    mark = collector.mark()
    collector.receipt(1)
    collector.wait_events(2, 3, after=mark)
    until_status(agent, through=1, pending=2)
    assert 1 not in collector.events(mark)


@test
def a_new_generation_is_filled_again():
    agent, collector = pair()
    say(agent, "0001", "0002")
    collector.wait_events(1, 2)
    collector.receipt(2)
    until_status(agent, through=2)
    mark = collector.mark()
    collector.generation += 1
    collector.receipt(0)
    collector.wait_events(1, 2, after=mark)
    collector.receipt(2)
    until_status(agent, through=2)


@test
def a_receipt_of_an_older_generation_is_ignored():
    agent, collector = pair()
    say(agent, "0001", "0002")
    collector.wait_events(1, 2)
    collector.receipt(2)
    until_status(agent, through=2)
    collector.receipt(0, generation=collector.generation - 1)
    collector.receipt(2)
    say(agent, "0003")
    collector.wait_events(3)
    same(agent.status()["through"], 2)


@test
def a_wrong_chain_is_an_alarm_and_forgets_nothing():
    agent, collector = pair()
    say(agent, "0001", "0002")
    collector.wait_events(1, 2)
    collector.receipt(2, chain="ab" * 32)
    flow.until(lambda: agent.status()["alarms"], "alarm", 20)
    same((agent.status()["through"], agent.status()["pending"]), (0, 2))
    say(agent, "0003")  # it goes on
    collector.wait_events(3)
    agent.end()
    mark = collector.mark()
    agent.start()
    same(collector.wait_hello(mark, lambda hello: "x-chain-error" in hello)["x-chain-error"], 2)
    collector.wait_events(1, 2, 3, after=mark)


@test
def a_receipt_with_a_bad_or_missing_mac_is_ignored():
    agent, collector = pair(key=bytes(range(32)))
    say(agent, "0001", "0002")
    collector.wait_events(1, 2)
    collector.receipt(2, key=bytes(32))
    topic = agent.topic("receipt")
    good = {"v": 1, "epoch": agent.epoch, "through": 2, "also": [], "refused": [], "store": collector.store,
            "generation": 3, "at": "2026-11-05T01:00:00Z",
            "chain": wire.chain(agent.name, agent.epoch, [collector.events()[1], collector.events()[2]])}
    collector.client.publish(topic, wire.dump(good), qos=0)
    collector.client.publish(topic, wire.sign(agent.key, agent.topic("plan"), wire.dump(good)), qos=0)
    say(agent, "0003")
    collector.wait_events(3)
    same(agent.status()["through"], 0)
    collector.receipt(2)
    until_status(agent, through=2)


@test
def a_receipt_of_another_epoch_or_that_is_garbage_is_ignored():
    agent, collector = pair()
    say(agent, "0001")
    collector.wait_events(1)
    collector.receipt(1, epoch=wire.ulid())
    for garbage in (b"", b"{}", b"[]", b"null", b"\xff", b'{"v":2}', b"x" * 100000):
        collector.client.publish(agent.topic("receipt"), garbage, qos=0)
        collector.client.publish(agent.topic("plan"), garbage)
        collector.client.publish(agent.topic("answer"), garbage)
    say(agent, "0002")
    collector.wait_events(2)
    same(agent.status()["through"], 0)
    collector.receipt(2)
    until_status(agent, through=2)


@test
def also_is_left_out_when_a_new_boot_makes_it_send_again():
    agent, collector = pair()
    say(agent, "0001", "0002", "0003", "0004")
    collector.wait_events(1, 2, 3, 4)
    collector.receipt(0, also=[[2, 3]])
    collector.receipt(0, also=[[2, 3]])
    say(agent, "0005")
    collector.wait_events(5)
    mark = collector.mark()
    collector.boot = wire.ulid()
    collector.say_state(True)
    collector.wait_events(1, 4, 5, after=mark, seconds=4)
    same(sorted(collector.events(mark)), [1, 4, 5])


@test
def refused_events_are_shown_as_an_alarm_and_are_received():
    agent, collector = pair()
    say(agent, "0001")
    collector.wait_events(1)
    collector.receipt(1, refused=[[1, "bad-something-new"]])
    until_status(agent, through=1)
    flow.until(lambda: "refused" in str(agent.status()["alarms"]), "alarm", 20)


@test
def batches_have_at_most_256_events_and_48_kib_and_no_more_is_in_flight():
    agent = Agent()
    agent.start()
    agent.scan(*(f"in {n:05} DAY x-pad={'p' * 500}" for n in range(600)))
    collector = Collector(agent).up()
    collector.wait_events(*range(1, 257))
    same(agent.scan("in 0001 DAY"), [f"OK {agent.epoch}:601"])
    for message in collector.client.messages:
        assert len(message.payload) <= wire.MAX_LINE, len(message.payload)
    for batch in collector.read("event"):
        assert 0 < len(batch["events"]) <= 256
    same(max(collector.events()), 256, "in flight")
    collector.receipt(256)
    collector.wait_events(*range(257, 513))
    same(max(collector.events()), 512, "in flight")
    collector.receipt(512)
    collector.wait_events(*range(513, 602))
    collector.receipt(601)
    until_status(agent, pending=0)


def settled_pair():
    """With one event that is received."""
    agent, collector = pair()
    say(agent, "0001")
    collector.wait_events(1)
    collector.receipt(1)
    until_status(agent, through=1)
    return agent, collector


@test
def nothing_is_sent_again_before_its_time_and_then_it_is():
    agent, collector = settled_pair()
    say(agent, "0002")
    began = time.monotonic()
    collector.wait_events(2)
    mark = collector.mark()
    collector.wait_events(2, after=mark, seconds=RESEND_MAX + SLACK)
    waited = time.monotonic() - began
    assert RESEND_MIN <= waited, waited


@test
def a_hello_without_an_answer_is_repeated():
    agent, collector = pair()
    say(agent, "0001")
    collector.wait_events(1)  # behind the hellos of the connect
    mark = collector.mark()
    collector.wait_hello(mark, seconds=RESEND_MAX + SLACK)


@test
def a_collector_of_another_area_is_not_heeded():
    agent, collector = pair()
    say(agent, "0001")
    collector.wait_events(1)
    stranger = Collector(agent, "elsewhere", areas=["zz"])
    stranger.up()
    mark = collector.mark()
    stranger.boot = wire.ulid()
    stranger.say_state(True)
    say(agent, "0002")
    collector.wait_events(2, after=mark)
    same(sorted(collector.events(mark)), [2])
    stranger.gone()


@test
def scans_are_taken_without_a_line_and_from_another_shell():
    agent = Agent()
    result = agent.command("scan", "in", "0001", "DAY")
    same((result.code, result.out.strip()), (0, f"OK {agent.epoch}:1"))
    collector = Collector(agent).up()
    agent.start()
    collector.wait_events(1)
    same(agent.command("scan", "out", "0001", "DAY").out.strip(), f"OK {agent.epoch}:2")
    collector.wait_events(2, seconds=5)


@test
def what_breaks_the_rules_never_enters_the_outbox():
    agent, _ = pair()
    bad = ["dance 0001 DAY", "in", "in 00/01 DAY", "in 0001 DAY by=magic", "makeup 0001 DAY", "makeup 0001 DAY minutes=x",
           "check 0001 DAY found=2", "void DAY", "close DAY", "in 0001 DAY at=yesterday", "in 0001 DAY foreign=1",
           "in " + "1" * 65 + " DAY", "in 0001 DAY x-a=\x01", "in 王 DAY", "in 0001 DAY clock=gps",
           "in 0001 DAY x-a=" + "p" * 60000]
    replies = agent.scan(*bad)
    wrong = [line for line, reply in zip(bad, replies) if not reply.startswith("REFUSED ")]
    same(wrong, [])
    same(agent.status()["next"], 1)
    result = agent.command("scan", "dance", "0001")
    assert result.code != 0 and result.out.startswith("REFUSED "), result.out


@test
def everything_is_there_after_sigkill():
    agent, collector = pair()
    say(agent, "0001", "0002")
    agent.end(signal.SIGKILL)
    same({k: agent.status()[k] for k in ("next", "through", "pending", "epoch")},
         {"next": 3, "through": 0, "pending": 2, "epoch": agent.epoch})
    mark = collector.mark()
    agent.start()
    collector.wait_hello(mark, lambda hello: hello["next"] == 3)
    collector.wait_events(1, 2, after=mark)


@test
def a_plan_replaces_the_one_before_only_when_all_pages_have_come():
    agent, collector = pair()
    page = lambda n, pages, digest: {"v": 1, "plan": digest, "page": n, "pages": pages, "sessions": [
        {"session": "DAY", "title": "T", "starts": "2026-11-05T09:00:00+08:00", "ends": "2026-11-05T11:00:00+08:00",
         "kind": "study-day"}] if n == 1 else [], "members": [{"member": f"000{n}", "name": f"Name {n}", "cards": []}]}
    for n, pages, digest in ((1, 1, "first"), (2, 3, "second"), (1, 3, "second")):
        collector.client.publish(agent.topic("plan"), wire.dump(page(n, pages, digest)))
    say_and_receive(agent, collector, 1)  # on the same way as the pages, behind them
    agent.end()
    mark = collector.mark()
    agent.start()
    same(collector.wait_hello(mark, lambda hello: hello["plan"])["plan"], "first")
    for n in (3, 1, 2):
        collector.client.publish(agent.topic("plan"), wire.dump(page(n, 3, "second")))
    say_and_receive(agent, collector, 2)
    agent.end()
    mark = collector.mark()
    agent.start()
    same(collector.wait_hello(mark, lambda hello: hello["plan"])["plan"], "second")


@test
def run_ends_with_0_on_sigterm_and_when_all_is_received():
    agent, _ = pair()
    same(agent.end(), 0)
    agent = Agent()
    collector = Collector(agent).up()
    agent.start("--until-received")
    say(agent, "0001")
    agent.process.stdin.close()
    collector.wait_events(1)
    same(agent.process.poll(), None)
    collector.receipt(1)
    same(agent.process.wait(20), 0)


@test
def init_makes_a_new_epoch_and_touches_nothing_that_is_there():
    one, two = Agent(), Agent()
    assert one.epoch != two.epoch
    again = run([TERMINAL, "init", one.path, "--area", AREA, "--terminal", "other", "--broker", "127.0.0.1:1883"])
    same((again.code, one.status()["epoch"]), (73, one.epoch))
    same(stat.S_IMODE(os.stat(os.path.join(one.path, "outbox.db")).st_mode) & 0o077, 0)


@test
def init_refuses_bad_names_and_exposed_keys():
    exposed = os.path.join(base, "exposed.key")
    with open(exposed, "w", encoding="ascii") as file:
        file.write("00" * 32 + "\n")
    os.chmod(exposed, 0o644)
    init = lambda area, name, *more: run([TERMINAL, "init", os.path.join(base, "never"), "--area", area, "--terminal", name,
                                          "--broker", "127.0.0.1:1883", *more]).code
    for area, name in (("AA", "t"), ("collector", "t"), ("aa", "T"), ("aa", "-t"), ("aa", ""), ("a" * 33, "t"), ("aa", "t/x")):
        assert init(area, name) in (64, 65, 78), (area, name)
    assert init("aa", "t", "--key-file", exposed) in (65, 77, 78)
    assert not os.path.exists(os.path.join(base, "never", "terminal.conf"))


@test
def two_runs_on_one_outbox_are_refused():
    agent, _ = pair()
    same(agent.command("run").code, 75)


try:
    flow.main()
finally:
    broker.end(signal.SIGTERM)
