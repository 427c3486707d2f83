"""The database goes back to a backup, or is lost altogether: terminals fill it again (protocol T4)."""

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

KINDS = ("orgs", "points", "terminals", "members", "sessions")


class Fleet:
    """A small town whose terminals all run, and what they said OK to."""

    def __init__(self):
        self.site = flow.Site(members=120, branches=4, points=3)
        self.site.start()
        self.agents = self.site.agents()
        self.accepted = set()
        self.next_member = 0
        self.members = [row["member"] for row in self.site.rows("members")]
        for agent in self.agents:
            agent.start()

    def scan(self, count):
        """So many scans at each terminal; every one of them is OK."""
        session = self.site.sessions()[0]
        for agent in self.agents:
            before = len(agent.replies.lines)
            members = self.members[self.next_member:self.next_member + count]
            self.next_member += count
            agent.scan([f"in {member} {session}" for member in members])
            agent.replies.wait(lambda lines: len(lines) >= before + count, "OK of every scan")
            new = agent.replies.lines[before:]
            assert all(line.startswith("OK ") for line in new), new
            self.accepted.update((agent.name, *line.split()[1].split(":")) for line in new)

    def stored(self):
        return [(event["terminal"], event["epoch"], str(event["seq"])) for event in self.site.events()]

    def wait_received(self):
        """All that was accepted is stored, and the terminals know it."""
        flow.until(lambda: set(self.stored()) == self.accepted, "every accepted event is stored", pause=0.2)
        flow.until(lambda: all(agent.status()["pending"] == 0 for agent in self.agents),
                   "the terminals have their receipts", pause=0.2)

    def status(self):
        return json.loads(self.site.studyday("status", "--format", "json"))

    def check(self):
        stored = self.stored()
        assert len(stored) == len(set(stored)), "an event twice"
        assert set(stored) == self.accepted, set(stored) ^ self.accepted
        assert all(not agent.status()["alarms"] for agent in self.agents), [agent.status() for agent in self.agents]
        self.site.check()


@flow.test
def terminals_send_what_a_restored_backup_lacks():
    fleet = Fleet()
    site, backup = fleet.site, os.path.join(fleet.site.folder, "backup.db")
    fleet.scan(8)
    fleet.wait_received()
    kept = set(fleet.stored())
    site.studyday("backup", backup)  # while the collector runs
    site.studyday("backup", backup, code=73)
    before = fleet.status()
    fleet.scan(8)
    fleet.wait_received()
    site.studyday("restore", backup, code=73)  # there is a database
    site.studyday("restore", backup, "--force", code=75)  # and a collector
    assert site.collector.end(signal.SIGTERM) == 0
    site.studyday("restore", backup, "--force")
    assert set(fleet.stored()) == kept
    site.collector.start()
    fleet.wait_received()
    after = fleet.status()
    assert after["store"] == before["store"] and after["generation"] == before["generation"] + 1, after
    fleet.scan(4)  # life goes on
    fleet.wait_received()
    fleet.check()


@flow.test
def generation_is_above_every_one_that_terminals_have_seen():
    fleet = Fleet()
    site, backup = fleet.site, os.path.join(fleet.site.folder, "backup.db")
    fleet.scan(3)
    fleet.wait_received()
    site.studyday("backup", backup)
    for generation in (2, 3):  # the same backup twice, of generation 1
        fleet.scan(3)
        fleet.wait_received()
        assert site.collector.end(signal.SIGTERM) == 0
        site.studyday("restore", backup, "--force")
        site.collector.start()
        fleet.wait_received()
        assert fleet.status()["generation"] == generation
    fleet.check()


@flow.test
def terminals_fill_a_new_database_after_the_old_one_is_lost():
    fleet = Fleet()
    site = fleet.site
    fleet.scan(8)
    fleet.wait_received()
    assert site.collector.end(signal.SIGKILL) != 0
    fleet.scan(4)  # nobody is there to receive them
    folder = os.path.dirname(site.config)
    for name in os.listdir(folder):
        if name.startswith("studyday.db"):
            os.unlink(os.path.join(folder, name))
    fresh = os.path.join(site.folder, "fresh")
    flow.run([flow.STUDYDAY, "init", fresh])
    os.rename(os.path.join(fresh, "studyday.db"), os.path.join(folder, "studyday.db"))
    site.studyday("verify", code=1)  # nobody has said that this database is to be the one
    site.collector.start(wait=False)
    assert site.collector.process.wait(flow.PATIENCE) == 65
    site.studyday("restore", os.path.join(folder, "studyday.db"), "--force")
    site.studyday("verify")
    for kind in KINDS:
        site.studyday("import", kind, os.path.join(site.town, kind + ".csv"))
    site.collector.start()
    fleet.wait_received()
    fleet.check()


@flow.test
def restored_database_without_the_old_one_is_filled_again():
    fleet = Fleet()
    site, backup = fleet.site, os.path.join(fleet.site.folder, "backup.db")
    fleet.scan(4)
    fleet.wait_received()
    site.studyday("backup", backup)
    fleet.scan(4)
    fleet.wait_received()
    site.collector.end(signal.SIGKILL)
    os.unlink(os.path.join(os.path.dirname(site.config), "studyday.db"))  # its WAL is still there
    site.studyday("restore", backup)
    site.collector.start()
    fleet.wait_received()
    fleet.check()


@flow.test
def backup_while_the_collector_is_busy_is_whole():
    fleet = Fleet()
    site = fleet.site
    for number in range(3):
        fleet.scan(6)
        backup = os.path.join(site.folder, f"busy-{number}.db")
        site.studyday("backup", backup)
        assert os.stat(backup).st_mode & 0o777 == 0o600
        assert not any(name.startswith(f"busy-{number}.db.") for name in os.listdir(site.folder))
    fleet.wait_received()
    fleet.check()


LARGE = 200  # MiB, many times what is in memory between two looks of the copying
PROMPT = 2.0  # seconds for a receipt: on an idle machine it takes a hundredth of it


class Waits:
    """Scans one by one, and how long each waited for its receipt."""

    def __init__(self, fleet):
        self.agent, self.members = fleet.agents[0], itertools.cycle(fleet.members)
        self.session = fleet.site.sessions()[0]

    def one(self):
        before, start = self.agent.receipts(), time.monotonic()
        self.agent.scan([f"in {next(self.members)} {self.session}"])
        self.agent.errors.wait(lambda _: self.agent.receipts() > before, "a receipt")
        return time.monotonic() - start


@flow.test
def backup_of_a_large_file_holds_no_receipt_up():
    fleet = Fleet()
    site, backup = fleet.site, os.path.join(fleet.site.folder, "large.db")
    fleet.scan(1)
    fleet.wait_received()
    connection = sqlite3.connect(os.path.join(os.path.dirname(site.config), "studyday.db"))
    for _ in range(LARGE):  # what nobody could read, say
        with connection:
            connection.execute("INSERT INTO quarantine (received, topic, terminal, epoch, reason, path, state, payload)"
                               " VALUES (1, 't', '', '', 'format', '', 'discarded', randomblob(1048576))")
    connection.close()
    waits = Waits(fleet)
    before = [waits.one() for _ in range(10)]
    process = flow.spawn([flow.STUDYDAY, "--config", site.config, "backup", backup], stdout=subprocess.DEVNULL)
    meanwhile = []
    while process.poll() is None:
        meanwhile.append(waits.one())
    assert process.returncode == 0 and os.path.getsize(backup) > LARGE << 20
    print(f"# {len(meanwhile)} receipts while {os.path.getsize(backup) >> 20} MiB were copied and verified: the slowest took "
          f"{max(meanwhile) * 1000:.0f} ms; {max(before) * 1000:.0f} ms before")
    assert len(meanwhile) >= 3 and max(meanwhile) < PROMPT, meanwhile
    site.check()


if __name__ == "__main__":
    flow.main()
