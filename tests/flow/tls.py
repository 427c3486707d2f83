"""TLS from end to end with the site's own authority: what fits counts, what does not is refused and says why."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow


def edit(path, *changes):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class TlsSite(flow.Site):
    def __init__(self):
        super().__init__(members=20, branches=2, points=2, broker=lambda site: site.prepare())

    def authority(self, name, hosts):
        folder = os.path.join(self.folder, name)
        self.studyday("broker", "ca", folder, "--name", hosts)
        return folder

    def prepare(self):
        folder = os.path.join(self.folder, "broker")
        self.tls = self.authority("tls", "127.0.0.1,localhost")
        edit(self.config, ('username = ""', 'username = "studyday-collector"'),
             ('password-file = ""', f'password-file = "{self.folder}/collector.password"'),
             ('ca-file = ""', f'ca-file = "{self.tls}/ca.crt"'), ('folder = ""', f'folder = "{folder}"'),
             ('pid-file = ""', f'pid-file = "{self.folder}/broker.pid"'))
        self.studyday("broker", "render", folder, "--user", pwd.getpwuid(os.getuid()).pw_name,
                      "--cert", self.tls + "/server.crt", "--key", self.tls + "/server.key")
        return os.path.join(folder, "mosquitto.conf")

    def serve(self, folder):
        """The broker again, with this folder's certificate."""
        if self.broker.process.poll() is None:
            self.broker.end(signal.SIGTERM)
        for name in ("server.crt", "server.key"):
            shutil.copy(os.path.join(folder, name), os.path.join(self.tls, name))
        self.broker.start()


site = TlsSite()
site.start()
session = site.sessions()[0]
members = [row["member"] for row in site.rows("members")]
good = os.path.join(site.folder, "good")
shutil.copytree(site.tls, good)
agent = flow.Agent.__new__(flow.Agent)
agent.name, agent.site = site.rows("terminals")[0]["terminal"], site
agent.folder = os.path.join(site.folder, "terminals", agent.name)


def scan(member):
    before = len(agent.replies.lines)
    agent.scan([f"in {member} {session}"])
    agent.replies.wait(lambda lines: len(lines) > before, "OK")


def received():
    flow.until(lambda: agent.status()["pending"] == 0, "received", pause=0.05)


def refused(folder, reason):
    """With this certificate neither the terminal nor the collector talks to the broker; they say why, and the terminal keeps
    what it has."""
    agent.kill()
    site.collector.end(signal.SIGTERM)
    site.serve(folder)
    site.collector.start(wait=False)
    agent.start()
    for printed in (agent.errors, site.collector.printed):
        printed.wait(lambda lines: any(reason in line for line in lines), reason)
    assert agent.status()["pending"] == 1
    assert "ready" not in site.collector.printed.lines


@flow.test
def terminal_and_collector_meet_over_tls_and_it_counts():
    bundle = os.path.join(site.folder, "bundle")
    site.studyday("terminal", "enroll", agent.name, "--bundle", bundle)
    flow.run([flow.TERMINAL, "init", agent.folder, "--bundle", bundle])
    agent.start()
    scan(members[0])
    received()
    assert [event["member"] for event in site.events()] == [members[0]]


@flow.test
def certificate_of_another_authority_is_refused():
    site.broker.end(signal.SIGTERM)
    scan(members[1])
    refused(site.authority("other", "127.0.0.1"), "certificate verify failed")


@flow.test
def certificate_of_another_host_is_refused():
    wrong = os.path.join(site.folder, "wrong")
    shutil.copytree(good, wrong)
    site.studyday("broker", "ca", wrong, "--name", "broker.example")
    refused(wrong, "host name verification failed")


@flow.test
def expired_certificate_is_refused():
    old = os.path.join(site.folder, "old")
    shutil.copytree(good, old)
    subprocess.run(f"cd '{old}' && openssl req -new -key server.key -subj /CN=127.0.0.1 -out request && "
                   "printf 'subjectAltName=IP:127.0.0.1' >names && openssl x509 -req -in request -CA ca.crt -CAkey ca.key "
                   "-days -1 -extfile names -out server.crt", shell=True, check=True, capture_output=True)
    refused(old, "certificate verify failed")


@flow.test
def broker_without_tls_is_told_nothing():
    """Who listens in the broker's place, in plain, gets a TLS greeting of both, and no credential."""
    agent.kill()
    site.collector.end(signal.SIGTERM)
    site.broker.end(signal.SIGTERM)
    with open(os.path.join(site.folder, "bundle"), encoding="utf-8") as file:
        secrets = [line.strip().split("=", 1)[1] for line in file if line.startswith(("credential=", "key="))]
    with open(os.path.join(site.folder, "collector.password"), encoding="utf-8") as file:
        secrets.append(file.read().strip())
    assert len(secrets) == 3, len(secrets)
    heard = []
    with socket.create_server(("127.0.0.1", site.port)) as listener:
        for start in (lambda: agent.start(), lambda: site.collector.start(wait=False)):
            start()
            line, _ = listener.accept()
            with line:
                heard.append(line.recv(65536))
                line.sendall(b"\x20\x02\x00\x00")  # CONNACK, as if that had been a CONNECT
                line.settimeout(flow.PATIENCE)
                while more := line.recv(65536):
                    heard[-1] += more
    for said in heard:
        assert said[:2] == b"\x16\x03", said[:20]
        assert not any(secret.encode() in said for secret in secrets)
    site.collector.end(signal.SIGTERM)
    site.broker.start()


@flow.test
def client_without_tls_is_not_heard_by_the_broker():
    plain = subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(site.port), "-t", "studyday/1/a/b/event", "-m", "x", "-q", "1"],
                           capture_output=True, timeout=flow.PATIENCE)
    assert plain.returncode != 0


@flow.test
def renewed_certificate_of_the_same_authority_is_taken_and_nothing_is_lost():
    agent.kill()
    if site.collector.process.poll() is None:
        site.collector.end(signal.SIGTERM)
    site.studyday("broker", "ca", good, "--name", "127.0.0.1")
    site.serve(good)
    site.collector.start()
    agent.start()
    received()
    assert {event["member"] for event in site.events()} == set(members[:2])
    agent.kill()


if __name__ == "__main__":
    flow.main()
