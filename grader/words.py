"""Which words of a text a model's tokens make up."""

import re

from grader.network import Tokens

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{HAN}]|[^\W{HAN}]+|[^\w\s]")
"""A word of a text: letters and digits in a row, one Chinese character, or one mark."""


def group_tokens(tokens: Tokens, texts: tuple[str, str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Tell which word each token belongs to; a special token is a word of its own.

    Where a model cuts a text by its bytes, a token may hold a mark and what follows (``'s``), which
    is then one word; and a token that is a lone space belongs to the word behind it.

    Returns:
        the words, and for each token the index of its word.
    """
    spans = [[(m.start(), m.end()) for m in WORD.finditer(text)] for text in texts]
    found = []
    for (start, end), part in zip(tokens.offsets, tokens.parts, strict=True):
        span = None
        if part is not None and end > start:
            blank = len(texts[part][start:end]) - len(texts[part][start:end].lstrip())
            span = next(
                ((part, min(a, start + blank), b) for a, b in spans[part] if a < end <= b), None
            )
        found.append(span)
    for at in reversed(range(len(found) - 1)):
        if found[at] is None and tokens.names[at].strip(" ") == "":
            found[at] = found[at + 1]
    words: list[str] = []
    word_of: list[int] = []
    last = None
    for name, span in zip(tokens.names, found, strict=True):
        if span is None or last is None or (span[0], span[2]) != (last[0], last[2]):
            words.append(name if span is None else texts[span[0]][span[1] : span[2]])
        word_of.append(len(words) - 1)
        last = span
    return tuple(words), tuple(word_of)
