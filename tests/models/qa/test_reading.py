"""Characters to tokens and back, long contexts in windows, and the best span by hand."""

import pytest
import torch
from transformers import AutoTokenizer

from grader.models import find_model
from grader.models.qa.reading import (
    LONGEST_ANSWER,
    WINDOW,
    best_span,
    context_mask,
    encode,
    inputs,
    span_tokens,
)

CONTEXT = "Barcelona is famous for Gaudí's architecture."


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(find_model("minilm").path, local_files_only=True)


def test_the_context_is_the_second_segment(tokenizer):
    encoding = encode(tokenizer, ["Who is famous?"], [CONTEXT])
    segments = inputs(encoding)["token_type_ids"][0].tolist()
    assert segments[:6] == [0] * 6
    assert segments[6:] == [1] * (len(segments) - 6)


def test_characters_find_their_tokens(tokenizer):
    encoding = encode(tokenizer, ["Who is famous?"], [CONTEXT])
    start = CONTEXT.index("Gaudí")
    first, last = span_tokens(encoding, 0, start, start + len("Gaudí"))
    assert encoding.tokens(0)[first : last + 1] == ["ga", "##udi"]


def test_an_answer_cut_off_by_the_window_has_no_tokens(tokenizer):
    context = "word " * 400 + "Rome"
    encoding = encode(tokenizer, ["Where?"], [context])
    assert span_tokens(encoding, 0, len(context) - 4, len(context)) == (0, 0)
    n_windows = len(encoding["input_ids"])
    first, last = span_tokens(encoding, n_windows - 1, len(context) - 4, len(context))
    assert encoding.tokens(n_windows - 1)[first : last + 1] == ["rome"]


def test_a_long_context_is_read_in_windows_that_overlap(tokenizer):
    encoding = encode(tokenizer, ["Where?"], ["word " * 400])
    assert len(encoding["input_ids"]) == 2
    assert encoding["input_ids"].shape[1] == WINDOW
    assert int(context_mask(encoding).sum()) > 400


def test_the_best_span_lies_in_the_context_and_starts_before_it_ends():
    start = torch.tensor([9.0, 1.0, 0.0, 3.0])
    end = torch.tensor([9.0, 0.0, 2.0, 0.0])
    mask = torch.tensor([False, True, True, True])
    assert best_span(start, end, mask) == (1, 2, 3.0)


def test_no_span_is_longer_than_the_longest_answer():
    start, end = torch.zeros(60), torch.zeros(60)
    start[0] = end[59] = 5.0
    first, last, _ = best_span(start, end, torch.ones(60, dtype=torch.bool))
    assert last - first < LONGEST_ANSWER
