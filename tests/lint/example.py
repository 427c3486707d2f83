#!/usr/bin/env python3
"""The worked example of studyday-protocol(7) is a test vector, and can be computed from the page's own rules.

usage: example.py ROOT
"""
import hashlib
import hmac
import json
import re
import sys

from tap import Tap, read

PAGE = "docs/man/studyday-protocol.7.scd"
VECTOR = "tests/wire/vectors/valid/manual-page"


def literal_lines(text):
    """Lines of the literal blocks below the heading of the example, as a reader sees them."""
    part = text.split("# WORKED EXAMPLE\n", 1)[1].split("\n# ", 1)[0]
    lines = []
    for block in re.findall(r"^```\n(.*?)^```$", part, re.M | re.S):
        lines += [re.sub(r"\\(.)", r"\1", line) for line in block.splitlines()]
    return lines


def computed(topic, key, payload):
    """What the rules make of the vector: line, MAC, canonical bytes, heads of the chain."""
    line = payload.split("\n")[0]
    batch = json.loads(line)
    terminal = topic.split("/")[3]
    head = hashlib.sha256(f"studyday/1\n{terminal}\n{batch['epoch']}".encode()).digest()
    canonical, heads = [], [head.hex()]
    for number, event in enumerate(batch["events"], batch["first"]):
        text = json.dumps({**event, "seq": number}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        head = hashlib.sha256(head + text.encode()).digest()
        canonical.append(text)
        heads.append(head.hex())
    mac = hmac.new(bytes.fromhex(key), f"{topic}\0{line}".encode(), hashlib.sha256).hexdigest()
    return [topic, line, mac] + canonical + heads


def missing(page_lines, wanted):
    return [f"not in the page: {line[:100]}" for line in wanted if line not in page_lines]


def main():
    root = sys.argv[1]
    tap = Tap()
    topic, key, payload = (read(root, f"{VECTOR}/{name}").rstrip("\n") for name in ("topic", "key", "payload"))
    lines = literal_lines(read(root, PAGE))
    wanted = computed(topic, key, payload)
    tap.result("another key is noticed",
               [] if len(missing(lines, computed(topic, "00" * 32, payload))) == 1 else ["it passed"])
    tap.result("the page shows the vector's bytes, chain and MAC", missing(lines, wanted))
    tap.result("the vector's payload ends in that MAC", [] if payload.split("\n")[1] == wanted[2] else ["it does not"])
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
