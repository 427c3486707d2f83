#!/usr/bin/env python3
"""The catalogues hold every text that people see, and the Chinese one says all of it.

usage: catalogue.py ROOT
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap, plant, read, tree_files

POT = "po/studyday.pot"
LANGUAGES = ["zh_CN"]
OUTSIDE = ("tests/", "bench/")
MARKED = re.compile(r'\bN?_\(\s*(?:"|PRI)')


def sources_of(root):
    return [p for p in tree_files(root, [".c", ".h"])
            if not p.startswith(OUTSIDE) and MARKED.search(read(root, p))]


def extract(root, paths):
    """Texts (with their context, if any) that xgettext finds now."""
    run = subprocess.run(
        ["xgettext", "--from-code=UTF-8", "--language=C", "-k_", "-kN_", "-o", "-"] + paths,
        cwd=root, capture_output=True, text=True, check=True)
    return entries(run.stdout)


def unquote(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def entries(text):
    """{msgid: (msgstr, fuzzy)} of a catalogue, the header apart."""
    found = {}
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        body = "\n".join(line for line in lines if not line.startswith("#"))
        match = re.search(r'^msgid\s+((?:"(?:[^"\\]|\\.)*"\s*)+)^msgstr(?:\[0\])?\s+((?:"(?:[^"\\]|\\.)*"\s*)+)',
                          body + "\n", re.M)
        if not match or not unquote(match.group(1)):
            continue
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        found[unquote(match.group(1))] = (unquote(match.group(2)), fuzzy)
    return found


def differences(wanted, have, name):
    found = [f"{name} lacks \"{text}\"" for text in sorted(wanted) if text not in have]
    return found + [f"{name} still has \"{text}\"" for text in sorted(have) if text not in wanted]


def untranslated(catalogue):
    return [f"{'fuzzy' if fuzzy else 'not translated'}: \"{text}\""
            for text, (said, fuzzy) in sorted(catalogue.items()) if fuzzy or not said]


def compiles(root, path):
    run = subprocess.run(["msgfmt", "--check", "-o", os.devnull, path], cwd=root, capture_output=True, text=True,
                         check=False)
    return run.stderr.strip().splitlines() if run.returncode else []


def self_test(tap):
    with tempfile.TemporaryDirectory() as root:
        plant(root, "a.c", 'f(_("new %s\\n"\n   "text"));\n')
        wanted = extract(root, ["a.c"])
        tap.result("a text without a place in the catalogue is found",
                   [] if len(differences(wanted, {}, "it")) == 1 else [f"{wanted}"])
    catalogue = entries('msgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "c"\n\nmsgid "d"\nmsgstr "e"\n')
    tap.result("texts that are not translated are found",
               [] if len(untranslated(catalogue)) == 2 else [f"{catalogue}"])


def main():
    root = sys.argv[1]
    tap = Tap()
    if not shutil.which("xgettext") or not shutil.which("msgfmt"):
        tap.skip("catalogues are complete", "gettext is not installed")
        return tap.finish()
    self_test(tap)
    sources = sources_of(root)
    listed = [line for line in read(root, "po/POTFILES").splitlines() if line and not line.startswith("#")]
    tap.result("POTFILES lists every source with such texts",
               [f"missing: {p}" for p in sources if p not in listed] +
               [f"too much: {p}" for p in listed if p not in sources])
    wanted = extract(root, sources)
    tap.result(f"{POT} has {len(wanted)} texts of the sources, and no others",
               differences(wanted, entries(read(root, POT)), POT))
    for language in LANGUAGES:
        path = f"po/{language}.po"
        catalogue = entries(read(root, path))
        tap.result(f"{path} has the same texts", differences(wanted, catalogue, path))
        tap.result(f"{path} says all of them", untranslated(catalogue))
        tap.result(f"{path} has the same placeholders", compiles(root, path))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
