"""A submission's files on their way in and out."""

import gzip
import io
import os
import tarfile

import pytest

from grader.grading.kernels.files import TooMuch, copy_in, pack, unpack_new

US = (os.getuid(), os.getgid())


@pytest.fixture
def ways(tmp_path):
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
    return tmp_path / "source", tmp_path / "target"


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_plain_files_and_folders_are_copied(ways):
    source, target = ways
    (source / "a").write_text("a")
    (source / "sub").mkdir()
    (source / "sub" / "b").write_bytes(b"b" * 70_000)
    copy_in(str(source), str(target), 1 << 20, *US)
    assert names(target) == ["a", "sub", "sub/b"]
    assert (target / "sub" / "b").stat().st_size == 70_000


def test_links_pipes_and_sockets_are_left_out(ways):
    source, target = ways
    (source / "link").symlink_to("/etc/passwd")
    (source / "up").symlink_to("..")
    os.mkfifo(source / "pipe")
    copy_in(str(source), str(target), 1 << 20, *US)
    assert names(target) == []


def test_too_many_bytes_or_files_are_refused(ways, monkeypatch):
    source, target = ways
    (source / "a").write_bytes(b"a" * 100)
    with pytest.raises(TooMuch, match="more than 99 bytes"):
        copy_in(str(source), str(target), 99, *US)
    monkeypatch.setattr("grader.grading.kernels.files.MOST_FILES", 0)
    with pytest.raises(TooMuch, match="more than 0 files"):
        copy_in(str(source), str(target), 1000, *US)


def test_what_is_packed_comes_back_unless_it_is_there_or_a_notebook(ways):
    source, target = ways
    for name in ("new", "there", "own.ipynb"):
        (source / name).write_text("student's")
    (target / "there").write_text("ours")
    sink = io.BytesIO()
    pack(str(source), sink, 1 << 20)
    sink.seek(0)
    assert unpack_new(sink, target) == ["new"]
    assert (target / "there").read_text() == "ours"
    assert names(target) == ["new", "there"]


def test_a_tar_that_wants_out_of_the_folder_is_held(ways, tmp_path):
    _, target = ways
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name in ("../out", "/tmp/absolute-out", "link", "link/through", "plain"):
            entry = tarfile.TarInfo(name)
            if name == "link":
                entry.type, entry.linkname = tarfile.SYMTYPE, str(tmp_path)
            archive.addfile(entry)
    sink.seek(0)
    unpack_new(sink, target)
    assert not (tmp_path / "out").exists()
    assert not (target / "link").is_symlink()
    assert "plain" in names(target)


def test_packing_stops_at_its_limit(ways):
    source, _ = ways
    for number in range(4):
        (source / str(number)).write_bytes(b"x" * 1000)
    sink = io.BytesIO()
    pack(str(source), sink, 2500)
    sink.seek(0)
    with tarfile.open(fileobj=sink) as archive:
        assert len(archive.getnames()) == 2


@pytest.mark.parametrize("length", [1, 300, 600, 5_000, 21_100, 21_600, 30_000])
def test_of_a_tar_that_was_cut_short_only_whole_files_come_back(ways, length):
    source, target = ways
    for name in ("a", "b"):
        (source / name).write_bytes(b"x" * 20_000)
    sink = io.BytesIO()
    pack(str(source), sink, 1 << 20)
    unpack_new(io.BytesIO(sink.getvalue()[:length]), target)
    assert names(target) == (["a"] if length > 21_000 else [])
    assert all(path.stat().st_size == 20_000 for path in target.iterdir())


def test_a_compressed_tar_is_not_unpacked(ways):
    """A megabyte of it could hold a gigabyte."""
    source, target = ways
    (source / "a").write_bytes(b"a")
    sink = io.BytesIO()
    pack(str(source), sink, 1 << 20)
    assert unpack_new(io.BytesIO(gzip.compress(sink.getvalue())), target) == []
