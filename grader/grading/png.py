"""Whether a PNG is nothing but its pixels, so that there is nothing to encode anew.

Read as in the specification (W3C, PNG, third edition): its chunks, filters and zlib stream.
"""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB = bytes([8, 2, 0, 0, 0])
"""Eight bits of red, green and blue; deflate; the five filters; no interlace."""
FILTERS = 5
PACKED = 8
"""How much smaller than its pixels it must be at least; pictures of ours are a thirtieth."""


def is_plain(data: bytes, most_pixels: int) -> bool:
    """Tell whether a PNG is an RGB picture, well packed, without a byte for anything else.

    Args:
        data: the bytes of a file that a stranger says is a PNG.
        most_pixels: what is larger is not plain.
    """
    try:
        (first, header), *middle, (last, end) = _chunks(data)
        width, height, form = struct.unpack(">II5s", header)
        size = height * (1 + 3 * width)
        if not 0 < width * height <= most_pixels or size < PACKED * len(data):
            return False
        stream = zlib.decompressobj()
        rows = stream.decompress(b"".join(body for _, body in middle), size + 1)
    except (struct.error, ValueError, zlib.error):
        return False
    return (
        (first, last, form, end) == (b"IHDR", b"IEND", RGB, b"")
        and {kind for kind, _ in middle} == {b"IDAT"}
        and len(rows) == size
        and stream.eof
        and not stream.unused_data
        and max(rows[:: 1 + 3 * width]) < FILTERS
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of each chunk.

    Raises:
        ValueError: it has no signature, or a chunk is cut short or not as its checksum says.
        struct.error: it ends within a chunk's own numbers.
    """
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG")
    at = len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if checksum != zlib.crc32(body, zlib.crc32(kind)):
            raise ValueError("a chunk is damaged")
        yield kind, body
        at += 12 + length
