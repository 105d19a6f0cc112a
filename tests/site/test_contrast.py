"""Text on a shade of a drawing has a contrast of 4.5 or more, at every weight, in both schemes."""

import re
from pathlib import Path

import numpy as np
import pytest

SITE = Path(__file__).parents[2] / "site"
ENGINE = (SITE / "views/engine.css").read_text(encoding="utf-8")
HEATMAP = (SITE / "views/heatmap.js").read_text(encoding="utf-8")
WEIGHTS = np.linspace(0, 1, 256)  # as many as a packed weight has


def colours(*names: str, dark: bool) -> list[np.ndarray]:
    """Return the colours of custom properties, each as three numbers from 0 to 1."""
    text = (SITE / "theme/assets/course.css").read_text(encoding="utf-8") + ENGINE
    found = []
    for name in names:
        light, other = re.findall(rf"^( *)--{name}: #(\w+);", text, re.M)[:2]
        digits = (other if dark else light)[1]
        digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
        found.append(np.array([int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]))
    return found


def over(above, below, opacity):
    return above * opacity + below * (1 - opacity)


def contrast(one, other) -> float:
    def luminance(colour):
        linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted((luminance(one), luminance(other)))
    return float((high + 0.05) / (low + 0.05))


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_stand_out_on_the_cells_of_a_heat_map(dark):
    card, ink, clear, deep = colours(
        "course-card", "course-ink", "view-clear", "view-deep", dark=dark
    )
    inks = {"on-deep": card, "on-middle": np.zeros(3), "": np.ones(3) if dark else ink}
    ground = over(np.full(3, 128 / 255), card, 0x2E / 255 * 0.5)
    for weight in WEIGHTS:
        kind = next((kind for least, kind in limits() if weight > least), "")
        fill = over(deep, clear, share(weight))
        assert contrast(inks[kind], over(fill, ground, weight)) >= 4.5, weight


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_on_the_bars_of_a_head(dark):
    card, ink, look = colours("course-card", "course-ink", "view-look", dark=dark)
    light, other = re.findall(r"\.attentionBoxes \{\s*opacity: ([\d.]+);", ENGINE)
    for weight in WEIGHTS:
        bar = over(look, card, weight * float(other if dark else light))
        assert contrast(ink, bar) >= 4.5, weight


def test_the_share_of_the_deep_blue_is_never_more_than_all():
    # a colour of 100.01 % is none: the cell would be black
    assert 0.99 < share(1) <= 1
    assert share(0) == 0


def limits() -> list[tuple[float, str]]:
    """Return the shades from which a number has a class of its own, highest first."""
    found = re.findall(r'shade > ([\d.]+) \? "([\w-]+)"', HEATMAP)
    return [(float(least), kind) for least, kind in found]


def share(weight) -> float:
    """Return how much of the deep blue stands in a cell's colour."""
    start, times = re.search(r"Math\.max\(0, weight - ([\d.]+)\) \* ([\d.]+)\}%", HEATMAP).groups()
    return max(0.0, float(weight) - float(start)) * float(times) / 100
