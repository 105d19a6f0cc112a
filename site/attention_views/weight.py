"""What a figure weighs on its reader's line, and how much that may be.

A reader on a phone pays for a figure twice: for its part of the page (the picture and the table
that need no script), and for the numbers that the engine fetches. Both grow with the square of
the text's length.
"""

import gzip
from pathlib import Path

from attention_views.problems import MarkError

TOO_HEAVY = 400_000
"""Bytes as a web server sends them, above which a figure is refused: 64 tokens in six layers of
12 heads stay below, and a whole site of the course is 10 MB."""


def served_bytes(html: str, data: list[Path]) -> int:
    """Return how many bytes a figure is when a web server sends it compressed.

    Args:
        html: The figure as it stands in the page.
        data: Files that are fetched for it.
    """
    parts = [html.encode(), *(path.read_bytes() for path in data)]
    return sum(len(gzip.compress(part, compresslevel=6, mtime=0)) for part in parts)


def check_weight(weight: int, n_tokens: int, line: int | None, *, by_square: bool = True) -> None:
    """Refuse a figure that nobody would wait for.

    Args:
        weight: What `served_bytes` says.
        n_tokens: How many tokens it shows.
        line: Line of the text within the fence, for the error.
        by_square: Whether twice the tokens are four times the numbers; else twice as many.

    Raises:
        MarkError: with a length that would be light enough.
    """
    if weight <= TOO_HEAVY:
        return
    share = TOO_HEAVY / weight
    fitting = int(n_tokens * (share**0.5 if by_square else share) / 10) * 10
    raise MarkError(
        f"this figure of {n_tokens} tokens would weigh {weight / 1000:,.0f} kB on its reader's "
        f"line, more than {TOO_HEAVY // 1000} kB; "
        f"shorten the text to about {fitting} tokens",
        line,
    )
