"""A figure that nobody would wait for is refused at its line, with a length that would do."""

import pytest

from attention_views import weight
from attention_views.figure import figure_html
from attention_views.pack import pack_view
from attention_views.problems import MarkError
from attention_views.views import read_view
from attention_views.weight import TOO_HEAVY, check_weight, served_bytes
from grader.capture import capture

FENCE = """```attention
view: head
text: The cat sat on the mat.
layer: 1
heads: [2]
caption: A head
```
"""


def test_a_heavy_figure_is_refused_at_the_line_of_its_text(convert, said, monkeypatch):
    monkeypatch.setattr(weight, "TOO_HEAVY", 500)
    html = convert(FENCE)
    assert "<figure" not in html
    (sentence,) = said()
    assert sentence.startswith("lessons/en/page.md:3: this figure of 9 tokens would weigh "), said()
    assert sentence.endswith(" tokens"), said()


def test_what_a_model_wrote_is_weighed_too_and_grows_with_its_length(convert, said, monkeypatch):
    fence = (
        "```attention\nview: generation\ntext: The capital of France is\nwrite: 6\n"
        "caption: x\n```\n"
    )
    assert "<figure" in convert(fence)
    monkeypatch.setattr(weight, "TOO_HEAVY", 5000)
    assert "<figure" not in convert(fence)
    (sentence,) = said()
    assert sentence.startswith("lessons/en/page.md:3: this figure of 11 tokens would weigh ")
    with pytest.raises(MarkError, match="shorten the text to about 100 tokens"):
        check_weight(4 * weight.TOO_HEAVY, 400, None, by_square=False)


def test_a_light_figure_is_drawn(convert, said):
    assert "<figure" in convert(FENCE)
    assert said() == []


def test_the_length_that_is_advised_fits_by_the_square():
    """Half the length is a quarter of the weight."""
    with pytest.raises(MarkError, match="shorten the text to about 200 tokens"):
        check_weight(4 * TOO_HEAVY, 400, None)
    check_weight(TOO_HEAVY, 400, None)


def test_another_sentence_is_weighed_with_the_first(tmp_path):
    one, other = tmp_path / "one.js", tmp_path / "other.js"
    one.write_bytes(bytes(range(256)))
    other.write_bytes(bytes(range(255, -1, -1)))
    alone = served_bytes("<p>", [one])
    assert served_bytes("<p>", [one, other]) == alone + served_bytes("", [other]) - served_bytes(
        "", []
    )


def test_sixty_tokens_in_all_heads_of_minilm_are_light_enough(tmp_path):
    text = " ".join(f"Word number {i} of many." for i in range(10))
    spec = read_view(f"view: head\ntext: {text}\nlayer: 2\nheads: [9]\ncaption: x\n", None)
    attention = capture(text)
    assert attention.n_tokens > 60
    data = tmp_path / "data.js"
    data.write_bytes(pack_view(attention, exact=True))
    html = figure_html(spec, attention, key="k", caption="x", language="en")
    check_weight(served_bytes(html, [data]), attention.n_tokens, None)
