"""The grader's version changes with what decides a grade, and with nothing else."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.grading.version import (
    ROOTS,
    deciding_files,
    deciding_hash,
    grader_version,
    imported,
    read_package,
)

PACKAGE = Path(grader.__file__).parent

REACHED = """
import json, sys
for name in sys.argv[1:]:
    __import__(name)
print(json.dumps([m for m in sys.modules if m.split(".")[0] == "grader"]))
"""


@pytest.fixture(scope="module")
def files():
    return read_package(PACKAGE)


def module_of(path: str) -> str:
    parts = ["grader", *path.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_file_that_decides_changes_the_version_and_no_other_does(files):
    now, deciding = deciding_hash(files), set(deciding_files(files))
    for path, data in files.items():
        changed = deciding_hash(files | {path: data + b"\n# changed\n"}) != now
        assert changed == (path in deciding), path


def test_what_a_judge_a_kernel_and_a_check_cell_load_decides(files):
    ran = subprocess.run(
        [sys.executable, "-c", REACHED, *ROOTS], capture_output=True, check=True, text=True
    )
    deciding = {module_of(path) for path in deciding_files(files) if path.endswith(".py")}
    assert set(json.loads(ran.stdout)) <= deciding


@pytest.mark.parametrize(
    "path",
    [
        "network/bert.py",  # leaving out a word: the model answers
        "network/edits.py",
        "questions/kinds/head_claim.py",
        "questions/texts.toml",
        "heads.py",
        "grading/judge/judge.py",
        "grading/intake/restore.py",
        "grading/run/client.py",  # imported inside a function
        "grading/kernels/preload.py",
        "check.py",
        "__init__.py",
    ],
)
def test_what_a_grade_rests_on_decides(files, path):
    assert path in deciding_files(files)


@pytest.mark.parametrize(
    "path",
    [
        "reports/table.py",
        "ledger/ledger.py",
        "course/export.py",
        "course/collect.py",
        "grading/again/regrade.py",
        "grading/store/save.py",
        "commands/autograde.py",
        "study/study.py",
        "cli.py",
    ],
)
def test_what_only_tells_of_grades_decides_none(files, path):
    assert path in files
    assert path not in deciding_files(files)


def test_imports_are_seen_wherever_they_stand_and_nothing_else_is(files):
    for path, data in files.items():
        if not path.endswith(".py"):
            continue
        wanted = set()
        for node in ast.walk(ast.parse(data)):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                wanted |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        wanted = {name for name in wanted if name.split(".")[0] == "grader"}
        assert imported(data.decode()) == wanted, path


def test_the_version_names_the_release_and_a_hash():
    release, _, digest = grader_version().partition("+")
    assert release == grader.__version__
    assert len(digest) == 16
