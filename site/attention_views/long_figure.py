"""The ``<figure>`` of a long text: a head view is the text itself, shaded by one row of one head.

Columns of tokens with lines between them are for a sentence. From `LONG_FROM` tokens on a head view
is drawn as text, a heat map and a model view as pixels; all show how many times the even share a
token gets (shades.py). Without a script the row stands there as text, the model view as a picture.
"""

import json
from html import escape

import numpy as np
from jaxtyping import Float

from attention_views.figure import figure_shell
from attention_views.long_pack import PRINTED_ERROR, as_written, worst_error
from attention_views.problems import MarkError
from attention_views.shades import shades
from attention_views.small_maps import small_maps
from attention_views.views import ViewSpec, query_position
from grader.attention import Attention, HeadId
from grader.ledger.long_texts import NEAR

LONG_FROM = 65
"""Tokens from which a figure is drawn for a long text."""

LONGEST = {False: 512, True: 1000}
"""Tokens at most: of a model that reads both ways, of one that looks back."""

STRONGEST = 5
"""Far links that are numbered."""

FAINTEST = 0.08
"""Shades below are not painted, here as in the page."""

WORDS = {
    "zh": {
        "how": (
            "{head}，第 {at} 个词元 {token} 这一行（从 0 数起）：底色越深，"
            "得到的权重是均分的倍数越大（均分是 1/{n}，按对数）。"
        ),
        "far": "最强的远处联系（相隔 {near} 个词元以上）：",
        "link": "{token}（第 {at} 个）{weight}",
        "all": (
            "每个小图是一个头的注意力图：行是层，列是头，每个点是一小块格子的平均；"
            "越深，得到的权重是均分的倍数越大（按对数）。"
        ),
    },
    "en": {
        "how": (
            "{head}, the row of {token}, token {at} counted from 0: the darker, the more times the "
            "even share of 1/{n} a token gets (on a logarithmic scale)."
        ),
        "far": "Strongest links to tokens more than {near} away: ",
        "link": "{token} (token {at}) {weight}",
        "all": (
            "Each small picture is the attention map of one head: rows are layers, columns are "
            "heads, a dot is the mean of a square of cells. The darker, the more times the even "
            "share (on a logarithmic scale)."
        ),
    },
}


def is_long(spec: ViewSpec, attention: Attention) -> bool:
    """Tell whether a figure is drawn for a long text."""
    return spec.view in ("head", "heatmap", "model") and attention.n_tokens >= LONG_FROM


def check_long(spec: ViewSpec, attention: Attention) -> None:
    """Refuse what the figure of a long text does not have.

    Args:
        spec: What is asked for.
        attention: What is to be drawn.

    Raises:
        MarkError: with the line within the fence.
    """
    for option in ("other", "words", "exact"):
        if spec.line(option) is not None:
            raise MarkError(
                f"the figure of a text of {attention.n_tokens} tokens has no {option}:; "
                f"take {option}: away, or shorten it to {LONG_FROM - 1} tokens",
                spec.line(option),
            )
    if spec.layers and spec.layer is not None and spec.layer not in spec.layers:
        raise MarkError(
            f"layer {spec.layer} is not among layers: {list(spec.layers)}; add it there",
            spec.line("layers"),
        )
    most = LONGEST[attention.causal]
    if attention.n_tokens > most:
        raise MarkError(
            f"the text has {attention.n_tokens} tokens, and a figure shows {most} at most; "
            "shorten it",
            spec.line("text"),
        )


def carried(spec: ViewSpec, attention: Attention) -> tuple[int, ...]:
    """Return the layers that a long text's figure carries."""
    return tuple(sorted(spec.layers)) or tuple(range(attention.n_layers))


def check_products(spec: ViewSpec, attention: Attention) -> None:
    """Refuse a model whose weights the page could not work out.

    Args:
        spec: What is asked for.
        attention: Captured with ``queries_keys=True``.

    Raises:
        MarkError: with the line within the fence.
    """
    error = worst_error(attention, carried(spec, attention))
    if not error <= PRINTED_ERROR:
        raise MarkError(
            "this model's weights are not softmax of query times key alone (worked out so, one "
            f"is off by {error:.2g}), so no long text of it can be drawn; "
            f"shorten it to {LONG_FROM - 1} tokens",
            spec.line("model"),
        )


def long_html(
    spec: ViewSpec, attention: Attention, *, key: str, caption: str, language: str
) -> str:
    """Return the figure of what has been checked.

    Args:
        spec: what it shows; of several heads of a head view the first.
        attention: its weights.
        key: name of its packed data.
        caption: HTML.
        language: zh or en.
    """
    layers = carried(spec, attention)
    head = spec.named or HeadId(layer=layers[0], head=0)
    row = row_of(spec, attention, head)
    view = "long" if spec.view == "head" else "map"
    data = {"view": view, "key": key, "language": language}
    if spec.named:
        data |= {"layer": str(head.layer), "heads": json.dumps([head.head])}
    data["query"] = str(row)
    words = WORDS[language]
    if spec.view == "model":
        still = _all_heads(small_maps(attention, layers), words)
    else:
        still = _still(attention, head, row, words)
    return figure_shell(data, still, caption)


def row_of(spec: ViewSpec, attention: Attention, head: HeadId) -> int:
    """Return the row that is shown first: the query's, or the one with the strongest far link."""
    if spec.query is not None:
        return query_position(spec.query, attention)
    special = set_apart(attention)
    far = attention.pattern(head).copy()
    places = np.arange(attention.n_tokens)
    far[np.abs(places[:, None] - places) <= NEAR] = 0
    far[special] = 0
    far[:, special] = 0
    return int(np.unravel_index(far.argmax(), far.shape)[0])


def set_apart(attention: Attention) -> list[int]:
    """Return the tokens that no far link leads to.

    Special ones, and where a model looks back the first, at which nearly every row looks hardest.
    """
    special = as_written(attention)[2]
    return [0, *special] if attention.causal else special


def far_links(
    row: Float[np.ndarray, " key"], query: int, apart: list[int]
) -> list[tuple[int, float]]:
    """Return the strongest links that are far: token and weight, the strongest first."""
    far = [
        (place, float(weight))
        for place, weight in enumerate(row)
        if abs(place - query) > NEAR and place not in apart and weight > 0
    ]
    return sorted(far, key=lambda link: (-link[1], link[0]))[:STRONGEST]


def _still(attention: Attention, head: HeadId, query: int, words: dict[str, str]) -> str:
    pattern = attention.pattern(head)
    row = pattern[query]
    dark = shades(pattern, causal=attention.causal)[query]
    shown, gaps, _ = as_written(attention)
    even = query + 1 if attention.causal else attention.n_tokens
    text = []
    for place, (gap, token) in enumerate(zip(gaps, shown, strict=True)):
        text.append(escape(gap))
        shade = dark[place]
        if place == query:
            text.append(f"<strong>{escape(token)}</strong>")
        elif shade >= FAINTEST:
            text.append(f'<b style="--shade:{shade:.2f}">{escape(token)}</b>')
        else:
            text.append(escape(token))
    note = words["how"].format(head=head, token=shown[query], at=query, n=even)
    links = [
        words["link"].format(token=shown[place], at=place, weight=f"{weight:.2f}")
        for place, weight in far_links(row, query, set_apart(attention))
    ]
    far = words["far"].format(near=NEAR) + " · ".join(links) if links else ""
    return (
        '<section class="attention-view__scroll" tabindex="0" role="group" '
        f'aria-label="{escape(note)}"><p class="long__text" translate="no">{"".join(text)}</p>'
        f'</section><p class="attention-view__how">{escape(note)} {escape(far)}</p>'
    )


def _all_heads(picture: str, words: dict[str, str]) -> str:
    note = escape(words["all"])
    return (
        '<section class="attention-view__scroll" tabindex="0" role="group" '
        f'aria-label="{note}"><img class="long__all" src="{picture}" alt="{note}"></section>'
        f'<p class="attention-view__how">{note}</p>'
    )
