#!/usr/bin/env python3
"""What a document points at is there: relative links, paths of the tree in `backticks`, documents named in sources.

usage: links.py ROOT
"""
import glob
import os
import re
import sys
import tempfile

from tap import Tap, plant, read, tree_files

TOP = re.compile(r"^(core|collector|terminal|reports|office|cli|simulate|broker-config|tests|bench|deploy|docs|po)/")


def pointed_at(text):
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            yield target, False
    for target in re.findall(r"`([^`\s]+)`", text):
        if TOP.match(target):
            yield target, True


def findings_of(root):
    found = []
    for path in tree_files(root, [".md"]):
        for target, from_root in pointed_at(read(root, path)):
            folder = root if from_root else os.path.join(root, os.path.dirname(path))
            if not glob.glob(os.path.join(folder, target)):
                found.append(f"{path}: {target} is not there")
    return found


def unknown_documents(root):
    """NAME.md in a source is a document of the tree."""
    known = {os.path.basename(path) for path in tree_files(root, [".md"])}
    found = []
    for path in tree_files(root, [".c", ".h", ".sh", ".conf", ".in", ".build", ".txt"]):
        for number, line in enumerate(read(root, path).splitlines(), 1):
            found += [f"{path}:{number}: there is no {name}" for name in re.findall(r"\b[\w.-]+\.md\b", line)
                      if name not in known]
    return found


def main():
    root = sys.argv[1]
    tap = Tap()
    with tempfile.TemporaryDirectory() as other:
        plant(other, "docs/a.md", "[gone](gone.md), `core/gone.c`, [here](a.md), `docs/a.md`, `gone`\n")
        tap.result("links to nothing are found", [] if len(findings_of(other)) == 2 else findings_of(other))
        plant(other, "core/b.c", "// See a.md and gone.md.\n")
        tap.result("a document that is not there is found", [] if len(unknown_documents(other)) == 1 else ["it passed"])
    tap.result("documents point at what is there", findings_of(root))
    tap.result("sources name documents that are there", unknown_documents(root))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
