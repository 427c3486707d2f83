#!/usr/bin/env python3
"""What the README shows works as it is shown: its shell blocks below "A site of your own" run one after the other.

usage: readme.py README STUDYDAY COLLECTOR TERMINAL

Only the port is another one, so that a broker of this machine is in nobody's way.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SECTION = re.compile(r"^## (A site of your own|建立自己的站点)\n(.*?)^## ", re.M | re.S)
WAIT_SECONDS = 20  # for the collector to be there, and for what a plain reader sent; both take milliseconds


def shell_blocks(path):
    with open(path, encoding="utf-8") as file:
        part = SECTION.search(file.read()).group(2)
    return re.findall(r"^```sh\n(.*?)^```$", part, re.M | re.S)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


def wait_for(condition):
    """What a person sees and waits for."""
    return f"for i in $(seq {WAIT_SECONDS * 10}); do if {condition}; then break; fi; sleep 0.1; done"


def script_of(blocks, port):
    """One shell for all blocks, since they build on each other; it says where it is."""
    lines = ["set -eu"]
    for number, block in enumerate(blocks):
        for line in block.replace("1883", port).splitlines():
            lines.append(line)
            if line == "studyday init site":
                lines.append(f"sed -i 's/port = 1883/port = {port}/' site/studyday.conf")
        if "studyday-collector" in block:
            lines.append(wait_for("studyday status --format json | grep -q '\"running\":true'"))
        if "mosquitto_pub" in block:
            lines.append(wait_for("studyday events --terminal gy-002 | grep -q ."))
        lines.append(f"echo block {number} is done >&2")
    lines.append("studyday report session first --depth 0 --format json > report.json")
    return "\n".join(lines)


def run_blocks(folder, script, path):
    run = subprocess.Popen(["bash", "-c", script], cwd=folder, text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, start_new_session=True, env={**os.environ, "PATH": path})
    reached = None
    try:
        deadline = time.monotonic() + 100
        while run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        reached = run.poll()
    finally:
        os.killpg(run.pid, signal.SIGTERM)
    out, err = run.communicate(timeout=30)
    return reached, out, err


def findings_of(code, out, err, folder):
    if code != 0:
        return [f"ended with {code}"] + (out + err).splitlines()[-15:]
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
        row = json.load(file)["rows"][0]
    wanted = {"expected": 3, "on_site": 3, "absent": 0}
    found = [f"{key} is {row[key]}, not {value}" for key, value in wanted.items() if row[key] != value]
    with open(os.path.join(folder, "report.csv"), encoding="utf-8-sig") as file:
        return found if file.read() else found + ["report.csv is empty"]


def main():
    readme = os.path.realpath(sys.argv[1])
    folders = [os.path.dirname(os.path.realpath(program)) for program in sys.argv[2:]]
    name = f"{os.path.basename(readme)} works as it is shown"
    print("1..1")
    if not os.path.exists("/usr/sbin/mosquitto") or not shutil.which("mosquitto_pub"):
        print(f"ok 1 - {name} # SKIP mosquitto is not installed")
        return 0
    blocks = shell_blocks(readme)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # mosquitto may leave root behind
        script = script_of(blocks, free_port())
        code, out, err = run_blocks(folder, script, ":".join(folders + [os.environ["PATH"]]))
        found = findings_of(code, out, err, folder) if len(blocks) >= 6 else ["too few blocks were found"]
    print(f"{'not ok' if found else 'ok'} 1 - {name}")
    for finding in found:
        print(f"#   {finding}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
