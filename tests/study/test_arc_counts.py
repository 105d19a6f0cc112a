"""Every arc is counted once, in the treebank's order."""

import numpy as np
import pytest

from grader.errors import GraderError
from grader.heads import most_attended
from grader.study.alignment import attend
from grader.study.arc_counts import count
from grader.study.treebank import read_treebank


def test_arcs_are_counted_with_their_sentence_and_offset(tiny_model, treebank):
    tally = count(tiny_model, read_treebank(treebank))
    named = [tally.names[i] for i in tally.relations]
    assert named == ["nsubj", "aux", "advmod", "obj", "nsubj", "parataxis", "advmod"]
    assert tally.sentences.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert tally.offsets.tolist() == [3, 2, 1, -1, 1, -2, -1]
    assert (tally.n_sentences, tally.too_long, tally.dropped) == (3, 0, 0)


def test_a_head_finds_an_arc_where_the_other_end_is_most_attended(tiny_model, treebank):
    bank = read_treebank(treebank)
    tally = count(tiny_model, bank)
    attention, positions = attend(tiny_model, bank.sentences[0])
    best = most_attended(attention.weights, sorted(positions.values()))
    obj = 3
    assert (tally.found["dependent"][obj] == (best[:, :, positions[4]] == positions[3])).all()
    assert (tally.found["governor"][obj] == (best[:, :, positions[3]] == positions[4])).all()


def test_the_other_order_of_sentences_moves_no_arc(tiny_model, treebank):
    bank = read_treebank(treebank)
    tally = count(tiny_model, bank)
    turned = count(tiny_model, type(bank)(bank.name, bank.sha256, bank.sentences[::-1]))
    assert (turned.found["dependent"][3:] == tally.found["dependent"][:4]).all()
    assert np.array_equal(turned.offsets[3:], tally.offsets[:4])


def test_sentences_too_long_for_the_model_are_left_out_and_counted(tiny_model, treebank):
    words = "".join(f"{i}\tsee\tsee\tVERB\t_\t_\t{i - 1}\tdep\t_\t_\n" for i in range(1, 19))
    treebank.write_text(treebank.read_text() + "\n" + words)
    tally = count(tiny_model, read_treebank(treebank))
    assert (tally.n_sentences, tally.too_long) == (3, 1)
    assert "dep" not in tally.names


def test_arcs_to_a_word_that_the_tokenizer_drops_are_left_out_and_counted(tiny_model, treebank):
    treebank.write_text(
        "1\tsee\tsee\tVERB\t_\t_\t0\troot\t_\t_\n"
        "2\t\u200b\t_\tX\t_\t_\t1\tdep\t_\t_\n"
        "3\tcat\tcat\tNOUN\t_\t_\t1\tobj\t_\t_\n"
    )
    tally = count(tiny_model, read_treebank(treebank))
    assert tally.names == ("obj",)
    assert tally.dropped == 1


def test_progress_ends_with_all_sentences(tiny_model, treebank):
    said = []
    count(tiny_model, read_treebank(treebank), progress=lambda *numbers: said.append(numbers))
    assert said[-1] == (3, 3)


def test_a_treebank_without_arcs_is_refused(tiny_model, treebank):
    treebank.write_text("1\tHi\thi\tINTJ\t_\t_\t0\troot\t_\t_\n")
    with pytest.raises(GraderError, match=r"has no arc that .* reads; name a treebank with"):
        count(tiny_model, read_treebank(treebank))
