"""The figures of a month, counted by hand: an independent reading of the default rules (docs: studyday-rules), from the
town's files and the scan lines alone. Nothing here is shared with the programs, not even their mistakes. Rules that
the simulated days never touch (closed months, invitations, sessions over New Year) are not here."""

from collections import defaultdict
from datetime import date, datetime, timedelta

GRACE = timedelta(minutes=10)
WINDOW = timedelta(minutes=60)
MAKEUP_DAYS = 30
PASS = 60
TARGET = {"member": 1920, "committee": 3360, "secretary": 3360}
ZONE = "+08:00"
ON_SITE = ("present", "late", "left-early")


def permille(part, whole):
    return None if whole == 0 else (2000 * part + whole) // (2 * whole)


class Scan:
    """A scan line of studyday-terminal with its time as it was given."""

    def __init__(self, line, terminal, seq):
        words = [word for word in line.split() if "=" not in word]
        self.keys = dict(word.split("=", 1) for word in line.split() if "=" in word)
        self.kind, self.who, self.session = words
        self.terminal, self.seq = terminal, seq
        self.at = datetime.fromisoformat(self.keys["at"])


class Town:
    """The rows of the five files."""

    def __init__(self, orgs, points, terminals, members, sessions):
        self.parent = {row["org"]: row["parent"] for row in orgs}
        self.host = {row["point"]: row["org"] for row in points}
        self.point_of = {row["terminal"]: row["point"] for row in terminals}
        self.facts = defaultdict(list)
        for row in members:
            self.facts[row["member"]].append(row)
        for rows in self.facts.values():
            rows.sort(key=lambda row: row["from"])
        self.sessions = {row["session"]: row for row in sessions}

    def chain(self, org):
        while org:
            yield org
            org = self.parent[org]

    def within(self, org, top):
        return top in self.chain(org)

    def fact(self, member, day, key):
        """The latest that was stated by that day; an empty cell states nothing."""
        stated = [row[key] for row in self.facts[member] if row["from"] <= day.isoformat() and row[key]]
        return stated[-1] if stated else None

    def home(self, member, day):
        return self.fact(member, day, "org")

    def exempt(self, member, day):
        since = self.fact(member, day, "exempt_from")
        return since is not None and since <= day.isoformat()

    def holder(self, card, day):
        return next((member for member in self.facts if self.fact(member, day, "card") == card), None)

    def own_point(self, org):
        """R11"""
        for above in self.chain(org):
            hosted = sorted(point for point, host in self.host.items() if host == above)
            if hosted:
                return hosted[0]
        return None


class Session:
    def __init__(self, town, row):
        self.code, self.top, self.minutes = row["session"], row["org"], int(row["minutes"])
        self.starts = datetime.fromisoformat(row["starts"] + ZONE)
        self.ends = datetime.fromisoformat(row["ends"] + ZONE)
        self.day = self.starts.date()
        self.deadline = self.day + timedelta(days=MAKEUP_DAYS)
        self.points = [point for point, host in town.host.items() if town.within(host, self.top)]  # R2


class Attendance:
    """The fold of one member's scans at one session."""

    def __init__(self, town, session, scans):
        self.status, self.credit, self.point = None, 0, None
        self.checked = self.passed = self.not_found = 0
        self.in_time = lambda scan: scan.at.date() <= session.deadline
        moves = sorted(((self.time(session, scan), scan.kind, town.point_of[scan.terminal])
                        for scan in scans if scan.kind in ("in", "out")))
        if moves:
            self.attend(session, moves)
        kinds = {scan.kind for scan in scans}
        if not self.status:
            for kind in ("home", "makeup"):  # in this order
                if not self.status and any(scan.kind == kind and self.in_time(scan) for scan in scans):
                    self.status = kind
        if not self.status and "leave" in kinds:
            self.status = "leave"
        for scan in scans:
            if scan.kind == "home":
                self.credit = max(self.credit, session.minutes)
            elif scan.kind == "makeup":
                self.credit = max(self.credit, min(session.minutes, int(scan.keys["minutes"])))
        self.check([scan for scan in scans if scan.kind == "check"])

    @staticmethod
    def time(session, scan):
        """R4"""
        if session.starts - WINDOW <= scan.at <= session.ends + WINDOW:
            return scan.at
        return session.starts if scan.kind == "in" else session.ends

    def attend(self, session, moves):
        ins = [move for move in moves if move[1] == "in"]
        outs = [move for move in moves if move[1] == "out"]
        first = ins[0][0] if ins else session.starts
        self.point = (ins or outs)[0][2]
        last_out = outs[-1][0] if outs else None
        if not outs or moves[-1][1] == "in":
            until = session.ends
        else:
            until = last_out
        if ins and first > session.starts + GRACE:
            self.status = "late"
        elif moves[-1][1] == "out" and moves[-1][0] < session.ends - GRACE:
            self.status = "left-early"
        else:
            self.status = "present"
        presence = min(until, session.ends) - max(first, session.starts)
        if presence * 2 >= session.ends - session.starts:
            self.credit = session.minutes

    def check(self, checks):
        if not checks:
            return
        latest = max(checks, key=lambda scan: scan.at)
        found = latest.keys["found"] == "1"
        self.checked = 1
        self.passed = int(found and int(latest.keys.get("score", PASS)) >= PASS)
        self.not_found = int(not found and self.status in ON_SITE)


class Month:
    """The figures of some sessions, for any org."""

    def __init__(self, town, scans, sessions, last_day):
        self.town, self.last_day = town, last_day
        self.sessions = [Session(town, town.sessions[code]) for code in sessions]
        void = {(scan.terminal, int(scan.keys["of"])) for scan in scans if scan.kind == "void"}
        self.scans = [scan for scan in scans if (scan.terminal, scan.seq) not in void]
        self.heard = {(scan.session, town.point_of[scan.terminal]) for scan in scans}  # R12
        self.attended = {session.code: self.fold(session) for session in self.sessions}

    def fold(self, session):
        mine = defaultdict(list)
        cards = {}
        for scan in self.scans:
            if scan.session != session.code or scan.who == "-":
                continue
            if scan.who.startswith("card:"):
                if scan.who not in cards:
                    cards[scan.who] = self.town.holder(scan.who[5:], session.day)
                mine[cards[scan.who]].append(scan)
            else:
                mine[scan.who].append(scan)
        return {member: Attendance(self.town, session, mine[member]) for member in self.town.facts}

    def status(self, session, member):
        """As it is shown; None: has nothing to do with the session."""
        status, home = self.attended[session.code][member].status, self.town.home(member, session.day)
        if not home or not self.town.within(home, session.top):
            return status
        if self.town.exempt(member, session.day):
            return "exempt"
        return status or ("unreported" if self.is_silent(session, home) else "absent")

    def is_silent(self, session, home):
        point = self.town.own_point(home)
        return point is not None and (session.code, point) not in self.heard

    def row(self, org):
        counts = defaultdict(int)
        for session in self.sessions:
            self.count_session(session, org, counts)
        on_site, expected = counts["on_site"], counts["expected"]
        counts["centralised_permille"] = permille(on_site, expected)
        counts["centralised_low_permille"] = permille(on_site, expected)
        counts["centralised_high_permille"] = permille(on_site, expected - counts["unreported"])
        counts["overall_permille"] = permille(on_site + counts["makeup"] + counts["home"], expected)
        for member in self.town.facts:  # R22
            home = self.town.home(member, self.last_day)
            if home and self.town.within(home, org):
                minutes = sum(self.attended[session.code][member].credit for session in self.sessions)
                counts["members"] += 1
                counts["year_minutes"] += minutes
                counts["target_met"] += minutes >= TARGET[self.town.fact(member, self.last_day, "role")]
        return counts

    def count_session(self, session, org, counts):
        town, any_expected = self.town, False
        for point in session.points:
            if town.within(town.host[point], org):
                counts["points_expected"] += 1
                counts["points_covered"] += (session.code, point) in self.heard
        for member, attendance in self.attended[session.code].items():
            home = town.home(member, session.day)
            inside = home and town.within(home, org)
            if attendance.status in ON_SITE and not inside and town.within(town.host[attendance.point], org):
                counts["guests"] += 1  # R20
            if not inside:
                continue
            counts["minutes"] += attendance.credit
            for key in ("checked", "passed", "not_found"):
                counts[key] += getattr(attendance, key)
            status = self.status(session, member)
            counts["on_site" if status in ON_SITE else status] += 1
            if status != "exempt":
                any_expected = True
                counts["expected"] += 1
        counts["sessions"] += any_expected


def last_day(month):
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
