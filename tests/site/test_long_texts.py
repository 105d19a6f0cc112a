"""A long text is packed as queries and keys, and what the page works out from them is right."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attention_views import publish, weight
from attention_views.long_figure import (
    LONG_FROM,
    check_long,
    check_products,
    far_links,
    is_long,
    long_html,
    row_of,
    set_apart,
)
from attention_views.long_pack import as_written, long_key, pack_long, worst_error
from attention_views.problems import MarkError
from attention_views.views import read_view
from grader.attention import HeadId
from grader.capture import capture
from support.long_text import random_long, unpacked_rows

TEXT = "Dr. Lindqvist doesn't sleep. " * 14
ALL = (0, 1)
ALL_OF_MINILM = (0, 1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def long():
    return random_long(n=90)


@pytest.fixture(scope="module")
def real():
    return capture(TEXT, queries_keys=True)


def spec(text="x", **options):
    more = "".join(f"{name}: {value}\n" for name, value in options.items())
    return read_view(f"view: head\ntext: {text}\nlayer: 1\nheads: [2]\ncaption: x\n{more}", None)


def payloads(attention, layers=None):
    layers = layers or tuple(range(attention.n_layers))
    return {
        name: json.loads(re.fullmatch(rb'SeeingAttention\.data\("[^"]+",(.*)\);\n', data)[1])
        for name, data in pack_long(attention, layers)
    }


@pytest.mark.parametrize("causal", [False, True])
def test_both_bytes_of_every_head_give_its_weights_to_print(causal):
    attention = random_long(n=70, causal=causal)
    assert worst_error(attention, ALL) <= 5e-4
    for head in (HeadId(0, 0), HeadId(1, 2)):
        rows = unpacked_rows(payloads(attention), long_key(attention, ALL), head, causal=causal)
        assert np.abs(rows - attention.pattern(head)).max() <= 5e-4


def test_minilm_is_packed_to_print(real):
    assert real.n_tokens > LONG_FROM
    assert worst_error(real, ALL_OF_MINILM) <= 5e-4


def test_high_bytes_alone_find_the_strongest_far_link(real):
    packed, key = payloads(real), long_key(real, ALL_OF_MINILM)
    special = as_written(real)[2]
    head = HeadId(2, 9)
    exact = real.pattern(head)
    drawn = unpacked_rows(packed, key, head, low=False)
    same = [
        far_links(exact[i], i, special)[0][0] == far_links(drawn[i], i, special)[0][0]
        for i in range(real.n_tokens)
    ]
    assert np.mean(same) >= 0.9


def test_the_text_stands_there_as_it_was_written(real):
    shown, gaps, special = as_written(real)
    words = "".join(
        gap + piece
        for place, (gap, piece) in enumerate(zip(gaps, shown, strict=True))
        if place not in special
    )
    assert words.strip() == TEXT.strip()
    assert special == [0, real.n_tokens - 1]


def test_a_text_keeps_its_paragraphs_and_no_other_line_break():
    lines = "view: head\ntext: |\n  One\n  two.\n\n\n  Three.\nlayer: 1\nheads: [2]\ncaption: x\n"
    assert read_view(lines, None).text == "One two.\n\nThree."


def test_weights_that_are_no_softmax_of_query_times_key_are_refused(long):
    distances = np.abs(np.subtract.outer(np.arange(90), np.arange(90)))
    biased = long.weights * np.exp(-distances / 4)
    other = replace(long, weights=biased / biased.sum(axis=-1, keepdims=True))
    with pytest.raises(MarkError, match="not softmax of query times key alone"):
        check_products(spec(), other)
    check_products(spec(), long)


@pytest.mark.parametrize(
    ("option", "value"), [("words", "true"), ("other", "y"), ("exact", "false")]
)
def test_what_a_text_has_no_place_for_is_refused(long, option, value):
    with pytest.raises(MarkError, match=f"take {option}: away, or shorten it to 64 tokens"):
        check_long(spec(**{option: value}), long)


def test_a_fence_of_a_long_text_is_a_figure_with_a_file_for_each_head(
    convert, said, long, monkeypatch
):
    monkeypatch.setattr(publish, "_used", {})
    fence = "```attention\nview: head\ntext: x\nlayer: 1\nheads: [2]\ncaption: A *head*\n```\n"
    html = convert(fence, capture=lambda text, **more: long)
    assert said() == []
    key = long_key(long, ALL)
    assert f'data-view="long" data-key="{key}"' in html
    assert "<figcaption>A <em>head</em></figcaption>" in html
    names = {path.name for path in Path("build/views").glob(f"{key}*.js")}
    heads = [f"L{layer}H{head}" for layer in range(2) for head in range(3)]
    assert names == {f"{key}.js"} | {f"{key}-{head}{x}.js" for head in heads for x in ("", "x")}
    publish.publish_views(Path("site"))
    assert names <= {path.name for path in Path("site/assets/views/data").iterdir()}


def test_a_mistake_in_the_fence_of_a_long_text_is_said_at_its_line(convert, said, long):
    fence = (
        "```attention\nview: head\ntext: x\nlayer: 1\nheads: [2]\ncaption: x\nwords: true\n```\n"
    )
    convert(fence, capture=lambda text, **more: long)
    (sentence,) = said()
    assert sentence.startswith(
        "lessons/en/page.md:7: the figure of a text of 90 tokens has no words:"
    ), sentence


def test_short_texts_and_other_views_stay_as_they_are(long):
    assert is_long(spec(), long)
    short = random_long(n=64)
    neuron = "view: neuron\ntext: x\nlayer: 1\nheads: [2]\nquery: w1\ncaption: x\n"
    for view in (spec(), read_view("view: model\ntext: x\ncaption: x\n", None)):
        assert not is_long(view, short)
        assert is_long(view, long)
    assert not is_long(read_view(neuron, None), long)


def test_without_a_query_the_row_with_the_strongest_far_link_is_shown(long):
    head = HeadId(1, 2)
    row = row_of(spec(), long, head)
    special = as_written(long)[2]
    most = [
        max((w for _, w in far_links(long.pattern(head)[i], i, special)), default=0)
        for i in range(long.n_tokens)
    ]
    most[0] = most[-1] = 0  # special tokens look at nothing that is asked about
    assert row == int(np.argmax(most))


def test_without_a_script_the_row_is_shaded_text(real):
    html = long_html(spec(query="the 2nd lin"), real, key="k", caption="x", language="en")
    assert 'data-view="long"' in html
    assert html.count("<strong>") == 1
    assert re.search(r"<strong>Lin</strong>", html)
    assert "Strongest links to tokens more than 8 away: " in html
    assert len(gzip.compress(html.encode())) < 5000


def test_the_same_text_gives_the_same_bytes(long):
    assert dict(pack_long(long, ALL)) == dict(pack_long(random_long(n=90), ALL))
    assert long_key(long, ALL) != long_key(random_long(n=90, seed=1), ALL)
    assert long_key(long, ALL) != long_key(long, (1,))


def test_a_head_of_481_tokens_is_light_enough_to_fetch():
    """Drawn numbers are the worst case: nothing in them repeats."""
    packed = dict(pack_long(random_long(n=481, size=32, layers=1, heads=2), (0,)))
    drawn = [name for name in packed if re.search(r"-L\d+H\d+$", name)]
    assert len(drawn) == 2
    for name in drawn:
        assert len(gzip.compress(packed[name], 6)) <= 32_000, name


def test_a_text_that_speaks_of_special_tokens_keeps_its_words():
    attention = capture("The token [SEP] ends it and [CLS] begins it.", queries_keys=True)
    shown, gaps, special = as_written(attention)
    assert special == [0, attention.n_tokens - 1]
    words = "".join(gap + piece for gap, piece in zip(gaps, shown, strict=True))
    assert words == "[CLS] The token [SEP] ends it and [CLS] begins it. [SEP]"


def test_no_far_link_leads_to_the_first_token_of_a_model_that_looks_back():
    attention = random_long(n=70, causal=True)
    row = np.full(70, 0.01)
    row[0] = 0.31
    assert 0 in set_apart(attention)
    assert 0 not in [place for place, _ in far_links(row, 60, set_apart(attention))]


FENCE = """```attention
view: head
text: {text}
layer: 1
heads: [2]
caption: x
layers: {layers}
```
"""


def test_a_figure_may_carry_some_layers_alone(convert, said, long, monkeypatch):
    monkeypatch.setattr(publish, "_used", {})
    fence = FENCE.format(text="x", layers="[1]")
    html = convert(fence, capture=lambda text, **more: long)
    assert said() == []
    key = long_key(long, (1,))
    assert f'data-key="{key}"' in html
    names = {path.name for path in Path("build/views").glob(f"{key}*.js")}
    assert names == {f"{key}.js"} | {f"{key}-L1H{h}{x}.js" for h in range(3) for x in ("", "x")}
    assert payloads(long, (1,))[key]["layers"] == [1]


@pytest.mark.parametrize(
    ("layers", "said_of_it"),
    [
        ("[0]", "layer 1 is not among layers: \\[0\\]; add it there"),
        ("[1, 2]", "layer 2 does not exist; this model has layers 0 to 1"),
        ("[1, 1]", "layers: is \\[1, 1\\]; write different whole numbers"),
        ("[]", "layers: is \\[\\]; write different whole numbers"),
    ],
)
def test_layers_that_cannot_be_carried_are_refused_at_their_line(
    convert, said, long, layers, said_of_it
):
    convert(FENCE.format(text="x", layers=layers), capture=lambda text, **more: long)
    (sentence,) = said()
    assert re.match(f"lessons/en/page.md:7: {said_of_it}", sentence), sentence


def test_a_short_text_carries_all_its_layers(convert, said):
    convert(FENCE.format(text="A cat.", layers="[1]"))
    (sentence,) = said()
    assert sentence.startswith("lessons/en/page.md:7: only the figure of a long text can leave")


def test_a_long_text_s_figure_is_weighed_too_without_the_heads_that_nobody_looks_at(
    convert, said, long, monkeypatch
):
    monkeypatch.setattr(weight, "TOO_HEAVY", 500)
    fence = "```attention\nview: head\ntext: x\nlayer: 1\nheads: [2]\ncaption: x\n```\n"
    convert(fence, capture=lambda text, **more: long)
    (sentence,) = said()
    assert sentence.startswith("lessons/en/page.md:3: this figure of 90 tokens would weigh ")
