"""Several texts at once give what each gives alone, between the treebank's words."""

import numpy as np
import pytest

from grader.study import batches
from grader.study.batches import attend, plan
from grader.study.treebank import Sentence, read_treebank


def sentence(text):
    spans, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        spans.append((start, start + len(word)))
        start += len(word)
    return Sentence(text, tuple(spans), ())


def test_a_batch_gives_what_each_text_gives_alone(tiny_model, treebank):
    sentences = read_treebank(treebank).sentences
    together = {a.index: a for a in attend(tiny_model, sentences, [[2, 1, 0]])}
    for i, each in enumerate(sentences):
        ((_, alone, positions),) = attend(tiny_model, [each], [[0]])
        assert positions == together[i].positions
        assert alone.words == together[i].attention.words
        assert np.abs(alone.weights - together[i].attention.weights).max() < 1e-5


def test_pieces_are_merged_to_the_words_of_the_treebank(tiny_model):
    ((_, attention, positions),) = attend(tiny_model, [sentence("cats don't see")], [[0]])
    assert attention.words == ("[CLS]", "cats", "don't", "see", "[SEP]")
    assert positions == {0: 1, 1: 2, 2: 3}


def test_a_word_that_the_tokenizer_drops_has_no_position(tiny_model):
    ((_, attention, positions),) = attend(tiny_model, [sentence("cats \u200b see")], [[0]])
    assert attention.words == ("[CLS]", "cats", "see", "[SEP]")
    assert positions == {0: 1, 2: 2}


def test_sentences_longer_than_the_model_reads_are_in_no_batch(tiny_model):
    sentences = [sentence("cats see " * n) for n in (9, 1, 4)]
    assert plan(tiny_model, sentences) == [[1, 2]]


def test_batches_hold_like_lengths_and_no_more_than_their_room(tiny_model, monkeypatch):
    monkeypatch.setattr(batches, "ROOM", 2 * 8 * 8)
    sentences = [sentence("see " * n) for n in (6, 1, 6, 1, 6)]
    assert plan(tiny_model, sentences) == [[1, 3], [0, 2], [4]]
    monkeypatch.setattr(batches, "MOST_TEXTS", 1)
    assert plan(tiny_model, sentences) == [[1], [3], [0], [2], [4]]


@pytest.fixture
def no_padding(tiny_model):
    before, tiny_model.tokenizer.pad_token = tiny_model.tokenizer.pad_token, None
    yield
    tiny_model.tokenizer.pad_token = before


@pytest.mark.usefixtures("no_padding")
def test_without_a_padding_token_each_text_goes_alone(tiny_model):
    sentences = [sentence("see"), sentence("cats see"), sentence("see")]
    assert plan(tiny_model, sentences) == [[0], [2], [1]]
    assert len(list(attend(tiny_model, sentences, [[0], [2], [1]]))) == 3


def test_the_number_of_threads_is_left_as_it_was(tiny_model):
    import torch

    before = torch.get_num_threads()
    seen = attend(tiny_model, [sentence("cats see")], [[0]])
    next(seen)
    assert torch.get_num_threads() == 1
    seen.close()
    assert torch.get_num_threads() == before
