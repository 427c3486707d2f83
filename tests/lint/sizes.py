#!/usr/bin/env python3
"""Functions of at most 60 lines, files of at most 500: what is longer is split by operation.

usage: sizes.py ROOT

Our brace style has the outer braces of a function, and of nothing else, alone in the first column.
"""
import sys
import tempfile

from tap import Tap, plant, read, tree_files

FUNCTION_LINES = 60  # between the braces: what fits on a screen beside its comment
FILE_LINES = 500     # 400 is the aim; the rest is room for an essay and a table


def long_functions(root, path):
    found, start, name = [], None, ""
    previous = ""
    for number, line in enumerate(read(root, path).splitlines(), 1):
        if line == "{":
            start, name = number, previous.strip()
        elif line == "}" and start is not None:
            if number - start - 1 > FUNCTION_LINES:
                found.append(f"{path}:{start}: {number - start - 1} lines in {name}")
            start = None
        if line.strip():
            previous = line
    return found


def long_files(root, path):
    lines = read(root, path).count("\n")
    return [f"{path}: {lines} lines"] if lines > FILE_LINES else []


def self_test(tap):
    with tempfile.TemporaryDirectory() as root:
        plant(root, "bad.c", "int f(void)\n{\n" + "    g();\n" * (FUNCTION_LINES + 1) + "}\n")
        tap.result("a long function is found", [] if len(long_functions(root, "bad.c")) == 1 else ["it passed"])
        plant(root, "fine.c", "int f(void)\n{\n" + "    g();\n" * FUNCTION_LINES + "}\n")
        tap.result("a function at the limit is let be", long_functions(root, "fine.c"))
        plant(root, "long.c", "\n" * (FILE_LINES + 1))
        tap.result("a long file is found", [] if long_files(root, "long.c") else ["it passed"])


def main():
    root = sys.argv[1]
    tap = Tap()
    self_test(tap)
    sources = tree_files(root, [".c", ".h"])
    tap.result(f"functions of at most {FUNCTION_LINES} lines",
               [f for path in sources for f in long_functions(root, path)])
    tap.result(f"files of at most {FILE_LINES} lines", [f for path in sources for f in long_files(root, path)])
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
