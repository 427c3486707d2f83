"""Enrolment by bundles against a real broker: who is in the register gets in, who is revoked is out within the minute."""

import json
import os
import pwd
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

REVOKED_WITHIN = 60  # seconds: what SECURITY.md promises


class Enrolled(flow.Agent):
    """A terminal that was made from its bundle."""

    def __init__(self, site, name):
        self.name, self.site = name, site
        self.folder = os.path.join(site.folder, "terminals", name)
        self.bundle = os.path.join(site.folder, name + ".bundle")
        self.process = self.replies = self.errors = None
        site.studyday("terminal", "enroll", name, "--bundle", self.bundle)
        flow.run([flow.TERMINAL, "init", self.folder, "--bundle", self.bundle])


class TrustSite(flow.Site):
    """Users, passwords, and a broker that is told of changes."""

    def __init__(self):
        super().__init__(members=20, branches=2, points=2, broker=lambda site: site.prepare())

    def prepare(self):
        folder = os.path.join(self.folder, "broker")
        with open(self.config) as file:
            text = file.read()
        for before, after in (('username = ""', 'username = "studyday-collector"'),
                              ('password-file = ""', f'password-file = "{self.folder}/collector.password"'),
                              ('folder = ""', f'folder = "{folder}"'),
                              ('pid-file = ""', f'pid-file = "{self.folder}/broker.pid"')):
            assert before in text, before
            text = text.replace(before, after, 1)
        with open(self.config, "w") as file:
            file.write(text)
        self.studyday("broker", "render", folder, "--user", pwd.getpwuid(os.getuid()).pw_name)
        return os.path.join(folder, "mosquitto.conf")

    def quarantined(self):
        entries = map(json.loads, self.studyday("quarantine", "list", "--format", "jsonl").splitlines())
        return [(entry["terminal"], entry["reason"]) for entry in sorted(entries, key=lambda entry: entry["id"])]

    def passwords(self):
        with open(os.path.join(self.folder, "broker", "passwords")) as file:
            return [line.split(":")[0] for line in file]


site = TrustSite()
site.start()
names = [row["terminal"] for row in site.rows("terminals")]
session = site.sessions()[0]
members = [row["member"] for row in site.rows("members")]
one, other = Enrolled(site, names[0]), Enrolled(site, names[1])


def scan(agent, member):
    before = len(agent.replies.lines)
    agent.scan([f"in {member} {session}"])
    agent.replies.wait(lambda lines: len(lines) > before, "OK")


def received(agent):
    flow.until(lambda: agent.status()["pending"] == 0, "received", pause=0.05)


@flow.test
def bundle_is_its_owners_alone_and_no_credential_stays_on_the_server():
    assert stat.S_IMODE(os.stat(one.bundle).st_mode) == 0o600
    with open(one.bundle, encoding="utf-8") as file:
        credential = [line for line in file if line.startswith("credential=")][0].strip().split("=")[1]
    assert len(credential) * 4 >= 128
    for folder, _, files in os.walk(site.folder):
        for name in files:
            path = os.path.join(folder, name)
            if folder.startswith(one.folder) or path == one.bundle or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                assert credential.encode() not in file.read(), path


@flow.test
def terminal_made_from_a_bundle_counts():
    for agent, member in ((one, members[0]), (other, members[1])):
        agent.start()
        scan(agent, member)
        received(agent)
    assert {event["member"] for event in site.events()} == set(members[:2])


@flow.test
def stolen_credential_speaks_for_no_other_and_without_the_key_for_nobody():
    """Whoever has read the credential, and not the key, gets in, and into the quarantine; under another's topic not even that."""
    with open(other.bundle, encoding="utf-8") as file:
        bundle = dict(line.strip().split("=", 1) for line in file if "=" in line)
    area = site.rows("terminals")[1]["area"]
    batch = json.dumps({"v": 1, "epoch": "01JD3Z6Y8Q4N7W2K9T5B0C1D2E", "first": 1, "events": [
        {"kind": "in", "session": session, "member": members[9], "at": "2026-11-05T08:58:12+08:00"}]}, separators=(",", ":"))
    heard = site.quarantined()
    for name, tail in ((other.name, ""), (other.name, "\n" + "0" * 64), (one.name, "")):
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(site.port), "-u", other.name, "-P", bundle["credential"],
                        "-i", "thief", "-q", "1", "-t", f"studyday/1/{area}/{name}/event", "-m", batch + tail],
                       capture_output=True, timeout=flow.PATIENCE)
    flow.until(lambda: len(site.quarantined()) >= len(heard) + 2, "both in quarantine", pause=0.05)
    scan(other, members[5])  # the broker keeps the order: when this has come, nothing else is on its way
    received(other)
    assert site.quarantined()[len(heard):] == [(other.name, "bad-mac")] * 2, site.quarantined()
    assert members[9] not in {event["member"] for event in site.events()}


@flow.test
def rotated_terminal_goes_on_with_its_new_bundle_and_the_old_key_is_dropped():
    bundle = os.path.join(site.folder, "rotated.bundle")
    site.studyday("terminal", "rotate", one.name, "--bundle", bundle)
    assert '"state":"rotating"' in site.studyday("terminal", "list", "--format", "jsonl")
    scan(one, members[2])  # it is not lost, it waits
    one.kill()
    flow.run([flow.TERMINAL, "init", one.folder, "--bundle", bundle])
    one.start()
    received(one)
    assert members[2] in {event["member"] for event in site.events()}
    assert "rotating" not in site.studyday("terminal", "list", "--format", "jsonl")
    assert "terminal-old-key" in site.studyday("audit", "list", "--format", "jsonl")


@flow.test
def revoked_terminal_is_cut_off_while_it_is_connected_and_the_other_is_not():
    begin = time.monotonic()
    site.studyday("terminal", "revoke", one.name, "--why", "lost")
    assert one.name not in site.passwords() and other.name in site.passwords()
    one.errors.wait(lambda lines: any("not-authorized" in line or "not authori" in line.lower() or "0x87" in line
                                      or "disconnected" in line for line in lines), "the line is cut")
    assert time.monotonic() - begin < REVOKED_WITHIN
    scan(one, members[3])
    scan(other, members[4])
    received(other)
    assert members[3] not in {event["member"] for event in site.events()}
    assert one.status()["pending"] == 1
    one.kill()


@flow.test
def revoked_terminal_that_is_enrolled_again_delivers_what_it_kept():
    os.unlink(one.bundle)
    site.studyday("terminal", "enroll", one.name, "--bundle", one.bundle)
    flow.run([flow.TERMINAL, "init", one.folder, "--bundle", one.bundle])
    one.start()
    received(one)
    assert members[3] in {event["member"] for event in site.events()}
    one.kill()
    other.kill()
    site.check()


if __name__ == "__main__":
    flow.main()
