"""grader study, from two files to four; the same again is the same bytes."""

import csv
import json
import subprocess
import sys

import pytest

from grader.cli import main
from grader.extras import install
from grader.study.writing import FILES


@pytest.fixture
def study(tiny_model, treebank, tmp_path, capsys):
    """study(*options) -> exit code, stdout, stderr, the folder of the files."""

    def study(*options):
        out = tmp_path / "out"
        paths = ["--select", str(treebank), "--report", str(treebank), "--out", str(out)]
        code = main(["study", *paths, "--model", tiny_model.name, "--least", "2", *options])
        return code, *capsys.readouterr(), out

    return study


def test_four_files_are_written_and_named(study):
    code, out, err, folder = study()
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert "Of 2 relations the best head beats the fixed offset in" in out
    assert str(folder / "study.csv") in out
    assert "6/6" in err
    assert "s left" in err


def test_the_files_say_the_same(study):
    *_, folder = study()
    data = json.loads((folder / "study.json").read_text())
    table = list(csv.DictReader((folder / "study.csv").open()))
    assert [row["relation"] for row in table] == ["all", "advmod", "nsubj"]
    assert [{k: str(v) for k, v in row.items()} for row in data["rows"]] == table
    page = (folder / "study.md").read_text()
    for row in data["rows"]:
        assert (
            f"| {row['relation']} | {row['query']} | {row['head']} | {row['accuracy']:.3f}" in page
        )


def test_what_was_studied_stands_in_it(study, tiny_model):
    _, out, _, _ = study("--json")
    data = json.loads(out)
    assert data["sha256"] == tiny_model.sha256
    assert data["select"]["file"] == "small.conllu"
    assert data["select"] | {"sha256": ""} == {
        "file": "small.conllu",
        "sha256": "",
        "sentences": 3,
        "arcs": 7,
        "too_long": 0,
        "dropped": 0,
    }
    assert len(data["files"]) == 4


def test_the_same_study_is_the_same_bytes(study):
    *_, folder = study()
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    study()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_a_missing_treebank_ends_with_a_sentence_and_two(tiny_model, tmp_path, capsys):
    nowhere = str(tmp_path / "no.conllu")
    arguments = ["--select", nowhere, "--report", nowhere, "--model", tiny_model.name]
    assert main(["study", *arguments]) == 2
    assert "no.conllu cannot be read (No such file or directory)" in capsys.readouterr().err


def test_without_conllu_the_repair_is_named():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['conllu'] = None; import grader.study"],
        capture_output=True,
        text=True,
    )
    assert f"run: {install('study')}" in done.stderr


def test_the_other_commands_do_not_need_it():
    code = "import sys, grader.cli; sys.exit('conllu' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
