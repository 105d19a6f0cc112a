"""Sanitize a student's pictures: their pixels, encoded anew, for at most so much time and memory.

What decoding costs is told by a picture's size and by how often its file goes over all pixels, not
by how long the file is: less than half a megabyte of JPEG in a thousand passes took 12 s. So both
are read from the file before anything is decoded. What is no pixel is left out first: texts and
profiles that are packed a thousandfold, a million comments, other pictures of an animation.
"""

import base64
import io
import struct
import warnings
from functools import lru_cache

PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
ENCODING = {"PNG": {"compress_level": 3}, "JPEG": {}}
SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST_SIDE = 65_535
"""In pixels; browsers refuse a picture that is much longer."""
MAX_PIXELS = 12_500_000
"""Of one picture; a photograph that a telephone takes has as many."""
LONGEST = 8 << 20
"""Of one picture's file, in bytes."""
MOST_WORK = 48_000_000
"""Of all pictures of a notebook: so many pixels of PNG are encoded anew, which takes ten seconds at
the most; what else is done with a pixel counts as a part of that."""
LOOK, SCAN = 10, 100
"""To look at a pixel, and to go over it once more for JPEG, takes so many times less."""
MOST_PARTS = 5_000
"""Chunks or segments of one file."""
REMEMBERED = 200_000
"""In characters of base64, of pictures that are remembered."""

_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TOLD = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDD, 0xEE})
"""Segments of JPEG that say what the pixels are: frames, tables, and how colours are mixed."""


class Pictures:
    """Takes the pictures of one notebook, until they have cost what they may."""

    def __init__(self, most_work: int = MOST_WORK):
        self.left = most_work
        self.refused = False
        """Whether a picture was left out because of what it, or those before it, would cost."""

    def of(self, data: dict) -> dict[str, str]:
        """Return the pictures in a bundle of MIME types, as base64."""
        kept = {}
        for mime, kind in PICTURES.items():
            encoded = data.get(mime)
            if isinstance(encoded, list):
                encoded = "".join(part for part in encoded if isinstance(part, str))
            if isinstance(encoded, str) and encoded:
                again = self._take(encoded, kind)
                if again:
                    kept[mime] = again
        return kept

    def _take(self, encoded: str, kind: str) -> str | None:
        if len(encoded) > LONGEST * 4 // 3:
            self.refused = True
            return None
        try:
            raw = base64.b64decode("".join(encoded.split()), validate=True)
            bare, pixels, scans = BARE[kind](raw)
        except (ValueError, struct.error):
            return None
        if not 0 < pixels <= MAX_PIXELS:
            self.refused = True
            return None
        encoding = pixels if kind == "PNG" else 0
        if not self._may(encoding + pixels // LOOK + scans * pixels // SCAN):
            return None
        return (_remembered if len(encoded) <= REMEMBERED else encode_anew)(bare, kind)

    def _may(self, work: int) -> bool:
        """Count what is about to be done, if there is room for it."""
        if work > self.left:
            self.refused = True
            return False
        self.left -= work
        return True


def encode_anew(bare: bytes, kind: str) -> str | None:
    """Return the pixels of a picture as a new file in base64; None if it is no picture."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a decompression bomb warns before it explodes
            with Image.open(io.BytesIO(bare), formats=[kind]) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS or max(width, height) > LONGEST_SIDE:
                    return None
                picture.load()
                seen_through = kind == "PNG" and picture.mode in ("RGBA", "LA", "P")
                pixels = picture.convert("RGBA" if seen_through else "RGB")
        if seen_through and pixels.getchannel("A").getextrema() == (255, 255):
            pixels = pixels.convert("RGB")  # as small as with four channels in half the time
        out = io.BytesIO()
        pixels.save(out, kind, **ENCODING[kind])
    except Exception:
        return None
    return base64.b64encode(out.getvalue()).decode()


_remembered = lru_cache(maxsize=32)(encode_anew)
"""Some pictures of an exercise are the same for every student."""


def _bare_png(raw: bytes) -> tuple[bytes, int, int]:
    """Return a PNG without what is no pixel, how many pixels it has, and 0.

    Raises:
        ValueError: it is none, or in too many parts.
        struct.error: it is cut short.
    """
    if not raw.startswith(SIGNATURE):
        raise ValueError("no PNG")
    width, height = struct.unpack_from(">II", raw, 16)
    parts, at = [SIGNATURE], len(SIGNATURE)
    for _ in range(MOST_PARTS):
        length, kind = struct.unpack_from(">I4s", raw, at)
        if kind in _NEEDED:
            parts.append(raw[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            return b"".join(parts), width * height, 0
    raise ValueError("too many chunks")


def _bare_jpeg(raw: bytes) -> tuple[bytes, int, int]:
    """Return a JPEG without what is no pixel, how many pixels it has, and in how many scans.

    Raises:
        ValueError: it is none, or in too many parts.
        struct.error: it is cut short.
    """
    if not raw.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    parts, at, pixels = [raw[:2]], 2, 0
    for _ in range(MOST_PARTS):
        marker, kind, length = struct.unpack_from(">BBH", raw, at)
        if marker != 0xFF:
            raise ValueError("no marker")
        if kind == 0xFF:  # a fill byte
            at += 1
            continue
        if kind == _SCAN:
            rest = raw[at:]
            # In what is packed no such byte follows 0xFF, so that each is a scan's beginning.
            return b"".join([*parts, rest]), pixels, rest.count(b"\xff\xda")
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", raw, at + 5)
            pixels = max(pixels, width * height)
        if kind in _TOLD:
            parts.append(raw[at : at + 2 + length])
        at += 2 + length
    raise ValueError("too many segments")


BARE = {"PNG": _bare_png, "JPEG": _bare_jpeg}
