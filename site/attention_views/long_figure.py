"""The ``<figure>`` of a head view of a long text: the text itself, shaded by one row of one head.

Columns of tokens with lines between them are for a sentence. From `LONG_FROM` tokens on a head view
is drawn as text: the row of the chosen token shades it, by how many times the even share each
token gets, since at 481 tokens a weight of .02 is ten times what it would be by chance.
"""

import json
from html import escape

import numpy as np
from jaxtyping import Float

from attention_views.figure import figure_shell
from attention_views.long_pack import PRINTED_ERROR, as_written, worst_error
from attention_views.problems import MarkError
from attention_views.views import ViewSpec, query_position
from grader.attention import Attention, HeadId

LONG_FROM = 65
"""Tokens from which a head view is drawn as text."""

LONGEST = {False: 512, True: 1000}
"""Tokens at most: of a model that reads both ways, of one that looks back."""

NEAR = 8
"""A link over more tokens than this is far."""

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
    },
    "en": {
        "how": (
            "{head}, the row of {token}, token {at} counted from 0: the darker, the more times the "
            "even share of 1/{n} a token gets (on a logarithmic scale)."
        ),
        "far": "Strongest links to tokens more than {near} away: ",
        "link": "{token} (token {at}) {weight}",
    },
}


def is_long(spec: ViewSpec, attention: Attention) -> bool:
    """Tell whether a figure is drawn as text."""
    return spec.view == "head" and attention.n_tokens >= LONG_FROM


def check_long(spec: ViewSpec, attention: Attention) -> None:
    """Refuse what cannot be drawn as text.

    Args:
        spec: What is asked for.
        attention: What is to be drawn.

    Raises:
        MarkError: with the line within the fence.
    """
    for option, given in (("other", spec.other), ("words", spec.words or None)):
        if given is not None:
            raise MarkError(
                f"a text of {attention.n_tokens} tokens is drawn as text, which has no {option}:; "
                f"take {option}: away, or shorten it to {LONG_FROM - 1} tokens",
                spec.line(option),
            )
    if spec.layers and spec.layer not in spec.layers:
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
        spec: what it shows; of several heads the first.
        attention: its weights.
        key: name of its packed data.
        caption: HTML.
        language: zh or en.
    """
    head = spec.named or HeadId(layer=0, head=0)
    row = row_of(spec, attention, head)
    data = {
        "view": "long",
        "key": key,
        "language": language,
        "layer": str(head.layer),
        "heads": json.dumps([head.head]),
        "query": str(row),
    }
    return figure_shell(data, _still(attention, head, row, WORDS[language]), caption)


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
    row = attention.pattern(head)[query]
    shown, gaps, _ = as_written(attention)
    even = query + 1 if attention.causal else attention.n_tokens
    text = []
    for place, (gap, token) in enumerate(zip(gaps, shown, strict=True)):
        text.append(escape(gap))
        shade = _shade(float(row[place]), even)
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


def _shade(weight: float, even: int) -> float:
    """Return how dark a token is, 0..1: the logarithm of its multiple of the even share."""
    if weight * even <= 1 or even < 2:
        return 0.0
    return min(1.0, float(np.log(weight * even) / np.log(even)))
