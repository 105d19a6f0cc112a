"""The ``<figure>`` of a view: what stands in the page before, and without, any script.

The script finds the figure by its ``data-`` attributes, draws into the slot and hides the still.
The still is a picture, drawn from the same weights, and the named head's table.
"""

import difflib
import json
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from jaxtyping import Float

from attention_views.pictures import SHOWN_FROM, head_lines, heat_map, model_grid, neuron_rows
from attention_views.vectors import scores_of, vectors_of
from attention_views.views import ViewSpec, query_position
from grader.attention import Attention, HeadId

WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "picture": {
            "head": (
                "{head}：左列是查询（query），右列是键（key），线越浓权重越大；"
                "小于 {least} 的权重没有画出。"
            ),
            "heatmap": "{head}：一行是一个查询（query），一列是一个键（key），格子越浓权重越大。",
            "model": "每个小图是一个头的注意力图：行是层，列是头；小于 0.1 的权重没有画出。",
            "neuron": (
                "{head}，{token} 这一行：上面一条是它的查询 q，"
                "每行左边是键 k，右边是 q × k 逐个相乘；"
                "右端是分数（q·k 除以维数的平方根）和 softmax 之后的权重。"
                "颜色越浓，绝对值越大；橙色是负数。"
            ),
        },
        "table": "{head} 的数值",
        "other": "换一句",
        "corner": "查询 ↓ 键 →",
        "all": "第 {layer} 层的所有头",
        "several": "{heads}（叠在一起）",
    },
    "en": {
        "picture": {
            "head": (
                "{head}: queries in the left column, keys in the right; the stronger the line, "
                "the larger the weight. Weights below {least} are left out."
            ),
            "heatmap": (
                "{head}: a row for each query, a column for each key; "
                "the stronger the square, the larger the weight."
            ),
            "model": (
                "Each small picture is the attention map of one head: rows are layers, columns "
                "are heads. Weights below 0.1 are left out."
            ),
            "neuron": (
                "{head}, the row of {token}: its query q above; in each row the key k at the left, "
                "q × k number by number beside it, then the score (q·k divided by the square root "
                "of their dimension) and the weight after softmax. Stronger is larger, orange is "
                "negative."
            ),
        },
        "table": "Values of {head}",
        "other": "the other sentence",
        "corner": "query ↓ key →",
        "all": "All heads of layer {layer}",
        "several": "{heads}, one over the other",
    },
}


def figure_html(
    spec: ViewSpec,
    attention: Attention,
    *,
    key: str,
    caption: str,
    language: str,
    other: str | None = None,
) -> str:
    """Return the figure.

    Args:
        spec: what it shows.
        attention: its weights; layer, heads and query of `spec` exist in it.
        key: name of its packed data.
        caption: HTML.
        language: zh or en.
        other: name of the packed data of the sentence with a word changed, if there is one.
    """
    query = None if spec.query is None else query_position(spec.query, attention)
    data = {"view": spec.view, "key": key, "language": language}
    if spec.model is not None:
        data["model"] = spec.model
    if spec.layer is not None:
        data["layer"] = str(spec.layer)
    if spec.heads:
        data["heads"] = json.dumps(list(spec.heads))
    elif spec.view == "head":
        data["heads"] = "all"
    if query is not None:
        data["query"] = str(query)
    data["text"] = spec.text
    if spec.pair is not None:
        data["pair"] = spec.pair
    if other is not None and spec.other is not None:
        data["other-key"], data["other-text"] = other, spec.other
        data["swap"] = json.dumps(
            swap_labels(spec.text, spec.other, WORDS[language]["other"]), ensure_ascii=False
        )
    return figure_shell(data, _still(spec, attention, query, language), caption)


def figure_shell(data: dict[str, str], still: str, caption: str) -> str:
    """Return a figure: where the engine draws, what stands there without it, and the caption.

    Args:
        data: its ``data-`` attributes, by which the engine knows what to draw.
        still: HTML in which no div stands: the search index takes the end of any for its end.
        caption: HTML.
    """
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return (
        f'<figure class="attention-view"{attributes}>'
        '<div class="attention-view__slot" hidden></div>'
        f'<div class="attention-view__still" data-search-exclude>{still}</div>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def swap_labels(text: str, other: str, many: str = "") -> list[str]:
    """Return what a switch says: what it puts into `text`, and what it then puts back.

    Where more than two words differ it says `many` both times: all of them would fill a phone.

    >>> swap_labels("it was tired.", "it was soft.")
    ['soft', 'tired']
    >>> swap_labels("the man with it", "the man yesterday with it")
    ['+ yesterday', '− yesterday']
    >>> swap_labels("the cat sat on the mat", "the mat lay under the cat", "the other sentence")
    ['the other sentence', 'the other sentence']
    """
    ours, theirs = text.rstrip(".?!").split(), other.rstrip(".?!").split()
    blocks = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    gone = " ".join(word for kind, a, b, _, _ in blocks if kind != "equal" for word in ours[a:b])
    come = " ".join(word for kind, _, _, a, b in blocks if kind != "equal" for word in theirs[a:b])
    if many and max(len(gone.split()), len(come.split())) > 2:
        return [many, many]
    if not gone:
        return [f"+ {come}", f"\N{MINUS SIGN} {come}"]
    if not come:
        return [f"\N{MINUS SIGN} {gone}", f"+ {gone}"]
    return [come, gone]


def _still(spec: ViewSpec, attention: Attention, query: int | None, language: str) -> str:
    words, named = WORDS[language], spec.named
    if spec.view == "model" or named is None:
        picture = model_grid(attention.weights)
    elif spec.view == "heatmap":
        picture = heat_map(attention.pattern(named), attention.tokens, query)
    elif spec.view == "neuron" and query is not None:
        queries, keys = vectors_of(attention)
        picture = neuron_rows(
            queries[named][query],
            keys[named],
            scores_of(attention, named.layer, named.head)[query],
            attention.pattern(named)[query],
            attention.tokens,
            query,
        )
    else:
        heads = spec.heads or tuple(range(attention.n_heads))
        picture = head_lines(attention.weights[spec.layer, list(heads)], attention.tokens, query)
    note = words["picture"][spec.view].format(
        head=_shown(spec, words), least=SHOWN_FROM, token=spec.query
    )
    parts = [
        # No div may stand inside: the search index takes the end of any for the end of the still.
        f'<section class="attention-view__scroll" tabindex="0" role="group" '
        f'aria-label="{escape(note)}">{picture}</section>',
        f'<p class="attention-view__how">{escape(note)}</p>',
    ]
    if named is not None:
        summary = escape(words["table"].format(head=named))
        table = table_html(attention.pattern(named), attention.tokens, query, words["corner"])
        parts.append(
            f"<details><summary>{summary}</summary>"
            f'<section class="attention-view__scroll" tabindex="0" role="group" '
            f'aria-label="{summary}">{table}</section></details>'
        )
    return "".join(parts)


def _shown(spec: ViewSpec, words: dict) -> str:
    """Name the heads of the picture."""
    if spec.named is None:
        return ""
    if not spec.heads:
        return words["all"].format(layer=spec.layer)
    if len(spec.heads) == 1:
        return str(spec.named)
    names = ", ".join(str(HeadId(layer=spec.named.layer, head=head)) for head in spec.heads)
    return words["several"].format(heads=names)


def table_html(
    pattern: Float[np.ndarray, "query key"],
    tokens: Sequence[str],
    query: int | None,
    corner: str,
) -> str:
    """Return a pattern as a table with two decimals, the row `query` marked."""
    heads = "".join(f'<th scope="col">{escape(token)}</th>' for token in tokens)
    rows = []
    for i, token in enumerate(tokens):
        mark = ' class="query"' if i == query else ""
        cells = "".join(f"<td>{weight:.2f}</td>" for weight in pattern[i])
        rows.append(f'<tr{mark}><th scope="row">{escape(token)}</th>{cells}</tr>')
    return (
        f'<table class="attention-view__values"><thead><tr><td>{corner}</td>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
