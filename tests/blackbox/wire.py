"""The protocol's bytes, written from studyday-protocol(7) alone: canonical events, chains, MACs, payloads."""

import hashlib
import hmac
import json
import random
import time

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_LINE = 48 * 1024
dice = random.SystemRandom()


def ulid():
    value = int(time.time() * 1000) << 80 | dice.getrandbits(80)
    return "".join(BASE32[value >> shift & 31] for shift in range(125, -1, -5))


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def canonical(event, seq):
    """As RFC 8785 escapes, keys by their bytes; what holds anything but strings and integers is {"seq":N}."""
    if any(isinstance(v, bool) or not isinstance(v, (str, int)) for v in event.values()):
        event = {}
    return json.dumps({**event, "seq": seq}, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def chain(terminal, epoch, events):
    """The head, as hex, of the chain of these events from 1 on."""
    head = hashlib.sha256(b"studyday/1\n" + terminal.encode() + b"\n" + epoch.encode()).digest()
    for seq, event in enumerate(events, 1):
        head = hashlib.sha256(head + canonical(event, seq)).digest()
    return head.hex()


def sign(key, topic, line):
    line = line.encode() if isinstance(line, str) else line
    if key is None:
        return line
    return line + b"\n" + mac(key, topic, line).encode()


def mac(key, topic, line):
    return hmac.new(key, topic.encode() + b"\0" + line, hashlib.sha256).hexdigest()


def opened(key, topic, payload):
    """The object of a payload whose MAC is checked where there is a key."""
    if key is not None:
        line, _, digits = payload.partition(b"\n")
        assert digits.decode().rstrip("\n") == mac(key, topic, line), f"MAC of {topic}: {payload!r}"
        payload = line
    assert b"\n" not in payload, f"more than a line on {topic}: {payload!r}"
    return json.loads(payload)
