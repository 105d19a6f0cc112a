"""A file is written as a whole or not at all, however many write it and whenever one stops."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.atomic import make_folder_once, write_atomically


def test_the_folder_is_made_and_the_file_holds_the_bytes(tmp_path):
    path = tmp_path / "new" / "folder" / "file"
    assert write_atomically(path, b"bytes")
    assert path.read_bytes() == b"bytes"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_file_that_holds_the_bytes_already_is_left_alone(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, b"bytes", mode=0o600, lasting=True)
    before = path.stat()
    assert not write_atomically(path, b"bytes")
    assert path.stat() == before
    assert stat.S_IMODE(before.st_mode) == 0o600


def test_many_may_write_the_same_file_at_once(tmp_path):
    path = tmp_path / "file"
    written = [bytes([65 + number]) * 200_000 for number in range(8)]
    with ThreadPoolExecutor(len(written)) as pool:
        list(pool.map(lambda data: write_atomically(path, data), written * 20))
    assert path.read_bytes() in written
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_no_scrap(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_made_once_and_whole(tmp_path):
    folder = tmp_path / "a" / "b"
    make_folder_once(folder, lambda made: (made / "x").write_text("first"))
    make_folder_once(folder, lambda made: (made / "x").write_text("second"))
    assert (folder / "x").read_text() == "first"
    assert [path.name for path in folder.parent.iterdir()] == ["b"]


def test_a_folder_that_fails_leaves_nothing(tmp_path):
    def fails(made):
        (made / "x").write_text("half")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        make_folder_once(tmp_path / "b", fails)
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_makers_wins(tmp_path):
    def later(made):
        (made / "x").write_text("later")
        make_folder_once(tmp_path / "b", lambda other: (other / "x").write_text("sooner"))

    make_folder_once(tmp_path / "b", later)
    assert (tmp_path / "b" / "x").read_text() == "sooner"
