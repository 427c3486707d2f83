#!/usr/bin/env python3
"""Includes follow the arrows of docs/architecture.md, and each foreign library is seen in one folder only.

usage: arrows.py ROOT
"""
import re
import sys
import tempfile

from tap import Tap, plant, read, tree_files

# A folder (longest match first) and the folders that it may include from, beside its own.
ALLOWED = {
    "core/base": [],
    "core/model": ["core/base"],
    "core/qr": ["core/base"],
    "core/wire": ["core/base", "core/model"],
    "core/store": ["core/base", "core/model"],
    "core/net": ["core/base"],
    "reports": ["core/base", "core/model", "core/store"],
    "office": ["core/base", "core/model", "core/store", "reports"],  # closing a month stores a report's figures
    "broker-config": ["core/base"],
    "collector": ["core/base", "core/model", "core/wire", "core/store", "core/net", "reports", "office"],
    "terminal": ["core/base", "core/model", "core/wire", "core/net", "core/store/outbox"],
    "simulate": ["core/base", "core/model", "core/wire", "core/store", "core/net", "terminal"],
    # The command asks a running collector through the client half of the control socket, and no more of the net.
    "cli": ["core/base", "core/model", "core/store", "reports", "office", "simulate", "broker-config", "core/qr",
            "core/net/control.h"],
}
FREE = ("tests/", "bench/")  # these may look at everything

FOREIGN = {
    "sqlite3.h": ["core/store"],
    "mosquitto.h": ["core/net"],
    "mqtt_protocol.h": ["core/net"],
    "jansson.h": ["core/wire"],
    "sodium.h": ["core/base"],
    "openssl/evp.h": ["core/base"],
    "openssl/bio.h": ["core/base"],
    "openssl/pem.h": ["core/base"],
    "openssl/x509v3.h": ["core/base"],
    "qrencode.h": ["core/qr"],
    "confuse.h": ["core/base"],
    "csv.h": ["office"],
    "archive.h": ["office"],
    "archive_entry.h": ["office"],
    "expat.h": ["office"],
    "uniwidth.h": ["core/base"],
    "unistr.h": ["core/base"],
    "unictype.h": ["core/base"],
    "systemd/sd-daemon.h": ["collector"],
    "cairo-pdf.h": ["reports/pdf"],
    "pango/pangocairo.h": ["reports/pdf"],
    "xlsxwriter.h": ["reports/xlsx"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def within(path, folder):
    return path == folder or path.startswith(folder + "/")


def layer_of(path):
    return max((f for f in ALLOWED if within(path, f)), key=len, default=None)


def check_own(path, target, root):
    if target == "build-config.h":
        return None
    if "/" not in target:
        return "is not written from the project's root"
    layer = layer_of(path)
    if layer is None:
        return "stands in a folder without a place among the layers"
    if within(target, layer) or any(within(target, allowed) for allowed in ALLOWED[layer]):
        return None
    return f"is an arrow that {layer} may not have"


def check_foreign(path, target):
    folders = FOREIGN.get(target)
    if folders is None or any(within(path, folder) for folder in folders):
        return None
    return f"belongs to {', '.join(folders)}"


def findings_of(root):
    found = []
    for path in tree_files(root, [".c", ".h"]):
        if path.startswith(FREE):
            continue
        for number, line in enumerate(read(root, path).splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            own, target = match.group(1) == '"', match.group(2)
            reason = check_own(path, target, root) if own else check_foreign(path, target)
            if reason:
                found.append(f"{path}:{number}: {target} {reason}")
    return found


def self_test(tap):
    planted = {
        "a wrong arrow": ("core/model/bad.c", '#include "core/store/store.h"\n'),
        "an arrow back into a program": ("core/base/bad.h", '#include "cli/command.h"\n'),
        "an include from beside the file": ("office/bad.c", '#include "office.h"\n'),
        "a foreign header elsewhere": ("reports/bad.c", "#include <sqlite3.h>\n"),
        "a store in the terminal": ("terminal/bad.c", '#include "core/store/store.h"\n'),
        "a folder without a place": ("stray/bad.c", '#include "core/base/text.h"\n'),
    }
    for name, (path, text) in planted.items():
        with tempfile.TemporaryDirectory() as root:
            plant(root, path, text)
            found = findings_of(root)
        tap.result(f"{name} is found", [] if len(found) == 1 else [f"found: {found}"])
    with tempfile.TemporaryDirectory() as root:
        plant(root, "terminal/fine.c", '#include "core/store/outbox/outbox.h"\n#include <stdio.h>\n')
        tap.result("what is allowed is let be", findings_of(root))


def main():
    tap = Tap()
    self_test(tap)
    tap.result("includes follow the arrows", findings_of(sys.argv[1]))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
