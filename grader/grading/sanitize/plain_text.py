"""How much of a notebook's Markdown is rendered; the rest is shown as it was typed.

Who renders waits for it, and most of what is slow to read costs by the square of its length: an
open formula of 100,000 signs takes 19 s. Nothing that is stored changes, and a person who marks
sees each sign.
"""

import re
from itertools import chain

OF_CELL, OF_NOTEBOOK = 20_000, 60_000
"""In signs: two seconds at most."""
LINE = 120
_TILDES = re.compile("~{3,}")


class RenderedMarkdown:
    """Chooses, one cell after another, what of a page is rendered."""

    def __init__(self) -> None:
        self._left = OF_NOTEBOOK

    def __call__(self, text: str) -> str:
        """Return the text, or Markdown that shows it as typed if it is too long."""
        if len(text) > min(self._left, OF_CELL):
            return as_typed(text)
        self._left -= len(text)
        return text


def as_typed(text: str) -> str:
    """Return Markdown that shows a text as it stands: one block of code, whose end it cannot be.

    Its lines are broken: nbconvert looks in each for addresses, by the square of its length.
    """
    longest = max(map(len, _TILDES.findall(text)), default=2)
    fence = "~" * (longest + 1)
    lines = (re.findall(f".{{1,{LINE}}}", line) or [""] for line in text.splitlines())
    return "\n".join([fence, *chain.from_iterable(lines), fence])
