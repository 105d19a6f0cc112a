"""One sentence in large type, one head's lines from one word, and a switch that changes a word.

All four drawings (two words; a line of text for wide screens, three lines for phones) stand in the
page; CSS shows one. Above the text, in blue, is what the head does; below, in red and dashed, what
a reader takes the word to mean. Text is set to the widths that its lines are drawn for, whatever
serif the machine has. What the course says about it is HTML over the drawing: no Chinese glyph
stands in a picture.
"""

from dataclasses import dataclass
from html import escape

import numpy as np

from attention_views.home.cards import front_matter
from grader.attention import Attention, HeadId

ADVANCE = {
    **{"a": 500, "b": 553, "c": 444, "d": 611, "e": 479, "f": 333, "g": 556, "h": 582, "i": 291},
    **{"j": 234, "k": 556, "l": 291, "m": 883, "n": 582, "o": 546, "p": 601, "r": 395, "s": 424},
    **{"t": 326, "u": 603, "v": 565, "w": 834, "x": 516, "z": 500},
    " ": 250,
    ".": 250,
    "T": 613,
}
"""Widths of Palatino's letters in thousandths of its size (its AFM file); others count as 560."""

WORDS = {
    "zh": {
        "ask": "换一个词，<em>意思就反过来。</em><u>这个头呢？</u>",
        "flipped": "<em>意思反过来了。</em><u>这个头没有。</u>",
        "fact": "第 {layer} 层第 {head} 头：{query} 给 {key} 的权重，<b>{first}</b>",
        "both": "第 {layer} 层第 {head} 头：{query} 给 {key} 的权重，<b>{first} → {second}</b>",
        "looks": "这个头看的是 {key}",
        "read": "你读：它 = {meaning}",
        "switch": "把 {first} 换成 {second}",
        "start": "开始：第一课，{minutes} 分钟",
        "own": "换成你自己的句子",
        "picture": (
            "这句话上的一个头：{query} 看 {key} 的权重，句末是 {a} 时为 {first}，"
            "换成 {b} 以后为 {second}。"
        ),
    },
    "en": {
        "ask": "Change one word and <em>the meaning flips.</em> <u>Does this head?</u>",
        "flipped": "<em>The meaning flipped.</em> <u>This head did not.</u>",
        "fact": "Layer {layer}, head {head}: {query} gives {key} <b>{first}</b> of its attention",
        "both": (
            "Layer {layer}, head {head}: {query} gives {key} "
            "<b>{first}</b> with {a}, <b>{second}</b> with {b}"
        ),
        "looks": "this head looks at {key}",
        "read": "you read: {query} = {meaning}",
        "switch": "change {first} to {second}",
        "start": "Start: lesson 1, {minutes} minutes",
        "own": "Try your own sentence",
        "picture": (
            "One head on this sentence: {query} gives {key} {first} of its attention where the "
            "sentence ends in {a}, and {second} where it ends in {b}."
        ),
    },
}


@dataclass(frozen=True)
class Word:
    """One word where it stands in a drawing; lengths in px of the drawing."""

    text: str
    x: float
    """Its left edge."""
    y: float
    """Its baseline."""
    width: float

    @property
    def middle(self) -> float:
        """Where a line meets it."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Sheet:
    """How the sentence is laid out."""

    name: str
    width: float
    size: float
    """Of the type."""
    baseline: float
    """Of the first line."""
    step: float
    """From one line to the next."""
    breaks: tuple[int, ...]
    """Words before which a line begins."""
    height: float

    @property
    def narrow(self) -> bool:
        """Whether it is the one for phones."""
        return bool(self.breaks)


WIDE = Sheet("wide", 1172, 59, 252, 0, (), 372)
NARROW = Sheet("narrow", 366, 41, 54, 88, (5, 9), 298)


def draw_hero(home) -> str:
    """Return the hero: text, text with a word changed, head, words and links are options."""
    given, words = home.options, WORDS[home.language]
    states = [home.capture(given[name], None, None) for name in ("text", "other")]
    first, second = (attention.merge_words() for attention in states)
    head = HeadId(layer=given["head"][0], head=given["head"][1])
    query, key = given["query"], given["key"]
    weights = [float(a.pattern(head)[a.position(query), a.position(key)]) for a in (first, second)]
    a, b = (attention.tokens[-3] for attention in (first, second))
    fill = {
        "layer": head.layer,
        "head": head.head,
        "query": query,
        "key": key,
        "a": a,
        "b": b,
        "first": _number(weights[0]),
        "second": _number(weights[1]),
    }
    drawings = "".join(
        _draw(sheet, attention, head, fill, meaning, state, words)
        for sheet in (WIDE, NARROW)
        for attention, meaning, state in zip(
            (first, second), given["means"], ("before", "after"), strict=True
        )
    )
    gloss = [f"<span>{escape(text)}</span> " for text in given.get("gloss", ("", ""))]
    switch = words["switch"].format(first=a, second=b)
    start, own = (home.lesson.address(given[name]) for name in ("start", "own"))
    minutes = front_matter(home.lesson.folder / given["start"])["minutes"]
    return (
        f'<div class="home-hero"><p class="home-hidden">{escape(given["text"])} '
        f"{escape(words['picture'].format(**fill))}</p>"
        f'<input class="home-hidden" type="checkbox" id="home-flip" autocomplete="off" '
        f'aria-label="{escape(switch)}">'
        f'<div class="home-stage" data-search-exclude>{drawings}'
        f'<label class="home-flip" for="home-flip" aria-hidden="true">{_ARROWS}'
        f'<span class="before">{escape(b)}</span><span class="after">{escape(a)}</span></label>'
        f"</div>"
        f'<section class="home-point"><p class="before"><strong>{words["ask"]}</strong>'
        f"<small>{gloss[0]}{words['fact'].format(**fill)}</small></p>"
        f'<p class="after"><strong>{words["flipped"]}</strong>'
        f"<small>{gloss[1]}{words['both'].format(**fill)}</small></p></section>"
        f'<p class="home-go"><a class="home-button first" href="{start}">'
        f"{words['start'].format(minutes=minutes)}{_ARROW}</a>"
        f'<a class="home-button" href="{own}">{words["own"]}</a></p></div>'
    )


def lay_out(tokens: list[str], sheet: Sheet) -> list[Word]:
    """Return the words of a sentence, without [CLS] and [SEP], each where it stands."""
    lines: list[list[str]] = [[]]
    for number, token in enumerate(tokens):
        if number in sheet.breaks:
            lines.append([])
        lines[-1].append(token)
    placed = []
    for row, line in enumerate(lines):
        widths = [_width(token, sheet.size) for token in line]
        spaces = [0 if token == "." else _width(" ", sheet.size) for token in line]
        spaces[0] = 0
        whole = sum(widths) + sum(spaces)
        x = 0.0 if sheet.narrow else (sheet.width - whole) / 2
        for token, width, space in zip(line, widths, spaces, strict=True):
            x += space
            placed.append(Word(token, x, sheet.baseline + row * sheet.step, width))
            x += width
    return placed


def _draw(sheet, attention: Attention, head, fill, meaning, state, words) -> str:
    placed = lay_out(list(attention.tokens[1:-1]), sheet)
    at = attention.position(fill["query"]) - 1
    row = attention.pattern(head)[at + 1, 1:-1]
    top = attention.position(fill["key"]) - 1
    query, key = placed[at], placed[top]
    meant = next(word for word in placed if word.text == meaning["word"])
    parts = [_ribbon(sheet, query, placed[j], float(row[j])) for j in _order(row, at)]
    size = sheet.size
    parts.append(
        f'<rect class="asks" x="{_n(query.x - 5)}" y="{_n(query.y - 0.82 * size)}" '
        f'width="{_n(query.width + 10)}" height="{_n(1.1 * size)}" rx="7"/>'
    )
    changed = len(placed) - 2
    for number, word in enumerate(placed):
        kind = {top: "key", changed: "changed"}.get(number, "")
        parts.append(
            f'<text class="{kind}" x="{_n(word.x)}" y="{_n(word.y)}" '
            f'textLength="{_n(word.width)}" lengthAdjust="spacingAndGlyphs">'
            f"{escape(word.text)}</text>"
        )
        if row[number] >= 0.06:
            above = sheet.narrow and word.y < query.y
            y = word.y - 0.9 * size if above else word.y + (25 if sheet.narrow else 30)
            x = word.middle
            strong = ' class="key"' if number == top else ""
            parts.append(
                f'<text{strong} x="{_n(x)}" y="{_n(y)}" text-anchor="middle" '
                f'font-size="{13 if number != top else 15}">{_number(float(row[number]))}</text>'
            )
    under = placed[changed]
    parts.append(
        f'<path class="red" d="M{_n(under.x)} {_n(under.y + 10)}h{_n(under.width)}" '
        f'stroke-width="3"/>'
    )
    read = words["read"].format(query=fill["query"], meaning=meaning["says"])
    if sheet.narrow:
        parts.append(_ring(meant, size))
        tags = _tag(sheet, 118, under.y + 46, read, "changed", "start")
    else:
        parts.append(_reading(query, meant))
        middle, rise = (query.middle + key.middle) / 2, _rise(sheet, query, key)
        looks = words["looks"].format(key=fill["key"])
        tags = _tag(sheet, middle, query.y - 0.8 * size - 0.75 * rise, looks, "key")
        tags += _tag(sheet, (query.middle + meant.middle) / 2, query.y + 79, read, "changed")
    return (
        f'<div class="home-sentence {sheet.name} {state}" aria-hidden="true">'
        f'<svg viewBox="0 0 {sheet.width} {sheet.height}" font-size="{size}">{"".join(parts)}</svg>'
        f"{tags}</div>"
    )


def _order(row: np.ndarray, at: int) -> list[int]:
    """The strong lines first, so that thin ones lie over them."""
    return [int(j) for j in np.argsort(-row, kind="stable") if j != at]


def _rise(sheet: Sheet, query: Word, key: Word) -> float:
    distance = abs(query.middle - key.middle)
    flat = min(32, 14 + distance * 0.14) if sheet.narrow else 24 + distance * 0.232
    return flat * 1.33


def _ribbon(sheet: Sheet, query: Word, key: Word, weight: float) -> str:
    """A ribbon that leaves the query thin and meets the key as wide as the weight."""
    t, size = 1 + weight * 15, sheet.size
    x0, x1 = query.middle, key.middle
    ascent = 0.76 * size
    if abs(query.y - key.y) < 1:
        h, f = -_rise(sheet, query, key), -1 if x1 < x0 else 1
        y0 = query.y - ascent - 3
        y1 = y0
        path = (
            f"M{_n(x0 - 0.6)} {_n(y0)}C{_n(x0 - 0.6)} {_n(y0 + h - t / 2)} "
            f"{_n(x1 + f * t / 2)} {_n(y0 + h - t / 2)} {_n(x1 + f * t / 2)} {_n(y1)}"
            f"L{_n(x1 - f * t / 2)} {_n(y1)}C{_n(x1 - f * t / 2)} {_n(y1 + h + t / 2)} "
            f"{_n(x0 + 0.6)} {_n(y0 + h + t / 2)} {_n(x0 + 0.6)} {_n(y0)}Z"
        )
    else:
        up = key.y < query.y
        y0 = query.y - ascent if up else query.y + 6
        y1 = key.y + 9 if up else key.y - ascent
        d = (y0 - y1) * 0.6
        path = (
            f"M{_n(x0 - 0.6)} {_n(y0)}C{_n(x0 - 0.6)} {_n(y0 - d)} {_n(x1 - t / 2)} {_n(y1 + d)} "
            f"{_n(x1 - t / 2)} {_n(y1)}L{_n(x1 + t / 2)} {_n(y1)}C{_n(x1 + t / 2)} {_n(y1 + d)} "
            f"{_n(x0 + 0.6)} {_n(y0 - d)} {_n(x0 + 0.6)} {_n(y0)}Z"
        )
    opacity = 0.28 + 0.72 * weight**0.5
    return f'<path class="look" fill-opacity="{opacity:.2f}" d="{path}"/>'


def _reading(query: Word, meant: Word) -> str:
    """What you read: a dashed arc below the line."""
    y, x0, x1 = query.y, query.middle, meant.middle
    deep = y + 96
    tip = y + 44
    return (
        f'<path class="red dashed" d="M{_n(x0)} {_n(y + 20)}C{_n(x0)} {_n(deep)} '
        f'{_n(x1)} {_n(deep)} {_n(x1)} {_n(tip)}"/><path class="red" d="M{_n(x1 - 5)} {_n(tip + 7)}'
        f'L{_n(x1)} {_n(tip - 1)}L{_n(x1 + 5)} {_n(tip + 7)}"/>'
    )


def _ring(meant: Word, size: float) -> str:
    return (
        f'<rect class="red dashed" x="{_n(meant.x - 4)}" y="{_n(meant.y - 0.8 * size)}" '
        f'width="{_n(meant.width + 8)}" height="{_n(1.06 * size)}" rx="8"/>'
    )


def _tag(sheet: Sheet, x: float, y: float, text: str, kind: str, side: str = "middle") -> str:
    """A label over the drawing: its middle, or its start, at a place of it."""
    at = f"left:{100 * x / sheet.width:.2f}%;top:{100 * y / sheet.height:.2f}%"
    return f'<span class="tag {kind} {side}" style="{at}">{escape(text)}</span>'


def _width(text: str, size: float) -> float:
    return sum(ADVANCE.get(letter, 560) for letter in text) * size / 1000


def _number(weight: float) -> str:
    return f"{weight:.2f}".removeprefix("0")


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


_ARROW = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 12h14M13 6l6 6-6 6"/></svg>'
_ARROWS = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 4v15M3.5 15.5 7 19l3.5-3.5'
    'M17 20V5M13.5 8.5 17 5l3.5 3.5"/></svg>'
)
