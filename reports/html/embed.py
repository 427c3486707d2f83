#!/usr/bin/env python3
"""Makes C strings of the page's style sheet and script, without comments and indentation.

usage: embed.py OUTPUT NAME=FILE...
"""
import re
import sys


def squeeze(text, path):
    if path.endswith(".css"):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def literal(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(f'    "{line}\\n"' for line in escaped.splitlines())


def main():
    output, *parts = sys.argv[1:]
    with open(output, "w", encoding="utf-8") as out:
        out.write('#include "reports/html/page.h"\n')
        for part in parts:
            name, path = part.split("=", 1)
            with open(path, encoding="utf-8") as file:
                out.write(f"\nconst char {name}[] =\n{literal(squeeze(file.read(), path))};\n")


if __name__ == "__main__":
    main()
