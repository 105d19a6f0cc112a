"""Sentence sets: every row names words that stand where it says, and mistakes are named."""

import re

import pytest

from grader.ledger import sets
from grader.ledger.sets import MeasureError, Pair, place, related_pairs, rows, texts


@pytest.fixture
def write_set(tmp_path):
    """write_set(name, "column|column", "cell|cell", ...) -> the set stands in an empty folder."""
    with sets.data_in(tmp_path):
        yield lambda name, *lines: (tmp_path / f"{name}.tsv").write_text(
            "\n".join(line.replace("|", "\t") for line in lines) + "\n"
        )


@pytest.mark.parametrize("path", sets.sets(), ids=lambda path: path.stem)
def test_every_marked_word_of_the_course_stands_where_its_row_says(path):
    for row in rows(path.stem):
        assert None not in row.values()
        text = ""
        for column, cell in row.items():
            if column.endswith("text"):
                text = cell
            for marked in re.findall(r"\S+@\d+", cell):
                assert place(marked.rstrip(";"), text) >= 0


def test_a_set_is_read_in_order_and_its_beginning_can_be_named(write_set):
    write_set("a", "text", "One.", "Two.", "Three.")
    write_set("b", "text", "Four.")
    assert texts(["a:2", "b"]) == ["One.", "Two.", "Four."]


def test_more_texts_than_there_are_cannot_be_named(write_set):
    write_set("a", "text", "One.")
    with pytest.raises(MeasureError, match="set 'a' has 1 texts, not 2; name fewer"):
        texts(["a:2"])


def test_an_unknown_set_is_answered_with_the_known_ones(write_set):
    write_set("hand", "text", "One.")
    with pytest.raises(MeasureError, match="no sentence set is called 'hnad'; known: hand"):
        rows("hnad")


def test_a_relation_is_measured_in_both_directions(write_set):
    write_set("s", "text|relations", "Dogs chase cats.|object-verb cats@2 chase@1")
    assert related_pairs("s", "object", "verb") == [Pair("Dogs chase cats.", 2, 1)]
    assert related_pairs("s", "verb", "object") == [Pair("Dogs chase cats.", 1, 2)]


def test_a_relation_that_a_set_does_not_mark_is_answered_with_those_it_does(write_set):
    write_set("s", "text|relations", "Dogs chase cats.|object-verb cats@2 chase@1")
    with pytest.raises(MeasureError, match="relates no 'noun' to a 'verb'; known: object-verb"):
        related_pairs("s", "noun", "verb")


@pytest.mark.parametrize("marked", ["cats@1", "cats@9", "cats", "@2", "cats@x"])
def test_a_word_that_does_not_stand_at_its_place_is_refused(marked):
    with pytest.raises(MeasureError, match="write the word, @ and its place from 0"):
        place(marked, "Dogs chase cats.")
