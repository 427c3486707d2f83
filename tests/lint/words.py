#!/usr/bin/env python3
"""Nothing is left for later, every source begins with what it is, and shell scripts can be read by a shell.

usage: words.py ROOT
"""
import os
import re
import subprocess
import sys
import tempfile

from tap import Tap, plant, read, tree_files

LATER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
TEXT = [".c", ".h", ".build", ".txt", ".md", ".scd", ".sh", ".py", ".po", ".in", ".conf", ".service", ".sql"]
SHELLS = {"sh": ["sh", "-n"], "dash": ["dash", "-n"], "bash": ["bash", "-n"]}


def left_for_later(root):
    found = []
    for path in tree_files(root, TEXT):
        for number, line in enumerate(read(root, path).splitlines(), 1):
            if LATER.search(line):
                found.append(f"{path}:{number}: {line.strip()[:80]}")
    return found


def begins_with_comment(text):
    """Before or behind the includes."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#include"):
            return line.startswith(("//", "/*"))
    return False


def without_beginning(root):
    found = []
    for path in tree_files(root, [".c", ".h"]):
        text = read(root, path)
        if path.endswith(".h") and not text.startswith("#pragma once\n"):
            found.append(f"{path}: begins without #pragma once")
        if path.endswith(".c") and not path.startswith("tests/") and not begins_with_comment(text):
            found.append(f"{path}: does not say at its top what it is")
    return found


def shell_of(root, path):
    try:
        with open(os.path.join(root, path), "rb") as file:
            first = file.readline(100)
    except OSError:
        return None
    match = re.match(rb"#!\s*(?:/usr/bin/env\s+|/(?:usr/)?bin/)(\w+)", first)
    name = match.group(1).decode() if match else None
    if name is None and path.endswith(".sh"):
        name = "sh"
    return SHELLS.get(name)


def unreadable_scripts(root):
    found = []
    for path in tree_files(root):
        command = shell_of(root, path)
        if not command:
            continue
        run = subprocess.run(command + [os.path.join(root, path)], capture_output=True, text=True, check=False)
        if run.returncode != 0:
            found.append(f"{path}: {run.stderr.strip().splitlines()[0] if run.stderr else 'cannot be read'}")
    return found


def self_test(tap):
    with tempfile.TemporaryDirectory() as root:
        plant(root, "a.c", "// a\n// TO" + "DO: all of it\n")
        tap.result("work left for later is found", [] if len(left_for_later(root)) == 1 else ["it passed"])
        plant(root, "b.c", "#include <stdio.h>\n")
        plant(root, "c.h", "int c;\n")
        tap.result("sources without a beginning are found",
                   [] if len(without_beginning(root)) == 2 else ["they passed"])
        plant(root, "d.sh", "#!/bin/sh\nif true; then\n")
        plant(root, "e", "#!/usr/bin/env bash\ncase x in\n")
        tap.result("broken scripts are found", [] if len(unreadable_scripts(root)) == 2 else ["they passed"])


def main():
    root = sys.argv[1]
    tap = Tap()
    self_test(tap)
    tap.result("nothing is left for later", left_for_later(root))
    tap.result("sources say at their top what they are", without_beginning(root))
    tap.result("shell scripts can be read by their shell", unreadable_scripts(root))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
