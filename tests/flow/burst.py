"""Debian's mosquitto as it comes: a queue of 1,000 messages a client, the rest thrown away with success PUBACKs. A
burst of 20,000 events from 200 terminals, each event a message, while the collector is away, ends with nothing
lost; it only takes longer."""

import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

EVENTS, TERMINALS = 20000, 200
QUEUE = 1000  # max_queued_messages of an unmodified mosquitto 2.0


def unmodified(site):
    """/etc/mosquitto/mosquitto.conf of the package, but for a listener on a free port and where its files lie."""
    path = os.path.join(site.folder, "mosquitto.conf")
    with open(path, "w") as file:
        file.write(f"pid_file {site.folder}/mosquitto.pid\n"
                   "persistence true\n"
                   f"persistence_location {site.folder}/\n"
                   f"log_dest file {site.folder}/mosquitto.log\n"
                   + ("user root\n" if os.getuid() == 0 else "")  # our folder is private
                   + f"listener {site.port} 127.0.0.1\n"
                   "allow_anonymous true\n")
    return path


def count_heard(lines, wanted):
    """Waits until a subscriber that is not held up has heard so many events."""
    counted = 0

    def enough(said):
        nonlocal counted
        counted += sum(line.startswith('{"v":1,"epoch"') for line in said[enough.next:])
        enough.next = len(said)
        return counted >= wanted
    enough.next = 0
    lines.wait(enough, f"{wanted} messages with events")


@flow.test
def burst_beyond_the_brokers_queue_loses_nothing():
    site = flow.Site(members=4000, branches=400, points=TERMINALS, broker=unmodified)
    site.start()
    site.collector.end(signal.SIGKILL)  # from now on the broker queues for its session, and overflows
    heard, lines = flow.listen(site.port, "studyday/1/+/+/event", "-F", "%p")
    fleet = flow.spawn([flow.STUDYDAY, "--config", site.config, "simulate", "run", "--events", str(EVENTS),
                        "--batch", "1", "--timeout", str(2 * flow.PATIENCE), "--format", "json"],
                       stdout=subprocess.PIPE)
    count_heard(lines, EVENTS)
    heard.kill()
    site.collector.start()
    summary = json.loads(fleet.communicate(timeout=3 * flow.PATIENCE)[0])
    print(f"# {summary}")
    assert summary["terminals"] == TERMINALS and summary["events"] == EVENTS
    assert summary["received"] == EVENTS and summary["chain_errors"] == 0 and summary["refused"] == 0
    assert summary["again"] >= EVENTS - QUEUE - 20, "the broker threw nothing away: this proves nothing"
    keys = [(event["terminal"], event["epoch"], event["seq"]) for event in site.events()]
    assert len(keys) == EVENTS and len(set(keys)) == EVENTS
    site.check()


@flow.test
def lines_that_break_copies_and_latecomers_change_nothing():
    site = flow.Site()
    site.start()
    summary = json.loads(site.studyday("simulate", "run", "--batch", "10", "--lines-fail", "4", "--duplicates", "30",
                                       "--late", "20", "--format", "json"))
    print(f"# {summary}")
    assert summary["received"] == summary["events"] and summary["chain_errors"] == 0
    assert summary["lines_lost"] > 0 and summary["again"] > 0, "nothing went wrong: this proves nothing"
    keys = [(event["terminal"], event["seq"]) for event in site.events()]
    assert len(keys) == summary["events"] and len(set(keys)) == len(keys)
    counters = json.loads(site.studyday("status", "--format", "json"))["counters"]
    assert counters["received"] == sum(counters[key] for key in ("stored", "duplicate", "quarantined", "deferred"))
    assert counters["stored"] == summary["events"] and counters["duplicate"] > 0, counters
    site.check()


if __name__ == "__main__":
    flow.main()
