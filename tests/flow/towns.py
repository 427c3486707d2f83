"""Random little towns over the real broker, collector and commands, compared with towns_rules.py: reports of months, records,
who is watched, and what a closed month makes of events that come late. In each town another order of roster, sessions and
events, another tree, rules that change in mid-autumn, organisations that move,
transfers, cards, exemptions, invitations, voids and batches.

A slice runs with the tests; SEEDS=1-200 python3 tests/flow/towns.py plays more, and one seed alone is played again by
its number."""

import datetime
import os
import random
import shutil
import sys

HERE = os.path.dirname(__file__)
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "blackbox")]
import flow
import town as programs
import wire
from towns_rules import DAY, MINUTE, ZONE, Count, Event, Member, Rules, Session, Town

FIRST = datetime.date(2025, 8, 1)
MONTHS = ("2025-08", "2025-09", "2025-10", "2025-11")
CLOSED = ("2025-09", "2025-10")
CHANGE = datetime.date(2025, 10, 10)  # from this day on sessions follow other rules
CHANGED = Rules(late=5, early=20, permille=700, before=30, after=75, makeup_days=5)
STRANGER = "NOBODY"


def seeds():
    for part in os.environ.get("SEEDS", "1-6").replace(",", " ").split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Play:
    """A town made up from a seed, and the programs that hear of it."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.areas, self.levels = {}, {}
        self.town = Town({}, {}, {}, {}, {})
        self.make_tree()
        self.days = [FIRST + n * DAY for n in range(120)]
        self.make_moves()
        for n in range(self.dice.randint(8, 30)):
            self.make_member(f"M{n:03}")
        for n in range(self.dice.randint(4, 10)):
            self.make_session(n)
        self.events, self.imported, self.voids = [], [], set()
        self.epochs = {terminal: wire.ulid() for terminal in self.town.terminals}
        self.seqs = dict.fromkeys(self.town.terminals, 0)
        for session in self.town.sessions.values():
            self.live(session)
        self.site = programs.Site()
        self.files = 0

    def chance(self, share):
        return self.dice.random() < share

    # ---- the town -----------------------------------------------------------------------------------------------

    def org(self, code, parent, level, area):
        self.town.parents[code], self.levels[code], self.areas[code] = parent, level, area

    def make_tree(self):
        town, dice = self.town, self.dice
        self.org("C", None, "county", "aa")
        for t in range(dice.randint(1, 3)):
            area = dice.choice(["aa", "bb"])
            self.org(f"T{t}", "C", "township", area)
            for b in range(dice.randint(1, 3)):
                self.org(f"T{t}-B{b}", f"T{t}", "branch", area)
                if self.chance(0.3):
                    self.org(f"T{t}-B{b}-G", f"T{t}-B{b}", "group", area)
        for org in town.parents:
            for _ in range(dice.choice([0, 1] if org == "C" else [0, 1, 1, 2])):
                town.points[f"P{len(town.points):02}"] = org
        town.points = town.points or {"P00": "T0"}
        for n, point in enumerate(dice.sample(sorted(town.points), len(town.points))):
            for k in range(dice.choice([1, 1, 2])):
                town.terminals[f"t{n}-{k}"] = point

    def make_moves(self):
        """Branches that come to stand below another township."""
        townships = [org for org, level in self.levels.items() if level == "township"]
        for org in [org for org, level in self.levels.items() if level == "branch"]:
            for day in self.dice.sample(self.days, self.dice.choice([0, 0, 0, 1, 2])):
                self.town.moves.append((day, org, self.dice.choice(townships)))

    def make_member(self, code):
        dice, orgs = self.dice, [org for org in self.town.parents if org != "C"]
        start = datetime.date(2020, 1, 1) if self.chance(0.85) else dice.choice(self.days)
        homes = [[start, None, dice.choice(orgs)]]
        for day in sorted(dice.sample(self.days, dice.choice([0, 0, 0, 1, 2]))):
            if day > homes[-1][0]:
                homes[-1][1] = day - DAY
                homes.append([day, None, dice.choice(orgs)])
        end = dice.choice(self.days)
        if self.chance(0.12) and end > homes[-1][0]:
            homes[-1][1] = end
        member = Member(code, homes, [(start, dice.choice(["member"] * 3 + ["secretary", "committee"]))],
                        card=f"CARD-{code}" if self.chance(0.4) else None)
        later = dice.choice(self.days)
        if self.chance(0.25) and later > start and member.home(later):
            member.roles.append((later, dice.choice(["member", "secretary", "committee"])))
        if self.chance(0.25):
            first = dice.choice(self.days)
            member.exempt = (first, dice.choice([None, first + dice.randint(0, 60) * DAY]))
        self.town.members[code] = member

    def make_session(self, n):
        dice, town = self.dice, self.town
        day = dice.choice([datetime.date(2025, 9, 30), datetime.date(2025, 10, 1)] + self.days[:110])
        hour, length = dice.choice([9, 9, 14, 19]), dice.choice([60, 120, 121, 180])
        if n == 0:  # over New Year
            day, hour, length = datetime.date(2024, 12, 31), dice.choice([21, 23]), dice.choice([240, 301])
        starts = datetime.datetime(day.year, day.month, day.day, hour, dice.choice([0, 30]), tzinfo=ZONE)
        if n > 1 and self.chance(0.3):  # its window overlaps that of another
            starts = dice.choice(list(town.sessions.values())[1:]).starts + dice.choice([0, 20, 60, 90, 150]) * MINUTE
            day = starts.date()
        points = dice.sample(sorted(town.points), min(len(town.points), dice.randint(1, 3))) if self.chance(0.25) else ()
        invited = dice.sample(sorted(town.members), 5) if self.chance(0.2) else ()
        town.sessions[f"S{n}"] = Session(
            f"S{n}", dice.choice(["study-day", "class", "meeting", "lecture"]) if n else "class", starts, starts + length * MINUTE,
            dice.choice(["C", "C", *town.parents]), dice.choice([60, 120, 90, 1900, 3400]),
            dice.choice([None, None, day + dice.randint(0, 10) * DAY]), tuple(points), tuple(invited),
            CHANGED if day >= CHANGE else Rules())

    # ---- what happens ---------------------------------------------------------------------------------------------

    def live(self, session):
        for terminal in self.town.terminals:
            if self.chance(0.25):
                continue
            for member in self.town.members.values():
                for _ in range(self.dice.choice([1, 1, 2, 3]) if self.chance(0.25) else 0):
                    self.take_part(terminal, session, member)
            if self.chance(0.6):
                self.put(terminal, "close", session.ends, session=session.code, keys={"count": self.dice.choice([0, 3])})
        for member in sorted(self.town.members):
            if self.chance(0.05):
                at = session.starts + self.dice.choice([0, 12, 100]) * MINUTE
                self.imported.append(Event("office", len(self.imported) + 1, self.dice.choice(["in", "out", "leave"]), at,
                                           session.code, member))

    def put(self, terminal, kind, at, **more):
        self.seqs[terminal] += 1
        self.events.append(Event(terminal, self.seqs[terminal], kind, at, **more))

    def take_part(self, terminal, session, member):
        dice = self.dice
        kind = dice.choice(["in"] * 6 + ["out"] * 4 + ["leave", "makeup", "home", "check"])
        at = session.starts + MINUTE * dice.choice([-70, -60, -30, -20, -5, 0, 0, 5, 10, 11, 30, 45, 60, 61, 80, 90, 100, 109,
                                                    110, 111, 120, 130, 170, 180, 185, 240, 241])
        keys = {}
        if kind in ("makeup", "home"):
            at = session.starts + dice.choice([0, 1, 3, 4, 5, 6, 9, 10, 11, 29, 30, 31, 40]) * DAY + dice.choice([0, 180]) * MINUTE
        if kind == "makeup":
            keys["minutes"] = dice.choice([1, 30, 90, 120, 5000])
        if kind == "home" and self.chance(0.9):
            keys["visitor"] = dice.choice([*self.town.members, STRANGER, STRANGER])
        if kind == "check":
            at = session.starts + dice.randint(0, 60) * MINUTE
            keys["found"] = dice.choice([0, 1, 1])
            if keys["found"] and self.chance(0.6):
                keys["score"] = dice.choice([0, 59, 60, 100])
        who = {"card": member.card} if member.card and self.chance(0.3) else {
            "member": member.code if self.chance(0.97) else STRANGER}
        self.put(terminal, kind, at, keys=keys, clock=dice.choice(["ntp"] * 8 + ["unset", "rtc"]), **who,
                 session=None if kind in ("in", "out") and self.chance(0.2) else session.code)
        if self.chance(0.08):
            self.put(terminal, "void", at, keys={"of": dice.randint(1, self.seqs[terminal])})

    # ---- what the programs are told -----------------------------------------------------------------------------------

    def load_town(self):
        town, load = self.town, self.site.load
        orgs = [(org, parent or "", self.areas[org], self.levels[org], f"Org {org}") for org, parent in town.parents.items()]
        load("orgs", [("org", "parent", "area", "level", "name"), *self.dice.sample(orgs, len(orgs))])
        load("points", [("point", "org", "name"), *((p, org, p) for p, org in town.points.items())])
        load("terminals", [("terminal", "area", "point"),
                           *((t, self.areas[town.points[p]], p) for t, p in town.terminals.items())])

    def load_moves(self):
        """Each in a file of its own, by day: stating what is so already states nothing."""
        for day, org, parent in sorted(self.town.moves):
            self.site.load("orgs", [("org", "parent", "area", "level", "name"),
                                    (org, parent, self.areas[org], "branch", f"Org {org}")], "--from", str(day))

    def load_some_members(self):
        """Some of the roster as it was known first: where they were at home then, no cards, no exemptions."""
        some = self.dice.sample(sorted(self.town.members), len(self.town.members) // 2)
        self.site.load("members", [("member", "name", "org", "from"),
                                   *((m, f"名{m}", self.town.members[m].homes[0][2], self.town.members[m].homes[0][0])
                                     for m in some)])

    def load_members(self):
        """A row a fact, in any order; facts of one day stand in one row."""
        rows = []
        for m in self.town.members.values():
            by_day = {first: [m.code, f"名{m.code}", org, first, last if n == len(m.homes) - 1 else None] + [None] * 5
                      for n, (first, last, org) in enumerate(m.homes)}
            for first, role in m.roles:
                last = m.homes[-1][1] if m.home(first) == m.homes[-1][2] and first >= m.homes[-1][0] else None
                by_day.setdefault(first, [m.code, f"名{m.code}", m.home(first), first, last] + [None] * 5)[5] = role
            first = by_day[m.homes[0][0]]
            first[6] = m.card
            if m.exempt:
                first[7:] = [*m.exempt, "ill"]
            rows += by_day.values()
        self.dice.shuffle(rows)
        names = ("member", "name", "org", "from", "to", "role", "card", "exempt_from", "exempt_to", "exempt_reason")
        self.site.load("members", [names, *rows], "--force")

    def load_sessions(self):
        sessions = self.town.sessions.values()
        names = ("session", "kind", "title", "starts", "ends", "org", "minutes", "makeup_until", "points")
        self.site.load("sessions", [names, *((s.code, s.kind, s.code, s.starts.isoformat(), s.ends.isoformat(), s.org,
                                              s.minutes, s.makeup_until, ";".join(s.points)) for s in sessions)])

    def load_invitations(self):
        invited = [(s.code, m) for s in self.town.sessions.values() for m in s.invited]
        if invited:
            self.site.load("invitations", [("session", "member"), *invited])

    def load_rules(self):
        values = (("late-after", CHANGED.late), ("early-before", CHANGED.early), ("presence-permille", CHANGED.permille),
                  ("window-before", CHANGED.before), ("window-after", CHANGED.after), ("makeup-days", CHANGED.makeup_days),
                  ("pass-score", 60))
        self.site.studyday("rules", "import", self.site.file(
            "name,version,kind,key,value,from,source\n" +
            "".join(f"session,2,session,{key},{value},{CHANGE},a decision\n" for key, value in values)))

    def load_batch(self):
        if self.imported:
            self.site.load("attendance", [("batch", "session", "member", "kind", "at", "by", "why"),
                                          *(("B1", e.session, e.member, e.kind, e.at.isoformat(), "clerk", "paper roll")
                                            for e in self.imported)])

    def void_some(self):
        """The office takes back what terminals sent."""
        for event in self.dice.sample(self.events, min(4, len(self.events))):
            if event.kind != "void":
                self.site.studyday("attendance", "void", event.terminal, f"{self.epochs[event.terminal]}:{event.seq}",
                                   "--why", "a mistake")
                self.voids.add((event.terminal, event.seq))

    def send(self, events):
        """Runs of numbers in batches of any size, in any order, some of them twice."""
        for terminal in self.dice.sample(sorted(self.town.terminals), len(self.town.terminals)):
            mine = sorted((e for e in events if e.terminal == terminal), key=lambda e: e.seq)
            batches = []
            for event in mine:
                if batches and batches[-1][-1].seq == event.seq - 1 and self.chance(0.9):
                    batches[-1].append(event)
                else:
                    batches.append([event])
            batches += self.dice.sample(batches, len(batches) // 4)
            self.dice.shuffle(batches)
            agent = self.site.terminal(terminal, area=self.areas[self.town.points[self.town.terminals[terminal]]],
                                       epoch=self.epochs[terminal])
            for batch in batches:
                agent.put("event", agent.batch([as_sent(event) for event in batch], batch[0].seq))
            agent.hello()
            agent.client.close()

    # ---- what they say ------------------------------------------------------------------------------------------------

    def report(self, *arguments):
        return self.site.studyday("report", *arguments, "--format", "json").json()

    def changes(self, month):
        return self.site.studyday("report", "month", month, "--changes", "--format", "jsonl").lines()

    def month_text(self, month, *more):
        return self.site.studyday("report", "month", month, "--org", "C", "--depth", "9", *more, "--format", "json").out

    def differ_month(self, count, month, gaps=True):
        report = self.report("month", month, "--org", "C", "--depth", "9")
        rows = {row["org"]: row for row in report["rows"]}
        programs.same(sorted(rows), sorted(self.town.parents), month)
        for org in self.town.parents:
            for key, value in count.figures(org, month).items():
                if rows[org][key] != value:
                    yield f"{month} {org} {key}: {rows[org][key]} expected {value}"
        complete = all(count.complete(session) for session in count.month(month))
        if not gaps and count.month(month) and (report["state"] == "complete") != complete:
            yield f"{month}: {report['state']}"

    def differ_record(self, count, code):
        member = self.town.members[code]
        record = self.site.studyday("record", code, "--year", "2025", "--format", "json").json()
        shown = {row["session"]: row for row in record["sessions"]}
        total = sum(s.in_year(count.rows[s.code][code].attendance.credit, 2025) for s in self.town.sessions.values())
        role = member.role(datetime.date(2025, 12, 31)) if member.home(datetime.date(2025, 12, 31)) else None
        wanted = {"minutes": total} | ({"target_minutes": 1920 if role == "member" else 3360} if role else {})
        yield from (f"{code} {key}: {record[key]} expected {value}" for key, value in wanted.items() if record[key] != value)
        for session in self.town.sessions.values():
            row = count.rows[session.code][code]
            a, is_ = row.attendance, shown.get(session.code)
            if session.date.year != 2025 or (not is_ and row.duty == "none" and not a.status and not a.credit):
                continue
            wanted = {"status": row.status or (is_ or {}).get("status"), "credit_minutes": a.credit, "minutes": a.presence}
            for key, value in wanted.items():
                if not is_ or is_[key] != value:
                    yield f"{code} {session.code} {key}: {is_ and is_[key]} expected {value}"

    def differ_watch(self, count):
        month = MONTHS[-1]
        shown = {row["member"]: row["months"] for row in self.report("watch", month, "--org", "C")["rows"]}
        if shown != count.watched(month):
            yield f"watch: {shown} expected {count.watched(month)}"

    def differ(self, count, months=MONTHS, gaps=True):
        for month in months:
            yield from self.differ_month(count, month, gaps)
        for code in self.dice.sample(sorted(self.town.members), 8):
            yield from self.differ_record(count, code)
        yield from self.differ_watch(count)

    def differ_changes(self, before, after, month):
        """The members whom the list of changes of a closed month names."""
        rows = self.changes(month)
        listed = {(row["session"], row["member"]) for row in rows if row["member"]}
        wanted = {(s.code, m) for s in before.month(month) for m in self.town.members
                  if before.rows[s.code][m].facts() != after.rows[s.code][m].facts()}
        if listed != wanted:
            yield f"{month} changes: too many {sorted(listed - wanted)[:5]}, missing {sorted(wanted - listed)[:5]}"

    # ---- the plays ------------------------------------------------------------------------------------------------------

    def tell(self, held):
        """Everything but the events that are held back, in an order of the town's own."""
        rest = [e for e in self.events if e not in held]
        self.dice.shuffle(rest)
        cut = self.dice.randint(0, len(rest))
        sessions_late = self.chance(0.4)
        self.load_town()
        moves_late = self.chance(0.5)
        if not moves_late:
            self.load_moves()
        if self.chance(0.6):
            self.load_some_members()
        if not sessions_late:
            self.load_sessions()
        self.site.start()
        self.send(rest[:cut])
        if sessions_late:
            self.load_sessions()
        self.load_members()
        self.load_invitations()
        self.load_rules()
        if moves_late:
            self.load_moves()
        self.send(rest[cut:])
        self.load_batch()
        if not held:
            self.void_some()

    def close_and_hear_the_rest(self, held):
        """Months are closed, then the held events come: nothing printed changes, until a revision."""
        before, after = Count(self.town, [e for e in self.events if e not in held], self.imported), self.count()
        for month in CLOSED:
            self.site.studyday("month", "close", month)
        printed = {month: self.month_text(month) for month in CLOSED}
        self.send(held)
        yield from (f"{month}: changed while closed" for month in CLOSED if self.month_text(month) != printed[month])
        yield from self.differ(after, [month for month in MONTHS if month not in CLOSED])
        for month in CLOSED:
            yield from self.differ_changes(before, after, month)
            if self.changes(month):
                self.site.studyday("month", "revise", month, "--why", "came late")
                yield from self.differ_month(after, month)
                if self.month_text(month, "--revision", "0") != printed[month]:
                    yield f"{month}: revision 0 changed"

    def count(self):
        return Count(self.town, self.events, self.imported, self.voids)

    def run(self):
        held = [e for e in self.events if self.chance(0.2)] if self.chance(0.5) else []
        self.tell(held)
        found = list(self.differ(Count(self.town, [e for e in self.events if e not in held], self.imported, self.voids),
                                 gaps=bool(held)))
        if held:
            found += self.close_and_hear_the_rest(held)
        programs.same(found, [])
        self.site.studyday("verify")
        self.site.studyday("recompute", "--diff")
        self.site.stop()
        shutil.rmtree(self.site.path)


def as_sent(event):
    sent = {"kind": event.kind, "at": event.at.isoformat(), "session": event.session, "member": event.member,
            "card": event.card, **event.keys}
    if event.clock != "ntp":
        sent["clock"] = event.clock
    return {key: value for key, value in sent.items() if value is not None}


def of_seed(seed):
    def play():
        Play(seed).run()
    play.__name__ = f"town_{seed}_has_the_figures_of_the_rules"
    return flow.test(play)


for number in seeds():
    of_seed(number)
if __name__ == "__main__":
    flow.main()
