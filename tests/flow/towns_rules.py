"""R1 to R26 of studyday-rules(7) for a random town, by brute force: every member at every session, nothing kept from one
question to the next. Written from the page alone; nothing is shared with the programs."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ON_SITE = ("late", "left-early", "present")
TARGET = {"member": 1920, "secretary": 3360, "committee": 3360}


@dataclass
class Rules:
    """A version of the rules of sessions."""
    late: int = 10
    early: int = 10
    permille: int = 500
    before: int = 60
    after: int = 60
    makeup_days: int = 30


@dataclass
class Session:
    code: str
    kind: str
    starts: datetime
    ends: datetime
    org: str
    minutes: int
    makeup_until: date = None
    points: tuple = ()
    invited: tuple = ()
    rules: Rules = field(default_factory=Rules)

    @property
    def date(self):
        return self.starts.date()

    @property
    def month(self):
        return self.starts.strftime("%Y-%m")

    @property
    def deadline(self):
        last = self.makeup_until or self.date + self.rules.makeup_days * DAY
        return datetime(last.year, last.month, last.day, tzinfo=ZONE) + DAY

    def holds(self, at):
        return self.starts - self.rules.before * MINUTE <= at <= self.ends + self.rules.after * MINUTE

    def in_year(self, credit, year):
        """R16."""
        turn = datetime(self.date.year + 1, 1, 1, tzinfo=ZONE)
        if self.ends <= turn:
            return credit if year == self.date.year else 0
        earlier = int(credit * (turn - self.starts) // (self.ends - self.starts))
        return {self.date.year: earlier, self.date.year + 1: credit - earlier}.get(year, 0)


@dataclass
class Member:
    code: str
    homes: list             # [from, to or None, org], one after the other
    roles: list             # (from, role)
    exempt: tuple = None    # from, to or None
    card: str = None        # stated with the first home: held from its day on, and where it is the only one to its end

    def home(self, day):
        return next((org for first, last, org in self.homes if first <= day and (last is None or day <= last)), None)

    def role(self, day):
        return max(((first, role) for first, role in self.roles if first <= day), default=(None, "member"))[1]

    def holds(self, card, day):
        (first, last, _), *more = self.homes
        return self.card == card and first <= day and (more or last is None or day <= last)

    def is_exempt(self, day):
        return self.exempt is not None and self.exempt[0] <= day and (self.exempt[1] is None or day <= self.exempt[1])


@dataclass
class Event:
    terminal: str  # "office" for what the office adds
    seq: int
    kind: str
    at: datetime
    session: str = None
    member: str = None
    card: str = None
    clock: str = "ntp"
    keys: dict = field(default_factory=dict)  # minutes, visitor, found, score, of, count


@dataclass
class Town:
    parents: dict   # org: parent, at first
    points: dict    # point: org
    terminals: dict  # terminal: point
    members: dict
    sessions: dict
    moves: list = field(default_factory=list)  # (day, org, parent from then on)

    def parent(self, org, day):
        return max(((first, parent) for first, moved, parent in self.moves if moved == org and first <= day),
                   default=(None, self.parents[org]))[1]

    def path(self, org, day):
        while org:
            yield org
            org = self.parent(org, day)

    def within(self, org, top, day):
        return top in self.path(org, day)

    def takes_part(self, point, session):
        if session.points:
            return point in session.points
        return self.within(self.points[point], session.org, session.date)

    def own_point(self, home, session):
        """R11."""
        for org in self.path(home, session.date):
            hosted = [p for p, host in self.points.items() if host == org and self.takes_part(p, session)]
            if hosted:
                return min(hosted)
        return None


def permille(part, whole):
    return (2000 * part + whole) // (2 * whole) if whole else None


class Attendance:
    """R8 to R14 of one member and one session; its `status` is what events alone say."""

    def __init__(self, town, session, events):
        self.on_site, self.status, self.point, self.presence = False, None, None, 0
        self.checked = self.passed = self.not_found = 0
        credits = [0]
        said = {event.kind for event in events if event.kind == "leave"}
        for event in events:
            if event.kind in ("makeup", "home"):
                if event.clock == "unset" or event.at < session.deadline:
                    said.add(event.kind)
                credits.append(session.minutes if event.kind == "home" else min(event.keys["minutes"], session.minutes))
        self.status = next((kind for kind in ("home", "makeup", "leave") if kind in said), None)
        scans = sorted((self.counts_at(session, e), e.kind == "out", town.terminals.get(e.terminal, ""))
                       for e in events if e.kind in ("in", "out"))
        if scans:
            self.attend(session, scans, credits)
        self.credit = max(credits)
        checks = [e for e in events if e.kind == "check"]
        if checks:
            self.check(max(checks, key=lambda e: (e.at, e.keys["found"], e.keys.get("score", 60) >= 60)))

    @staticmethod
    def counts_at(session, event):
        """R4."""
        if event.clock == "unset" or not session.holds(event.at):
            return session.starts if event.kind == "in" else session.ends
        return event.at

    def attend(self, session, scans, credits):
        self.on_site = True
        ins = [scan for scan in scans if not scan[1]]
        last, ends_out, _ = scans[-1]
        first = ins[0][0] if ins else session.starts
        self.point = (ins[0] if ins else scans[0])[2] or None
        presence = max(min(last if ends_out else session.ends, session.ends) - max(first, session.starts), timedelta(0))
        self.presence = presence // MINUTE
        if presence * 1000 >= (session.ends - session.starts) * session.rules.permille:
            credits.append(session.minutes)
        if first > session.starts + session.rules.late * MINUTE:
            self.status = "late"
        elif ends_out and last < session.ends - session.rules.early * MINUTE:
            self.status = "left-early"
        else:
            self.status = "present"

    def check(self, event):
        found = event.keys["found"]
        self.checked = 1
        self.passed = int(found == 1 and event.keys.get("score", 60) >= 60)
        self.not_found = int(found == 0 and self.on_site)


@dataclass
class Row:
    attendance: Attendance
    home: str
    duty: str    # "expected", "exempt", "none"
    status: str  # as it is shown

    def facts(self):
        """What a list of changes of a closed month compares; nobody misses who is exempt."""
        a = self.attendance
        return a.status, a.credit, a.checked, a.passed, a.not_found and self.duty != "exempt", a.point


class Count:
    """The town after these events: `voids` are (terminal, seq) that the office took back."""

    def __init__(self, town, events, imported, voids=()):
        self.town, self.heard, self.pairs, self.closed = town, {}, {}, set()
        kinds = {(e.terminal, e.seq): e.kind for e in events}
        voided = set(voids) | {(e.terminal, e.keys["of"]) for e in events if e.kind == "void"}
        voided = {key for key in voided if kinds.get(key) != "void"}
        for event in [*events, *imported]:
            self.take(event, (event.terminal, event.seq) in voided)
        for event in imported:
            session = town.sessions[event.session]
            own = town.own_point(town.members[event.member].home(session.date), session)
            self.heard.setdefault(event.session, set()).add(own)
        self.rows = {code: {m: self.row(session, m) for m in town.members.values() for m in [m.code]}
                     for code, session in town.sessions.items()}

    def take(self, event, is_void):
        session = self.session_of(event)
        if not session:
            return
        point = self.town.terminals.get(event.terminal)
        if point:
            self.heard.setdefault(session.code, set()).add(point)
        member = self.member_of(event, session)
        if is_void:
            return
        if event.kind == "close":
            self.closed.add((session.code, point))
        elif member:
            self.pairs.setdefault((session.code, member), []).append(event)

    def session_of(self, event):
        """R1, R2."""
        if event.session or event.kind == "void":
            return self.town.sessions.get(event.session)
        point = self.town.terminals[event.terminal]
        near = [s for s in self.town.sessions.values() if self.town.takes_part(point, s) and s.holds(event.at)]
        return min(near, key=lambda s: (abs(s.starts - event.at), s.starts, s.code), default=None)

    def member_of(self, event, session):
        """R3: the code, or None."""
        members = self.town.members
        if event.keys.get("visitor", event.member) not in members and event.kind == "home" and "visitor" in event.keys:
            return None
        if event.card:
            return next((m.code for m in members.values() if m.holds(event.card, session.date)), None)
        return event.member if event.member in members else None

    def row(self, session, code):
        """R7, and the last two lines of the table of statuses."""
        member = self.town.members[code]
        home = member.home(session.date)
        attendance = Attendance(self.town, session, self.pairs.get((session.code, code), []))
        duty, status = "none", attendance.status
        if code in session.invited if session.invited else self.town.within(home, session.org, session.date):
            duty = "exempt" if member.is_exempt(session.date) else "expected"
        if duty == "exempt":
            status = "exempt"
        elif duty == "expected" and status is None:
            own = self.town.own_point(home, session)
            status = "unreported" if own and own not in self.heard.get(session.code, ()) else "absent"
        return Row(attendance, home, duty, status)

    def complete(self, session):
        """R12, where no terminal has a gap."""
        return all((session.code, p) in self.closed for p in self.town.points if self.town.takes_part(p, session))

    def month(self, month):
        return [s for s in self.town.sessions.values() if s.month == month]

    def year_of(self, member, year, until):
        """Credit of a year up to a month, and whether there was a class among it (R16, R17)."""
        minutes, has_class = 0, False
        for session in self.town.sessions.values():
            credit = self.rows[session.code][member].attendance.credit
            if session.month <= until:
                minutes += session.in_year(credit, year)
                has_class |= session.kind == "class" and credit > 0 and session.date.year == year
        return minutes, has_class

    def figures(self, org, month):
        """R18 to R26."""
        names = ("sessions expected exempt on_site makeup home leave absent unreported guests checked passed not_found "
                 "points_expected points_covered minutes year_minutes members target_met")
        row = dict.fromkeys(names.split(), 0)
        for session in self.month(month):
            self.add_session(row, org, session)
        year, number = int(month[:4]), int(month[5:])
        last = date(year + number // 12, number % 12 + 1, 1) - DAY
        for member in self.town.members.values():
            if self.town.within(member.home(last), org, last):
                minutes, has_class = self.year_of(member.code, year, month)
                role = member.role(last)
                row["members"] += 1
                row["year_minutes"] += minutes
                row["target_met"] += minutes >= TARGET[role] and (has_class or role == "member")
        taken = row["on_site"] + row["makeup"] + row["home"]
        row["centralised_permille"] = row["centralised_low_permille"] = permille(row["on_site"], row["expected"])
        row["centralised_high_permille"] = permille(row["on_site"], row["expected"] - row["unreported"])
        row["overall_permille"] = permille(taken, row["expected"])
        return row

    def add_session(self, row, org, session):
        town, expected = self.town, row["expected"]
        for entry in self.rows[session.code].values():
            a = entry.attendance
            if town.within(entry.home, org, session.date):
                row["minutes"] += a.credit
                row["checked"] += a.checked
                row["passed"] += a.passed
                row["not_found"] += a.not_found and entry.duty != "exempt"
                row["exempt"] += entry.duty == "exempt"
                if entry.duty == "expected":
                    row["expected"] += 1
                    row["on_site" if entry.status in ON_SITE else entry.status] += 1
            elif a.on_site and a.point and town.within(town.points[a.point], org, session.date):
                row["guests"] += 1
        row["sessions"] += row["expected"] > expected
        for point, host in town.points.items():
            if town.takes_part(point, session) and town.within(host, org, session.date):
                row["points_expected"] += 1
                row["points_covered"] += point in self.heard.get(session.code, ())

    def watched(self, month):
        """R25: codes and full months without participation up to `month`, of those who are at home on its last day."""
        year, number = int(month[:4]), int(month[5:])
        last = date(year + number // 12, number % 12 + 1, 1) - DAY
        months = [f"{year - (number - 1 - back < 0)}-{(number - 1 - back) % 12 + 1:02}" for back in range(12)]
        found = {}
        for member in self.town.members.values():
            missed = 0
            for m in months:
                rows = [self.rows[s.code][member.code] for s in self.month(m)]
                rows = [row for row in rows if row.duty == "expected"]
                if any(row.status not in ("absent", "unreported") for row in rows):
                    break
                missed += bool(rows)
            if missed >= 3 and member.home(last) and not member.is_exempt(last):
                found[member.code] = missed
        return found
