#!/usr/bin/env python3
"""Every header compiles alone, without a warning, at the flags of the build.

usage: headers.py ROOT BUILD
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import tempfile

from tap import Tap, plant, tree_files

JOBS = 2  # as many as the smallest machine we build on has


def build_flags(build):
    """Compiler and flags by folder, and for a folder without sources those of all of them together."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    by_folder = {}
    for entry in commands:
        words = shlex.split(entry["command"])
        kept, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word in ("-o", "-MF", "-MQ", "-MT"):
                skip = True
            elif word in ("-c", "-MD", "-MMD") or word.endswith(".c"):
                continue
            else:
                kept.append(word)
        source = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
        by_folder.setdefault(os.path.dirname(source), kept)
    return by_folder


def flags_for(by_folder, root, path):
    folder = os.path.join(root, os.path.dirname(path))
    while folder != root and folder not in by_folder:
        folder = os.path.dirname(folder)
    if folder in by_folder:
        return by_folder[folder]
    return max(by_folder.values(), key=len)


def compile_alone(flags, build, folder, path):
    run = subprocess.run(
        flags + ["-I", folder, "-Werror", "-fsyntax-only", "-x", "c", "-"],
        input=f'#include "{path}"\nextern int lint_declares; // a header may hold macros alone\n', text=True, capture_output=True, cwd=build, check=False)
    if run.returncode == 0:
        return None
    lines = [line for line in run.stderr.splitlines() if "error" in line]
    return f"{path}: {lines[0] if lines else run.stderr[:200]}"


def main():
    root, build = os.path.realpath(sys.argv[1]), sys.argv[2]
    tap = Tap()
    if not os.path.exists(os.path.join(build, "compile_commands.json")):
        tap.skip("headers stand alone", "no compile_commands.json in the build folder")
        return tap.finish()
    by_folder = build_flags(build)
    with tempfile.TemporaryDirectory() as other:
        plant(other, "bad.h", "#pragma once\nint bad_count(size_t count);\n")
        fault = compile_alone(max(by_folder.values(), key=len), build, other, "bad.h")
    tap.result("a header that needs another one is found", [] if fault else ["it passed"])

    headers = [p for p in tree_files(root, [".h"]) if not p.startswith("tests/lint/")]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        faults = pool.map(lambda p: compile_alone(flags_for(by_folder, root, p), build, root, p), headers)
        tap.result(f"{len(headers)} headers stand alone", [fault for fault in faults if fault])
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
