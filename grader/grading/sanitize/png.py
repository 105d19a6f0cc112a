"""Whether a PNG is nothing but its pixels, so that there is nothing to encode anew.

Read as in the specification (W3C, PNG, third edition): its chunks, filters and zlib stream.
"""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB = bytes([8, 2, 0, 0, 0])
"""Eight bits of red, green and blue; deflate; the five filters; no interlace."""
WINDOW = b"\x78"
"""How a zlib stream begins that may look back as far as it likes."""
FILTERS = 5
LONGEST_SIDE = 65_535
"""In pixels; browsers refuse a picture that is much longer."""
PACKED = (8, 170)
"""How many times smaller than its pixels it is, at least and at most.

No smaller than a black one encoded anew: so the limits of what a notebook shows, which are in
bytes, are limits of pixels too.
"""


def is_plain(data: bytes, most_pixels: int) -> bool:
    """Tell whether a PNG is an RGB picture with no chunk besides and no byte after its last pixel.

    How its pixels are packed stays its author's choice.

    Args:
        data: the bytes of a file that a stranger says is a PNG.
        most_pixels: what is larger is not plain.
    """
    least, most = PACKED
    if least * len(data) > 4 * most_pixels:
        return False  # too long for so few pixels, and not worth a look at its chunks
    try:
        (first, header), *middle, (last, end) = _chunks(data)
        width, height, form = struct.unpack(">II5s", header)
        row = 1 + 3 * width
        size = height * row
        return (
            (first, last, form, end) == (b"IHDR", b"IEND", RGB, b"")
            and {kind for kind, _ in middle} == {b"IDAT"}
            and 0 < width * height <= most_pixels
            and max(width, height) <= LONGEST_SIDE
            and least * len(data) <= size <= most * len(data)
            and _holds(b"".join(body for _, body in middle), size, row)
        )
    except (struct.error, ValueError, zlib.error):
        return False


def _holds(packed: bytes, size: int, row: int) -> bool:
    """Tell whether a stream ends with the last of `size` bytes, rows that begin with a filter.

    Raises:
        zlib.error: it is no zlib stream.
    """
    stream = zlib.decompressobj()
    rows = stream.decompress(packed, size + 1)
    return (
        packed.startswith(WINDOW)
        and len(rows) == size
        and stream.eof
        and not stream.unused_data
        and max(rows[::row]) < FILTERS
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
