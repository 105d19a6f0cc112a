"""CoNLL-U in, words with places and arcs out."""

import pytest

from grader.errors import GraderError
from grader.study.treebank import Arc, read_treebank


def word(sentence, i):
    start, end = sentence.spans[i]
    return sentence.text[start:end]


def test_words_of_a_multiword_token_are_written_apart_and_the_rest_as_in_the_text(treebank):
    first, second, third = read_treebank(treebank).sentences
    assert first.text == "I do n't see cats."
    assert second.text == "Cats sat (ca n't)."
    assert third.text == "Hi"


def test_every_word_has_its_place_in_the_text(treebank):
    _, second, _ = read_treebank(treebank).sentences
    words = [word(second, i) for i in range(len(second.spans))]
    assert words == ["Cats", "sat", "(", "ca", "n't", ")", "."]


def test_arcs_count_from_zero_without_root_and_punctuation(treebank):
    first, _, third = read_treebank(treebank).sentences
    assert first.arcs == (
        Arc(0, 3, "nsubj"),
        Arc(1, 3, "aux"),
        Arc(2, 3, "advmod"),
        Arc(4, 3, "obj"),
    )
    assert third.arcs == ()


def test_an_empty_node_is_no_word_and_moves_none(treebank):
    _, second, _ = read_treebank(treebank).sentences
    assert Arc(dependent=3, governor=1, relation="parataxis") in second.arcs
    assert "there" not in second.text


def test_a_treebank_is_known_by_its_name_and_hash(treebank):
    bank = read_treebank(treebank)
    assert bank.name == "small.conllu"
    assert len(bank.sha256) == 64


def test_line_ends_of_windows_are_read(treebank):
    plain = read_treebank(treebank).sentences
    treebank.write_bytes(treebank.read_bytes().replace(b"\n", b"\r\n"))
    assert read_treebank(treebank).sentences == plain


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "small.conllu holds no sentence; name a CoNLL-U file."),
        (b"Just some text.\n", "sentence 1: Invalid line format"),
        (b"\xff\xfe", "is not UTF-8; name a CoNLL-U file."),
        (b"1\tHi\thi\tX\t_\t_\t9\tdep\t_\t_\n", "sentence 1: word 1 hangs on 9, which is no word"),
        (b"x\tHi\thi\tX\t_\t_\t0\troot\t_\t_\n", "sentence 1: .*'x' is not a valid ID"),
        (b"1\tHi\n", "sentence 1: word 1 has only 2 columns"),
    ],
)
def test_what_is_no_treebank_is_refused_with_its_repair(treebank, content, message):
    treebank.write_bytes(content)
    with pytest.raises(GraderError, match=message):
        read_treebank(treebank)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GraderError, match=r"no.conllu cannot be read \(No such file"):
        read_treebank(tmp_path / "no.conllu")
