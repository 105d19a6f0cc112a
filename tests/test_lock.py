"""`make lock` writes what pip resolves, and leaves alone what is changed by hand."""

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def lock(tmp_path, monkeypatch):
    """The script, with pins of the test's own and a pip that answers from a table."""
    path = Path(__file__).parents[1] / ".ci" / "lock.py"
    spec = importlib.util.spec_from_file_location("lock", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.PINS = tmp_path / "constraints.txt"
    module.PINS.write_text("torch==2.0\njieba==0.42\nMy_Own.package==1\ngone==3\n")
    asked = []

    def pip(command, **_):
        asked.append(command)
        found = {"my-own-package": "2", "newcomer": "5"}
        told = [{"metadata": {"name": n, "version": v}} for n, v in found.items()]
        return subprocess.CompletedProcess(command, 0, json.dumps({"install": told}))

    monkeypatch.setattr(module.subprocess, "run", pip)
    module.main()
    return module, asked[0]


def test_a_package_keeps_its_spelling_and_what_is_no_longer_needed_goes(lock):
    lines = lock[0].PINS.read_text().splitlines()
    assert lines[1:] == ["My_Own.package==2", "jieba==0.42", "newcomer==5", "torch==2.0"]


def test_it_asks_for_all_extras_on_the_oldest_python_and_for_torch_as_it_is(lock):
    asked = lock[1]
    assert "torch==2.0" in asked
    assert not [one for one in asked if one.startswith(("torch>", "jieba"))]
    assert {"nbgrader==0.9.6", "mkdocs-material==9.8.1"} <= set(asked)
    assert asked[asked.index("--python-version") + 1] == "3.11.0"
