"""Randomised little towns: what the programs report beside what rules.py says of the same events."""

import datetime
import os
import random

import rules
import town
from rules import DAY, MINUTE, ZONE
from town import flow, same, wire
from flow import test

SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1 2 3 4").split()]
MONTHS = ("2025-12", "2026-01", "2026-09", "2026-10")
DATE = datetime.date


def moment(date, hour, minute=0):
    return datetime.datetime.combine(date, datetime.time(), ZONE) + datetime.timedelta(hours=hour, minutes=minute)


class RandomTown:
    """A town, its roster, and study days on which everything happens that the rules speak of."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.rules = rules.Town()
        self.tree()
        self.roster()
        self.plan_sessions()
        self.streams = {}  # terminal: [epoch, events]
        for terminal in self.rules.terminals:
            self.streams[terminal] = (wire.ulid(), [])
        self.office = []  # rows of an attendance file
        for session in self.rules.sessions.values():
            self.live(session)
        self.rules.sent = [rules.Sent(terminal, epoch, seq, event) for terminal, (epoch, events) in self.streams.items()
                           for seq, event in enumerate(events, 1)]

    def chance(self, share):
        return self.dice.random() < share

    def tree(self):
        r = self.rules
        r.parents = {"C": None, "A": "C", "B": "C", "A1": "A", "A2": "A", "B1": "B", "A1X": "A1", "A1Y": "A1",
                     "A2X": "A2", "B1X": "B1", "B1Y": "B1", "A1XG": "A1X"}
        r.points = {"P9": "A1", "P8": "A1", "PX": "A1X", "PA2": "A2", "PB1": "B1", "PBY": "B1Y", "PB": "B"}
        if self.chance(0.5):
            r.points["PC"] = "C"
        for n, point in enumerate([*r.points, "P9", "PB1"]):
            r.terminals[f"t{n}"] = point
        self.levels = {1: "city", 2: "county", 3: "township", 4: "branch", 5: "group"}

    def area(self, org):
        return "bb" if self.rules.within(org, "B") else "aa"

    def roster(self):
        homes = ["A1X", "A1Y", "A2X", "B1X", "B1Y", "A1XG", "A1", "C"]
        for n in range(60):
            facts = [rules.Fact(DATE(2020, 1, 1), self.dice.choice(homes), role=self.role())]
            if self.chance(0.25):  # transferred, in the middle of a month or at a session's very date
                day = self.dice.choice([DATE(2026, 9, 20), DATE(2026, 10, 5), DATE(2026, 10, 6), DATE(2026, 1, 1)])
                facts.append(rules.Fact(day, self.dice.choice([h for h in homes if h != facts[0].org]),
                                        role=self.role()))
            elif self.chance(0.1):  # left, joined
                facts[0].end = self.dice.choice([DATE(2026, 10, 4), DATE(2026, 10, 5)])
            elif self.chance(0.1):
                facts[0].start = self.dice.choice([DATE(2026, 10, 5), DATE(2026, 10, 6)])
            member = rules.Member(f"{n:04}", facts, f"CARD{n}" if self.chance(0.5) else None)
            if self.chance(0.15):
                member.exempt = (DATE(2026, 9, 1), self.dice.choice([None, DATE(2026, 10, 5), DATE(2026, 9, 10)]))
            self.rules.members[member.code] = member

    def role(self):
        return self.dice.choices(["member", "secretary", "committee"], [8, 1, 1])[0]

    def plan_sessions(self):
        def add(code, kind, starts, length, org, minutes, **more):
            self.rules.sessions[code] = rules.Session(code, kind, starts, starts + length * MINUTE, org, minutes, **more)
        add("S1", "study-day", moment(DATE(2026, 9, 10), 9), 120, "C", 120)
        add("S2", "study-day", moment(DATE(2026, 10, 5), 9), 120, "C", 960, makeup_until=DATE(2026, 10, 20))
        add("S3", "meeting", moment(DATE(2026, 10, 5), 11, 30), 61, "A", 45)  # its window overlaps S2's
        add("S4", "class", moment(DATE(2026, 10, 6), 8), 480, "C", 1500)
        add("S5", "lecture", moment(DATE(2026, 10, 20), 14), 90, "A1", 1000, points=("PX", "PB"))
        invited = set(self.dice.sample(sorted(self.rules.members), 20))
        add("S6", "reading", moment(DATE(2026, 10, 31), 23), 120, "B", 200, invited=invited)
        add("NY", self.dice.choice(["study-day", "class"]), moment(DATE(2025, 12, 31), 22), 180, "C", 181)
        add("JAN", "online", moment(DATE(2026, 1, 10), 9), 60, "C", 700)
        add("2100", "study-day", moment(DATE(2100, 1, 5), 9), 60, "C", 60)

    def live(self, session):
        if session.code == "2100":
            return
        points = [p for p in self.rules.points if self.rules.takes_part(p, session)]
        silent = {p for p in points if self.chance(0.25)}
        awake = [t for t, p in self.rules.terminals.items() if p in points and p not in silent]
        if awake:
            for member in self.rules.members.values():
                self.take_part(session, member, awake)
        closing = self.chance(0.5)
        for terminal in awake:
            if closing or self.chance(0.5):
                self.put(terminal, {"kind": "close", "session": session.code, "at": self.at(session.ends), "count": 5})
        if closing:
            for point in silent:
                terminal = next(t for t, p in self.rules.terminals.items() if p == point)
                self.put(terminal, {"kind": "close", "session": session.code, "at": self.at(session.ends), "count": 0})

    def at(self, when):
        zone = self.dice.choice([ZONE, datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))])
        return when.astimezone(zone).isoformat().replace("+00:00", "Z")

    def put(self, terminal, event):
        self.streams[terminal][1].append(event)
        return len(self.streams[terminal][1])

    def take_part(self, session, member, awake):
        fate = self.dice.choices(["nothing", "scans", "makeup", "home", "leave", "office"], [25, 45, 8, 6, 8, 4])[0]
        terminal = self.dice.choice(awake)
        if fate == "scans":
            self.scans(session, member, awake)
        if fate in ("makeup", "leave") or self.chance(0.05):
            self.put(terminal, self.event("leave", session, member, session.starts - 90 * MINUTE, reason="ill"))
        if fate == "makeup" or self.chance(0.05):
            self.put(terminal, self.event("makeup", session, member, self.around(session.deadline),
                                          minutes=self.dice.choice([1, 30, 90, 2000])))
        if fate == "home" or self.chance(0.03):
            visitor = self.dice.choice(["0000", "0001", "0002", "nobody"])  # the first and the last are unknown at first
            self.put(terminal, self.event("home", session, member, self.around(session.deadline), visitor=visitor))
        if fate == "office":
            kind = self.dice.choice(["in", "leave", "makeup"])
            self.office.append((session.code, member.code, kind, session.starts, "50" if kind == "makeup" else ""))
        if self.chance(0.1) and not member.is_exempt(session.date):
            found = self.dice.randrange(2)
            score = {"score": self.dice.choice([0, 59, 60, 100])} if found and self.chance(0.7) else {}
            self.put(terminal, self.event("check", session, member, session.ends, found=found, **score))

    def around(self, deadline):
        return deadline + self.dice.choice([-5 * DAY, datetime.timedelta(seconds=-1), datetime.timedelta(0), DAY])

    def event(self, kind, session, member, when, **more):
        event = {"kind": kind, "session": session.code, "member": member.code, "at": self.at(when), **more}
        if self.chance(0.05):
            event["clock"] = self.dice.choice(["unset", "rtc", "ntp"])
        if member.card and self.chance(0.3):
            del event["member"]
            event["card"] = member.card
        if kind in ("in", "out") and self.chance(0.3):
            del event["session"]
        return event

    def scans(self, session, member, awake):
        """In and out around the edges that the rules know: 10 minutes, the window, half of the length."""
        length = session.ends - session.starts
        edges = [-61 * MINUTE, -60 * MINUTE, -5 * MINUTE, datetime.timedelta(0), 10 * MINUTE,
                 10 * MINUTE + datetime.timedelta(seconds=1), length / 2, length / 2 + datetime.timedelta(seconds=1),
                 length - 10 * MINUTE, length - 10 * MINUTE - datetime.timedelta(seconds=1), length, length + 60 * MINUTE,
                 length + 61 * MINUTE]
        terminal = self.dice.choice(awake)
        for kind in self.dice.choice([["in"], ["in", "out"], ["in", "out"], ["out"], ["in", "out", "in"],
                                      ["in", "out", "out"], ["in", "in"]]):
            if self.chance(0.1):
                terminal = self.dice.choice(awake)
            seq = self.put(terminal, self.event(kind, session, member, session.starts + self.dice.choice(edges)))
            if self.chance(0.08):
                void = self.put(terminal, {"kind": "void", "session": session.code, "member": member.code,
                                           "at": self.at(session.ends), "of": seq})
                if self.chance(0.3):
                    self.put(terminal, {"kind": "void", "session": session.code, "at": self.at(session.ends), "of": void})

    # ---- what the programs are given ----------------------------------------------------------------------------

    def load_orgs(self, site):
        r = self.rules
        site.load("orgs", [("org", "parent", "area", "level", "name")] +
                  [(o, p or "", self.area(o), self.levels[len(list(r.path(o)))], f"Org {o}") for o, p in r.parents.items()])
        site.load("points", [("point", "org", "name")] + [(p, o, f"Point {p}") for p, o in r.points.items()])
        site.load("terminals", [("terminal", "area", "point")] +
                  [(t, self.area(r.points[p]), p) for t, p in r.terminals.items()])

    def load_first_members(self, site):
        """The roster as it was first: no transfers, cards, exemptions; every third member is not known yet."""
        site.load("members", [("member", "name", "org", "from", "to", "role")] +
                  [(m.code, f"Name {m.code}", f.org, f.start, f.end or "", f.role)
                   for m in self.rules.members.values() if int(m.code) % 3 for f in m.facts[:1]])

    def load_first_sessions(self, site):
        """Sessions as they were planned at first: at other times, for other orgs, and not all of them."""
        form = lambda t: t.strftime("%Y-%m-%d %H:%M")
        site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes", "points")] +
                  [(s.code, "study-day", "Draft", form(s.starts + shift * MINUTE), form(s.ends + shift * MINUTE), org, "60", points)
                   for s, shift, org, points in zip(self.rules.sessions.values(), (30, -90, 0, 60, 1440), "CCABC",
                                                    ("", "PX;PB", "", "", ""))])

    def load_members(self, site):
        rows = [("member", "name", "org", "from", "to", "role", "card", "exempt_from", "exempt_to", "exempt_reason")]
        for m in self.rules.members.values():
            for n, f in enumerate(m.facts):
                exempt = (*m.exempt, "ill") if m.exempt and n == 0 else ("", "", "")
                rows.append((m.code, f"Name {m.code}", f.org, f.start, f.end or "", f.role,
                             m.card if m.card and n == 0 else "", exempt[0], exempt[1] or "", exempt[2]))
        site.load("members", rows)

    def load_sessions(self, site):
        form = lambda t: t.strftime("%Y-%m-%d %H:%M")
        site.load("sessions", [("session", "kind", "title", "starts", "ends", "org", "minutes", "makeup_until", "points")] +
                  [(s.code, s.kind, f"Title {s.code}", form(s.starts), form(s.ends), s.org, s.minutes,
                    s.makeup_until or "", ";".join(s.points)) for s in self.rules.sessions.values()])

    def invite(self, site):
        site.load("invitations", [("session", "member")] +
                  [(s.code, m) for s in self.rules.sessions.values() for m in sorted(s.invited)])

    def load_office(self, site):
        if not self.office:
            return
        site.load("attendance", [("batch", "session", "member", "kind", "at", "minutes", "by", "why")] +
                  [("B1", s, m, k, at.isoformat(), minutes, "clerk", "paper roll") for s, m, k, at, minutes in self.office])
        for n, (session, member, kind, at, minutes) in enumerate(self.office):
            event = {"kind": kind, "session": session, "member": member, "at": at.isoformat()}
            self.rules.sent.append(rules.Sent("office", "", n, event | ({"minutes": 50} if minutes else {})))
            self.rules.imported.append((session, member))

    def correct(self, site):
        """The office voids what terminals sent and adds what they did not."""
        for sent in self.dice.sample([s for s in self.rules.sent if s.epoch], 12):
            site.studyday("attendance", "void", sent.terminal, f"{sent.epoch}:{sent.seq}", "--why", "a mistake")
            self.rules.office_voids.add((sent.terminal, sent.epoch, sent.seq))
        for n in range(6):
            session = self.dice.choice([s for s in self.rules.sessions.values() if s.code != "2100"])
            kind, at = ("in", "out", "leave", "makeup", "home", "in")[n], session.starts + self.dice.randrange(200) * MINUTE
            member = self.dice.choice(sorted(self.rules.members))
            event = {"kind": kind, "session": session.code, "member": member, "at": at.isoformat()}
            if kind == "leave":
                site.studyday("leave", "add", session.code, member, "--reason", "ill", "--why", "a letter")
            elif kind == "home":
                site.studyday("home", "add", session.code, member, "--visitor", "0000" if member != "0000" else "0001", "--at", event["at"], "--why", "told")
            else:
                more = ("--minutes", "70") if kind == "makeup" else ()
                event |= {"minutes": 70} if more else {}
                site.studyday("attendance", "add", session.code, member, kind, "--at", event["at"], *more, "--why", "told")
            self.rules.sent.append(rules.Sent("office", "", 1000 + n, event))

    def send(self, site):
        """Everything, cut into batches of any size, in any order, some of it twice."""
        for terminal, (epoch, events) in self.streams.items():
            t = site.terminal(terminal, area=self.area(self.rules.points[self.rules.terminals[terminal]]), epoch=epoch)
            batches, first = [], 0
            while first < len(events):
                size = self.dice.randrange(1, 12)
                batches.append((first, events[first:first + size]))
                first += size
            batches += self.dice.sample(batches, len(batches) // 4)
            self.dice.shuffle(batches)
            for first, part in batches:
                t.put("event", t.batch(part, first + 1))
            t.events = list(events)
            t.hello()
            receipt = t.wait("receipt", 0, lambda value: value["through"] == len(events))
            same(receipt["chain"], t.chain(), terminal)
            t.client.close()


def live(seed):
    """The town after everything; what comes first, roster or events, changes from seed to seed."""
    if seed in live.towns:
        return live.towns[seed]
    made, site = RandomTown(seed), town.Site()
    made.load_orgs(site)
    site.start()
    orders = ([made.load_members, made.load_sessions, made.send],
              [made.load_members, made.send, made.load_sessions],
              [made.load_first_sessions, made.send, made.load_sessions, made.load_members],
              [made.load_first_members, made.load_first_sessions, made.send, made.load_members, made.load_sessions])
    for step in (*orders[seed % 4], made.invite):
        step(site)
    made.load_office(site)
    made.correct(site)
    made.rules.all_attendance()
    live.towns[seed] = made, site
    return live.towns[seed]


live.towns = {}


def differences(is_, expected, what):
    return [f"{what} {key}: {is_.get(key)} expected {value}" for key, value in expected.items() if is_.get(key) != value]


def compare_rows(report, row_of, orgs, what):
    found = []
    rows = {row["org"]: row for row in report["rows"]}
    same(sorted(rows), sorted(orgs), what)
    for org in orgs:
        found += differences(rows[org], row_of(org), f"{what} {org}")
    return found


@test
def month_reports_have_the_figures_of_the_rules():
    found = []
    for seed in SEEDS:
        made, site = live(seed)
        for month in MONTHS:
            report = site.studyday("report", "month", month, "--depth", "9", "--format", "json").json()
            found += compare_rows(report, lambda org: made.rules.month_row(org, month), made.rules.parents,
                                  f"seed {seed} {month}")
            complete = all(made.rules.complete(s) for s in made.rules.month_sessions(month))
            found += differences(report, {"state": "complete" if complete else "provisional"}, f"seed {seed} {month}")
    same(found, [])


@test
def session_reports_have_the_figures_of_the_rules():
    found = []
    for seed in SEEDS:
        made, site = live(seed)
        for session in made.rules.sessions.values():
            if session.code == "2100":
                continue
            report = site.studyday("report", "session", session.code, "--org", "C", "--depth", "9", "--format", "json").json()
            found += compare_rows(report, lambda org: made.rules.figures(org, [session]), made.rules.parents,
                                  f"seed {seed} {session.code}")
    same(found, [])


FLAGS = {"uncertain-time", "no-in", "no-out", "short", "late-makeup", "late-home", "not-found"}


@test
def records_have_the_status_minutes_and_credit_of_the_rules():
    found = []
    made, site = live(SEEDS[0])
    for member in made.rules.members.values():
        for year in (2025, 2026):
            record = site.studyday("record", member.code, "--year", str(year), "--format", "json").json()
            rows = {row["session"]: row for row in record["sessions"]}
            total = sum(a.year_share(year) for rows_ in made.rules.rows.values() for a in rows_ if a.member is member)
            found += differences(record, {"minutes": total}, f"{member.code} {year}")
            for session in made.rules.sessions.values():
                a = next(a for a in made.rules.rows[session.code] if a.member is member)
                if session.date.year != year or session.code == "2100" or not (a.expected or a.exempt or a.status or a.credit):
                    continue
                row = rows.get(session.code, {})
                flags = sorted(set(row.get("flags", ())) & FLAGS)
                status = "exempt" if a.exempt else a.status
                found += differences(row | {"flags": flags},
                                     {"status": status, "minutes": a.presence, "flags": sorted(a.flags & FLAGS)} |
                                     ({"credit_minutes": a.credit} if session.code != "NY" else {}),
                                     f"{member.code} {session.code}")
    same(found, [])


@test
def nothing_differs_when_all_is_computed_again():
    for seed in SEEDS:
        _, site = live(seed)
        site.studyday("verify")
        site.studyday("recompute", "--diff")


try:
    flow.main()
finally:
    for _, site in live.towns.values():
        site.stop()
