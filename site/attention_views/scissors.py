"""The ``scissors`` fence: cut an edge of attention and see what the reader answers then.

Every state is computed when the site is built, by the same reader and the same cuts as in Python;
radio buttons choose the state, so that it works without a script and fetches nothing.
"""

from dataclasses import dataclass
from html import escape

import numpy as np
import yaml

from attention_views.problems import MarkError
from grader.errors import GraderError
from grader.qa.edges import Cut
from grader.qa.reader import load_reader
from grader.qa.spans import best_span, context_mask, windows

WORDS = {
    "zh": {
        "legend": "剪哪一条线？",
        "lines": "问题和短文，以及剪断的线",
        "none": "不剪",
        "last": "{a} → {b}，最后一层",
        "every": "{a} → {b}，每一层",
        "answer": "标出的答案",
        "nothing": "（没有答案）",
        "score": "{name} 的分数",
        "change": "上下文里变动最大的分数",
        "exact": "恰好是零",
    },
    "en": {
        "legend": "Which line do you cut?",
        "lines": "question and context, and the line that is cut",
        "none": "nothing",
        "last": "{a} → {b}, last layer",
        "every": "{a} → {b}, every layer",
        "answer": "marked as the answer",
        "nothing": "(no answer)",
        "score": "score of {name}",
        "change": "largest change of a score in the context",
        "exact": "exactly zero",
    },
}
_OPTIONS = ("question", "context", "word", "answer", "name", "control", "caption")


@dataclass(frozen=True)
class Reading:
    """What the reader says with one line cut."""

    queries: tuple[int, ...]
    keys: tuple[int, ...]
    layers: tuple[int, ...] | None
    text: str
    """The answer; empty where "none" scores higher."""
    score: float
    """Start logit of the answer's first token and end logit of its last."""
    change: float
    """The largest change of any start or end logit in the context."""


def read_with_cuts(question: str, context: str, word: str, answer: list[str], control: str):
    """Return the tokens, where the context starts, and the readings: nothing cut first.

    Raises:
        GraderError: a token does not stand in its text.
    """
    reader = load_reader()
    tokens = windows(reader.network, question, context)[0]
    second = tokens.places(1)[0]
    names = list(tokens.names)

    def place(name: str, start: int) -> int:
        if name not in names[start:]:
            raise GraderError(f"{name!r} is no token of: {' '.join(names[start:])}")
        return names.index(name, start)

    asks, marked = place(word, 1), [place(name, second) for name in answer]
    other = place(control, second)
    last = reader.network.config.n_layers - 1
    cuts = [
        ((), (), None),
        ((asks,), tuple(marked), (last,)),
        (tuple(marked), (asks,), None),
        (tuple(marked), (other,), None),
    ]
    whole = reader.span_logits(question, context)
    readings = []
    for queries, keys, layers in cuts:
        cut = (Cut(queries, keys, layers),) if queries else ()
        logits = reader.span_logits(question, context, *cut)
        first, end, score = best_span(logits[0], logits[1], context_mask(tokens))
        text = context[tokens.offsets[first][0] : tokens.offsets[end][1]]
        readings.append(
            Reading(
                queries,
                keys,
                layers,
                text if score > logits[0, 0] + logits[1, 0] else "",
                float(logits[0, marked[0]] + logits[1, marked[-1]]),
                float(np.abs(logits - whole)[:, second:].max()),
            )
        )
    return names, second, readings


def draw_scissors(source: str, md) -> str:
    """Return the HTML of a ``scissors`` fence.

    Raises:
        MarkError: an option is missing or wrong.
    """
    options = yaml.safe_load(source)
    missing = [name for name in _OPTIONS if name not in (options or {})]
    if missing:
        raise MarkError(f"the scissors lack {missing[0]}; add {missing[0]}: and its value")
    views = md.attention_views
    wanted = [options[name] for name in ("question", "context", "word", "answer", "control")]
    try:
        names, second, readings = read_with_cuts(*wanted)
    except GraderError as error:
        raise MarkError(str(error)) from error
    caption = views.inline(options["caption"], md)
    return scissors_html(options, names, second, readings, caption, WORDS[views.language])


def scissors_html(options, names, second, readings, caption: str, words: dict) -> str:
    """Return the figure: a button for each cut, and for each what the reader says."""
    word, name, control = options["word"], options["name"], options["control"]
    labels = [
        words["none"],
        words["last"].format(a=word, b=name),
        words["every"].format(a=name, b=word),
        words["every"].format(a=name, b=control),
    ]
    most = max(reading.score for reading in readings)
    inputs = "".join(
        f'<input class="home-hidden" type="radio" name="scissors" id="scissors-{i}" '
        f'autocomplete="off"{" checked" if i == 0 else ""}>'
        for i in range(len(labels))
    )
    buttons = "".join(
        f'<label for="scissors-{i}">{escape(label)}</label>' for i, label in enumerate(labels)
    )
    # Uncut, the line that one sees stands there whole.
    lines = [_lines(readings[1], names, second, cut=False)]
    lines += [_lines(reading, names, second, cut=True) for reading in readings[1:]]
    panels = "".join(
        _panel(reading, drawn, name, most, words)
        for reading, drawn in zip(readings, lines, strict=True)
    )
    return (
        '<figure class="scissors"><fieldset data-search-exclude>'
        f"<legend>{words['legend']}</legend>{inputs}"
        f'<section class="scissors__choice">{buttons}</section>{panels}</fieldset>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _panel(reading: Reading, lines: str, name: str, most: float, words: dict) -> str:
    text = escape(reading.text) or words["nothing"]
    change = words["exact"] if reading.change == 0 else f"{reading.change:.2f}"
    width = max(0.0, reading.score / most * 100)
    return (
        f'<section class="scissors__panel" data-score="{reading.score:.6f}" '
        f'data-change="{reading.change:.6g}">'
        f'<section class="scissors__lines" tabindex="0" role="group" '
        f'aria-label="{words["lines"]}">{lines}</section><dl>'
        f"<dt>{words['answer']}</dt><dd><b>{text}</b></dd>"
        f"<dt>{words['score'].format(name=escape(name))}</dt>"
        f'<dd><i style="width:{width:.0f}%"></i><span>{reading.score:.2f}</span></dd>'
        f"<dt>{words['change']}</dt><dd>{change}</dd></dl></section>"
    )


def _lines(reading: Reading, names: list[str], second: int, *, cut: bool) -> str:
    """Question above, context below, the line between them; where it is cut, with its mark."""
    rows = (names[1 : second - 1], names[second:-1])
    places, drawn = {}, []
    for row, (tokens, start, y) in enumerate(zip(rows, (1, second), (24, 120), strict=True)):
        widths = [7.4 * len(token) + 8 for token in tokens]
        scale = min(1.0, 640 / sum(widths))
        x = 0.0  # both begin at the left: a phone shows the words that matter without scrolling
        for offset, (token, width) in enumerate(zip(tokens, widths, strict=True)):
            place = start + offset
            middle = x + width * scale / 2
            places[place] = (middle, y + (8 if row == 0 else -16))
            kind = "asks" if place in reading.queries else "key" if place in reading.keys else ""
            drawn.append(
                f'<text class="{kind}" x="{middle:.1f}" y="{y}" text-anchor="middle" '
                f'font-size="{13 * scale:.1f}">{escape(token)}</text>'
            )
            x += width * scale
    for query in reading.queries:
        for key in reading.keys:
            (x1, y1), (x2, y2) = places[query], places[key]
            mid_x, mid_y = (x1 + x2) / 2, (y1 + y2) / 2
            if y1 == y2:  # within the context: an arc above it
                mid_y = y1 - 26
            drawn.append(
                f'<path class="edge{" gone" if cut else ""}" '
                f'd="M{x1:.1f} {y1}Q{mid_x:.1f} {mid_y:.1f} {x2:.1f} {y2}"/>'
            )
            if cut:
                at_y = (mid_y + y1) / 2 if y1 == y2 else mid_y
                drawn.append(
                    f'<path class="cut" d="M{mid_x - 8:.1f} {at_y + 5:.1f}l16 -10'
                    f'M{mid_x - 8:.1f} {at_y - 5:.1f}l16 10"/>'
                )
    return f'<svg viewBox="0 0 640 136" aria-hidden="true">{"".join(drawn)}</svg>'
