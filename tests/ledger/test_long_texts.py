"""Measures of long texts, on patterns worked out in the head; the texts are what they say."""

import dataclasses
import tomllib
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from grader.attention import Attention
from grader.capture import load_model
from grader.ledger import long_texts
from grader.ledger.sets import MeasureError
from grader.words import WORD

TEXTS = tomllib.loads(Path("lessons/claims.toml").read_text(encoding="utf-8"))["sentences"]


def echoing(*middle: str) -> Attention:
    """`lighthouse` twice: head 0 looks evenly, 1 at [CLS], 2 at its like.

    Head 2 gives .8 to the other `lighthouse` and .2 to [CLS]; all other rows of it lie on [CLS].
    """
    tokens = ("[CLS]", "lighthouse", *middle, "lighthouse", "[SEP]")
    n = len(tokens)
    even = np.full((n, n), 1 / n)
    first = np.eye(n)[np.zeros(n, dtype=int)]
    like = first.copy()
    like[1, [0, n - 2]] = like[n - 2, [0, 1]] = 0.2, 0.8
    return Attention(
        tokens=tokens,
        weights=np.array([[even, first, like]], dtype=np.float32),
        words=tokens,
        word_of=tuple(range(n)),
        text=" ".join(tokens[1:-1]),
        pair=None,
        second_start=None,
        model="by rule",
    )


@pytest.fixture
def far():
    """Thirteen tokens; the two stand ten apart."""
    attention = echoing("on", "a", "rock", "by", "a", "grey", "sea", ",", "the")
    return lambda text: attention


def test_a_share_stands_beside_the_even_share(far):
    assert long_texts.even_token_share(far, "x") == 1 / 13
    # Eleven ordinary rows; of the third head's, two keep .2 for the first token.
    third = (9 + 2 * 0.2) / 11
    assert long_texts.first_share(far, "x", 0) == pytest.approx((1 / 13 + 1 + third) / 3)
    assert long_texts.first_times_even(far, "x", 0) == pytest.approx((1 + 13 + 13 * third) / 3)


def test_a_word_that_stands_again_far_away_is_found_by_the_head_that_looks_there(far):
    assert long_texts.echo_rows(far, "x") == 2
    assert long_texts.echo_share(far, "x", "L0H2") == pytest.approx(0.8)
    assert long_texts.echo_share(far, "x", "L0H1") == 0
    assert long_texts.echo_hits(far, "x", "L0H2") == 1
    assert long_texts.echo_layer_share(far, "x", 0) == pytest.approx((1 / 13 + 0.8) / 3)


def test_what_an_even_row_and_a_lot_would_give_is_said_with_it(far):
    assert long_texts.echo_even_share(far, "x") == pytest.approx(1 / 13)
    assert long_texts.echo_share(far, "x", "L0H0") == pytest.approx(1 / 13)
    # More than eight away from either of the two are the other and its neighbour.
    assert long_texts.echo_chance(far, "x") == pytest.approx(1 / 2)


def test_what_stands_near_or_is_short_is_not_followed():
    near = echoing("on", "a", "rock")
    with pytest.raises(MeasureError, match="no piece of 5 letters stands again more than 8 away"):
        long_texts.echo_rows(lambda text: near, "x")


def test_one_occurrence_is_told_from_another(far):
    pair = {"word": "Lighthouse", "query": 2, "key": 1}
    assert long_texts.echo_weight(far, "x", head="L0H2", **pair) == pytest.approx(0.8)
    assert long_texts.echo_times_even(far, "x", head="L0H2", **pair) == pytest.approx(0.8 * 13)
    assert long_texts.echo_distance(far, "x", **pair) == 10


def test_a_head_whose_far_links_are_of_one_length_is_told_from_a_lot():
    """Twenty pieces, of which each looks ten back or, at the beginning, ten on."""
    n = 22
    pattern = np.zeros((n, n), dtype=np.float32)
    for place in range(n):
        pattern[place, [place, place - 10 if place > 10 else place + 10]] = 0.75, 0.25
    even = np.full((n, n), 1 / n, dtype=np.float32)
    text = dataclasses.replace(
        echoing(*"abcdefghijklmnopqr"), weights=np.array([[pattern, even]], dtype=np.float32)
    )
    ten = {"nearest": 10, "farthest": 10}
    assert long_texts.far_link_share(lambda _: text, "x", "L0H0", **ten) == 1
    assert long_texts.far_link_share(lambda _: text, "x", "L0H0", nearest=11, farthest=19) == 0
    everywhere = {"nearest": 9, "farthest": 19}
    assert long_texts.far_link_chance(lambda _: text, "x", **everywhere) == 1
    assert 0 < long_texts.far_link_chance(lambda _: text, "x", **ten) < 1 / 2
    assert long_texts.place_share(lambda _: text, "x", "L0H0", place=15, **ten) == 0.25
    assert long_texts.place_even_share(lambda _: text, "x", place=15, **ten) == 1 / n
    assert long_texts.place_even_share(lambda _: text, "x", place=10, **ten) == 2 / n
    with pytest.raises(MeasureError, match="there is no token 22; this text has tokens 0 to 21"):
        long_texts.place_even_share(lambda _: text, "x", place=22, **ten)


def test_a_layer_that_is_not_there_is_named(far):
    with pytest.raises(MeasureError, match="there is no layer 1; this model has layers 0 to 0"):
        long_texts.first_share(far, "x", 1)


def test_a_beginning_of_a_long_text_is_one():
    whole = TEXTS["lighthouse"]
    paragraphs = whole.split("\n\n")
    assert paragraphs[0].startswith(TEXTS["lighthouse_sentence"])
    assert TEXTS["lighthouse_paragraph"] == paragraphs[0]
    assert TEXTS["lighthouse_half"].split("\n\n") == paragraphs[:3]


def test_the_shuffled_text_has_the_same_words_in_an_order_that_knows_none_of_them():
    words = WORD.findall(TEXTS["lighthouse"])
    order = sorted(range(len(words)), key=lambda place: sha256(str(place).encode()).digest())
    assert TEXTS["lighthouse_shuffled"] == " ".join(words[place] for place in order)


def test_the_model_sees_no_blank_line():
    """Where a paragraph ends is nowhere in the tokens."""
    text = TEXTS["lighthouse"]
    model = load_model("minilm")
    assert model.pieces(text) == model.pieces(" ".join(text.split()))
