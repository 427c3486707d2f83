"""The commands of cli.md: options that all have, exit codes, and the shape of what they print as JSON."""

import json
import os
import stat

import town
from town import STUDYDAY, TERMINAL, clock, flow, run, same, scan
from flow import test

COLLECTOR = flow.COLLECTOR
COMMANDS = (("init",), ("import",), ("terminal",), ("attendance",), ("leave",), ("home",), ("quarantine",), ("status",),
            ("report",), ("record",), ("events",), ("verify",), ("recompute",))
site = town.small_site().start()
STEPS = site.terminal("a1")
STEPS.send(scan("0001", at=clock(0, 0)), scan("0001", "out", at=clock(2, 0)), scan("0002", at=clock(0, 30)),
           scan("0002", kind="dance"))

MONTH = clock(0)[:7]
ROW = ["org", "name", "sessions", "expected", "exempt", "on_site", "makeup", "home", "leave", "absent", "unreported", "guests",
       "centralised_permille", "centralised_low_permille", "centralised_high_permille", "overall_permille", "checked", "passed",
       "not_found", "points_expected", "points_covered", "minutes", "year_minutes", "members", "target_met"]


def exits(*arguments):
    return site.studyday(*arguments, code=None).code


@test
def help_and_version_are_everywhere_and_need_no_configuration():
    wrong = []
    calls = [[program, option] for program in (STUDYDAY, COLLECTOR, TERMINAL) for option in ("--help", "--version")]
    calls += [[STUDYDAY, *command, "--help"] for command in COMMANDS]
    calls += [[TERMINAL, command, "--help"] for command in ("init", "run", "scan", "status")]
    for call in calls:
        result = run([*call], env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        if result.code != 0 or not result.out or result.err:
            wrong.append((call, result.code, result.out[:80], result.err[:80]))
    same(wrong, [])


@test
def check_config_says_0_for_a_good_configuration_and_78_for_a_bad_one():
    bad = site.file('database = "x.db"\ncolour = "red"\nbroker { port = 99999999 }\ncollector { require-mac = "perhaps" }\n', "bad.conf")
    agent = os.path.join(site.path, "agent")
    same(run([TERMINAL, "init", agent, "--area", "aa", "--terminal", "t", "--broker", "127.0.0.1:1"]).code, 0)
    same(run([STUDYDAY, "--config", site.config, "--check-config"]).code, 0)
    same(run([COLLECTOR, "--config", site.config, "--check-config"]).code, 0)
    same(run([TERMINAL, "--config", os.path.join(agent, "terminal.conf"), "--check-config"]).code, 0)
    for program in (STUDYDAY, COLLECTOR, TERMINAL):
        result = run([program, "--config", bad, "--check-config"])
        same(result.code, 78, program)
        assert "bad.conf" in result.err and not result.out, result.err
    for program in (STUDYDAY, COLLECTOR):
        result = run([program, "--config", bad, "--check-config"])
        assert all(word in result.err for word in ("colour", "port", "require-mac")), f"all of them in one run: {result.err}"


@test
def the_configuration_is_found_by_option_before_variable():
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    same(run([STUDYDAY, "status"], env=env | {"STUDYDAY_CONFIG": site.config}).code, 0)
    same(run([STUDYDAY, "--config", site.config, "status"], env=env | {"STUDYDAY_CONFIG": "/nowhere"}).code, 0)
    assert run([STUDYDAY, "status"], env=env | {"STUDYDAY_CONFIG": "/nowhere"}).code in (66, 78)


@test
def wrong_usage_exits_with_64():
    wrong = [call for call in ([], ["sing"], ["--colour"], ["import"], ["import", "members"], ["report"], ["report", "decade", "2026"],
                               ["report", "month"], ["report", "month", "2026-13"], ["report", "month", "november"],
                               ["report", "month", MONTH, "--format", "papyrus"], ["report", "month", MONTH, "--depth", "-1"],
                               ["report", "month", MONTH, "--depth", "x"], ["record"], ["record", "0001", "--year", "x"],
                               ["events", "--colour"], ["quarantine"], ["quarantine", "eat"], ["terminal", "enroll"],
                               ["terminal", "sell", "a1"], ["attendance", "add"],
                               ["attendance", "add", "DAY", "0003", "in"], ["leave", "add", "DAY", "0003"], ["recompute", "x"],
                               ["--log-level", "loud", "status"])
             if exits(*call) != 64]
    same(wrong, [])
    same((run([TERMINAL]).code, run([TERMINAL, "sing"]).code, run([COLLECTOR, "sing"]).code), (64, 64, 64))


@test
def what_is_not_there_exits_with_65_or_66_and_says_so():
    wrong = []
    for call in (["record", "nobody"], ["report", "session", "NONE"], ["report", "month", MONTH, "--org", "NONE"],
                 ["terminal", "enroll", "nobody"], ["terminal", "revoke", "nobody"], ["quarantine", "show", "999999"],
                 ["attendance", "add", "NONE", "0001", "in", "--why", "w"], ["attendance", "add", "DAY", "NONE", "in", "--why", "w"],
                 ["attendance", "void", "a1", f"{STEPS.epoch}:999", "--why", "w"]):
        result = site.studyday(*call, code=None)
        if result.code not in (65, 66) or result.out or not result.err:
            wrong.append((call, result.code, result.out, result.err))
    same(wrong, [])


@test
def results_go_to_stdout_alone():
    for call in (["status"], ["report", "month", MONTH], ["record", "0001"], ["events"], ["terminal", "list"], ["quarantine", "list"]):
        result = site.studyday(*call)
        assert result.out and not result.err, (call, result.err)


@test
def init_makes_a_site_and_touches_nothing_that_is_there():
    path = os.path.join(site.path, "another")
    same(run([STUDYDAY, "init", path]).code, 0)
    before = open(os.path.join(path, "studyday.conf"), encoding="utf-8").read()
    for line in ('database = "studyday.db"', 'socket = "studyday.sock"', 'zone = "Asia/Shanghai"', 'host = "127.0.0.1"',
                 "port = 1883", 'protocol = "5"', 'username = ""', 'password-file = ""', 'ca-file = ""', 'cert-file = ""',
                 'key-file = ""', 'areas = {"*"}', 'client-id = "studyday-collector"', 'require-mac = "enrolled"'):
        assert line in before, line
    assert os.path.exists(os.path.join(path, "studyday.db"))
    same(run([STUDYDAY, "init", path]).code, 73)
    same(open(os.path.join(path, "studyday.conf"), encoding="utf-8").read(), before)


@test
def month_report_has_its_keys_in_order_and_the_top_first():
    report = site.studyday("report", "month", MONTH, "--format", "json").json()
    same(list(report), ["report", "month", "org", "definitions", "revision", "closed", "state", "rows"])
    same([report[k] for k in ("report", "month", "org", "definitions", "revision", "closed", "state")],
         ["month", MONTH, "C", 1, 0, False, "provisional"])
    same([row["org"] for row in report["rows"]], ["C", "A", "B"])
    for row in report["rows"]:
        same(list(row), ROW)


@test
def depth_and_org_choose_the_rows():
    def rows(*options):
        return [r["org"] for r in site.studyday("report", "month", MONTH, "--format", "json", *options).json()["rows"]]
    same(rows("--depth", "0"), ["C"])
    same(rows("--org", "A"), ["A", "A-1", "A-2"])
    same(rows("--org", "A", "--depth", "0"), ["A"])
    same(sorted(rows("--depth", "2")), ["A", "A-1", "A-2", "B", "B-1", "C"])
    same(rows("--depth", "9")[0], "C")


@test
def session_report_is_of_its_org_first():
    report = site.studyday("report", "session", "DAY", "--format", "json").json()
    same((report["report"], report["session"], report["org"], report["rows"][0]["org"]), ("session", "DAY", "C", "C"))
    same(report["rows"][0]["on_site"], 2)
    assert "month" not in report or report["month"] is None


@test
def a_report_goes_to_a_file_with_o():
    path = os.path.join(site.path, "report.json")
    result = site.studyday("report", "month", MONTH, "--format", "json", "-o", path)
    same(result.out, "")
    same(json.load(open(path, encoding="utf-8"))["report"], "month")


@test
def no_rate_is_printed_without_its_name_and_the_bounds_stand_beside():
    text = site.studyday("report", "month", MONTH).out
    assert "参学率" not in text.replace("集中参学率", "").replace("综合参学率", ""), text
    for form in ("text", "csv", "json", "jsonl"):
        assert site.studyday("report", "month", MONTH, "--format", form).out


@test
def record_has_its_keys_in_order():
    record = site.studyday("record", "0001", "--format", "json").json()
    same(list(record), ["member", "name", "year", "org", "minutes", "target_minutes", "sessions"])
    row = record["sessions"][0]
    same(list(row)[:14], ["session", "kind", "title", "starts", "status", "mode", "point", "first_in", "last_out",
                          "minutes", "credit_minutes", "rule", "flags", "makeup_until"])
    same([row[k] for k in ("session", "kind", "status", "mode", "point", "minutes", "credit_minutes", "rule", "flags")],
         ["DAY", "study-day", "present", "follow", "P-A1", 120, 120, "session/1", []])
    same((record["minutes"], record["target_minutes"], record["org"], row["starts"]), (120, 1920, "A-1", clock(0)))


@test
def events_are_listed_by_arrival_with_their_state():
    lines = site.events()
    for line in lines:
        same(list(line)[:9], ["terminal", "epoch", "seq", "kind", "session", "member", "at", "received_at", "state"])
    same([(e["seq"], e["state"]) for e in lines if e["terminal"] == "a1"][:4],
         [(1, "counted"), (2, "counted"), (3, "counted"), (4, "quarantined")])
    same({e["member"] for e in site.events("--member", "0002")} , {"0002"})
    same({e["session"] for e in site.events("--session", "DAY")} - {"DAY"}, set())
    same(site.events("--terminal", "a2"), [])


@test
def status_has_counters_store_generation_and_health():
    status = site.status()
    assert {"counters", "store", "generation", "health"} <= set(status), list(status)
    assert {"received", "stored", "duplicate", "quarantined", "deferred", "parked", "receipts"} <= set(status["counters"])
    same((status["health"], status["generation"]), ("ok", 1))


@test
def corrections_are_events_of_the_office_and_void_takes_back():
    site.studyday("leave", "add", "DAY", "0003", "--reason", "ill", "--why", "letter")
    same(site.record("0003", "DAY")["status"], "leave")
    site.studyday("attendance", "add", "DAY", "0003", "in", "--why", "paper roll")
    same(site.record("0003", "DAY")["status"], "present")
    entry = next(e for e in site.events("--terminal", "office") if e["kind"] == "in")
    site.studyday("attendance", "void", "office", f"{entry['epoch']}:{entry['seq']}", "--why", "typo")
    same(site.record("0003", "DAY")["status"], "leave")
    site.studyday("home", "add", "DAY", "0004", "--visitor", "0005", "--why", "visited")
    same(site.record("0004", "DAY")["status"], "home")


@test
def why_is_required_of_every_correction():
    same({exits("attendance", "add", "DAY", "0005", "in"), exits("leave", "add", "DAY", "0005"),
          exits("home", "add", "DAY", "0005", "--visitor", "0001"),
          exits("attendance", "void", "a1", f"{STEPS.epoch}:1")}, {64})


@test
def quarantine_is_listed_shown_retried_and_discarded():
    stranger = site.terminal("newcomer", area="aa")
    stranger.put("event", stranger.batch([scan("0005")], 1))
    site.terminal("a1").hello()
    entry = next(q for q in site.quarantine() if q["terminal"] == "newcomer")
    assert {"id", "terminal", "reason", "received_at", "bytes"} <= set(entry)
    site.studyday("quarantine", "show", str(entry["id"]))
    site.load("terminals", [("terminal", "area", "point"), ("newcomer", "aa", "P-A2")])
    site.studyday("quarantine", "retry", str(entry["id"]))
    same(site.record("0005", "DAY")["status"], "present")
    assert entry["id"] not in [q["id"] for q in site.quarantine()]
    dance = next(q for q in site.quarantine() if q["terminal"] == "a1")
    same(exits("quarantine", "discard", str(dance["id"])), 64)
    site.studyday("quarantine", "discard", str(dance["id"]), "--why", "nonsense")
    assert dance["id"] not in [q["id"] for q in site.quarantine()]


@test
def enroll_makes_the_key_or_takes_the_one_of_the_file():
    site.studyday("terminal", "enroll", "a2")
    path = os.path.join(site.path, "site", "keys", "a2.key")
    text = open(path, encoding="ascii").read()
    same((len(text.strip()), stat.S_IMODE(os.stat(path).st_mode)), (64, 0o600))
    assert text.strip() not in site.studyday("terminal", "list").out
    short = site.file("abcd\n", "short.key")
    os.chmod(short, 0o600)
    assert exits("terminal", "enroll", "b1", "--key-file", short) in (65, 78)
    exposed = site.file("00" * 32 + "\n", "exposed.key")
    os.chmod(exposed, 0o640)
    assert exits("terminal", "enroll", "b1", "--key-file", exposed) in (65, 77, 78)


@test
def verify_and_recompute_diff_find_nothing_and_exit_0():
    same((exits("verify"), exits("recompute", "--diff")), (0, 0))


@test
def a_second_collector_is_told_to_try_later():
    same(run([COLLECTOR, "--config", site.config]).code, 75)


@test
def a_database_that_is_not_there_exits_with_66_and_one_that_is_none_with_65():
    other = os.path.join(site.path, "hollow")
    same(run([STUDYDAY, "init", other]).code, 0)
    config = os.path.join(other, "studyday.conf")
    os.remove(os.path.join(other, "studyday.db"))
    same(run([STUDYDAY, "--config", config, "record", "1"]).code, 66)
    with open(os.path.join(other, "studyday.db"), "wb") as file:
        file.write(b"not a database at all, " * 100)
    assert run([STUDYDAY, "--config", config, "record", "1"]).code in (65, 74)


@test
def the_collector_ends_with_0_on_sigterm():
    same(site.restart(), 0)


try:
    flow.main()
finally:
    site.stop()
