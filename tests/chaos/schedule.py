"""What happens in a campaign, made from a seed before anything happens: a list of steps, one kill each. As it is plain
data it can be written down, shortened by hand, and played again.

A step:
  scans   [[terminal, count], ...]      lines for these terminals
  moment  [kind, share]                 when to strike: "now", "reply" (share of the replies awaited) or "receipt"
  acts    [[what, ...], ...]            what else happens, before the kill
  kill    ["terminal", n] | ["collector"] | ["broker"]

Acts: ["stop", victim], ["go", victim], ["full", disk, bytes left], ["free", disk], ["clock", terminal, seconds],
["odds", door, text], ["cut" | "mute" | "abandon" | "shut" | "open", door]. What is begun is ended some steps later.

Terminal 0, the witness, is never killed, and in the last part of a campaign the collector is not either: somebody has
to grow old, so that it shows whether memory and descriptors grow with it.
"""

import json
import random

WITNESS = 0
SPARED_SHARE = 1 / 3  # of the steps, at the end: the collector lives
DISKS = ("site", "terminals")
DOORS = ("terminals", "collector")
WEATHER = ("", "split=500", "delay=300 split=100", "drop=50", "repeat=200 swap=200", "swap=300 delay=100",
           "drop=20 repeat=50 swap=50 delay=100 split=200", "cut=20", "mute=10 abandon=10", "cut=5 mute=5 drop=20")
JUMPS = (0, 0, 7, -90, 3600, -86400, 40 * 86400, -400 * 86400, 20 * 365 * 86400, -25 * 365 * 86400)


class Maker:
    def __init__(self, seed, kills, terminals, faults):
        self.dice = random.Random(seed)
        self.kills, self.terminals, self.faults = kills, terminals, faults
        self.endings = {}  # by step: acts that end what was begun
        self.open_ended = set()  # what is under way: nothing is begun twice

    def victim(self, spared):
        kind = self.dice.choices(("terminal", "collector", "broker"), (0.62, 0 if spared else 0.3, 0.08))[0]
        return [kind, self.dice.randrange(WITNESS + 1, self.terminals)] if kind == "terminal" else [kind]

    def begin(self, acts, step, act, ending, lasts):
        name = json.dumps(act[:2])
        if name in self.open_ended:
            return
        self.open_ended.add(name)
        acts.append(act)
        self.endings.setdefault(step + self.dice.randint(*lasts), []).append((name, ending))

    def end(self, acts, step):
        for name, ending in self.endings.pop(step, []):
            self.open_ended.discard(name)
            acts.append(ending)

    def fault(self, acts, step):
        kind = self.dice.choices(("stop", "full", "clock", "weather", "strike", "shut"), (8, 3, 6, 8, 4, 1))[0]
        if kind not in self.faults:
            return
        door = self.dice.choice(DOORS)
        if kind == "stop":
            victim = self.dice.choice((["terminal", self.dice.randrange(self.terminals)], ["collector"], ["broker"]))
            self.begin(acts, step, ["stop", victim], ["go", victim], (1, 6))
        elif kind == "full":
            disk = self.dice.choice(DISKS)
            self.begin(acts, step, ["full", disk, self.dice.choice((0, 4096, 20000, 60000))], ["free", disk], (2, 12))
        elif kind == "clock":
            acts.append(["clock", self.dice.randrange(self.terminals), self.dice.choice(JUMPS)])
        elif kind == "weather":
            acts.append(["odds", door, self.dice.choice(WEATHER)])
        elif kind == "strike":
            acts.append([self.dice.choice(("cut", "mute", "abandon")), door])
        else:
            self.begin(acts, step, ["shut", door], ["open", door], (1, 4))

    def step(self, number):
        acts = []
        self.end(acts, number)
        if self.dice.random() < 0.35:
            self.fault(acts, number)
        return {
            "scans": [[terminal, self.dice.randint(1, 12)]
                      for terminal in self.dice.sample(range(self.terminals), self.dice.randint(1, 3))],
            "moment": self.dice.choices((["now", 0], ["reply", round(self.dice.random(), 3)], ["receipt", 0]),
                                        (35, 35, 30))[0],
            "acts": acts,
            "kill": self.victim(number >= self.kills * (1 - SPARED_SHARE)),
        }


def make(seed, kills, terminals, faults=("stop", "full", "clock", "weather", "strike", "shut")):
    maker = Maker(seed, kills, terminals, faults)
    return [maker.step(number) for number in range(kills)]


def write(path, steps):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(step) + "\n" for step in steps)


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
