"""The cards' pictures, 200 x 104: each draws its lesson's idea, where it can from a sentence."""

from collections.abc import Callable, Sequence

import numpy as np

from attention_views.problems import MarkError
from grader.attention import Attention
from grader.errors import known

CAT = "The cat sat on the mat because it was tired."
SOFT = "The cat sat on the mat because it was soft."
CATS = "The cats sat on the mat because it was soft."
TELESCOPE = "I saw the man with the telescope."
QUESTION = "Who is the famous architect in Barcelona?"
PASSAGE = "Barcelona is famous for Gaudi's architecture like the Sagrada Familia."


def thumbnail(name: str, capture: Callable[..., Attention]) -> str:
    """Return the SVG of a card's picture.

    Raises:
        MarkError: no picture is called so.
    """
    if name not in PICTURES:
        raise MarkError(f"no picture is called {name!r}; {known(PICTURES)}")
    draw = PICTURES[name]
    if draw is None:  # the wall itself, as small as a stamp: its picture is in the page already
        return '<i class="home-stamp"></i>'
    return f'<svg viewBox="0 0 200 104" aria-hidden="true">{draw(capture)}</svg>'


def _it(capture, text: str, layer: int, head: int, word: str = "it") -> tuple[np.ndarray, int]:
    attention = capture(text, None, None).merge_words()
    query = attention.position(word)
    return attention.weights[layer, head, query], query


def _fan(row, query: int, *, left=40, right=160, step=7.0, kind="look", wide=8.0) -> str:
    """Two columns of dots and the lines of one row between them."""
    middle, parts = (left + right) / 2, []
    at = [10 + step * i for i in range(len(row))]
    for j, weight in enumerate(row):
        parts.append(
            f'<path class="{kind} line" stroke-width="{_n(0.6 + weight * wide)}" '
            f'opacity="{_n(0.18 + 0.82 * weight**0.5)}" '
            f'd="M{left} {_n(at[query])}C{_n(middle)} {_n(at[query])} {_n(middle)} {_n(at[j])} '
            f'{right} {_n(at[j])}"/>'
        )
    parts += [
        _dot(left, y, 3 if i == query else 1.5, "edge" if i == query else "quiet")
        for i, y in enumerate(at)
    ]
    parts += [
        _dot(right, y, 1.4 + row[i] * 3.2, kind if row[i] > 0.3 else "quiet")
        for i, y in enumerate(at)
    ]
    return "".join(parts)


def _map(pattern, x: float, y: float, cell: float) -> str:
    """A small attention map, in six strengths."""
    size = cell * len(pattern)
    parts = [f'<path class="card frame" d="M{_n(x)} {_n(y)}h{_n(size)}v{_n(size)}h-{_n(size)}z"/>']
    levels = np.rint(np.asarray(pattern) ** 0.75 * 6).astype(int)
    for level in range(1, 7):
        cells = "".join(
            f"M{_n(x + j * cell)} {_n(y + i * cell)}h{_n(cell)}v{_n(cell)}h-{_n(cell)}z"
            for i, j in zip(*np.nonzero(levels == level), strict=True)
        )
        if cells:
            parts.append(f'<path class="heat" opacity="{_n(level / 6)}" d="{cells}"/>')
    return "".join(parts)


def _gaze(capture) -> str:
    return _fan(*_it(capture, CAT, 5, 11))


def _row(capture) -> str:
    attention = capture(CAT, None, None)
    query = attention.position("it")
    frame = f"M55 {_n(7 + query * 6.8)}h90.4v8.8h-90.4z"
    mark = f'<path class="red line" stroke-width="1.8" d="{frame}"/>'
    return _map(attention.weights[5, 11], 56, 8, 6.8) + mark


def _head(capture) -> str:
    pattern = capture(CAT, None, None).weights[0, 2]
    lines = "".join(
        f'<path class="look line" stroke-width="2" opacity="{_n(float(pattern[i, j]))}" '
        f'd="M40 {_n(10 + 7 * i)}L160 {_n(10 + 7 * j)}"/>'
        for i, j in zip(*np.nonzero(pattern > 0.05), strict=True)
    )
    dots = [_dot(x, 10 + 7 * i, 1.5, "quiet") for i in range(len(pattern)) for x in (36, 164)]
    return lines + "".join(dots)


def _numbers(capture) -> str:
    attention = capture(CAT, None, None, queries_keys=True)
    query = attention.position("it")
    q, keys = attention.queries[5, 11][query], attention.keys[5, 11]
    weights = attention.weights[5, 11, query]
    rows = [attention.position("cat"), attention.position("mat"), 1]
    parts = [_strip(q, 10, 3)]
    for place, key in enumerate(rows):
        y = 34 + 20 * place
        parts.append(_strip(q * keys[key], y, 4))
        parts.append(
            f'<rect class="look" x="156" y="{y}" width="{_n(max(1, weights[key] * 34))}" '
            f'height="13" rx="1.5"/>'
        )
    return "".join(parts)


def _strip(vector, y: float, strong: float) -> str:
    return "".join(
        f'<rect class="{"look" if value > 0 else "negative"}" x="{20 + 4 * d}" y="{y}" width="3.6" '
        f'height="13" opacity="{_n(min(1.0, (abs(value) / strong) ** 0.6))}"/>'
        for d, value in enumerate(map(float, vector))
    )


def _scissors(capture) -> str:
    attention = capture(QUESTION, PASSAGE, "minilm-qa")
    row = attention.weights[5, 2, attention.position("who")]
    second, parts = attention.second_start, []
    step = 172 / (attention.n_tokens - second - 1)
    for place, weight in enumerate(map(float, row[second:])):
        x = 14 + place * step
        parts.append(
            f'<path class="look line" stroke-width="{_n(0.7 + weight * 18)}" '
            f'opacity="{_n(min(1.0, 0.25 + 1.5 * weight))}" '
            f'd="M52 26C52 52 {_n(x)} 52 {_n(x)} 80"/>'
            + _dot(x, 80, 1.6 + weight * 9, "look" if weight > 0.1 else "quiet")
        )
    parts += [
        _dot(37 + 15 * i, 26, 3.4 if i == 1 else 1.7, "edge" if i == 1 else "quiet")
        for i in range(9)
    ]
    return "".join(parts) + (
        '<path class="ground line" stroke-width="8" d="M30 62L84 42"/>'
        '<path class="red line" stroke-width="2" stroke-dasharray="4 3" d="M28 62L86 41"/>'
    )


def _patterns(capture) -> str:
    weights = capture(CAT, None, None).weights
    places = ((27, 8), (79, 8), (131, 8), (53, 55), (105, 55))
    heads = ((0, 2), (1, 8), (3, 1), (5, 11), (4, 5))
    return "".join(
        _map(weights[layer, head], x, y, 3.15)
        for (layer, head), (x, y) in zip(heads, places, strict=True)
    )


def _telescope(capture) -> str:
    verb, query = _it(capture, TELESCOPE, 1, 2, "with")
    noun, _ = _it(capture, TELESCOPE, 5, 8, "with")
    parts, here = [], 16 + 21 * (query - 1)
    words = range(1, len(verb) - 1)
    for row, kind, side in ((verb, "look", -1), (noun, "negative", 1)):
        for i in (i for i in words if i != query):
            weight, x = float(row[i]), 16 + 21 * (i - 1)
            high = 52 + side * (16 + abs(query - i) * 11)
            parts.append(
                f'<path class="{kind} line" stroke-width="{_n(1 + weight * 7)}" '
                f'opacity="{_n(0.3 + 0.7 * weight)}" d="M{here} {52 + side * 6}C{here} {high} '
                f'{x} {high} {x} {52 + side * 6}"/>'
            )
    parts += [
        f'<rect class="{"edge" if i == query else "quiet"}" x="{9 + 21 * (i - 1)}" y="48.5" '
        f'width="14" height="7" rx="2"/>'
        for i in words
    ]
    return "".join(parts)


def _hypothesis(capture) -> str:
    rows = [_it(capture, text, 5, 11)[0] for text in (CAT, SOFT)]
    parts = []
    for i, (tired, soft) in enumerate(zip(*rows, strict=True)):
        x = _n(18 + 12.8 * i)
        parts.append(
            f'<rect class="look" x="{x}" y="{_n(48 - tired * 52)}" width="9.6" '
            f'height="{_n(max(0.8, tired * 52))}"/>'
            f'<rect class="red" x="{x}" y="56" width="9.6" height="{_n(max(0.8, soft * 52))}"/>'
        )
    return "".join(parts) + '<path class="quiet line" d="M14 52H186"/>'


def _question(capture) -> str:
    return f'<g opacity=".3">{_gaze(capture)}</g><text class="red" x="100" y="79">?</text>'


def _two(capture) -> str:
    first, query = _it(capture, CATS, 5, 11)
    second, _ = _it(capture, CATS, 3, 1)
    left = _fan(first, query, left=24, right=88, wide=6)
    return left + _fan(second, query, left=112, right=176, kind="negative", wide=6)


def _sink(capture) -> str:
    pattern = capture(CAT, None, None).weights[4, 5]
    mark = '<path class="red line" stroke-width="1.8" d="M55 7h8.8v90.4h-8.8z"/>'
    return _map(pattern, 56, 8, 6.8) + mark


def _mask(capture) -> str:
    """Nothing above the diagonal: no word sees what comes after it."""
    return _map(np.tril(np.full((13, 13), 0.25)) + 0.5 * np.eye(13), 56, 8, 6.8)


def _copying(capture) -> str:
    """A text twice: the second time, each word looks one past where it stood the first time."""
    pattern = 0.9 * np.eye(13, k=-5)
    pattern[:6, 0] = pattern[7:, 0] = 0.15
    return _map(pattern, 56, 8, 6.8)


def _against(capture) -> str:
    """Heads that work for an answer, and the one that looks hardest and works against it."""
    bars = ((40, 26), (64, 14), (112, 9), (136, 18))
    return (
        "".join(
            f'<rect class="look" x="{x}" y="{48 - high}" width="16" height="{high}" rx="1.5"/>'
            for x, high in bars
        )
        + '<rect class="negative" x="88" y="52" width="16" height="42" rx="1.5"/>'
        + '<path class="quiet line" d="M28 50H164"/>'
    )


def _value(capture) -> str:
    """Much weight and little taken; little weight and more taken."""
    rows = ((120, 14), (44, 62), (24, 34))
    return "".join(
        f'<rect class="look" x="36" y="{14 + 28 * i}" width="{weight}" height="9" rx="1.5"/>'
        f'<rect class="edge" x="36" y="{25 + 28 * i}" width="{taken}" height="9" rx="1.5"/>'
        for i, (weight, taken) in enumerate(rows)
    )


def _long(capture) -> str:
    """A page of words; one in the last line looks at its like in the first."""
    lengths = (14, 22, 8, 17, 26, 11, 19, 9, 24, 15, 20)
    parts, place = [], 0
    for line in range(8):
        x, y = 30, 9 + 12 * line
        while x + (wide := lengths[place % len(lengths)]) <= 170:
            parts.append(
                f'<rect class="quiet" x="{x}" y="{y}" width="{wide}" height="5" rx="2" '
                f'opacity=".4"/>'
            )
            x, place = x + wide + 5, place + 1
    return "".join(parts) + (
        '<path class="look line" stroke-width="3" opacity=".8" d="M140 91C196 66 120 30 62 14"/>'
        '<rect class="look" x="49" y="7" width="22" height="9" rx="2"/>'
        '<rect class="edge" x="132" y="91" width="22" height="9" rx="2"/>'
    )


def _yours(capture) -> str:
    frames = "".join(
        f'<rect class="quiet line" stroke-dasharray="3 3" x="{31 + 24 * h}" y="{7 + 24 * y}" '
        f'width="19" height="19" rx="2"/>'
        for y in range(4)
        for h in range(6)
    )
    return frames + _map(capture(CAT, None, None).weights[5, 11], 55.5, 31.5, 1.4)


def _papers(capture) -> str:
    lengths: Sequence[int] = (78, 100, 92, 100, 60, 96, 70)
    return "".join(
        f'<rect class="{"red" if i == 3 else "quiet"}" x="50" y="{_n(14 + 11.5 * i)}" '
        f'width="{wide}" height="4" rx="2" opacity="{1 if i == 3 else 0.45}"/>'
        for i, wide in enumerate(lengths)
    )


PICTURES = {
    "gaze": _gaze,
    "row": _row,
    "head": _head,
    "heads": None,
    "numbers": _numbers,
    "scissors": _scissors,
    "patterns": _patterns,
    "telescope": _telescope,
    "hypothesis": _hypothesis,
    "question": _question,
    "two": _two,
    "sink": _sink,
    "mask": _mask,
    "copying": _copying,
    "against": _against,
    "value": _value,
    "long": _long,
    "yours": _yours,
    "papers": _papers,
}


def _dot(x: float, y: float, radius: float, kind: str) -> str:
    return f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"/>'


def _n(value: float) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
