"""A receipt: a short hash of what a notebook says, the same at the student's and at the course's.

It is over the cells' types and sources. Outputs, metadata and cell ids do not count: saving a
notebook again, in whatever editor, keeps its receipt; changing one letter of an answer does not.
"""

import hashlib
import json
from pathlib import Path

from grader.bounded_json import loads_notebook

DIGITS = 16


def receipt(data: bytes) -> str | None:
    """Return the receipt of a notebook file: 16 hexadecimal digits; None if it is no notebook."""
    try:
        cells = loads_notebook(data)["cells"]
        said = [[cell["cell_type"], _source(cell["source"])] for cell in cells]
        text = json.dumps(said, ensure_ascii=True, separators=(",", ":"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def receipts_of(folder: Path) -> dict[str, str]:
    """Return the receipt of each notebook that was handed in, in the folder of a submission."""
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        if path.is_file() and not path.is_symlink():
            made = receipt(path.read_bytes())
            if made:
                found[path.name] = made
    return found


def spaced(receipt: str) -> str:
    """Return a receipt in groups of four, for people to compare."""
    return " ".join(receipt[i : i + 4] for i in range(0, len(receipt), 4))


def _source(source: str | list[str]) -> str:
    return (source if isinstance(source, str) else "".join(source)).replace("\r\n", "\n")
