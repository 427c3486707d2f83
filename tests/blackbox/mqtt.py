"""A small MQTT client over a plain socket, 3.1.1 and 5, written from the standard alone: what it puts on the wire is
what a test says, to the byte. Messages that come in are acknowledged at once and kept in a list."""

import socket
import struct
import threading
import time

PATIENCE = 60  # seconds until something that must come is said not to
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, DISCONNECT = 1, 2, 3, 4, 8, 9, 14


def number(value):
    """A variable byte integer."""
    out = b""
    while True:
        value, byte = divmod(value, 128)
        out += bytes([byte | (128 if value else 0)])
        if not value:
            return out


def text(value):
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(data)) + data


def take_number(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 128:
            return value, at


class Message:
    def __init__(self, topic, payload, retained, qos):
        self.topic, self.payload, self.retained, self.qos = topic, payload, retained, qos

    def __repr__(self):
        return f"{self.topic}{' (retained)' if self.retained else ''} {self.payload[:300]!r}"


class Client:
    def __init__(self, port, name="", version=4, will=None, clean=True):
        self.version = version
        self.messages = []
        self.acks = {}  # packet id: reason code
        self.changed = threading.Condition()
        self.ended = False
        self.packet = 0
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.settimeout(None)
        flags = (2 if clean else 0) | (4 | 8 if will else 0)
        body = text("MQTT") + bytes([version, flags]) + struct.pack(">H", 0) + self.properties() + text(name)
        if will:
            body += self.properties() + text(will[0]) + text(will[1])
        self.send(CONNECT << 4, body)
        threading.Thread(target=self.read, daemon=True).start()
        self.wait(lambda: "connack" in self.acks, "CONNACK")
        assert self.acks["connack"] == 0, f"CONNACK {self.acks['connack']}"

    def properties(self):
        return b"\0" if self.version == 5 else b""

    def send(self, first, body):
        self.socket.sendall(bytes([first]) + number(len(body)) + body)

    def read(self):
        stream = self.socket.makefile("rb")
        try:
            while True:
                first = stream.read(1)
                if not first:
                    break
                length = shift = 0
                while True:
                    byte = stream.read(1)[0]
                    length |= (byte & 127) << shift
                    shift += 7
                    if not byte & 128:
                        break
                self.take(first[0], stream.read(length))
        except (OSError, IndexError, ValueError):
            pass
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def take(self, first, body):
        kind = first >> 4
        with self.changed:
            if kind == CONNACK:
                self.acks["connack"] = body[1]
            elif kind in (PUBACK, SUBACK):
                identity = struct.unpack(">H", body[:2])[0]
                self.acks[identity] = body[-1] if kind == SUBACK else body[2] if len(body) > 2 else 0
            elif kind == PUBLISH:
                self.take_publish(first, body)
            self.changed.notify_all()

    def take_publish(self, first, body):
        qos = first >> 1 & 3
        length = struct.unpack(">H", body[:2])[0]
        topic, at = body[2:2 + length].decode(), 2 + length
        if qos:
            identity = body[at:at + 2]
            at += 2
        if self.version == 5:
            skip, at = take_number(body, at)
            at += skip
        self.messages.append(Message(topic, body[at:], bool(first & 1), qos))
        if qos:
            self.send(PUBACK << 4, identity)

    def wait(self, condition, what, seconds=PATIENCE):
        with self.changed:
            self.changed.wait_for(lambda: condition() or self.ended, seconds)
            assert condition(), f"not seen in {seconds} s: {what}; last: {self.messages[-3:]}"

    def next_packet(self):
        self.packet = self.packet % 65535 + 1
        return self.packet

    def subscribe(self, *topics):
        identity = self.next_packet()
        self.send(SUBSCRIBE << 4 | 2, struct.pack(">H", identity) + self.properties() +
                  b"".join(text(topic) + b"\1" for topic in topics))
        self.wait(lambda: identity in self.acks, "SUBACK")
        assert self.acks[identity] < 128, f"SUBACK {self.acks[identity]}"
        return self

    def publish(self, topic, payload, qos=1, retain=False):
        """Returns the PUBACK's reason code when it has come."""
        identity = self.next_packet() if qos else None
        self.send(PUBLISH << 4 | qos << 1 | retain, text(topic) + (struct.pack(">H", identity) if qos else b"") +
                  self.properties() + (payload.encode() if isinstance(payload, str) else payload))
        if not qos:
            return 0
        self.wait(lambda: identity in self.acks, "PUBACK")
        return self.acks.pop(identity)

    def find(self, condition, after=0):
        return next((m for m in self.messages[after:] if condition(m)), None)

    def expect(self, condition, what, after=0, seconds=PATIENCE):
        """The first message from number `after` on that the condition likes."""
        self.wait(lambda: self.find(condition, after), what, seconds)
        return self.find(condition, after)

    def close(self):
        """DISCONNECT: no Will."""
        try:
            self.send(DISCONNECT << 4, b"")
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def drop(self):
        """The line breaks: the broker sends the Will."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def now():
    return time.monotonic()
