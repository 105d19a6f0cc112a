"""A sentence in, its attention out, on the real model and on tiny ones."""

import subprocess
import sys

import numpy as np
import pytest

from grader.capture import capture, load_model
from grader.errors import ModelError, TextError
from grader.models import MINILM_SHA256
from grader.network import Tokens
from grader.words import group_tokens
from support.random_networks import save_llama
from support.tiny_bert import save_tiny_bert

TELESCOPE = "I saw the man with the telescope."


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """A folder with a random BERT of 2 layers, 2 heads and 16 positions, and its tokenizer."""
    return save_tiny_bert(tmp_path_factory.mktemp("tiny"), "the cat ##s sat .")


def test_the_telescope_sentence_gives_the_published_means_and_count():
    seen = capture(TELESCOPE, cache=None)
    assert seen.weights.shape == (6, 12, 10, 10)
    assert seen.model == MINILM_SHA256
    i, man = seen.between("with", "I"), seen.between("with", "man")
    assert (round(float(i.mean()), 3), round(float(man.mean()), 3)) == (0.038, 0.086)
    assert int((man > i).sum()) == 48


def test_words_are_as_written_and_pieces_know_their_word():
    seen = capture("Gaudí sat.", cache=None)
    assert seen.tokens == ("[CLS]", "ga", "##udi", "sat", ".", "[SEP]")
    assert seen.words == ("[CLS]", "Gaudí", "sat", ".", "[SEP]")
    assert seen.word_of == (0, 1, 1, 2, 3, 4)


def test_a_pair_knows_where_the_second_text_starts():
    seen = capture("Who sat?", "The cat.", cache=None)
    assert seen.tokens[seen.second_start] == "the"
    merged = seen.merge_words()
    assert merged.tokens[merged.second_start] == "The"


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_is_refused(text):
    with pytest.raises(TextError, match="the text is empty; give a sentence"):
        capture(text)


def test_a_text_too_long_says_how_long_it_may_be(tiny_model):
    with pytest.raises(TextError, match=r"has 22 tokens and .* reads at most 16; shorten it"):
        capture("cat " * 20, model=str(tiny_model), cache=None)


def test_any_local_folder_goes_through_the_same_door(tiny_model):
    seen = capture("the cats sat.", model=str(tiny_model), cache=None)
    assert seen.tokens == ("[CLS]", "the", "cat", "##s", "sat", ".", "[SEP]")
    assert seen.weights.shape == (2, 2, 7, 7)


def test_an_unknown_model_says_which_there_are():
    with pytest.raises(
        ModelError, match=r"no model 'minilmm'.*known name \(minilm, smollm2, minilm-qa\)"
    ):
        capture("A cat.", model="minilmm")


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="save_pretrained"):
        capture("A cat.", model=str(tmp_path))


def test_a_second_capture_is_read_from_the_cache(tiny_model, tmp_path, monkeypatch):
    first = capture("the cat sat", model=str(tiny_model), cache=tmp_path)
    monkeypatch.setattr("grader.capture.load_model", None)  # any computing would fail
    again = capture("the cat sat", model=str(tiny_model), cache=tmp_path)
    assert np.array_equal(first.weights, again.weights)
    assert (first.tokens, first.words, first.word_of) == (again.tokens, again.words, again.word_of)


def test_while_grading_no_cache_is_shared_between_notebooks(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setenv("SEEING_ATTENTION_CACHE", str(tmp_path))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    capture("the cat sat", model=str(tiny_model))
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv("NBGRADER_EXECUTION")
    capture("the cat sat", model=str(tiny_model))
    assert [path.name for path in tmp_path.iterdir()] == ["captures"]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut", b"\x93NUMPY"])
def test_a_damaged_entry_is_computed_again(tiny_model, tmp_path, damage):
    first = capture("the cat sat", model=str(tiny_model), cache=tmp_path)
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(damage)
    again = capture("the cat sat", model=str(tiny_model), cache=tmp_path)
    assert np.array_equal(first.weights, again.weights)
    assert entry.read_bytes() != damage


def test_a_cache_that_cannot_be_written_is_no_error(tiny_model, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert capture("the cat", model=str(tiny_model), cache=tmp_path / "file").n_tokens == 4


def test_grader_and_capture_are_imported_without_torch():
    heavy = "{'torch', 'transformers', 'nbgrader', 'mkdocs'} & set(sys.modules)"
    code = f"import sys, grader, grader.capture; sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    control = f"import sys, transformers; sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", control], check=False).returncode == 1


def test_a_capture_loads_no_torch_and_nothing_that_warns_of_widgets():
    loads = "{'torch', 'transformers', 'tqdm', 'ipywidgets'} & set(sys.modules)"
    code = f"""
import sys
from grader.capture import capture
from grader.check import check, start
capture("A sentence of nobody's.", cache=None)
sys.exit(bool({loads}))"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (told.returncode, told.stderr) == (0, b"")


def test_queries_and_keys_make_the_weights():
    seen = capture(TELESCOPE, queries_keys=True, cache=None)
    assert seen.queries.shape == seen.keys.shape == (6, 12, 10, 32)
    scores = seen.queries.astype(np.float64) @ seen.keys.swapaxes(-1, -2) / np.sqrt(32)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    assert np.abs(exps / exps.sum(axis=-1, keepdims=True) - seen.weights).max() < 1e-6


def test_queries_and_keys_are_there_only_where_they_are_asked_for(tiny_model):
    assert capture("the cat.", model=str(tiny_model), cache=None).queries is None
    seen = capture("the cats", "sat.", model=str(tiny_model), queries_keys=True)
    assert seen.queries.shape == (2, 2, seen.n_tokens, 4)
    assert seen.merge_words().keys is None


def test_logits_of_a_model_without_a_head_are_refused(tiny_model):
    with pytest.raises(ModelError, match="no head on top, so it has no logits"):
        load_model(str(tiny_model)).logit_difference("the cat", "sat", "cat")


def test_an_embedding_has_seen_no_other_token():
    model = load_model()
    one, other = (model.embedding(text) for text in ("The cat sat.", "A cat ran."))
    assert one.shape == (6, 384)
    assert (one[2] == other[2]).all()


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    return str(save_llama(tmp_path_factory.mktemp("writer"), "small"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the cat's mat", ("the", "cat", "'", "s", "mat")),
        ("a  cat, it", ("a", "cat", ",", "it")),
        ("the\ncat", ("the", "\n", "cat")),
        ("看见 it🙂", ("看", "见", "it", "🙂")),
        ("the cat ", ("the", "cat", " ")),
        ("a<|im_end|>cat", ("a", "<|im_end|>", "cat")),
    ],
)
def test_words_of_a_model_that_cuts_by_bytes(writer, text, words):
    seen = capture(text, model=writer, cache=None)
    assert seen.causal
    assert seen.words == words
    assert seen.word_of == tuple(sorted(seen.word_of))
    assert seen.merge_words().tokens == words


def test_tokens_of_bytes_are_shown_as_text_or_as_bytes(writer):
    seen = capture("the cat\n看", model=writer, cache=None)
    assert seen.tokens[:4] == ("the", " cat", "\n", "<E7>")
    assert seen.position("cat") == 1


def test_a_mark_and_what_follows_in_one_token_are_one_word():
    tokens = Tokens(
        ids=np.arange(4),
        type_ids=np.zeros(4, dtype=np.int64),
        names=("It", "'s", " ", "2"),
        offsets=((0, 2), (2, 4), (4, 5), (5, 6)),
        parts=(0, 0, 0, 0),
    )
    assert group_tokens(tokens, ("It's 2", "")) == (("It", "'s", "2"), (0, 1, 2, 2))


def test_a_kept_capture_knows_that_it_is_one_way(writer, tmp_path):
    fresh, kept = (capture("the cat", model=writer, cache=tmp_path) for _ in range(2))
    assert fresh.causal
    assert kept.causal
