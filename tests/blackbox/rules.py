"""studyday-rules(7) once more, from the page alone: figures of a little town by brute force. Nothing here is shared with
the programs; what both say must be the same."""

import datetime
from dataclasses import dataclass, field

ZONE = datetime.timezone(datetime.timedelta(hours=8))
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
WINDOW, GRACE = 60 * MINUTE, 10 * MINUTE
ON_SITE = ("late", "left-early", "present")


def parse(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@dataclass
class Session:
    code: str
    kind: str
    starts: datetime.datetime
    ends: datetime.datetime
    org: str
    minutes: int
    makeup_until: datetime.date = None
    points: tuple = ()
    invited: set = field(default_factory=set)

    @property
    def date(self):
        return self.starts.astimezone(ZONE).date()

    @property
    def deadline(self):
        """The first moment that is too late (R table, 5)."""
        last = self.makeup_until or self.date + 30 * DAY
        return datetime.datetime.combine(last + DAY, datetime.time(), ZONE)

    def holds(self, at):
        return self.starts - WINDOW <= at <= self.ends + WINDOW


@dataclass
class Fact:
    """A line of a members file: true from `start` on."""
    start: datetime.date
    org: str
    end: datetime.date = None
    role: str = "member"


@dataclass
class Member:
    code: str
    facts: list
    card: str = None
    exempt: tuple = None  # first and last day, the last may be None

    def fact(self, date):
        begun = [f for f in self.facts if f.start <= date]
        fact = max(begun, key=lambda f: f.start) if begun else None
        return fact if fact and (fact.end is None or date <= fact.end) else None

    def org(self, date):
        fact = self.fact(date)
        return fact.org if fact else None

    def is_exempt(self, date):
        return bool(self.exempt and self.exempt[0] <= date and (not self.exempt[1] or date <= self.exempt[1]))


@dataclass
class Sent:
    terminal: str
    epoch: str
    seq: int
    event: dict
    session: Session = None
    member: Member = None
    void: bool = False


class Town:
    def __init__(self):
        self.parents, self.points, self.terminals = {}, {}, {}  # org: parent, point: org, terminal: point
        self.members, self.sessions, self.sent = {}, {}, []
        self.imported = []  # (session, member) of attendance files
        self.office_voids = set()

    # ---- the tree -----------------------------------------------------------------------------------------------

    def path(self, org):
        while org:
            yield org
            org = self.parents[org]

    def within(self, org, top):
        return org is not None and top in self.path(org)

    def takes_part(self, point, session):
        return point in session.points if session.points else self.within(self.points[point], session.org)

    def own_point(self, member, session):
        for org in self.path(member.org(session.date)):
            hosted = [p for p in sorted(self.points) if self.points[p] == org and self.takes_part(p, session)]
            if hosted:
                return hosted[0]
        return None

    # ---- R1, R3, R6: what each event is about -------------------------------------------------------------------

    def find_session(self, sent):
        if "session" in sent.event:
            return self.sessions.get(sent.event["session"])
        point, at = self.terminals.get(sent.terminal), parse(sent.event["at"])
        near = [s for s in self.sessions.values() if point and self.takes_part(point, s) and s.holds(at)]
        return min(near, key=lambda s: (abs(s.starts - at), s.starts, s.code), default=None)

    def find_member(self, sent):
        if sent.event["kind"] == "home" and sent.event.get("visitor", next(iter(self.members))) not in self.members:
            return None
        if "card" in sent.event:
            return next((m for m in self.members.values() if sent.session and m.card == sent.event["card"] and
                         m.fact(sent.session.date)), None)
        return self.members.get(sent.event.get("member"))

    def resolve(self):
        voided = self.office_voids | {(s.terminal, s.epoch, s.event["of"]) for s in self.sent if s.event["kind"] == "void"}
        for sent in self.sent:
            sent.session = self.find_session(sent)
            sent.member = self.find_member(sent)
            sent.void = (sent.terminal, sent.epoch, sent.seq) in voided and sent.event["kind"] != "void"
        self.by_pair, self.of_session = {}, {}
        for sent in self.sent:
            if sent.session:
                self.of_session.setdefault(sent.session.code, []).append(sent)
            if sent.session and sent.member and not sent.void and sent.event["kind"] not in ("void", "close"):
                self.by_pair.setdefault((sent.session.code, sent.member.code), []).append(sent)

    # ---- R8 to R14: one member, one session ---------------------------------------------------------------------

    def attendance(self, session, member):
        events = self.by_pair.get((session.code, member.code), [])
        out = Attendance(session, member)
        out.home_org = member.org(session.date)
        duty = member.code in session.invited if session.invited else self.within(out.home_org, session.org)
        out.exempt = duty and member.is_exempt(session.date)
        out.expected = duty and not out.exempt
        scans = sorted(((out.time(s), s.event["kind"] == "out", s) for s in events if s.event["kind"] in ("in", "out")),
                       key=lambda scan: (*scan[:2], self.terminals.get(scan[2].terminal, "")))
        if scans:
            out.on_site(scans)
            first = next((s for _, is_out, s in scans if not is_out), scans[0][2])
            out.point = self.terminals.get(first.terminal)
        for sent in events:
            out.other(sent.event)
        if out.status is None and events and any(s.event["kind"] == "leave" for s in events):
            out.status = "leave"
        out.events = len(events)
        if out.expected and out.status is None:
            point = self.own_point(member, session)
            out.status = "unreported" if point and self.silent(point, session) else "absent"
        return out

    # ---- R12 ----------------------------------------------------------------------------------------------------

    def silent(self, point, session):
        if any(self.terminals.get(s.terminal) == point for s in self.of_session.get(session.code, ())):
            return False
        return not any(code == session.code and self.own_point(self.members[member], session) == point
                       for code, member in self.imported)

    def complete(self, session):
        for point in self.points:
            if self.takes_part(point, session) and not any(
                    s.event["kind"] == "close" and not s.void and self.terminals.get(s.terminal) == point
                    for s in self.of_session.get(session.code, ())):
                return False
        return True

    # ---- R18 to R26 ---------------------------------------------------------------------------------------------

    def month_sessions(self, month):
        return [s for s in self.sessions.values()
                if s.date.isoformat()[:7] == month and s.starts <= datetime.datetime.now(ZONE)]

    def all_attendance(self):
        self.resolve()
        self.rows = {s.code: [self.attendance(s, m) for m in self.members.values()] for s in self.sessions.values()}

    def figures(self, org, sessions):
        """A row of a report, without what is of the year."""
        row = dict.fromkeys(("sessions", "expected", "exempt", "on_site", "makeup", "home", "leave", "absent",
                             "unreported", "guests", "checked", "passed", "not_found", "points_expected",
                             "points_covered", "minutes"), 0)
        for session in sessions:
            before = row["expected"]
            for a in self.rows[session.code]:
                inside = self.within(a.home_org, org)
                if inside:
                    row["minutes"] += a.credit
                    row["checked"] += a.check is not None
                    row["passed"] += a.passed
                    row["not_found"] += a.not_found
                    row["exempt"] += a.exempt
                    row["expected"] += a.expected
                    if a.expected:
                        row["on_site" if a.status in ON_SITE else a.status] += 1
                elif a.status in ON_SITE:
                    row["guests"] += bool(a.point) and self.within(self.points[a.point], org)
            row["sessions"] += row["expected"] > before
            for point, host in self.points.items():
                if self.within(host, org) and self.takes_part(point, session):
                    row["points_expected"] += 1
                    row["points_covered"] += not self.silent(point, session)
        row["centralised_permille"] = permille(row["on_site"], row["expected"])
        row["centralised_low_permille"] = row["centralised_permille"]
        row["centralised_high_permille"] = permille(row["on_site"], row["expected"] - row["unreported"])
        row["overall_permille"] = permille(row["on_site"] + row["makeup"] + row["home"], row["expected"])
        return row

    def month_row(self, org, month):
        row = self.figures(org, self.month_sessions(month))
        year, number = int(month[:4]), int(month[5:])
        last = datetime.date(year + number // 12, number % 12 + 1, 1) - DAY
        row |= {"year_minutes": 0, "members": 0, "target_met": 0}
        for member in self.members.values():
            fact = member.fact(last)
            if not fact or not self.within(fact.org, org):
                continue
            credit, has_class = self.year_credit(member, year, last)
            senior = fact.role != "member"
            row["members"] += 1
            row["year_minutes"] += credit
            row["target_met"] += credit >= (3360 if senior else 1920) and (has_class or not senior)
        return row

    def year_credit(self, member, year, last):
        total, has_class = 0, False
        for session in self.sessions.values():
            if session.date > last or session.starts > datetime.datetime.now(ZONE):
                continue
            a = next(a for a in self.rows[session.code] if a.member is member)
            share = a.year_share(year)
            total += share
            has_class |= session.kind == "class" and a.credit > 0 and session.date.year == year
        return total, has_class


class Attendance:
    def __init__(self, session, member):
        self.session, self.member = session, member
        self.status = self.check = self.first_in = self.last_out = None
        self.presence = self.credit = self.events = 0
        self.passed = self.not_found = self.expected = self.exempt = False
        self.point, self.flags = None, set()  # one attendance, one point: that of the first in
        self.in_time = {"home": False, "makeup": False}

    def time(self, sent):
        """R4."""
        at = parse(sent.event["at"])
        if sent.event.get("clock") == "unset" or not self.session.holds(at):
            self.flags.add("uncertain-time")
            return self.session.starts if sent.event["kind"] == "in" else self.session.ends
        return at

    def on_site(self, scans):
        s = self.session
        ins = [at for at, is_out, _ in scans if not is_out]
        outs = [at for at, is_out, _ in scans if is_out]
        first = ins[0] if ins else s.starts
        if not ins:
            self.flags.add("no-in")
        ends_out = scans[-1][1]
        last = scans[-1][0] if ends_out else s.ends
        if not ends_out:
            self.flags.add("no-out")
        self.first_in, self.last_out = (ins[0] if ins else None), (outs[-1] if outs else None)
        presence = max(datetime.timedelta(0), min(last, s.ends) - max(first, s.starts))
        self.presence = presence // MINUTE
        if presence * 2 >= s.ends - s.starts:
            self.credit = s.minutes
        else:
            self.flags.add("short")
        if first > s.starts + GRACE:
            self.status = "late"
        elif ends_out and last < s.ends - GRACE:
            self.status = "left-early"
        else:
            self.status = "present"

    def other(self, event):
        kind = event["kind"]
        if kind in ("home", "makeup"):
            unset = event.get("clock") == "unset"
            late = not unset and parse(event["at"]) >= self.session.deadline
            if unset:
                self.flags.add("uncertain-time")
            if late:
                self.flags.add(f"late-{kind}")
            else:
                self.in_time[kind] = True
            self.credit = max(self.credit, self.session.minutes if kind == "home" else
                              min(event["minutes"], self.session.minutes))
            if self.status not in ON_SITE:
                self.status = "home" if self.in_time["home"] else "makeup" if self.in_time["makeup"] else self.status
        elif kind == "check":
            self.check = event
            self.passed = event["found"] == 1 and event.get("score", 100) >= 60
            self.not_found = event["found"] == 0 and self.status in ON_SITE
            if self.not_found:
                self.flags.add("not-found")

    def year_share(self, year):
        """R16."""
        s = self.session
        first = s.date.year
        turn = datetime.datetime(first + 1, 1, 1, tzinfo=ZONE)
        if s.ends <= turn:
            return self.credit if year == first else 0
        earlier = int(self.credit * (turn - s.starts) // (s.ends - s.starts))
        return {first: earlier, first + 1: self.credit - earlier}.get(year, 0)


def permille(part, whole):
    return (2000 * part + whole) // (2 * whole) if whole else None
