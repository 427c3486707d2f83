"""A terminal that comes back after its month was closed: what it brings waits as pending changes, becomes a revision, and
each figure of it can be explained down to the events. What was closed prints the same bytes, whatever is changed
afterwards."""

import datetime
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow
import recount

KINDS = ("orgs", "points", "terminals", "members", "sessions")
FORMATS = ("json", "csv", "jsonl")
COUNTS = ("sessions", "expected", "exempt", "on_site", "makeup", "home", "leave", "absent", "unreported", "guests",
          "checked", "passed", "not_found", "points_expected", "points_covered", "minutes", "year_minutes", "members",
          "target_met")

RULE = (("window-before", 60), ("window-after", 60), ("late-after", 55), ("early-before", 0), ("presence-permille", 900),
        ("makeup-days", 1), ("pass-score", 99))

site = month = late = town = None
scans = []
closed = {}


def lines_of(agent):
    """The scan lines of both study days at the agent's point."""
    lines = []
    for session in site.sessions():
        lines += site.studyday("simulate", "scans", "--seed", str(site.seed), "--session", session, "--terminal",
                               agent.name, "--first", str(len(lines) + 1)).splitlines()
    return lines


def note_scans(agent, lines):
    scans.extend(recount.Scan(line, agent.name, seq) for seq, line in enumerate(lines, 1))


def printed(revision):
    return {form: site.studyday("report", "month", month, "--revision", str(revision), "--depth", "9", "--format",
                                form) for form in FORMATS}


def report(*arguments):
    return json.loads(site.studyday("report", "month", month, "--depth", "9", "--format", "json", *arguments))


def changes(*arguments):
    return [json.loads(line) for line in
            site.studyday("report", "month", month, "--changes", "--format", "jsonl", *arguments).splitlines()]


@flow.test
def month_is_closed_without_one_terminal():
    global site, month, late, town
    last = datetime.date.today().replace(day=1) - datetime.timedelta(days=3)  # over in every zone
    site = flow.Site(members=240, branches=8, points=5, seed=11, month=last.strftime("%Y-%m"))
    site.start()
    month = site.sessions()[0][:7]
    town = recount.Town(*(site.rows(kind) for kind in KINDS))
    agents = site.agents()
    late = agents[1]
    for agent in agents:
        if agent is late:
            continue
        lines = lines_of(agent)
        agent.start("--until-received")
        agent.scan(lines)
        note_scans(agent, lines)
        agent.finish()
    lines = lines_of(late)  # recorded at the point, without the line
    for line in lines:
        flow.run(late.command("scan", *line.split()))
    note_scans(late, lines)
    said = site.studyday("month", "close", month)
    assert "Points that have not reported:" in said, said
    closed[0] = printed(0)
    assert report()["rows"][0]["unreported"] > 0
    assert changes() == []


@flow.test
def what_it_brings_waits_and_changes_nothing():
    late.start("--until-received")
    late.finish()
    assert printed(0) == closed[0]
    assert report()["revision"] == 0
    pending = changes()
    members = [change for change in pending if change["member"]]
    assert members and all(change["terminal"] == late.name for change in members), members[:3]
    assert any(change["before"] == "unreported" and change["after"] == "present" for change in members)
    assert any(change["member"] is None and change["cause"] == "coverage" for change in pending)


@flow.test
def revision_is_what_an_independent_count_gives_and_lists_the_differences():
    pending = changes()
    site.studyday("month", "revise", month, "--why", "the terminal came back")
    revised = report()
    assert revised["revision"] == 1 and revised["closed"]
    counted = recount.Month(town, scans, site.sessions(), recount.last_day(month))
    for row in revised["rows"]:
        wrong = {key: (row[key], counted.row(row["org"])[key]) for key in COUNTS
                 if row[key] != counted.row(row["org"])[key]}
        assert not wrong, f"{row['org']}: (reported, counted) {wrong}"
    listed = changes("--revision", "1")
    key = lambda change: (change["session"], change["member"] or "", change["after_point"] or "")
    strip = lambda rows: sorted(({k: v for k, v in row.items()} for row in rows), key=key)
    assert [key(c) for c in strip(listed)] == [key(c) for c in strip(pending)]
    assert changes() == []
    closed[1] = printed(1)
    assert printed(0) == closed[0]


@flow.test
def each_figure_is_explained_by_what_adds_up_to_it():
    for row in report()["rows"][:3]:
        for column in COUNTS:
            told = json.loads(site.studyday("explain", "--month", month, "--org", row["org"], "--column", column,
                                            "--format", "json"))
            assert told["figure"] == told["sum"] == row[column], (row["org"], column, told["figure"], told["sum"])
            assert sum(entry["value"] for entry in told["entries"]) == told["sum"]
            for entry in told["entries"]:
                assert "reasons" not in entry or entry["reasons"], entry


@flow.test
def corrections_of_a_closed_month_name_who_and_why():
    absent = json.loads(site.studyday("explain", "--month", month, "--column", "absent", "--format", "json"))
    entry = absent["entries"][0]
    site.studyday("attendance", "add", entry["session"], entry["member"], "in", "--why", "was on the roll")
    told = json.loads(site.studyday("explain", "--session", entry["session"], "--column", "on_site", "--member",
                                    entry["member"], "--format", "json"))
    event = told["entries"][0]["events"][-1]
    assert event["terminal"] == "office" and event["why"] == "was on the roll" and event["who"].startswith("uid:")
    told = json.loads(site.studyday("explain", "--month", month, "--column", "absent", "--format", "json"))
    assert told["figure"] == absent["figure"] and told["live"] == told["sum"] == absent["figure"] - 1
    assert printed(1) == closed[1]


def write(name, text):
    path = os.path.join(site.folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def change_everything():
    """Rosters, organisations, points, terminals, cards, sessions of other months: whatever can be changed later."""
    orgs, members, points = site.rows("orgs"), site.rows("members"), site.rows("points")
    branches = [row for row in orgs if row["level"] == "branch"]
    yield "import", "members", write("members.csv", "member,name,org,from,role\n" + "".join(
        f"{row['member']},新名{n},{branches[n % len(branches)]['org']},2020-01-01,secretary\n"
        for n, row in enumerate(members[:60])))
    yield "import", "members", write("left.csv", "member,name,org,from,to\n" + "".join(
        f"{row['member']},{row['name']},{row['org']},2020-01-01,2020-12-31\n" for row in members[60:70])), "--force"
    parents = [row["org"] for row in orgs if row["level"] == "township"] or [branches[0]["parent"]]
    yield "import", "orgs", write("orgs.csv", "org,parent,area,level,sector,name\n" + "".join(
        f"{row['org']},{parents[n % len(parents)]},{row['area']},branch,{row['sector']},改名{n}\n"
        for n, row in enumerate(branches)))
    yield "import", "points", write("points.csv", "point,org,name\n" + "".join(
        f"{row['point']},{branches[(n + 3) % len(branches)]['org']},新点{n}\n" for n, row in enumerate(points)))
    yield "import", "sessions", write("sessions.csv", "session,kind,title,starts,ends,org,minutes\n"
                                      f"EARLIER,study-day,补录,2020-03-05 09:00,2020-03-05 11:00,{orgs[0]['org']},120\n")
    yield "rules", "import", write("rules.csv", "name,version,kind,key,value,from,source\n" + "".join(
        f"session,2,session,{key},{value},2020-01-01,another rule\n" for key, value in RULE))
    yield "attendance", "add", "EARLIER", members[0]["member"], "in", "--why", "found later"
    yield "objection", "add", members[0]["member"], "--session", "EARLIER", "--text", "I was there"
    yield ("recompute",)


@flow.test
def closed_revisions_print_the_same_whatever_is_changed():
    for command in change_everything():
        site.studyday(*command)
        for revision, before in closed.items():
            assert printed(revision) == before, (command[:2], revision)
    assert report()["revision"] == 1
    site.check()


@flow.test
def closed_revisions_print_the_same_after_reopening_and_after_a_restore():
    site.studyday("month", "reopen", month, "--why", "to see what happens")
    site.studyday("month", "close", month)
    assert printed(0) == closed[0] and printed(1) == closed[1]
    copy = os.path.join(site.folder, "copy.db")
    site.studyday("backup", copy)
    site.collector.end(signal.SIGTERM)
    site.studyday("restore", copy, "--force")
    assert printed(0) == closed[0] and printed(1) == closed[1]
    assert printed(2) is not None
    site.check()


@flow.test
def audit_log_has_each_step_in_order():
    entries = json.loads(site.studyday("audit", "list", "--format", "json"))["entries"]
    assert [entry["id"] for entry in entries] == list(range(1, len(entries) + 1))
    steps = [entry["action"] for entry in entries if entry["action"].startswith("month-")]
    assert steps == ["month-close", "month-revise", "month-reopen", "month-close"], steps
    assert all(entry["who"].startswith("uid:") for entry in entries)
    assert all(entry["old"] is not None or entry["new"] is not None for entry in entries), entries
    assert entries[-1]["action"] == "restore"


if __name__ == "__main__":
    flow.main()
