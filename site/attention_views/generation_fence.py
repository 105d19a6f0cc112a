"""The fence of a text that a model wrote: its options, and its figure.

    view: generation
    text: When Mary and John went to the store, John gave a drink to
    write: 12             # tokens after it
    step: 0               # which of them is shown first; 0 where it is left out
    token: Mary           # whose looks are shown; left out, the one that is looked at most
    layer: 23             # with heads, the head that is shown first; left out, the mean of all
    heads: [3]
    caption: ...

Without a script a reader sees the text shaded, the map of all heads for the token, and a table of
all steps.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from attention_views.figure import figure_shell
from attention_views.generations import KeptGeneration, generation_key, read_kept
from attention_views.long_figure import LONG_FROM
from attention_views.problems import MarkError
from attention_views.shades import shades
from attention_views.views import check_option, read_options
from grader.attention import HeadId
from grader.errors import CourseError, known

OPTIONS = {
    "view": str,
    "text": str,
    "write": int,
    "step": int,
    "token": str,
    "layer": int,
    "heads": list,
    "caption": str,
}

WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "how": (
            "第 {step} 步：读到 {query}，写下 {written}。底色越浓，这一步看得越多"
            "（{looks}）；下划线是模型写的。"
        ),
        "map": "每个头在这一步看 {token} 多少：行是层，列是头。",
        "mean": "所有头的平均",
        "table": "每一步写下了什么",
        "columns": [
            "步",
            "写下",
            "概率",
            "第二种猜测",
            "平均最看重（第一个词元除外）",
            "给第一个词元",
        ],
    },
    "en": {
        "how": (
            "Step {step}: the model has read {query} and writes {written}. The stronger the "
            "colour, the more it looks there ({looks}); underlined is what it wrote."
        ),
        "map": "How much each head looks at {token} at this step: rows are layers, columns heads.",
        "mean": "mean of all heads",
        "table": "What each step wrote",
        "columns": [
            "step",
            "written",
            "probability",
            "second guess",
            "mean looks most at (first token apart)",
            "at the first token",
        ],
    },
}


@dataclass(frozen=True)
class GenerationSpec:
    """What one figure shows."""

    text: str
    write: int
    step: int
    """Which of the tokens written, from 0."""
    token: str | None
    head: HeadId | None
    """None: the mean of all."""
    caption: str
    """Inline Markdown."""
    line: int
    """Of the text within the fence, for an error about it."""


def is_generation(source: str) -> bool:
    """Tell whether a fence asks for this view; what cannot be read is for others to say."""
    try:
        options, _ = read_options(source)
    except MarkError:
        return False
    return options.get("view") == "generation"


def read_generation(source: str) -> GenerationSpec:
    """Read the fence's options.

    Raises:
        MarkError: with the line within the fence.
    """
    options, lines = read_options(source)
    for name, value in options.items():
        check_option(name, value, lines[name], OPTIONS)
    for name, example in (("text", "The capital of France is"), ("write", "12"), ("caption", "…")):
        if name not in options:
            raise MarkError(f"a generation view needs {name}; add {name}: {example}")
    if options["write"] < 1:
        raise MarkError("at least one token is to be written", lines["write"])
    if not 0 <= options.get("step", 0) < options["write"]:
        raise MarkError(f"steps go from 0 to {options['write'] - 1}", lines["step"])
    if ("layer" in options) != ("heads" in options):
        raise MarkError("a head is a layer and heads: [0]; give both or neither")
    if "heads" in options and (options["heads"] == "all" or len(options["heads"]) != 1):
        raise MarkError("this view shows one head, or the mean of all", lines["heads"])
    head = HeadId(layer=options["layer"], head=options["heads"][0]) if "heads" in options else None
    return GenerationSpec(
        text=options["text"],
        write=options["write"],
        step=options.get("step", 0),
        token=options.get("token"),
        head=head,
        caption=options["caption"],
        line=lines["text"],
    )


def kept_for(spec: GenerationSpec, folder: Path | None = None) -> KeptGeneration:
    """Return what the model wrote; step, token and head of `spec` exist in it.

    Raises:
        MarkError: it is not kept, or something is not there.
    """
    try:
        made = read_kept(spec.text, spec.write, *([folder] if folder else []))
    except CourseError as error:
        raise MarkError(str(error)) from error
    if spec.step >= made.n_written:
        raise MarkError(f"the model ended after {made.n_written} tokens; take a smaller step")
    layers, heads = made.shape
    if spec.head and not (0 <= spec.head.layer < layers and 0 <= spec.head.head < heads):
        raise MarkError(f"there is no {spec.head}; this model has {layers} layers of {heads} heads")
    if spec.token is not None:
        place_of(spec, made)
    return made


def place_of(spec: GenerationSpec, made: KeptGeneration) -> int:
    """Return the token that the figure asks about: the first that reads so, or the most seen.

    Raises:
        MarkError: none reads so.
    """
    seen = made.tokens[: made.prompt + spec.step]
    if spec.token is None:
        row = made.row(spec.step).mean(axis=(0, 1))
        return int(row[1:].argmax()) + 1 if len(row) > 1 else 0
    found = [place for place, token in enumerate(seen) if token.strip() == spec.token]
    if not found:
        shown = known([token.strip() for token in seen if token.strip()])
        raise MarkError(f"no token before this step reads {spec.token!r}; {shown}")
    return found[0]


def generation_html(
    spec: GenerationSpec, made: KeptGeneration, *, caption: str, language: str
) -> str:
    """Return the figure.

    Args:
        spec: what it shows.
        made: what the model wrote.
        caption: HTML.
        language: zh or en.
    """
    place = place_of(spec, made)
    data = {
        "view": "generation",
        "key": generation_key(made),
        "language": language,
        "step": str(spec.step),
        "token": str(place),
        "text": spec.text,
    }
    if spec.head:
        data |= {"layer": str(spec.head.layer), "heads": f"[{spec.head.head}]"}
    return figure_shell(data, _still(spec, made, place, language), caption)


def _still(spec: GenerationSpec, made: KeptGeneration, place: int, language: str) -> str:
    words = WORDS[language]
    query = made.prompt + spec.step - 1
    weights = made.row(spec.step)
    row = weights[spec.head] if spec.head else weights.mean(axis=(0, 1))
    how = words["how"].format(
        step=spec.step + 1,
        query=quoted(made.tokens[query]),
        written=quoted(made.tokens[query + 1]),
        looks=spec.head or words["mean"],
    )
    about = words["map"].format(token=quoted(made.tokens[place]))
    # No div may stand inside: the search index takes the end of any for the end of the still.
    return (
        f'<p class="generation-still" translate="no">{_shaded(made, row, query)}</p>'
        f'<p class="attention-view__how">{escape(how)}</p>'
        f'<section class="attention-view__scroll" tabindex="0" role="group" '
        f'aria-label="{escape(about)}">{head_map(weights[:, :, place])}</section>'
        f'<p class="attention-view__how">{escape(about)}</p>'
        f"<details><summary>{escape(words['table'])}</summary>"
        f'<section class="attention-view__scroll" tabindex="0" role="group" '
        f'aria-label="{escape(words["table"])}">{_table(made, words["columns"])}</section>'
        "</details>"
    )


def _shaded(made: KeptGeneration, row: np.ndarray, query: int) -> str:
    """Return the text, shaded as the drawn figure shades it."""
    if len(made.tokens) < LONG_FROM:
        dark = row / max(0.25, float(row.max()))
    else:
        dark = shades(row[None], causal=False)[0]
    parts = []
    for place, token in enumerate(made.tokens):
        shade = f"{0.6 * dark[place]:.2f}" if place <= query else "0"
        styles = [f"background:rgba(60,120,240,{shade})"]
        if place >= made.prompt:
            styles.append("border-bottom:2px solid")
        if place in (query, query + 1):
            styles.append("outline:2px solid #b98300")
        shown = escape(token).replace("\n", "↵<br>")
        parts.append(f'<span style="{";".join(styles)}">{shown}</span>')
    return "".join(parts)


def head_map(weights: np.ndarray) -> str:
    """Return a picture with a square for each head: rows are layers, columns heads."""
    layers, heads = weights.shape
    cell, tall, left, top = 24, 12, 30, 18
    width, height = left + heads * cell + 2, top + layers * tall + 2
    parts = [
        '<svg class="attention-view__picture attention-view__picture--generation" '
        f'aria-hidden="true" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'fill="currentColor" font-size="12"><g class="axis">'
    ]
    for head in range(heads):
        x = left + head * cell + cell // 2
        parts.append(f'<text x="{x}" y="13" text-anchor="middle">H{head}</text>')
    for layer in range(0, layers, 5):
        y = top + layer * tall + 10
        parts.append(f'<text x="{left - 5}" y="{y}" text-anchor="end">L{layer}</text>')
    parts.append(f'</g><g transform="translate({left},{top})">')
    steps = np.rint(weights * 10).astype(int)
    for step in range(1, 11):
        found = zip(*np.nonzero(steps == step), strict=True)
        drawn = "".join(
            f"M{x * cell} {y * tall}h{cell - 1}v{tall - 1}h-{cell - 1}z" for y, x in found
        )
        if drawn:
            parts.append(f'<path opacity="{step / 10:.1f}" d="{drawn}"/>')
    frame = f"M-1-1h{heads * cell + 1}v{layers * tall + 1}h-{heads * cell + 1}z"
    parts.append(f'<path fill="none" stroke="currentColor" opacity=".35" d="{frame}"/></g></svg>')
    return "".join(parts)


def _table(made: KeptGeneration, columns: list[str]) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = []
    for step in range(made.n_written):
        row = made.row(step).mean(axis=(0, 1))
        most = int(row[1:].argmax()) + 1 if len(row) > 1 else 0
        (written, share), second = made.guesses[step][:2]
        cells = (
            quoted(written),
            f"{share:.2f}",
            f"{quoted(second[0])} {second[1]:.2f}",
            f"{quoted(made.tokens[most])} {row[most]:.2f}",
            f"{row[0]:.2f}",
        )
        drawn = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{step + 1}</th>{drawn}</tr>')
    return (
        f'<table class="attention-view__values"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def quoted(token: str) -> str:
    """Return a token between marks, so that its space is seen; a line end as an arrow."""
    shown = token.replace("\n", "↵")
    return f"“{shown}”"


def shown_in(lessons: Path) -> list[tuple[str, int]]:
    """Return what the fences of all pages show: beginnings, and how many tokens are written."""
    found: dict[tuple[str, int], None] = {}
    for path in sorted(lessons.glob("*/**/*.md")):
        parts = path.read_text(encoding="utf-8").split("```attention\n")[1:]
        for source in (part.split("```")[0] for part in parts):
            if is_generation(source):
                spec = read_generation(source)
                found[spec.text, spec.write] = None
    return list(found)
