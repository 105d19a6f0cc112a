"""Sanitize files beside a notebook: which may lie where a browser can open them.

formgrader serves the folder of a graded submission from its own origin, so that a page or a picture
with a script in it, opened by one click, could set grades for everyone. While the notebook runs its
cells read every file that was handed in; beside the graded notebook lies only what is known to be
plain data by its name and by how it begins. The rest is where it was handed in, in `submitted`.
"""

import re
from pathlib import PurePosixPath

TEXT = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".log"})
BEGINNINGS = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".npy": (b"\x93NUMPY",),
    ".npz": (b"PK\x03\x04",),
}
"""How a file of a kind that is not text begins."""
LOOKED_AT = 2048
"""In bytes: at least as many as browsers look at to guess what a file is."""
MOST_STORED = 16 << 20
"""In bytes, of one submission: all of it is there a second time where it was handed in."""

_PART = re.compile(r"\w[\w .()+-]{0,99}")
"""A folder or a file; with other characters one program's name is another's address."""


def is_harmless(name: str, data: bytes) -> bool:
    """Tell whether no browser runs a file, however it is served.

    Args:
        name: its path below the submission's folder, with ``/``.
        data: what is in it.
    """
    ending = PurePosixPath(name).suffix.lower()
    if not all(_PART.fullmatch(part) for part in name.split("/")):
        return False
    if ending in TEXT:
        return _is_no_markup(data[:LOOKED_AT])
    return data.startswith(BEGINNINGS.get(ending, ()))


def harmless(files: dict[str, bytes], trusted: dict[str, bytes]) -> dict[str, bytes]:
    """Return those of `files` that are stored: harmless ones, and those that are the course's.

    Args:
        files: by path, as they lay beside the notebook while it ran.
        trusted: files of the course, by path.
    """
    stored, room = {}, MOST_STORED
    for name, data in files.items():
        if trusted.get(name) == data:
            stored[name] = data
        elif len(data) <= room and is_harmless(name, data):
            stored[name] = data
            room -= len(data)
    return stored


def _is_no_markup(head: bytes) -> bool:
    """Tell whether a text does not begin like HTML, XML or PDF, in any encoding's guise."""
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n\f\x0b")
    return not plain.startswith(b"<") and b"%PDF-" not in plain
