#!/usr/bin/env python3
"""Sources are laid out as .clang-format says.

usage: format.py ROOT

The layout of one version of clang-format is not that of the next: only the version of Debian 12 decides.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap, plant, tree_files

VERSION = "14"
NAME = "sources are laid out by clang-format"


def find_tool():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if not path:
            continue
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if re.search(rf"version {VERSION}\.", said):
            return path
    return None


def findings_of(tool, root, paths):
    run = subprocess.run([tool, "--dry-run", "-Werror", f"--style=file:{root}/.clang-format"] + paths,
                         cwd=root, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return []
    found = {}
    for line in run.stderr.splitlines():
        match = re.match(r"(.+?):(\d+):\d+: error:", line)
        if match:
            found.setdefault(match.group(1), match.group(2))
    return [f"{path}:{line}: not laid out" for path, line in sorted(found.items())] or [run.stderr[:200]]


def main():
    root = os.path.realpath(sys.argv[1])
    tap = Tap()
    tool = find_tool()
    if not tool:
        tap.skip(NAME, f"clang-format {VERSION} is not installed")
        return tap.finish()
    with tempfile.TemporaryDirectory() as other:
        shutil.copy(os.path.join(root, ".clang-format"), other)
        plant(other, "bad.c", "int  main( void ){return 0;}\n")
        tap.result("a file that is not laid out is found",
                   [] if findings_of(tool, other, ["bad.c"]) else ["it passed"])
    tap.result(NAME, findings_of(tool, root, tree_files(root, [".c", ".h"])))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
