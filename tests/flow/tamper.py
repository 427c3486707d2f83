"""Somebody changes the files of a site behind its back: verify tells the terminal, the events and the time."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

DATABASE, WAL = "studyday.db", "studyday.db-wal"


class Scene:
    """A site whose collector has stored scans, noted them apart, and was killed: the last of them lie in the WAL."""

    def __init__(self):
        self.site = flow.Site(members=60, branches=2, points=2)
        self.folder = os.path.dirname(self.site.config)
        self.old = os.path.join(self.site.folder, "old.db")
        self.site.start()
        self.agents = self.site.agents()
        for agent in self.agents:
            agent.start()
        self.members = [row["member"] for row in self.site.rows("members")]
        self.scan(0, 5)
        self.site.studyday("backup", self.old)
        self.scan(5, 12)
        self.heads = os.path.join(self.folder, "studyday.heads")
        # "… 12" is the head of each terminal after its twelfth scan.
        flow.until(lambda: self.noted(12) == len(self.agents), "the heads are noted")
        self.site.collector.end(signal.SIGKILL)
        for agent in self.agents:
            agent.kill()

    def noted(self, through):
        if not os.path.exists(self.heads):
            return 0
        with open(self.heads) as file:
            return sum(line.startswith("head ") and line.split()[1] != "0" and line.split()[2] == str(through)
                       for line in file)

    def scan(self, first, last):
        session = self.site.sessions()[0]
        for agent in self.agents:
            agent.scan([f"in {member} {session}" for member in self.members[first:last]])
        flow.until(lambda: all(agent.status()["through"] == last for agent in self.agents), "received", pause=0.05)

    def path(self, name):
        return os.path.join(self.folder, name)

    def expect(self, *said):
        found = self.site.studyday("verify", "--format", "csv", code=1)
        for words in said:
            assert words in found, f"not said: {words}\n{found}"

    def gone(self, first, last):
        for agent in self.agents:
            epoch = agent.status()["epoch"]
            self.expect(f"terminal {agent.name} epoch {epoch}: events {first} to {last} are gone, noted at 20")


def scene(change):
    """A test of one change to the files of a site that nobody else writes to."""
    def run():
        at = Scene()
        assert os.path.getsize(at.path(WAL)) > 20000, "the events lie in the WAL"
        change(at)
    run.__name__ = change.__name__
    return flow.test(run)


@scene
def nothing_is_found_in_what_a_kill_has_left(at):
    at.site.studyday("verify")
    at.site.collector.start()
    at.site.studyday("verify")


@scene
def a_deleted_wal_is_found(at):
    os.unlink(at.path(WAL))
    # Also that of the office, since nothing of the roster was written back yet.
    found = at.site.studyday("verify", "--format", "csv", code=1)
    assert "are gone, noted at" in found, found


@scene
def a_truncated_wal_is_found(at):
    os.truncate(at.path(WAL), os.path.getsize(at.path(WAL)) - 5000)  # a page or two: the last commit
    found = at.site.studyday("verify", "--format", "csv", code=1)
    assert " gone, noted at" in found, found


@scene
def the_wal_of_another_database_is_found(at):
    other = Scene()
    shutil.copy(other.path(WAL), at.path(WAL))
    ran = subprocess.run([flow.STUDYDAY, "--config", at.site.config, "verify"], capture_output=True, text=True)
    assert ran.returncode in (1, 65, 74), (ran.returncode, ran.stdout, ran.stderr)  # found, or not to be read at all


@scene
def an_older_copy_put_back_is_found_and_terminals_fill_it_again(at):
    os.unlink(at.path(WAL))
    shutil.copy(at.old, at.path(DATABASE))
    at.gone(6, 12)
    at.site.collector.start()
    assert any("database-older" in line for line in at.site.collector.printed.lines), at.site.collector.printed.lines
    for agent in at.agents:
        agent.start()
    flow.until(lambda: len(at.site.events()) == 12 * len(at.agents), "terminals have sent it again", pause=0.1)
    assert '"generation":2' in at.site.studyday("status", "--format", "json").replace(" ", "")
    at.site.check()


@scene
def an_older_copy_that_lacks_what_the_office_did_is_not_written_to(at):
    roll = os.path.join(at.site.folder, "more.csv")
    with open(roll, "w") as file:
        file.write("member,name,org,from\nX1,X,%s,2020-01-01\n" % at.site.rows("members")[0]["org"])
    at.site.studyday("import", "members", roll)
    shutil.copy(at.old, at.path(DATABASE))
    for name in (WAL, WAL.replace("wal", "shm")):
        if os.path.exists(at.path(name)):
            os.unlink(at.path(name))
    at.expect("audit,", " are gone, noted at 20")
    at.site.collector.start(wait=False)
    assert at.site.collector.process.wait(flow.PATIENCE) == 65
    at.site.studyday("import", "members", roll, code=65)
    at.site.studyday("restore", at.old, "--force")  # a person decides
    at.site.collector.start()
    at.site.check()


def change(sql):
    def run(at):
        connection = sqlite3.connect(at.path(DATABASE))
        connection.executescript(sql)
        connection.close()
    return run


STREAM = "(SELECT min(stream) FROM stream WHERE through = 12)"
PLACE = "place = (SELECT place FROM event_key WHERE key >> 31 & 16777215 = " + STREAM + " AND key & 2147483647 = %d)"


@scene
def events_changed_removed_added_and_swapped_are_found(at):
    whole = os.path.join(at.site.folder, "whole.db")
    at.site.studyday("verify")
    connection = sqlite3.connect(at.path(DATABASE))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(at.path(DATABASE), whole)
    for sql, said in (
            ("UPDATE event SET at = at + 60000000 WHERE " + PLACE % 7, "not all are those that came"),
            ("UPDATE event SET received = received WHERE " + PLACE % 7, None),  # the control
            ("DELETE FROM event WHERE " + PLACE % 7, ": event 7 is missing or unreadable (head at 12), after 20"),
            ("INSERT INTO event SELECT place + 1, form, session, member, point, at, received, body FROM event WHERE "
             + PLACE % 12, ": event 13 was put in behind the head at 12, after 20"),
            ("CREATE TEMP TABLE two AS SELECT * FROM event WHERE " + PLACE % 7 + " OR " + PLACE % 8 + ";"
             "UPDATE event SET member = (SELECT t.member FROM temp.two t WHERE t.place <> event.place)"
             " WHERE place IN (SELECT place FROM temp.two)", "not all are those that came"),
            ("UPDATE tally SET present = present + 1", "present should be -1"),
            ("UPDATE coverage SET events = events + 1", "coverage,")):
        shutil.copy(whole, at.path(DATABASE))
        change(sql)(at)
        if said:
            at.expect(said)
        else:
            at.site.studyday("verify")


if __name__ == "__main__":
    flow.main()
