"""A GGUF file, packed by hand: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md."""

import struct
from typing import Any

F32, Q4_1, Q8_0 = 0, 3, 8
TYPES = {"B": 0, "I": 4, "i": 5, "f": 6, "?": 7, "Q": 10}


def fact(kind: str, value: Any) -> bytes:
    """A fact's type and value: ``text``, ``texts``, ``ints``, or a letter of struct."""
    if kind == "text":
        return struct.pack("<I", 8) + text(value)
    if kind == "texts":
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
    if kind == "ints":
        return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
    return struct.pack("<I" + kind, TYPES[kind], value)


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def packed(facts: dict[str, bytes], tensors: dict[str, tuple[int, tuple, bytes]]) -> bytes:
    """The whole file.

    Args:
        facts: name -> what `fact` returns.
        tensors: name -> kind of block, shape with rows first, the blocks.
    """
    alignment = 64 if "general.alignment" in facts else 32
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts))
    head += b"".join(text(name) + value for name, value in facts.items())
    body = b""
    for name, (kind, shape, raw) in tensors.items():
        body += bytes(-len(body) % alignment)
        dimensions = struct.pack(f"<I{len(shape)}Q", len(shape), *shape[::-1])
        head += text(name) + dimensions + struct.pack("<IQ", kind, len(body))
        body += raw
    return head + bytes(-len(head) % alignment) + body
