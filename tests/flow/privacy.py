"""A study day with a name and a card that nothing else is called: where they stand, where they must not, who looked, and that
nothing is left of them after an erasure while everything runs."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "blackbox"))
import town
from town import flow, same, scan
from flow import test

NAME, CARD, ILLNESS = "欧阳无痕", "0004871239", "糖尿病"
WORDS = (NAME, CARD, ILLNESS)
site = terminal = None
cards = []


def holding(words, *paths):
    found = []
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        found += [(os.path.basename(path), word, encoding) for word in words
                  for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be") if word.encode(encoding) in content]
    return found


def files():
    folder = os.path.join(site.path, "site")
    return [entry.path for entry in os.scandir(folder) if entry.is_file()]


def logs():
    return [os.path.join(site.path, name) for name in ("collector.log", "mosquitto.log")]


@test
def logs_and_audit_name_nobody():
    global site, terminal
    site = town.small_site()
    site.load("members", [("member", "name", "org", "from", "card", "exempt_from", "exempt_to", "exempt_reason"),
                          ("0001", NAME, "A-1", "2021-01-01", CARD, "2021-01-01", "2021-02-01", ILLNESS)])
    # refused by the import, so that the error that is printed has the cell: it must reach no log
    site.load("members", [("member", "name", "org", "from"), ("0009", NAME, "NOWHERE", "2020-01-01")], code=65)
    site.start()
    terminal = site.terminal("a1")
    terminal.hello()
    same([m["cards"] for m in terminal.plan()[0]["members"] if m["member"] == "0001"], [[CARD]])
    for kind in ("in", "out"):
        event = {key: value for key, value in scan(kind=kind).items() if key != "member"}
        cards.append({**event, "card": CARD})
    receipt = terminal.send(*cards, scan(member="0002"), {**scan(member="0001"), "x-note": NAME},
                            {**cards[0], "member": "0001"}, {**scan(), "kind": NAME})
    same([reason for _, reason in receipt["refused"]], ["member-and-card", "bad-kind"])
    terminal.put("event", '{"v":1,"epoch":"%s' % NAME)
    flow.until(lambda: len(site.quarantine()) == 3, "the message in quarantine")
    site.studyday("attendance", "add", "DAY", "0003", "in", "--why", "paper roll")
    same(holding(WORDS, *logs()), [])
    log = site.studyday("audit", "list", "--format", "json").out
    same([word for word in WORDS if word in log], [])
    same([word for word in WORDS if word in terminal.topic("event")], [])


@test
def reads_tell_who_looked():
    same(terminal.ask("record", member="0001")["record"]["name"], NAME)
    same(terminal.ask("record", member="0004").get("error"), "not-allowed")
    site.studyday("record", "0001")
    site.studyday("explain", "--session", "DAY", "--member", "0001")
    rows = site.studyday("person", "reads", "0001", "--format", "jsonl").lines()
    same([(row["what"], row["who"].split(":")[0]) for row in rows],
         [("ask", "terminal"), ("record", "uid"), ("explain", "uid")])
    same(rows[0]["who"], "terminal:a1")
    same(site.studyday("person", "reads", "0004", "--format", "jsonl").out, "")


def figures():
    """Of the session. Who is a member on the month's last day is another one, since the membership ends."""
    rows = site.studyday("report", "session", "DAY", "--format", "json").json()["rows"]
    return [{key: value for key, value in row.items() if key not in ("members", "target_met")} for row in rows]


@test
def erasing_leaves_nothing_while_all_goes_on():
    before = figures()
    assert {word for _, word, _ in holding(WORDS, *files())} == set(WORDS), "the words are in the database"
    mark = len(terminal.client.messages)
    site.studyday("person", "erase", "0001", "--why", "the person asks for it")
    same(holding(WORDS, *files()), [])
    same(figures(), before)
    site.studyday("verify")
    site.studyday("recompute", "--diff")
    flow.until(lambda: any(terminal.read(m).get("members") is not None for m in terminal.client.messages[mark:]
                           if m.topic == terminal.topic("plan")), "another plan")
    same([m for m in terminal.plan(mark)[0]["members"] if m["member"] == "0001"], [])


@test
def what_named_the_card_can_be_sent_again():
    receipt = terminal.send_raw(terminal.batch(cards, 1))
    same((receipt["through"], receipt["chain"]), (len(terminal.events), terminal.chain()))
    same(holding(WORDS, *files()), [])
    site.restart()
    site.studyday("verify")
    same(holding(WORDS, *logs()), [])


if __name__ == "__main__":
    flow.main()
