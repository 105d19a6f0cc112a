import json
import os

import pytest

from grader.grading.intake.notebook_file import (
    NotANotebook,
    is_plain_folder,
    other_files,
    parse_notebook,
    read_file,
)
from grader.grading.limits import Limits

CELL = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "id": "a"}


def notebook(**changes):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]} | changes


def parsed(found):
    return parse_notebook(json.dumps(found).encode())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"cells": [', "not_json"),
        (b"", "not_json"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b"[]", "no_cells"),
        (b"{}", "no_cells"),
        (json.dumps(notebook(nbformat=2)).encode(), "nbformat"),
        (json.dumps(notebook(nbformat=3)).encode(), "no_cells"),
        (json.dumps(notebook(nbformat=3, worksheets=[{"cells": 1}])).encode(), "no_cells"),
        (b"\xff\xfe" + "[".encode("utf-16-le") * 100_000, "too_deep"),
        ('["\u4f60"'.encode("gb18030"), "not_utf8"),
        (json.dumps(notebook(nbformat=True)).encode(), "no_cells"),
        (json.dumps(notebook(cells={})).encode(), "no_cells"),
        (json.dumps(notebook(cells=[1])).encode(), "no_cells"),
        (json.dumps(notebook(cells=[CELL | {"source": {}}])).encode(), "no_cells"),
        (json.dumps(notebook(cells=[CELL] * 2001)).encode(), "too_many_cells"),
        (
            json.dumps(notebook(cells=[CELL | {"source": "x" * (1 << 20)}] * 3)).encode(),
            "too_much_text",
        ),
        (
            json.dumps(notebook(cells=[CELL | {"source": "\u2028" * 50_001}])).encode(),
            "too_much_text",
        ),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data, reason):
    with pytest.raises(NotANotebook) as refused:
        parse_notebook(data)
    assert refused.value.reason == reason


def test_a_notebook_is_rebuilt_without_outputs_tags_and_other_metadata():
    hostile = CELL | {
        "metadata": {"tags": ["skip-execution"], "nbgrader": {"grade_id": "q", "points": 300}},
        "outputs": [{"output_type": "display_data", "data": {"text/html": "<script>"}}],
    }
    (cell,) = parsed(notebook(cells=[hostile], metadata={"widgets": {"x": 1}}))["cells"]
    assert cell == {"cell_type": "code", "source": "1", "claims": ["q", "a"], "skip": True}


def test_lone_surrogates_do_not_reach_the_writer():
    (cell,) = parsed(notebook(cells=[CELL | {"source": "x = '\ud800'"}]))["cells"]
    assert cell["source"] == "x = '?'"


def test_metadata_of_the_wrong_type_are_no_claim():
    for metadata in (None, [], {"nbgrader": 3}, {"nbgrader": {"grade_id": ["q"]}}):
        (cell,) = parsed(notebook(cells=[CELL | {"metadata": metadata}]))["cells"]
        assert cell["claims"] == ["a"]


def test_a_cell_of_a_type_that_is_unknown_is_kept_as_text_and_its_type_told():
    for kind, told in (("sql", "sql"), (None, "?"), ("<script>", "?"), (["code"], "?")):
        (cell,) = parsed(notebook(cells=[CELL | {"cell_type": kind}]))["cells"]
        assert (cell["cell_type"], cell["foreign"]) == ("raw", told)


def test_headings_and_inputs_of_version_3_become_cells_of_version_4():
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Title"]},
        {"cell_type": "code", "input": ["x = 1"], "language": "python"},
    ]
    old = {"nbformat": 3, "worksheets": [{"cells": cells[:1]}, {"cells": cells[1:]}]}
    found = [(cell["cell_type"], cell["source"]) for cell in parsed(old)["cells"]]
    assert found == [("markdown", "Title"), ("code", "x = 1")]


def test_a_source_in_lines_is_joined():
    (cell,) = parsed(notebook(cells=[CELL | {"source": ["a\n", "b"]}]))["cells"]
    assert cell["source"] == "a\nb"


def test_a_file_of_250_mb_is_refused_unread(tmp_path):
    path = tmp_path / "n.ipynb"
    with path.open("wb") as file:
        file.truncate(250_000_000)
    with pytest.raises(NotANotebook, match="too_large"):
        read_file(path, Limits().notebook_file)


@pytest.mark.parametrize("kind", ["symlink", "pipe", "folder", "nothing", "device"])
def test_only_a_regular_file_is_read(tmp_path, kind):
    path = tmp_path / "n.ipynb"
    if kind == "symlink":
        (tmp_path / "secret").write_text("{}")
        path.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    with pytest.raises(NotANotebook, match="not_a_file"):
        read_file(path, 100)


def test_a_folder_behind_a_symlink_is_not_plain(tmp_path):
    (tmp_path / "submitted" / "eve").mkdir(parents=True)
    (tmp_path / "else" / "mini").mkdir(parents=True)
    (tmp_path / "submitted" / "eve" / "mini").symlink_to(tmp_path / "else" / "mini")
    assert is_plain_folder(tmp_path / "submitted" / "eve", tmp_path / "submitted")
    assert not is_plain_folder(tmp_path / "submitted" / "eve" / "mini", tmp_path / "submitted")


def test_files_beside_the_notebook_come_along_within_limits(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1")
    (tmp_path / "b.bin").write_bytes(b"x" * 50)
    (tmp_path / "big.bin").write_bytes(b"x" * 500)
    (tmp_path / "other.ipynb").write_text("{}")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / os.fsdecode(b"no\xfftext")).write_text("x")
    files, left_out = other_files(tmp_path, Limits(other_files=100))
    assert files == {"b.bin": b"x" * 50, "data/a.csv": b"1"}
    assert left_out == ["big.bin", "link", os.fsdecode(b"no\xfftext")]
