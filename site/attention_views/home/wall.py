"""Every head of the model as a small map in one picture, each tile a link to that head.

The picture is a PNG of one pixel a weight, sixteen shades; the same bytes with another palette
serve the dark page. CSS cuts the tiles out of it, so it costs one picture and no script.
"""

import base64
import io

import numpy as np
from jaxtyping import Float
from PIL import Image

from grader.attention import Attention, HeadId

SHADES = 16
RAMPS = {
    "light": ((244, 242, 236), (74, 134, 234), (22, 64, 127)),
    "dark": ((29, 32, 40), (63, 125, 224), (210, 230, 255)),
}
"""Scheme -> ground, a clear blue (reached at .35), the deepest: the ramp of every attention map,
``--view-clear`` and ``--view-deep`` in site/views/engine.css."""

WORDS = {
    "zh": {"all": "全部的头", "tile": "{head}：{query} 看得最多的是 {key}，{weight}"},
    "en": {"all": "every head", "tile": "{head}: {query} looks hardest at {key}, {weight}"},
}


def draw_wall(home) -> str:
    """Return the wall; text, query, head and the page that its tiles open are options."""
    given, words = home.options, WORDS[home.language]
    attention = home.capture(given["text"], None, None).merge_words()
    query = given["query"]
    chosen = HeadId(layer=given["head"][0], head=given["head"][1])
    opens = home.lesson.address(given["opens"])
    tiles = [f"<span>{head}</span>" for head in range(attention.n_heads)]
    for layer in range(attention.n_layers):
        tiles.append(f"<span>{layer}</span>")
        for number in range(attention.n_heads):
            head = HeadId(layer=layer, head=number)
            row = attention.pattern(head)[attention.position(query)]
            label = words["tile"].format(
                head=head,
                query=query,
                key=attention.tokens[int(row.argmax())],
                weight=f"{row.max():.2f}".removeprefix("0"),
            )
            mark = ' class="chosen"' if head == chosen else ""
            tiles.append(
                f'<a{mark} href="{opens}?f1={head}" aria-label="{label}" '
                f'style="--l:{layer};--h:{number}"></a>'
            )
    said = words["tile"].format(
        head="|", query=query, key=given["key"], weight=_weight(attention, chosen, given)
    )
    rest = said.split("|")[1].lstrip("：: ")
    light, dark = (f"{{--wall:url({picture(attention.weights, scheme)})}}" for scheme in RAMPS)
    return (
        f"<style>.course-home{light}"
        f"@media screen{{[data-md-color-scheme=slate] .course-home{dark}}}"
        f"@media screen and (prefers-color-scheme:dark){{.no-js .course-home{dark}}}</style>"
        f'<div class="home-heads" data-search-exclude>'
        f'<p class="home-loupe" aria-hidden="true">'
        f'<i style="--l:{chosen.layer};--h:{chosen.head}"></i>'
        f"<span><b>{chosen}</b><span>{rest}</span></span></p>"
        f'<nav class="home-wall" aria-label="{words["all"]}"><span></span>'
        f"{''.join(tiles)}</nav></div>"
    )


def picture(weights: Float[np.ndarray, "layer head query key"], scheme: str) -> str:
    """Return all maps side by side, rows of layers, as a PNG in a data address."""
    n_layers, n_heads, n, _ = weights.shape
    levels = np.rint(np.clip(weights, 0, 1) ** (2 / 3) * (SHADES - 1)).astype(np.uint8)
    flat = levels.transpose(0, 2, 1, 3).reshape(n_layers * n, n_heads * n)
    image = Image.fromarray(flat, mode="P")
    image.putpalette([part for level in range(SHADES) for part in shade(level, scheme)])
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, bits=4)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def shade(level: int, scheme: str) -> tuple[int, ...]:
    """Return the colour of a level: paper, then clear blue, then deep; no grey in between."""
    ground, middle, deep = (np.array(colour, float) for colour in RAMPS[scheme])
    weight = (level / (SHADES - 1)) ** 1.5
    clear = min(1.0, (weight / 0.5) ** 0.85)
    blue = middle + (deep - middle) * max(0.0, (weight - 0.35) / 0.65)
    return tuple(int(part) for part in np.rint(ground + (blue - ground) * clear))


def _weight(attention: Attention, head: HeadId, given: dict) -> str:
    pattern = attention.pattern(head)
    weight = pattern[attention.position(given["query"]), attention.position(given["key"])]
    return f"{weight:.2f}".removeprefix("0")
