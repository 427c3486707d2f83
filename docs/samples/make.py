#!/usr/bin/env python3
"""Makes the samples beside this file: a made-up town, a year of its study days, its reports.

usage: make.py STUDYDAY [FOLDER]

Everything is drawn from one seed; nobody in it exists. The last month is not closed, and one learning point is
silent in it, so that the samples show what provisional figures look like.
"""
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile

SEED = 7
MEMBERS, BRANCHES, POINTS = 1400, 36, 16
MONTHS = [f"2025-{m:02}" for m in range(10, 13)] + [f"2026-{m:02}" for m in range(1, 10)]
LAST = MONTHS[-1]
DAYS = ("05", "20")


def run(studyday, *args, **kwargs):
    subprocess.run([studyday, *args], check=True, stdout=kwargs.pop("stdout", subprocess.DEVNULL), **kwargs)


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)


def sessions_of_year(template):
    """Two study days a month, like those of the month that the simulator makes."""
    rows = []
    for month in MONTHS:
        for day, half in zip(DAYS, ("上", "下")):
            date = f"{month}-{day}"
            year, number = month.split("-")
            rows.append({**template, "session": date, "title": f"{year}年{int(number)}月{half}半月学习日",
                         "starts": f"{date} 09:00", "ends": f"{date} 11:00", "makeup_until": f"{month}-28"})
    return rows


def attendance(chance, member, session, share, month):
    """Lines of one member at one session."""
    draw = chance.random()
    line = {"batch": "", "session": session, "member": member, "kind": "in", "at": f"{session} 08:5{chance.randrange(10)}",
            "mode": "follow", "minutes": "", "by": "town office", "why": "imported for the samples"}
    if draw < share:
        minute = chance.randrange(1, 9)
        return [line, {**line, "kind": "out", "at": f"{session} 11:0{minute}"}]
    if draw < share + 0.045:
        leave = {**line, "kind": "leave", "at": f"{session[:-2]}01 09:00", "mode": ""}
        made_up = {**line, "kind": "makeup", "at": f"{month}-25 15:00", "mode": "",
                   "minutes": "120"}
        return [leave, made_up] if chance.random() < 0.6 else [leave]
    return []


def make_year(studyday, town):
    chance = random.Random(SEED)
    sessions = sessions_of_year(read(f"{town}/sessions.csv")[0])
    write(f"{town}/sessions.csv", sessions)
    for kind in ("orgs", "points", "terminals", "members", "sessions"):
        run(studyday, "import", kind, f"{town}/{kind}.csv")
    homes = {row["member"]: row["org"] for row in read(f"{town}/members.csv")}
    parents = {row["org"]: row["parent"] for row in read(f"{town}/orgs.csv")}
    silent = read(f"{town}/points.csv")[3]["org"]
    habit = {org: min(0.985, chance.gauss(0.89, 0.05)) for org in sorted(set(homes.values()))}
    habit[sorted(habit)[5]] = 0.72  # one that has its difficulties
    for number, session in enumerate(row["session"] for row in sessions):
        month = session[:7]
        season = 0.93 + 0.05 * (number / len(sessions)) - (0.06 if month == "2026-02" else 0)
        lines = []
        for member, org in homes.items():
            if month == LAST and session.endswith(DAYS[1]) and silent in (org, parents[org]):
                continue
            lines += [{**line, "batch": f"roll-{session}"}
                      for line in attendance(chance, member, session, habit[org] * season, month)]
        write(f"{town}/attendance.csv", lines)
        run(studyday, "import", "attendance", f"{town}/attendance.csv")


def main():
    studyday = os.path.abspath(sys.argv[1])
    folder = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.path.dirname(__file__) or ".")
    work = tempfile.mkdtemp()
    try:
        run(studyday, "init", f"{work}/site")
        os.environ["STUDYDAY_CONFIG"] = f"{work}/site/studyday.conf"
        run(studyday, "simulate", "roster", "--seed", str(SEED), "--members", str(MEMBERS), "--branches",
            str(BRANCHES), "--points", str(POINTS), "--month", LAST, "--out", f"{work}/town")
        make_year(studyday, f"{work}/town")
        if os.environ.get("KEEP_SITE"):
            shutil.copytree(f"{work}/site", os.environ["KEEP_SITE"])
        for lang in ("en", "zh_CN"):
            for form in ("html", "pdf", "xlsx"):
                run(studyday, "report", "month", LAST, "--depth", "3", "--lang", lang, "--format", form, "--output",
                    f"{folder}/month-{lang[:2]}.{form}", "--force")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
