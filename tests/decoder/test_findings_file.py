"""The figures of smollm2: how they are put together and compared, and that they are still so."""

import json

import numpy as np
import pytest

from grader.decoder import findings
from grader.decoder.figures import diagonal, halves, losses, mean, rows, texts
from grader.errors import GraderError


def test_a_mean_lies_inside_of_its_interval_and_comes_out_again():
    values = [0.1, 0.4, 0.2, 0.9, 0.3]
    found = mean(values)
    assert found == mean(values)
    assert found["mean"] == pytest.approx(0.38)
    assert found["low"] < found["mean"] < found["high"]
    assert found["n"] == 5


def test_an_interval_of_equals_is_a_point():
    assert mean([2.0, 2.0]) == {"mean": 2.0, "low": 2.0, "high": 2.0, "n": 2}


def test_a_loss_is_how_unexpected_each_next_token_was():
    logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [1, 1, 1]]))
    assert losses(logits, [0, 1, 2]) == pytest.approx([np.log(4), np.log(1.25)])


def test_a_diagonal_leaves_out_the_texts_first_token():
    pattern = np.zeros((1, 1, 4, 4))
    pattern[0, 0, 1, 0] = 1  # looks at the first token: not counted
    pattern[0, 0, 2, 1] = 0.5
    assert diagonal(pattern, 1).tolist() == [[0.25]]


def test_heads_are_chosen_and_reported_on_texts_that_have_nothing_in_common():
    chosen, reported = halves(texts("writer-sentences"))
    assert not set(chosen) & set(reported)
    for name, parts in (("writer-stories", ("right", "wrong")), ("writer-capitals", ("look",))):
        halves_of = [rows(name, half) for half in ("select", "report")]
        assert [len(half) for half in halves_of] == [40, 40]
        words = [{row[part] for row in half for part in parts} for half in halves_of]
        assert not words[0] & words[1]


@pytest.fixture
def kept(tmp_path):
    findings.write({"a": {"mean": 0.5, "n": 3}, "heads": ["L1H2"], "loss": 10.0}, tmp_path)
    return tmp_path


def test_figures_that_are_as_they_were_kept_are_not_named(kept):
    now = {"a": {"mean": 0.51, "n": 3}, "heads": ["L1H2"], "loss": 10.1}
    assert findings.moved(now, kept) == []


@pytest.mark.parametrize(
    ("now", "line"),
    [
        ({"a": {"mean": 0.53, "n": 3}, "heads": ["L1H2"], "loss": 10.0}, "a.mean is 0.53, kept is"),
        ({"a": {"mean": 0.5, "n": 4}, "heads": ["L1H2"], "loss": 10.0}, "a.n is 4, kept is 3"),
        ({"a": {"mean": 0.5, "n": 3}, "heads": ["L1H3"], "loss": 10.0}, "heads is"),
        ({"a": {"mean": 0.5, "n": 3}, "heads": ["L1H2"], "loss": 10.4}, "loss is 10.4"),
        ({"a": {"mean": 0.5, "n": 3}, "heads": ["L1H2"]}, "loss is None, kept is 10.0"),
    ],
)
def test_a_figure_that_moved_is_named_with_both_values(kept, now, line):
    (found,) = findings.moved(now, kept)
    assert line in found


def test_no_file_says_how_it_is_written(tmp_path):
    with pytest.raises(
        GraderError, match=r"no such file; write it with: python -m grader\.decoder"
    ):
        findings.moved({}, tmp_path)


def test_the_lessons_file_is_of_the_model_of_the_course():
    from grader.models import KNOWN_MODELS

    kept = json.loads((findings.DATA / findings.FILE).read_text("utf-8"))
    assert kept["model"] == KNOWN_MODELS["smollm2"].sha256


@pytest.mark.soak  # five minutes of processor time, as `grader claims` takes for them
def test_every_figure_of_the_lessons_comes_out_again():
    assert findings.moved(findings.figures()) == []
