"""Figures of minilm-qa in the ledger are those of the files beside the model."""

import json

import pytest

from grader.ledger import answering
from grader.ledger.answering import qa_seeds, qa_seeds_value, qa_value
from grader.ledger.sets import MeasureError


@pytest.fixture
def model(tmp_path, monkeypatch):
    """Three runs of training, the one that ships and two others, with made-up figures."""
    for folder, exact in ((".", 0.7), ("seeds/1", 0.6), ("seeds/2", 0.8)):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        figures = {"qamr": {"exact": exact, "interval": [exact - 0.1, exact + 0.1]}}
        (tmp_path / folder / "results.json").write_text(json.dumps(figures))
    monkeypatch.setattr(answering, "ADAPTER", tmp_path / "adapter.safetensors")


def test_a_value_is_that_of_the_run_that_ships(model):
    assert qa_value(None, "results", "qamr.exact") == 0.7
    assert qa_value(None, "results", "qamr.interval.1") == pytest.approx(0.8)


def test_the_ends_are_over_all_runs(model):
    assert qa_seeds(None) == 3
    assert qa_seeds_value(None, "results", "qamr.exact", "lowest") == 0.6
    assert qa_seeds_value(None, "results", "qamr.exact", "highest") == 0.8


@pytest.mark.parametrize(
    "place", ["qamr.f1", "qamr.interval.2", "qamr.interval.low", "qamr.exact.0"]
)
def test_a_place_that_is_not_there_is_named(model, place):
    with pytest.raises(MeasureError, match=f"results.json of minilm-qa has nothing at '{place}'"):
        qa_value(None, "results", place)


def test_other_files_and_ends_are_refused(model):
    with pytest.raises(MeasureError, match="no file of minilm-qa is called 'card'"):
        qa_value(None, "card", "x")
    with pytest.raises(MeasureError, match="no end is called 'mean'; known: highest, lowest"):
        qa_seeds_value(None, "results", "qamr.exact", "mean")
