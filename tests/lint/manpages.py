#!/usr/bin/env python3
"""Manual pages say what the programs say: commands, options and their values, and the defaults of the configurations.

usage: manpages.py ROOT PROGRAM...

Each PROGRAM has the page docs/man/NAME.[18].scd. In it, the options of a command stand below a heading
`## COMMAND`, the common ones below `# OPTIONS`; each begins a line as *-l*, *--long* _VALUE_. Keys of a
configuration begin a line as *key* = value, below the heading of their section.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap, read

PAGES = "docs/man"
OPTION_HELP = re.compile(r"^\s+(?:-(\w), )?--([a-z][a-z-]*)(?: ([A-Z][A-Z:|-]*))?\s")
OPTION_PAGE = re.compile(r"^(?:\*-(\w)\*, )?\*--([a-z][a-z-]*)\*(?: _([A-Z][A-Z:|-]*)_)?\s*$")
COMMAND_HELP = re.compile(r"^  ([a-z][a-z-]*)  +\S")
KEY_PAGE = re.compile(r"^\*([a-z-]+)\* = (.*)$")
KEY_FILE = re.compile(r"^\s*([a-z-]+) = (.*)$")
SECTION_FILE = re.compile(r"^\s*([a-z-]+) \{$")


def help_of(program, command=None):
    words = [program] + ([command] if command else []) + ["--help"]
    run = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return run.stdout if run.returncode == 0 else ""


def help_options(text):
    found = {}
    for line in text.splitlines():
        match = OPTION_HELP.match(line + " ")
        if match:
            found[match.group(2)] = (match.group(1), match.group(3))
    return found


def help_commands(text):
    lines = iter(text.splitlines())
    for line in lines:
        if line == "Commands:":
            break
    return [match.group(1) for match in map(COMMAND_HELP.match, lines) if match]


def page_sections(text):
    """{heading: lines}; headings of the second rank have the first one before them: "COMMANDS/import"."""
    sections, top, name = {}, "", ""
    for line in text.splitlines():
        if line.startswith("# "):
            top = name = line[2:].strip()
        elif line.startswith("## "):
            name = f"{top}/{line[3:].strip()}"
        else:
            sections.setdefault(name, []).append(line)
    return sections


def page_options(lines):
    found = {}
    for line in lines:
        match = OPTION_PAGE.match(line)
        if match:
            found[match.group(2)] = (match.group(1), match.group(3))
    return found


def compare(wanted, have, where):
    found = [f"{where}: --{name} is not in the page" for name in sorted(wanted) if name not in have]
    found += [f"{where}: --{name} is not in --help" for name in sorted(have) if name not in wanted]
    found += [f"{where}: --{name} is {have[name]} in the page, {wanted[name]} in --help"
              for name in sorted(wanted) if name in have and wanted[name] != have[name]]
    return found


def check_program(root, program):
    name = os.path.basename(program)
    pages = glob.glob(os.path.join(root, PAGES, f"{name}.[18].scd"))
    if not pages:
        return [f"{name} has no page"]
    sections = page_sections(read(root, os.path.relpath(pages[0], root)))
    overall = help_of(program)
    commands = help_commands(overall)
    first = help_of(program, commands[0]) if commands else overall
    common = help_options(overall)
    if not first or not common:
        return [f"{name} --help says nothing"]
    found = compare(common, page_options(sections.get("OPTIONS", [])), name)
    for command in commands:
        wanted = {k: v for k, v in help_options(help_of(program, command)).items() if k not in common}
        lines = sections.get(f"COMMANDS/{command}")
        if lines is None:
            found.append(f"{name} {command}: has no heading in the page")
        else:
            found += compare(wanted, page_options(lines), f"{name} {command}")
    for heading in sections:
        if heading.startswith("COMMANDS/") and heading.split("/")[1] not in commands:
            found.append(f"{heading}: no command of {name}")
    return found


def file_keys(text):
    found, section = {}, ""
    for line in text.splitlines():
        match = SECTION_FILE.match(line)
        if match:
            section = match.group(1)
        elif line.strip() == "}":
            section = ""
        elif not line.strip().startswith("#"):
            match = KEY_FILE.match(line)
            if match:
                found[(section, match.group(1))] = match.group(2)
    return found


def page_keys(text):
    found = {}
    for heading, lines in page_sections(text).items():
        section = heading.split("/")[1] if "/" in heading else ""
        for line in lines:
            match = KEY_PAGE.match(line)
            if match:
                found[(section, match.group(1))] = match.group(2).replace("\\", "")
    return found


def compare_keys(wanted, have):
    """A value that the page shows as _NAME_ has no default."""
    found = [f"{key}: not in the page" for key in sorted(wanted) if key not in have]
    found += [f"{key}: no such key" for key in sorted(have) if key not in wanted]
    found += [f"{key}: {have[key]} in the page, {wanted[key]} in the file" for key in sorted(wanted)
              if key in have and have[key] != wanted[key] and not re.fullmatch(r"_[A-Z-]+_", have[key])]
    return found


def made_by(words, path):
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def check_configurations(root, tap, programs):
    with tempfile.TemporaryDirectory() as folder:
        for name, words in {
            "studyday": ["init", f"{folder}/site"],
            "studyday-terminal": ["init", f"{folder}/terminal", "--area", "a", "--terminal", "t",
                                  "--broker", "127.0.0.1:1883"],
        }.items():
            made = f"{words[1]}/{'studyday.conf' if name == 'studyday' else 'terminal.conf'}"
            page = f"{PAGES}/{name}.conf.5.scd"
            text = made_by([programs[name]] + words, made) if name in programs else ""
            if not text:
                tap.skip(f"{page} has the defaults", f"{name} init made no file")
                continue
            tap.result(f"{page} has the keys and defaults that init writes",
                       compare_keys(file_keys(text), page_keys(read(root, page))))


def check_form(root):
    """scdoc reads the pages, and mandoc finds nothing wrong with what it makes."""
    found = []
    for path in sorted(glob.glob(os.path.join(root, PAGES, "*.scd"))):
        with open(path, "rb") as file:
            run = subprocess.run(["scdoc"], stdin=file, capture_output=True, check=False)
        if run.returncode != 0:
            found.append(f"{os.path.basename(path)}: {run.stderr.decode().strip()}")
        elif shutil.which("mandoc"):
            lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error"], input=run.stdout, capture_output=True,
                                  check=False)
            found += [f"{os.path.basename(path)}: {line}" for line in lint.stdout.decode().splitlines()]
    return found


def check_references(root):
    """NAME(SECTION) of ours names a page that is there."""
    pages = {os.path.basename(p)[:-4] for p in glob.glob(os.path.join(root, PAGES, "*.scd"))}
    found = []
    for page in sorted(pages):
        text = read(root, f"{PAGES}/{page}.scd").replace("\\", "").replace("*", "")
        for name, section in re.findall(r"\b((?:studyday|terminal)[a-z.-]*)\((\d)\)", text):
            if f"{name}.{section}" not in pages:
                found.append(f"{page}: there is no page {name}({section})")
    return found


def check_terms(root):
    """Chinese terms that files may use are listed in studyday-files(5)."""
    page = read(root, f"{PAGES}/studyday-files.5.scd")
    listed = set(re.findall(r"[\u4e00-\u9fff]+", page))
    sources = glob.glob(os.path.join(root, "office/import_*.c")) + [
        os.path.join(root, name) for name in ("office/column.c", "core/model/roster.c", "core/model/session.c")]
    found = []
    for path in sorted(sources):
        path = os.path.relpath(path, root)
        for term in re.findall(r'"([\u4e00-\u9fff]+)"', read(root, path)):
            if term not in listed:
                found.append(f"{path}: {term} is not in the page")
    return found


def self_test(tap):
    wanted = help_options("      --config FILE  configuration\n  -f, --format FORMAT  text\n      --force  do it\n")
    have = page_options(["*--config* _FILE_", "*--format* _FORMAT_", "*--gone*"])
    found = compare(wanted, have, "it")
    tap.result("a missing option, one too many and another letter are found", [] if len(found) == 3 else found)
    found = compare_keys(file_keys('a = "1"\ns {\n    # x = 1\n    b = 2\n    c = "d"\n}\n'),
                         page_keys('# KEYS\n*a* = "2"\n## s\n*b* = 2\n*e* = _FILE_\n'))
    tap.result("another default, a missing key and one too many are found", [] if len(found) == 3 else found)


def main():
    root = sys.argv[1]
    programs = {os.path.basename(p): os.path.realpath(p) for p in sys.argv[2:]}
    tap = Tap()
    self_test(tap)
    for name, program in programs.items():
        tap.result(f"{name} and its page agree", check_program(root, program))
    check_configurations(root, tap, programs)
    tap.result("studyday-files(5) lists the Chinese terms of the sources", check_terms(root))
    tap.result("references name pages that are there", check_references(root))
    if shutil.which("scdoc"):
        tap.result("pages can be read", check_form(root))
    else:
        tap.skip("pages can be read", "scdoc is not installed")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
