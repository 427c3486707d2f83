"""Counts the tests within meson's test logs: of a cmocka program each of its tests, of a TAP script each of its lines,
of anything else the program itself. Prints `N passed, N failed, N skipped`; exit code 1 if anything failed or
nothing passed.

    count.py testlog.json...
"""

import json
import re
import sys

CMOCKA = {"passed": re.compile(r"^\[  PASSED  \] (\d+) test", re.M),
          "failed": re.compile(r"^\[  FAILED  \] (\d+) test", re.M),
          "skipped": re.compile(r"^\[  SKIPPED \] (\d+) test", re.M)}
FAILURE = re.compile(r"^(not ok\b|\[  FAILED  \] \w|.*(ERROR: \w+Sanitizer|runtime error:))")
LINES_BEFORE, LINES_BEHIND = 12, 12
TAP = re.compile(r"^(not )?ok\b(.*)$", re.M)


def count_cmocka(output):
    found = {key: sum(map(int, pattern.findall(output))) for key, pattern in CMOCKA.items()}
    return found if any(found.values()) else None


def count_tap(output):
    found = {"passed": 0, "failed": 0, "skipped": 0}
    for failed, rest in TAP.findall(output):
        found["failed" if failed else "skipped" if "# SKIP" in rest.upper() else "passed"] += 1
    return found if any(found.values()) else None


def count(test):
    output = test.get("stdout", "") + "\n" + test.get("stderr", "")
    good = test["result"] in ("OK", "EXPECTEDFAIL", "SKIP")
    found = count_cmocka(output) or count_tap(output)
    if not found:
        return {"passed": test["result"] in ("OK", "EXPECTEDFAIL"), "failed": not good, "skipped": test["result"] == "SKIP"}
    if not good and not found["failed"]:
        found["failed"] = 1  # it crashed, or took too long, between two tests
    return found


def print_failures(test):
    """What failed, with the lines behind it: the end of a long log is often all that is kept."""
    lines = (test.get("stdout", "") + "\n" + test.get("stderr", "")).splitlines()
    for number, line in enumerate(lines):
        if FAILURE.match(line):
            print("\n".join("  " + more for more in lines[max(0, number - LINES_BEFORE):number + LINES_BEHIND]))


def main():
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for line in file:
                test = json.loads(line)
                counted = count(test)
                for key in total:
                    total[key] += int(counted[key])
                if counted["failed"]:
                    print(f"FAILED: {test['name']} ({path})")
                    print_failures(test)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**total))
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
