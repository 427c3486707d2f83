"""studyday import: forms of files, errors with their places, all or nothing, and what a members file ends."""

import os
import re

import town
from town import flow, same
from flow import test

ORGS = [("org", "parent", "area", "level", "sector", "name"), ("C", "", "aa", "city", "", "市"),
        ("A", "C", "aa", "county", "rural", "甲县"), ("A-1", "A", "aa", "branch", "school", "一支部"),
        ("B", "C", "bb", "county", "", "乙县"), ("B-1", "B", "bb", "branch", "", "二支部")]


def fresh(members=0):
    site = town.Site()
    site.load("orgs", ORGS)
    site.load("points", [("point", "org", "name"), ("P-A", "A-1", "点")])
    if members:
        site.load("members", [("member", "name", "org", "from")] +
                  [(f"{n:03}", f"党员{n}", "A-1" if n % 2 else "B-1", "2020-01-01") for n in range(members)])
    return site


def org_of(site, member):
    return site.studyday("record", member, "--format", "json").json()["org"]


def errors(site, kind, text, *expected, options=()):
    """The import fails with 65 and one line for each expected (line, column); nothing else is on stderr's FILE lines."""
    path = site.file(text)
    result = site.studyday("import", kind, path, *options, code=65)
    found = re.findall(r"^(\S+):(\d+): ([^:\s]+): (\S.*)$", result.err, re.M)
    same(sorted((p, int(line), column) for p, line, column, _ in found), [(path, line, column) for line, column in expected],
         result.err)


@test
def every_kind_is_imported_and_importing_again_changes_nothing():
    site = town.small_site()
    files = {"orgs": [("org", "parent", "area", "level", "name"), ("N", "C", "aa", "county", "New")],
             "points": [("point", "org", "name", "place"), ("P-N", "A-1", "New", "somewhere")],
             "terminals": [("terminal", "area", "point"), ("n1", "aa", "P-A1")],
             "members": [("member", "name", "org", "from", "to", "category", "role", "card", "exempt_from", "exempt_to",
                          "exempt_reason"), ("0100", "甲", "A-1", "2020-01-01", "2030-01-01", "farmer", "secretary", "K1",
                                             "2021-01-01", "2021-02-01", "ill")],
             "sessions": [("session", "kind", "title", "starts", "ends", "org", "minutes", "makeup_until", "points"),
                          ("S", "class", "课", "2026-01-01 09:00", "2026-01-01T11:00:00+08:00", "C", "120", "2026-02-01",
                           "P-A1;P-B")],
             "invitations": [("session", "member"), ("S", "0001")],
             "attendance": [("batch", "session", "member", "kind", "at", "mode", "minutes", "by", "why"),
                            ("R1", "S", "0001", "in", "2026-01-01 09:00", "lead", "", "clerk", "paper roll"),
                            ("R1", "S", "0002", "makeup", "2026-01-02 09:00", "", "60", "clerk", "online")]}
    for kind, rows in files.items():
        site.load(kind, rows)
    before = site.events(), site.record("0001", "S"), site.studyday("report", "month", "2026-01", "--format", "json").out
    for kind, rows in files.items():
        site.load(kind, rows)
    after = site.events(), site.record("0001", "S"), site.studyday("report", "month", "2026-01", "--format", "json").out
    same(after, before)
    same((before[1]["status"], before[1]["mode"], len(before[0])), ("present", "lead", 2))
    same({e["terminal"] for e in before[0]}, {"office"})


@test
def utf_8_bom_gb18030_crlf_lf_and_column_order_make_no_difference():
    site = fresh()
    header, rows = "member,name,org,from", ["{},张三,A-1,2020-01-01", "{},李四,B-1,2020-01-01"]
    forms = {"plain": lambda t: t.encode(), "bom": lambda t: b"\xef\xbb\xbf" + t.encode(),
             "gb18030": lambda t: t.encode("gb18030"), "crlf": lambda t: t.replace("\n", "\r\n").encode(),
             "gb crlf": lambda t: t.replace("\n", "\r\n").encode("gb18030"), "no end": lambda t: t.rstrip("\n").encode(),
             "blank line": lambda t: (t + "\n").encode(), "bom crlf": lambda t: b"\xef\xbb\xbf" + t.replace("\n", "\r\n").encode()}
    for n, form in enumerate(forms.values()):
        text = "\n".join([header] + [row.format(f"{n}0{m}") for m, row in enumerate(rows)]) + "\n"
        site.load("members", form(text))
        for m, name in enumerate(("张三", "李四")):
            record = site.studyday("record", f"{n}0{m}", "--format", "json").json()
            same((record["name"], record["org"]), (name, ("A-1", "B-1")[m]), list(forms)[n])
    site.load("members", "from,org,name,member\n2020-01-01,A-1,王五,900\n")
    same(site.studyday("record", "900", "--format", "json").json()["name"], "王五")


@test
def gb18030_of_four_bytes_is_read():
    site = fresh()
    site.load("members", "member,name,org,from\n1,㐀𠀀,A-1,2020-01-01\n".encode("gb18030"))
    same(site.studyday("record", "1", "--format", "json").json()["name"], "㐀𠀀")


@test
def chinese_headers_and_terms_are_accepted():
    site = fresh()
    site.load("members", "党员编码,姓名,党组织,起始日期,党员类别,职务,卡号\n0007,王芳,A-1,2021-07-01,流动,书记,K7\n".encode("gb18030"))
    record = site.studyday("record", "0007", "--format", "json").json()
    same((record["name"], record["org"], record["target_minutes"]), ("王芳", "A-1", 3360))
    site.load("orgs", "党组织,上级,区域,层级,领域,名称\nA-9,A,aa,党支部,农村,九支部\n")
    site.load("sessions", "场次,类型,标题,开始,结束,党组织,分钟\nS,学习日,学习,2026-01-05 09:00,2026-01-05 11:00,C,120\n")
    same(site.record("0007", "S")["kind"], "study-day")


@test
def quoted_cells_with_commas_quotes_and_blanks_are_read():
    site = fresh()
    site.load("members", 'member,name,org,from\n"1","A ""B"", C","A-1","2020-01-01"\n')
    same(site.studyday("record", "1", "--format", "json").json()["name"], 'A "B", C')


@test
def leading_zeros_of_codes_are_kept():
    site = fresh()
    site.load("members", "member,name,org,from\n007,Seven,A-1,2020-01-01\n7,Other,B-1,2020-01-01\n")
    same((org_of(site, "007"), org_of(site, "7")), ("A-1", "B-1"))


@test
def every_row_error_has_file_line_column_and_reason():
    site = fresh()
    errors(site, "members", "member,name,org,from,to,category,role\n"
                            "1,A,A-1,2020-01-01,,,\n"
                            "2,B,NOWHERE,2020-01-01,,,\n"
                            "3,C,A-1,2020-13-01,,,\n"
                            "4 4,D,A-1,2020-01-01,,,\n"
                            "5,E,A-1,2020-01-01,,martian,\n"
                            "6,F,A-1,2020-01-01,,,king\n"
                            "7,G,A-1,2020-01-02,2020-01-01,,\n"
                            "8,,A-1,2020-01-01,,,\n"
                            "9,I,A-1,,,,\n",
           (3, "org"), (4, "from"), (5, "member"), (6, "category"), (7, "role"), (8, "to"), (9, "name"), (10, "from"))
    same(site.studyday("record", "1", code=None).code != 0, True, "all or nothing")


@test
def errors_of_sessions_name_their_columns():
    site = fresh()
    errors(site, "sessions", "session,kind,title,starts,ends,org,minutes,makeup_until,points\n"
                             "1,party,T,2026-01-01 09:00,2026-01-01 10:00,C,60,,\n"
                             "2,class,T,2026-01-01 9 Uhr,2026-01-01 10:00,C,60,,\n"
                             "3,class,T,2026-01-01 09:00,2026-01-01 08:00,C,60,,\n"
                             "4,class,T,2026-01-01 09:00,2026-01-01 10:00,X,60,,\n"
                             "5,class,T,2026-01-01 09:00,2026-01-01 10:00,C,sixty,,\n"
                             "6,class,T,2026-01-01 09:00,2026-01-01 10:00,C,-1,,\n"
                             "7,class,T,2026-01-01 09:00,2026-01-01 10:00,C,60,soon,\n"
                             "8,class,T,2026-01-01 09:00,2026-01-01 10:00,C,60,,P-A;P-NONE\n",
           (2, "kind"), (3, "starts"), (4, "ends"), (5, "org"), (6, "minutes"), (7, "minutes"), (8, "makeup_until"),
           (9, "points"))


@test
def errors_of_orgs_points_terminals_invitations_and_attendance_name_their_columns():
    site = fresh(4)
    site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes"),
                           ("S", "class", "T", "2026-01-01 09:00", "2026-01-01 10:00", "C", "60")])
    errors(site, "orgs", "org,parent,area,level,name\nX,NONE,aa,branch,N\nY,C,AA,branch,N\nZ,C,aa,village,N\n",
           (2, "parent"), (3, "area"), (4, "level"))
    errors(site, "points", "point,org,name\nP/1,A-1,N\nP-2,NONE,N\n", (2, "point"), (3, "org"))
    errors(site, "terminals", "terminal,area,point\nT1,aa,P-A\nt2,collector,P-A\nt3,aa,NONE\noffice,aa,P-A\n",
           (2, "terminal"), (3, "area"), (4, "point"), (5, "terminal"))
    errors(site, "invitations", "session,member\nNONE,001\nS,NONE\n", (2, "session"), (3, "member"))
    errors(site, "attendance", "batch,session,member,kind,at,minutes,by,why\n"
                               "B,NONE,001,in,2026-01-01 09:00,,c,w\nB,S,NONE,in,2026-01-01 09:00,,c,w\n"
                               "B,S,001,dance,2026-01-01 09:00,,c,w\nB,S,001,in,noon,,c,w\n"
                               "B,S,001,makeup,2026-01-01 09:00,,c,w\n",
           (2, "session"), (3, "member"), (4, "kind"), (5, "at"), (6, "minutes"))


@test
def a_circle_of_orgs_is_refused():
    site = fresh()
    assert site.load("orgs", "org,parent,area,level,name\nX,Y,aa,branch,N\nY,X,aa,branch,N\n", code=65).err.count(".csv:")


@test
def bad_headers_and_files_that_are_no_csv_are_refused():
    site = fresh()
    for text in (b"", b"member,name,org\n", b"member,name,org,from,from\n", b"member,name,org,from,colour\n",
                 b"member,name,org,from\n1,A,A-1\n", b"member,name,org,from\n1,A,A-1,2020-01-01,extra\n",
                 b"member,name,org,from\n1,\xff\xff\xff,A-1,2020-01-01\n", b"member,name,org,from\n1,A\0B,A-1,2020-01-01\n",
                 b"member,name,org,from\n1,\"A,A-1,2020-01-01\n", "member,name,org,from\n".encode("utf-16")):
        assert site.load("members", text, code=65).err, text
    same(site.studyday("import", "members", os.path.join(site.path, "none.csv"), code=None).code, 66)
    same(site.studyday("import", "aliens", site.file("x\n"), code=None).code, 64)


@test
def dry_run_says_and_changes_nothing():
    site = fresh()
    text = "member,name,org,from\n1,A,A-1,2020-01-01\n"
    assert site.load("members", text, "--dry-run").out
    assert site.studyday("record", "1", code=None).code != 0
    site.load("members", text)
    errors(site, "members", "member,name,org,from\n2,A,NONE,2020-01-01\n", (2, "org"), options=("--dry-run",))


@test
def a_row_with_another_org_transfers_and_the_rest_stays():
    site = fresh(10)
    site.load("members", "member,name,org,from\n001,党员1,B-1,2026-01-01\n")
    same((org_of(site, "001"), org_of(site, "003"), org_of(site, "002")), ("B-1", "A-1", "B-1"))


def roster(skip=(), end=()):
    return [("member", "name", "org", "from", "to")] + [
        (f"{n:03}", f"党员{n}", "A-1" if n % 2 else "B-1", "2020-01-01", "2026-01-31" if n in end else "")
        for n in range(120) if n not in skip]


@test
def complete_ends_who_is_not_named_and_five_percent_need_force():
    site = fresh(120)  # 60 in each county: 5 % are 3
    site.load("members", roster(skip=(1, 3, 5)), "--complete")
    result = site.load("members", roster(skip=(1, 3, 5, 7, 9, 11, 13)), "--complete", code=65)
    assert result.err
    site.load("members", roster(skip=(1, 3, 5, 7, 9, 11, 13)), "--complete", "--force")
    members = site.studyday("report", "month", "2100-01", "--format", "json", code=None)
    assert members.code in (0, 65), members.err


@test
def ending_more_than_five_percent_by_to_needs_force():
    site = fresh(120)
    site.load("members", roster(end=(1, 3, 5, 7)), code=65)
    site.load("members", roster(end=(1, 3, 5)))
    site.load("members", roster(end=(0, 1, 2, 3, 4, 5)))


@test
def two_of_few_may_end_without_force_and_transfers_are_no_ends():
    site = fresh(6)
    rows = lambda to: [("member", "name", "org", "from", "to")] + [(f"{n:03}", "N", "A-1", "2020-01-01", to) for n in (1, 3)]
    site.load("members", rows("2026-01-31"))
    site = fresh(40)
    site.load("members", [("member", "name", "org", "from")] + [(f"{n:03}", "N", "B-1", "2026-01-01") for n in range(1, 40, 2)])


@test
def a_corrected_session_replaces_the_one_before():
    site = fresh(2)
    row = "S,class,{},2026-01-01 09:00,2026-01-01 10:00,C,{}\n"
    header = "session,kind,title,starts,ends,org,minutes\n"
    site.load("sessions", header + row.format("Old", 60))
    site.load("sessions", header + row.format("New", 90))
    same(site.record("001", "S")["title"], "New")


@test
def an_import_goes_through_a_running_collector_and_past_a_stopped_one():
    site = fresh().start()
    site.load("members", "member,name,org,from\n1,A,A-1,2020-01-01\n")
    site.stop()
    site.load("members", "member,name,org,from\n2,A,A-1,2020-01-01\n")
    same((org_of(site, "1"), org_of(site, "2")), ("A-1", "A-1"))



flow.main()
