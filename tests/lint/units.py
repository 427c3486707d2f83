#!/usr/bin/env python3
"""systemd understands the units that we install.

usage: units.py BUILD
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap, plant

NAME = "systemd understands the units"
EXPOSURE_MAX = 1.5  # what SECURITY.md promises
EXPOSURE_NAME = f"no service is exposed by more than {EXPOSURE_MAX}"


def prepare(folder, units):
    """The units with programs that exist here: verify looks for what ExecStart names."""
    for path in units:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        lines = []
        for line in text.splitlines():
            key, sep, value = line.partition("=")
            if key in ("ExecStart", "ExecStartPre", "ExecReload"):
                value = "/bin/true " + value.partition(" ")[2]
            lines.append(key + sep + value)
        plant(folder, os.path.basename(path), "\n".join(lines) + "\n")


def verify(folder):
    """`systemd-analyze verify` speaks of the whole system; only lines about our files are ours."""
    names = sorted(os.listdir(folder))
    given = [os.path.join(folder, n.replace("@.", "@a.")) for n in names]
    for name, path in zip(names, given):
        if not os.path.exists(path):
            shutil.copy(os.path.join(folder, name), path)
    run = subprocess.run(["systemd-analyze", "verify", "--man=no"] + given, capture_output=True, text=True,
                         check=False, env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"})
    marks = [os.path.basename(p).split(".")[0].split("@")[0] for p in given]
    return run.stderr.splitlines() if not marks else [
        line for line in run.stderr.splitlines() if any(mark in line for mark in marks)]


def exposure(path):
    """systemd's own measure of a unit, 0 to 10; None where it cannot say without a running system."""
    run = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", path], capture_output=True,
                         text=True, check=False)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", run.stdout)
    return float(found.group(1)) if found else None


def check_exposure(tap, units):
    with tempfile.TemporaryDirectory() as folder:
        plant(folder, "bare.service", "[Service]\nExecStart=/bin/true\n")
        bare = exposure(os.path.join(folder, "bare.service"))
    if bare is None:
        tap.skip(EXPOSURE_NAME, "this systemd-analyze has no security --offline")
        return
    tap.result("a unit without protection is found", [] if bare > EXPOSURE_MAX else [f"{bare}"])
    levels = [(exposure(path), os.path.basename(path)) for path in units]
    tap.result(EXPOSURE_NAME, [f"{name}: {level}" for level, name in levels if level is None or level > EXPOSURE_MAX])
    kept = [os.path.basename(path) for path in units
            if not re.search(r"^LimitCORE=0$", open(path, encoding="utf-8").read(), re.M)]
    tap.result("no service leaves a core file", kept)


def main():
    tap = Tap()
    units = [p for p in glob.glob(os.path.join(sys.argv[1], "*.service"))]
    if not shutil.which("systemd-analyze"):
        tap.skip(NAME, "systemd-analyze is not installed")
        return tap.finish()
    with tempfile.TemporaryDirectory() as folder:
        plant(folder, "studyday-bad.service", "[Service]\nExecStart=/bin/true\nTpye=notify\n")
        tap.result("an unknown setting is found", [] if verify(folder) else ["it passed"])
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder, units)
        tap.result(f"{NAME} ({len(units)})", verify(folder) if units else ["there are none"])
    check_exposure(tap, units)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
