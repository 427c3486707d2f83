#!/usr/bin/env python3
"""What of the code the tests run through, from a build with -Db_coverage=true whose tests have been run (Debian: gcovr).

usage: coverage.py BUILD [--files]      --files lists each file with the lines of branches that were never taken

Prints lines and branches of the whole and of what may never go wrong, and fails below the goal: 90 % of the lines and
80 % of the branches of the whole; every line and every branch of taking, telling duplicates, folding, hours and export.

Counted are the programs, not the tests. Two kinds of branches are left out, as no input leads there: of assert(), and those
that the compiler adds to a switch for values that an enum does not have (each case is still counted as a line).
"""

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINES, BRANCHES = 90, 80  # percent of the whole
SUBJECTS = {
    "accept": ("collector/ingest.c", "collector/policy.c", "core/wire/batch_decode.c", "core/wire/batch_event.c",
               "core/wire/batch_plain.c", "core/model/event.c"),
    "duplicate": ("core/model/stream.c",),
    "fold": ("core/model/attendance.c",),
    "hours": ("core/model/rule_worth.c", "core/model/rule_cap.c", "core/model/figures.c"),
    "export": ("reports/render_csv.c", "reports/render_json.c"),
}


class File:
    def __init__(self, found):
        self.name = found["file"]
        lines = [line for line in found["lines"] if not line.get("gcovr/noncode")]
        self.lines = len(lines)
        self.missed_lines = [line["line_number"] for line in lines if line["count"] == 0]
        self.branches = sum(len(line["branches"]) for line in lines)
        self.missed_branches = [line["line_number"] for line in lines for branch in line["branches"] if branch["count"] == 0]


def measure(build):
    command = ["gcovr", "--root", ROOT, "--object-directory", build, "--exclude", "tests/", "--exclude", "bench/",
               "--exclude-unreachable-branches", "--exclude-throw-branches",
               "--exclude-branches-by-pattern", r".*\b(assert|switch) ?\(.*", "--json", "-"]
    return [File(found) for found in json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["files"]]


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def tell(name, files, lines, branches):
    """One line of the table; whether the goal is reached."""
    has_lines, has_branches = sum(f.lines for f in files), sum(f.branches for f in files)
    taken_lines = has_lines - sum(len(f.missed_lines) for f in files)
    taken_branches = has_branches - sum(len(f.missed_branches) for f in files)
    good = bool(files) and percent(taken_lines, has_lines) >= lines and percent(taken_branches, has_branches) >= branches
    print(f"{name:10} {taken_lines:6} of {has_lines:6} lines {percent(taken_lines, has_lines):6.1f} %"
          f" {taken_branches:6} of {has_branches:6} branches {percent(taken_branches, has_branches):6.1f} %"
          f"  {'reached' if good else f'goal {lines} and {branches} %'}")
    return good


def main():
    files = measure(os.path.abspath(sys.argv[1]))
    good = tell("whole", files, LINES, BRANCHES)
    for subject, names in SUBJECTS.items():
        found = [f for f in files if f.name in names]
        good &= tell(subject, found, 100, 100) and len(found) == len(names)
        for f in found:
            for what, missed in (("lines", f.missed_lines), ("branches", f.missed_branches)):
                if missed:
                    print(f"    {f.name}: {what} {' '.join(map(str, missed))}")
    if "--files" in sys.argv:
        for f in sorted(files, key=lambda f: -len(f.missed_branches)):
            print(f"{len(f.missed_branches):4} of {f.branches:4} branches, {len(f.missed_lines):3} of {f.lines:4} lines missed in {f.name}:"
                  f" {' '.join(map(str, sorted(set(f.missed_branches))))}")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    sys.exit(main())
