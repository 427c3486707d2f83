"""Plans in pages, asks and their answers, and who may see whose record."""

import town
from town import clock, day, flow, same, scan, wire
from flow import test

MANY = 3000
site = town.small_site()
site.load("orgs", [("org", "parent", "area", "level", "name"), ("A-3", "A", "aa", "branch", "Big branch"),
                   ("A-3-1", "A-3", "aa", "group", "Its group")])
site.load("points", [("point", "org", "name"), ("P-BIG", "A-3", "Big point"), ("P-BIG-0", "A-3", "Same host")])
site.load("terminals", [("terminal", "area", "point"), ("big", "aa", "P-BIG"), ("big0", "aa", "P-BIG-0")])
site.load("members", [("member", "name", "org", "from", "card")] +
          [(f"9{n:05}", f"党员姓名{n:05}", "A-3-1", "2020-01-01", f"CARD-9{n:05}") for n in range(MANY)])
site.load("members", [("member", "name", "org", "from", "to"), ("0077", "Gone", "A-1", "2020-01-01", "2021-01-01")])
site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes", "points")] + [
    ("B-ONLY", "meeting", "Elsewhere", day() + " 09:00", day() + " 10:00", "B", "60", ""),
    ("AGO-35", "meeting", "Old", day(-35) + " 23:00", day(-35) + " 23:30", "A", "30", ""),
    ("AGO-37", "meeting", "Too old", day(-37) + " 09:00", day(-37) + " 10:00", "A", "60", ""),
    ("IN-34", "meeting", "Soon", day(34) + " 09:00", day(34) + " 10:00", "A", "60", ""),
    ("IN-37", "meeting", "Too far", day(37) + " 09:00", day(37) + " 10:00", "A", "60", ""),
    ("LISTED", "lecture", "Listed", day(1) + " 09:00", day(1) + " 10:00", "B", "60", "P-A2;P-B")])
site.start()


def plan_of(name, **options):
    t = site.terminal(name, **options)
    t.hello()
    return t.plan()


@test
def a_plan_of_one_page_has_the_keys_of_the_page():
    pages = plan_of("a1")
    same([list(p)[:4] for p in pages], [["v", "plan", "page", "pages"]])
    page = pages[0]
    same((page["v"], page["page"], page["pages"]), (1, 1, 1))
    same([sorted(s) for s in page["sessions"]], [sorted(("session", "title", "starts", "ends", "kind"))] * len(page["sessions"]))
    same({m["member"]: m for m in page["members"]},
         {"0001": {"member": "0001", "name": "王芳", "cards": ["CARD1"]},
          "0002": {"member": "0002", "name": "李强", "cards": ["CARD2"]}})


@test
def a_plan_has_the_sessions_of_35_days_that_the_point_takes_part_in():
    def codes(name, **options):
        return sorted(s["session"] for p in plan_of(name, **options) for s in p["sessions"] if s["session"] != "AGO-35")
    same(codes("a1"), ["DAY", "IN-34", "LATER"])
    same(codes("a2"), ["DAY", "IN-34", "LATER", "LISTED"])
    same(codes("b1", area="bb"), ["B-ONLY", "DAY", "LATER", "LISTED"])


@test
def a_plan_has_the_members_whose_own_point_it_is():
    same([m["member"] for p in plan_of("a2") for m in p["members"]], ["0003"])
    same(sorted(m["member"] for p in plan_of("b1", area="bb") for m in p["members"]), ["0004", "0005"])


@test
def of_several_points_of_the_host_the_lowest_code_is_the_own_one():
    same(sum(len(p["members"]) for p in plan_of("big")), MANY)
    same(sum(len(p["members"]) for p in plan_of("big0")), 0)


@test
def a_large_plan_comes_in_pages_of_at_most_48_kib_with_every_member_once():
    t = site.terminal("big")
    t.hello()
    pages = t.plan()
    assert len(pages) > 3, len(pages)
    for message in t.client.messages:
        assert len(message.payload) <= wire.MAX_LINE
    same(sorted(m["member"] for p in pages for m in p["members"]), [f"9{n:05}" for n in range(MANY)])
    same({p["plan"] for p in pages}, {pages[0]["plan"]})
    codes = [s["session"] for p in pages for s in p["sessions"]]
    same(len(codes), len(set(codes)), "sessions once")


@test
def a_large_plan_for_an_enrolled_terminal_has_a_mac_on_each_page():
    key = site.enroll("big")
    pages = plan_of("big", key=key)
    same(sum(len(p["members"]) for p in pages), MANY)


@test
def a_plan_reaches_no_other_point():
    spy = site.broker.client().subscribe("studyday/1/+/+/plan")
    t = site.terminal("a1")
    t.hello()
    t.plan()
    site.terminal("a2").hello()
    same({m.topic for m in spy.messages} - {"studyday/1/aa/a2/plan"}, {"studyday/1/aa/a1/plan"})
    assert not any(b"0003" in m.payload for m in spy.messages if m.topic.endswith("a1/plan"))


@test
def ask_plan_brings_the_plan_and_an_answer_with_the_same_id():
    t = site.terminal("a2")
    same(t.ask("plan"), {"v": 1, "id": "1"})
    same([m["member"] for p in t.plan() for m in p["members"]], ["0003"])


@test
def the_digest_changes_with_the_roster_and_only_then():
    first = plan_of("a1")[0]["plan"]
    same(plan_of("a1")[0]["plan"], first)
    site.load("members", [("member", "name", "org", "from", "card"), ("0088", "Fresh", "A-1", "2020-01-01", "")])
    t = site.terminal("a1")
    t.hello(plan=first)
    pages = t.plan()
    assert pages[0]["plan"] != first
    assert "0088" in [m["member"] for m in pages[0]["members"]]


@test
def a_session_planned_changed_and_cancelled_by_a_command_reaches_the_plans():
    def sessions():
        return {s["session"]: s["title"] for p in plan_of("a2") for s in p["sessions"]}
    site.studyday("session", "add", "BY-COMMAND", "--kind", "lecture", "--title", "One", "--starts", day(2) + " 09:00",
                  "--ends", day(2) + " 10:00", "--org", "A", "--minutes", "60", "--days", "2")
    codes = ["BY-COMMAND-" + day(2), "BY-COMMAND-" + day(3)]
    same([sessions().get(c) for c in codes], ["One", "One"])
    site.studyday("session", "change", *codes, "--title", "Two")
    same([sessions().get(c) for c in codes], ["Two", "Two"])
    site.studyday("session", "cancel", *codes, "--why", "fell out")
    same([sessions().get(c) for c in codes], [None, None])


@test
def the_record_of_a_member_of_the_plan_is_told_as_the_command_prints_it():
    t = site.terminal("a1")
    t.send(scan("0001"), scan("0001", "out", at=clock(1, 59)))
    answer = t.ask("record", member="0001")
    same(list(answer), ["v", "id", "record"])
    same(answer["record"], site.studyday("record", "0001", "--format", "json").json())


@test
def the_record_of_others_is_not_told():
    t = site.terminal("a1")
    for member in ("0003", "0004", "0077", "no-such-member"):
        answer = t.ask("record", member=member)
        same((sorted(answer), answer["id"]), (["error", "id", "v"], str(t.ids)), member)


@test
def one_who_checked_in_there_within_a_day_may_be_asked_for_there_and_nowhere_else():
    t = site.terminal("b1", area="bb")
    same("record" in t.ask("record", member="0003"), False)
    t.send(scan("0003", at=clock(0, 10)))
    same("record" in t.ask("record", member="0003"), True)
    same("record" in site.terminal("a1").ask("record", member="0003"), False)


@test
def one_who_checked_in_there_longer_ago_may_not_be_asked_for():
    t = site.terminal("a2")
    t.send(scan("0005", session="AGO-35", at=clock(23, 5, offset=-35)))
    same("record" in t.ask("record", member="0005"), False)


@test
def a_refused_or_parked_scan_opens_no_record():
    t = site.terminal("a2")
    t.send(scan("0004", kind="in", by="magic"))
    same("record" in t.ask("record", member="0004"), False)


@test
def asks_that_make_no_sense_are_answered_with_an_error_where_they_have_an_id():
    t = site.terminal("a1")
    for more in ({"ask": "secrets"}, {"ask": "record"}):
        mark = len(t.client.messages)
        t.put("ask", {"v": 1, "id": "x1", **more})
        answer = t.wait("answer", mark)
        same((answer["id"], sorted(answer)), ("x1", ["error", "id", "v"]), more)


@test
def an_answer_goes_to_the_asker_alone():
    spy = site.broker.client().subscribe("studyday/1/+/+/answer")
    site.terminal("a1").ask("record", member="0001")
    spy.expect(lambda m: True, "answer")
    same({m.topic for m in spy.messages}, {"studyday/1/aa/a1/answer"})


try:
    flow.main()
finally:
    site.stop()
