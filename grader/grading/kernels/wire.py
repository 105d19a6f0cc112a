"""How worker and engine talk: frames of one byte for the kind, four for the length, and the body.

Orders are JSON from the worker. What comes back is a student's bytes: whoever reads it bounds it.
"""

import json
import socket
import struct

MESSAGE, REPLY, LEAVE = b"m", b"r", b"l"
"""Kinds of frame: something to show, a cell's end, a notebook that is a kernel's to run."""
HEAD = struct.Struct(">cI")
LONGEST_ORDER = 1 << 30


def send(connection: socket.socket, kind: bytes, body: bytes) -> None:
    """Write one frame."""
    if len(body) < 65_536:
        connection.sendall(HEAD.pack(kind, len(body)) + body)
    else:
        connection.sendall(HEAD.pack(kind, min(len(body), 0xFFFFFFFF)))
        connection.sendall(body)


def send_order(connection: socket.socket, order: dict) -> None:
    """Ask the engine to run a cell."""
    send(connection, MESSAGE, json.dumps(order).encode())


def receive_order(connection: socket.socket) -> dict | None:
    """Return the next order; None when the worker is gone. Runs in the engine."""
    head = _exactly(connection, HEAD.size)
    body = _exactly(connection, HEAD.unpack(head)[1]) if head else None
    return json.loads(body) if body else None


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)
