"""What was said to be recorded, and the judge who holds it against what is stored.

The journal is kept outside of the programs: it only knows the lines that were typed and the replies that came. A line
is *accepted* (OK EPOCH:SEQ), *refused* (nothing was recorded), or in *doubt*: its terminal died before it answered, or
said that it was not sure. What is in doubt may be stored or not, once at most.
"""

import random
from collections import Counter
from datetime import datetime

SURE_REFUSALS = ("disk-full", "disk-error")  # nothing was recorded; "unsure" is in doubt


def instant(text):
    """An RFC 3339 time in microseconds: the same instant may be written in two ways."""
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000000)


class Journal:
    def __init__(self, seed, members, sessions):
        self.dice = random.Random(seed)
        self.members, self.sessions = members, sessions
        self.number = 0
        self.waiting = {}  # by terminal: [fact, may be refused] of lines without a reply yet, in their order
        self.accepted = {}  # (terminal, epoch, seq): fact
        self.doubtful = Counter()  # (terminal, fact)
        self.refused = self.unsure = 0

    def line(self):
        """A scan line and its fact: what must be stored of it. No two with a time are alike."""
        dice, session = self.dice, self.dice.choice(self.sessions)
        self.number += 1
        member = dice.choice(self.members) if dice.random() < 0.97 else f"nobody-{self.number}"
        kind = dice.choices(("in", "out", "leave", "makeup"), (45, 45, 5, 5))[0]
        rest = {"leave": " reason=ill", "makeup": " minutes=30"}.get(kind, " by=qr")
        at = None
        if dice.random() < 0.7:  # the others are dated by the terminal's clock, right or wrong
            second = self.number % 7200
            at = f"{session}T{9 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" \
                 f".{self.number // 7200:06}+08:00"
            rest += f" at={at}"
        return f"{kind} {member} {session}{rest}", (kind, member, session, at and instant(at))

    def lines(self, terminal, count, disk_is_full):
        made = [self.line() for _ in range(count)]
        self.waiting.setdefault(terminal, []).extend([fact, disk_is_full] for _, fact in made)
        return [text for text, _ in made]

    def disk_is_full(self):
        for lines in self.waiting.values():
            for line in lines:
                line[1] = True

    def reply(self, terminal, text):
        """Replies come in the order of the lines."""
        (fact, may_be_refused), word = self.waiting[terminal].pop(0), text.split()
        if word[0] == "OK":
            epoch, seq = word[1].split(":")
            key = terminal, epoch, int(seq)
            assert key not in self.accepted, f"{key} was given out twice"
            self.accepted[key] = fact
            return
        assert may_be_refused, f"{terminal}: {text} on a disk with room"
        assert word[0] == "REFUSED" and word[1] in (*SURE_REFUSALS, "unsure"), f"{terminal}: {text}"
        self.refused += 1
        if word[1] == "unsure":
            self.unsure += 1
            self.doubtful[terminal, fact] += 1

    def died(self, terminal):
        """No reply will come any more."""
        for fact, _ in self.waiting.get(terminal, []):
            self.doubtful[terminal, fact] += 1
        self.waiting[terminal] = []


def fact_of(event):
    return event["kind"], event["member"], event["session"], instant(event["at"])


def same(fact, stored):
    return fact[:3] == stored[:3] and fact[3] in (None, stored[3])


def take_doubtful(doubtful, terminal, stored):
    for fact in (stored, (*stored[:3], None)):
        if doubtful[terminal, fact] > 0:
            doubtful[terminal, fact] -= 1
            return True
    return False


def judge(journal, events):
    """What is wrong, as lines; none if all is well."""
    wrong, stored, doubtful = [], {}, Counter(journal.doubtful)
    for event in events:
        key = event["terminal"], event["epoch"], event["seq"]
        if key in stored:
            wrong.append(f"stored twice: {key}")
        stored[key] = fact_of(event)
    for key, fact in journal.accepted.items():
        if key not in stored:
            wrong.append(f"lost: {key} {fact}")
        elif not same(fact, stored[key]):
            wrong.append(f"changed: {key} {fact} is stored as {stored[key]}")
    for key, fact in stored.items():
        if key not in journal.accepted and not take_doubtful(doubtful, key[0], fact):
            wrong.append(f"never said: {key} {fact}")
    for stream, count in Counter(key[:2] for key in stored).items():
        if max(key[2] for key in stored if key[:2] == stream) != count:
            wrong.append(f"a gap in the numbers of {stream}")
    return wrong
