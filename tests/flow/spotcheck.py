"""A spot-check from the draw to the report: the terminals of the point are told whom to check while they run, what they find
comes back as events, and calling it off reaches them too."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

SESSION = "SPOT-1"
ZONE_SECONDS = 8 * 3600  # Asia/Shanghai, that of the site

site = agent = None


def local(seconds):
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + ZONE_SECONDS + seconds))


def drawn(number):
    return json.loads(site.studyday("spotcheck", "show", str(number), "--format", "json"))["members"]


def checks():
    return agent.status()["checks"]


@flow.test
def terminal_is_told_whom_to_check_while_it_runs():
    global site, agent
    site = flow.Site(members=240, branches=8, points=5, seed=5)
    top, = [row["org"] for row in site.rows("orgs") if not row["parent"]]
    path = os.path.join(site.folder, "session.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("session,kind,title,starts,ends,org,minutes\n")
        file.write(f"{SESSION},study-day,抽学,{local(-1800)},{local(5400)},{top},120\n")
    site.studyday("import", "sessions", path)
    site.start()
    agent = site.agents()[0]
    agent.start("--until-received")
    flow.until(lambda: agent.status()["plan"], "a plan")
    assert checks() == []
    site.studyday("spotcheck", "draw", "--session", SESSION, "--points", "5", "--seed", "1")
    flow.until(checks, "members to check")
    point, = [row["point"] for row in site.rows("terminals") if row["terminal"] == agent.name]
    wanted = {row["member"] for row in drawn(1) if row["point"] == point}
    told = checks()
    assert wanted and {check["member"] for check in told} == wanted, (told, wanted)
    assert all(check["session"] == SESSION and not check["checked"] for check in told), told


@flow.test
def what_is_found_comes_back():
    first, second = sorted(check["member"] for check in checks())[:2]
    agent.scan([f"in {second}", f"check {first} {SESSION} found=1 score=80", f"check {second} found=0"])
    flow.until(lambda: agent.status()["through"] == 3, "receipt of three scans")
    assert [check["member"] for check in checks() if check["checked"]] == [first, second], checks()
    results = {row["member"]: (row["result"], row["score"], row["discrepancy"]) for row in drawn(1)}
    assert results[first] == ("passed", 80, 0) and results[second] == ("not-found", None, 1), results
    row = json.loads(site.studyday("report", "spotchecks", SESSION, "--format", "json"))["rows"][0]
    assert (row["drawn"], row["unchecked"]) == (len(results), len(results) - 2), row
    assert (row["checked"], row["passed"], row["pass_permille"]) == (2, 1, 500), row
    assert (row["not_found"], row["discrepancy_permille"]) == (1, 500), row


@flow.test
def calling_it_off_reaches_the_terminal():
    site.studyday("spotcheck", "cancel", "1", "--why", "the road is closed")
    flow.until(lambda: not checks(), "nobody to check")
    agent.finish()
    site.check()


if __name__ == "__main__":
    flow.main()
