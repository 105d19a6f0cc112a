"""Choosing on one treebank, reporting on another, on tallies that one can count by hand."""

import numpy as np
import pytest

from grader.errors import GraderError
from grader.study.arc_counts import Tally
from grader.study.comparison import compare


def tally(*arcs, sentences=None):
    """Arcs: relation, offset, which of two heads are right as dependent and as governor look."""
    names = tuple(sorted({relation for relation, *_ in arcs}))
    return Tally(
        relations=np.array([names.index(relation) for relation, *_ in arcs]),
        names=names,
        sentences=np.array(sentences or range(len(arcs))),
        offsets=np.array([offset for _, offset, *_ in arcs]),
        found={
            "dependent": np.array([[heads] for _, _, heads, _ in arcs], dtype=bool),
            "governor": np.array([[heads] for _, _, _, heads in arcs], dtype=bool),
        },
        n_sentences=len(arcs),
        too_long=0,
        dropped=0,
    )


NONE, FIRST, SECOND = (0, 0), (1, 0), (0, 1)


def only(rows, relation):
    (row,) = (row for row in rows if row.relation == relation)
    return row


def test_the_head_is_chosen_on_the_first_and_reported_on_the_second():
    select = tally(*[("obj", -2, SECOND, NONE)] * 3)
    report = tally(("obj", -2, SECOND, NONE), *[("obj", -2, FIRST, NONE)] * 3)
    row = only(compare(select, report, least=1), "obj")
    assert (row.head, row.query) == ("L0H1", "dependent")
    assert (row.accuracy_select, row.accuracy) == (1, 0.25)
    assert (row.n_select, row.n) == (3, 4)


def test_the_direction_is_chosen_with_the_head_and_turns_the_offset():
    select = tally(*[("obj", -2, NONE, FIRST)] * 3)
    row = only(compare(select, select, least=1), "obj")
    assert (row.head, row.query, row.offset, row.baseline) == ("L0H0", "governor", 2, 1)


def test_the_baseline_is_the_best_offset_of_the_report():
    select = tally(*[("det", 5, FIRST, NONE)] * 4)
    report = tally(*[("det", 1, FIRST, NONE)] * 3, ("det", 2, FIRST, NONE))
    row = only(compare(select, report, least=1), "det")
    assert (row.offset, row.baseline, row.accuracy, row.difference) == (1, 0.75, 1, 0.25)


def test_intervals_hold_the_accuracy_and_shrink_with_text():
    some = [("obj", -2, FIRST, NONE), ("obj", 1, NONE, NONE)]
    few = only(compare(tally(*some * 10), tally(*some * 10), least=1), "obj")
    many = only(compare(tally(*some * 500), tally(*some * 500), least=1), "obj")
    for row in (few, many):
        assert row.low < row.accuracy < row.high
    assert many.high - many.low < few.high - few.low
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.5 / 1000**0.5, rel=0.1)


def test_whole_sentences_are_drawn_so_like_arcs_of_one_sentence_count_once():
    arcs = [("obj", -2, FIRST, NONE)] * 50 + [("obj", 1, NONE, NONE)] * 50
    alone = tally(*arcs)
    together = tally(*arcs, sentences=[i // 10 for i in range(100)])
    narrow = only(compare(alone, alone, least=1), "obj")
    wide = only(compare(alone, together, least=1), "obj")
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("right", "verdict"), [(FIRST, "above"), (NONE, "below")], ids=["above", "below"]
)
def test_a_verdict_names_the_side_of_the_baseline(right, verdict):
    arcs = [("obj", 1, right, NONE)] * 20 + [("obj", -2, right, NONE)] * 20
    assert only(compare(tally(*arcs), tally(*arcs), least=1), "obj").verdict == verdict


def test_a_head_that_does_what_the_offset_does_cannot_be_told_from_it():
    arcs = [("obj", 1, FIRST, NONE)] * 20 + [("obj", -2, NONE, NONE)] * 10
    assert only(compare(tally(*arcs), tally(*arcs), least=1), "obj").verdict == "neither"


def test_rare_relations_count_only_among_all():
    select = tally(*[("det", 1, FIRST, NONE)] * 5, ("obj", -2, FIRST, NONE))
    rows = compare(select, select, least=2)
    assert [row.relation for row in rows] == ["all", "det"]
    assert rows[0].n == 6


def test_all_comes_first_then_the_most_frequent():
    select = tally(*[("b", 1, FIRST, NONE)] * 3, *[("a", 1, FIRST, NONE)] * 2)
    assert [row.relation for row in compare(select, select, least=1)] == ["all", "b", "a"]


def test_an_interval_does_not_depend_on_other_relations():
    arcs = [("obj", -2, FIRST, NONE), ("obj", 1, NONE, NONE)] * 10
    alone = only(compare(tally(*arcs), tally(*arcs), least=1), "obj")
    more = tally(*arcs, *[("det", 1, FIRST, NONE)] * 9)
    assert only(compare(more, more, least=1), "obj") == alone


def test_treebanks_without_a_frequent_relation_are_refused():
    few = tally(("obj", -2, FIRST, NONE))
    with pytest.raises(GraderError, match="no relation stands 2 times in both treebanks"):
        compare(few, few, least=2)
