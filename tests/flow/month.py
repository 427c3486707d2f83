"""From the scans to the month's report: every figure of every organisation is what an independent count of the same
scan lines gives. One point stays silent on the second study day, some scans are taken back, some members are guests,
on leave, made up, visited, checked, exempt, or moved between the two days."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow
import recount

KINDS = ("orgs", "points", "terminals", "members", "sessions")
FIGURES = ("sessions", "expected", "exempt", "on_site", "makeup", "home", "leave", "absent", "unreported", "guests",
           "centralised_permille", "centralised_low_permille", "centralised_high_permille", "overall_permille",
           "checked", "passed", "not_found", "points_expected", "points_covered", "minutes", "year_minutes",
           "members", "target_met")


def live_month(site, silent):
    """Real agents scan both days; returns all scans. `silent` is a terminal that says nothing on the second day."""
    scans = []
    agents = site.agents()
    for agent in agents:
        lines = []
        for session in site.sessions():
            if agent.name == silent and session != site.sessions()[0]:
                continue
            lines += site.studyday("simulate", "scans", "--seed", str(site.seed), "--session", session, "--terminal",
                                   agent.name, "--first", str(len(lines) + 1)).splitlines()
        agent.start("--until-received")
        agent.scan(lines)
        agent.process.stdin.close()
        scans += [recount.Scan(line, agent.name, seq) for seq, line in enumerate(lines, 1)]
    for agent in agents:
        agent.finish()
        assert all(line.startswith("OK ") for line in agent.replies.lines), agent.name
    return scans


def compare(rows, month):
    for row in rows:
        counted = month.row(row["org"])
        wrong = {key: (row[key], counted[key]) for key in FIGURES if row[key] != counted[key]}
        assert not wrong, f"{row['org']} {row['name']}: (reported, counted) {wrong}"


site = scans = town = None


@flow.test
def months_report_is_what_an_independent_count_gives():
    global site, scans, town
    site = flow.Site(members=900, branches=24, points=14, seed=7)
    site.start()
    scans = live_month(site, silent="t-0009")
    town = recount.Town(*(site.rows(kind) for kind in KINDS))
    sessions = site.sessions()
    code = sessions[0][:7]
    report = json.loads(site.studyday("report", "month", code, "--depth", "9", "--format", "json"))
    month = recount.Month(town, scans, sessions, recount.last_day(code))
    assert report["state"] == "provisional" and len(report["rows"]) == len(town.parent)
    top = report["rows"][0]
    for figure in ("unreported", "exempt", "makeup", "home", "leave", "absent", "checked"):
        assert top[figure] > 0, f"nobody is {figure}: the days prove little"
    assert any(row["guests"] for row in report["rows"]) and any(scan.kind == "void" for scan in scans)
    compare(report["rows"], month)


@flow.test
def each_sessions_report_is_what_an_independent_count_gives():
    for code in site.sessions():
        report = json.loads(site.studyday("report", "session", code, "--depth", "9", "--format", "json"))
        month = recount.Month(town, scans, [code], recount.last_day(code[:7]))
        for row in report["rows"]:
            counted = month.row(row["org"])
            for key in ("members", "year_minutes", "target_met"):  # of the month, not of one session
                counted[key] = row[key]
            wrong = {key: (row[key], counted[key]) for key in FIGURES if row[key] != counted[key]}
            assert not wrong, f"{code} {row['org']}: (reported, counted) {wrong}"


@flow.test
def records_show_the_status_and_credit_that_an_independent_fold_gives():
    year = site.sessions()[0][:4]
    month = recount.Month(town, scans, site.sessions(), recount.last_day(site.sessions()[0][:7]))
    shown = set()
    for member in sorted(town.facts)[::3]:
        record = json.loads(site.studyday("record", member, "--year", year, "--format", "json"))
        for entry in record["sessions"]:
            session, = [session for session in month.sessions if session.code == entry["session"]]
            attendance = month.attended[session.code][member]
            assert entry["status"] == month.status(session, member), (member, entry)
            shown.add(entry["status"])
            assert entry["credit_minutes"] == attendance.credit, (member, entry)
            assert entry["point"] == attendance.point, (member, entry)
        assert record["minutes"] == sum(entry["credit_minutes"] for entry in record["sessions"]), member
    assert {"present", "late", "left-early", "leave", "exempt", "absent", "unreported"} <= shown, shown
    site.check()


if __name__ == "__main__":
    flow.main()
