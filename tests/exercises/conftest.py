"""One model for all exercises, and `check` as it is when a submission is graded."""

from functools import cache
from pathlib import Path

import pytest

import grader.check
import grader.plots
import grader.questions
from grader.capture import load_model
from grader.questions import Remembered, load_exercise


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What asks a model of 93 MB more is for `make test-long`, which fetches it."""
    for item in items:
        folder = getattr(item, "callspec", None) and item.callspec.params.get("folder")
        of_an_exercise = isinstance(folder, Path) and "exercises" in folder.parts
        if of_an_exercise and model_of(folder) != "minilm":
            item.add_marker(pytest.mark.long)


@cache
def model_of(folder):
    return load_exercise(folder).model


@pytest.fixture(scope="session")
def model():
    import torch

    torch.set_num_threads(1)
    return Remembered(load_model(), most=1 << 30)


@pytest.fixture(autouse=True)
def graded(monkeypatch):
    """`check` only records; what a cheat patches is put back; nothing is drawn."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(grader.check, "check", grader.check.check)
    monkeypatch.setattr(grader.questions, "judge", grader.questions.judge)
    for name in ("plot_grid", "plot_heads", "plot_pattern", "plot_row"):
        monkeypatch.setattr(grader.plots, name, lambda *_, **__: None)
