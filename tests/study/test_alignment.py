"""Attention between the words of a treebank, whatever pieces the tokenizer makes of them."""

import pytest

from grader.errors import TextError
from grader.study.alignment import attend
from grader.study.treebank import Sentence


def sentence(text):
    spans, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        spans.append((start, start + len(word)))
        start += len(word)
    return Sentence(text, tuple(spans), ())


def test_pieces_are_merged_to_the_words_of_the_treebank(tiny_model):
    attention, positions = attend(tiny_model, sentence("cats don't see"))
    assert attention.words == ("[CLS]", "cats", "don't", "see", "[SEP]")
    assert positions == {0: 1, 1: 2, 2: 3}


def test_a_word_that_the_tokenizer_drops_has_no_position(tiny_model):
    attention, positions = attend(tiny_model, sentence("cats \u200b see"))
    assert attention.words == ("[CLS]", "cats", "see", "[SEP]")
    assert positions == {0: 1, 2: 2}


def test_a_sentence_longer_than_the_model_reads_is_refused(tiny_model):
    with pytest.raises(TextError, match=r"has 20 tokens and .* reads at most 16"):
        attend(tiny_model, sentence("cats see " * 6))
