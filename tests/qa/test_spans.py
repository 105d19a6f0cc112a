"""Characters to tokens and back, long contexts in windows, and the best span by hand."""

import numpy as np
import pytest
from transformers import AutoTokenizer

from grader.models import find_model
from grader.qa.reader import load_reader
from grader.qa.spans import (
    LONGEST_ANSWER,
    STRIDE,
    WINDOW,
    best_span,
    context_mask,
    span_tokens,
    windows,
)

CONTEXT = "Barcelona is famous for Gaudí's architecture."


@pytest.fixture(scope="module")
def network():
    return load_reader().network


def test_the_context_is_the_second_segment(network):
    (tokens,) = windows(network, "Who is famous?", CONTEXT)
    assert tokens.type_ids.tolist() == [0] * 6 + [1] * (len(tokens) - 6)
    assert context_mask(tokens).tolist() == [False] * 6 + [True] * (len(tokens) - 7) + [False]


def test_characters_find_their_tokens(network):
    (tokens,) = windows(network, "Who is famous?", CONTEXT)
    start = CONTEXT.index("Gaudí")
    first, last = span_tokens(tokens, start, start + len("Gaudí"))
    assert tokens.names[first : last + 1] == ("ga", "##udi")


def test_an_answer_cut_off_by_the_window_has_no_tokens(network):
    context = "word " * 400 + "Rome"
    first_window, *_, last_window = windows(network, "Where?", context)
    where = len(context) - 4, len(context)
    assert span_tokens(first_window, *where) == (0, 0)
    first, last = span_tokens(last_window, *where)
    assert last_window.names[first : last + 1] == ("rome",)


@pytest.mark.parametrize("n_words", [1, 313, 314, 315, 400, 530, 531, 532, 1200])
def test_windows_are_those_that_transformers_cuts(network, n_words):
    tokenizer = AutoTokenizer.from_pretrained(find_model("minilm").path, local_files_only=True)
    question, context = "Where was it?", "word " * n_words
    told = tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=WINDOW,
        stride=STRIDE,
        return_overflowing_tokens=True,
    )
    found = windows(network, question, context)
    assert [tokens.ids.tolist() for tokens in found] == told["input_ids"]
    assert [tokens.type_ids.tolist() for tokens in found] == told["token_type_ids"]


def test_the_best_span_lies_in_the_context_and_starts_before_it_ends():
    start = np.array([9.0, 1.0, 0.0, 3.0])
    end = np.array([9.0, 0.0, 2.0, 0.0])
    mask = np.array([False, True, True, True])
    assert best_span(start, end, mask) == (1, 2, 3.0)


def test_no_span_is_longer_than_the_longest_answer():
    start, end = np.zeros(60), np.zeros(60)
    start[0] = end[59] = 5.0
    first, last, _ = best_span(start, end, np.ones(60, dtype=bool))
    assert last - first < LONGEST_ANSWER
