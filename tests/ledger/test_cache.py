"""Kept results: computed once, named by what made them, never trusted when damaged."""

import numpy as np
import pytest

from grader.ledger import cache as module
from grader.ledger.cache import kept

asked = []


def double(text, *numbers):
    asked.append(text)
    return np.array([len(text) * 2.0, *numbers])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)
    asked.clear()
    module._kept.cache_clear()
    yield tmp_path / "experiments"
    module._kept.cache_clear()


def again(text, *numbers):
    """As the next build would ask: nothing in memory."""
    module._kept.cache_clear()
    return kept(double, text, *numbers).tolist()


def test_the_next_build_reads_what_this_one_kept(folder):
    assert again("cat") == again("cat") == [6]
    assert asked == ["cat"]


def test_another_text_or_argument_is_another_entry(folder):
    assert [again("cat"), again("cats"), again("cat", 1), again("cat", 2)] == [
        [6],
        [8],
        [6, 1],
        [6, 2],
    ]
    assert len(list(folder.iterdir())) == 4


def test_a_changed_network_is_another_entry(folder, monkeypatch):
    again("cat")
    monkeypatch.setattr(module, "_network_source", lambda: "changed")
    again("cat")
    assert len(list(folder.iterdir())) == 2


def test_changed_code_is_another_entry(folder, monkeypatch):
    again("cat")
    monkeypatch.setattr(module.inspect, "getsource", lambda _: "changed")
    again("cat")
    assert asked == ["cat", "cat"]


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"nonsense"])
def test_a_damaged_entry_is_made_again(folder, content):
    again("cat")
    (entry,) = folder.iterdir()
    entry.write_bytes(content)
    assert again("cat") == [6]
    assert again("cat") == [6]
    assert asked == ["cat", "cat"]


def test_a_folder_that_cannot_be_written_is_no_error(folder):
    folder.write_text("a file where the folder would be")
    assert again("cat") == [6]
