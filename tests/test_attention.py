"""Names, axes, rows that sum to 1, and words made of pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.attention import Attention, HeadId
from grader.errors import GraderError, WordError


def attention(weights, tokens, words=None, word_of=None) -> Attention:
    return Attention(
        tokens=tuple(tokens),
        weights=np.asarray(weights, dtype=np.float32),
        words=tuple(words or tokens),
        word_of=tuple(word_of or range(len(tokens))),
        text="",
        pair=None,
        second_start=None,
        model="hand",
    )


ONE_HEAD = [[[[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]]]]


def test_a_head_is_shown_as_papers_of_bertviz_name_it():
    assert str(HeadId(layer=5, head=11)) == "L5H11"
    assert HeadId.parse(" l5h11 ") == HeadId(layer=5, head=11)


@pytest.mark.parametrize("name", ["5H11", "L5", "L-1H2", "L5H11x", ""])
def test_a_name_that_names_no_head_is_refused_with_the_right_form(name):
    with pytest.raises(GraderError, match="write it like L5H11"):
        HeadId.parse(name)


def test_a_row_that_does_not_sum_to_one_points_at_dropout():
    with pytest.raises(GraderError, match=r"off by 0\.1; put the model in evaluation mode"):
        attention([[[[0.5, 0.4], [0.5, 0.5]]]], "ab")


def test_a_row_of_nan_is_refused():
    with pytest.raises(GraderError, match="rows must sum to 1"):
        attention([[[[np.nan, 0.4], [0.5, 0.5]]]], "ab")


def test_weights_of_another_shape_are_refused_with_both_shapes():
    with pytest.raises(GraderError, match=r"of 3 tokens needs shape .* got \(1, 1, 2, 2\)"):
        attention([[[[1, 0], [0, 1]]]], "abc")


def test_weights_cannot_be_changed_and_the_array_given_still_can():
    given_array = np.array(ONE_HEAD, dtype=np.float32)
    kept = attention(given_array, "abc")
    given_array[:] = 0
    assert kept.weights[0, 0, 1, 1] == 1
    with pytest.raises(ValueError, match="read-only"):
        kept.weights[0, 0, 0, 0] = 1


def test_a_split_word_is_a_sum_as_key_and_a_mean_as_query():
    merged = attention(ONE_HEAD, ["cat", "##s", "sat"], ["cats", "sat"], [0, 0, 1]).merge_words()
    assert merged.tokens == ("cats", "sat")
    # keys: .5+.25=.75, 0+1=1 ; queries: mean(.75, 1)=.875
    assert merged.pattern(HeadId(0, 0)).tolist() == [[0.875, 0.125], [1.0, 0.0]]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_merged_rows_still_sum_to_one(pieces, seed):
    n = sum(pieces)
    weights = np.random.default_rng(seed).dirichlet(np.ones(n), size=(2, 3, n))
    word_of = [w for w, count in enumerate(pieces) for _ in range(count)]
    merged = attention(weights, map(str, range(n)), map(str, range(len(pieces))), word_of)
    merged = merged.merge_words()
    assert merged.weights.shape == (2, 3, len(pieces), len(pieces))
    assert np.allclose(merged.weights.sum(axis=-1), 1, atol=1e-5)


def test_between_takes_the_row_of_the_query_and_the_column_of_the_key():
    seen = attention(ONE_HEAD, "abc")
    assert seen.between("a", "c").tolist() == [[0.25]]
    assert seen.between("c", "a").tolist() == [[0.5]]


def test_a_word_that_stands_nowhere_or_twice_is_refused_with_the_sentence():
    seen = attention(ONE_HEAD, ["the", "cat", "The"])
    with pytest.raises(WordError, match=r"'dog' stands nowhere in: the cat The"):
        seen.position("dog")
    with pytest.raises(WordError, match=r"'the' stands 2 times"):
        seen.position("the")


def test_a_head_out_of_range_is_refused_with_the_range():
    with pytest.raises(GraderError, match="no head L0H7; this model has layers 0 to 0 with heads"):
        attention(ONE_HEAD, "abc").pattern(HeadId(0, 7))


def test_a_position_may_say_which_of_several_and_an_error_repeats_no_long_text():
    short, long = (
        attention(np.full((1, 1, len(words), len(words)), 1 / len(words)), words)
        for words in (["a", "b", "a", "c"], ["w"] * 400)
    )
    assert [short.position("A", which) for which in (1, 2)] == [0, 2]
    with pytest.raises(WordError, match=r"'a' stands 2 times in: a b a c$"):
        short.position("a", 3)
    with pytest.raises(WordError, match=r"'b' stands once in: a b a c$"):
        short.position("b", 2)
    with pytest.raises(WordError, match=r"'x' stands nowhere in: (w ){64}…$"):
        long.position("x")
