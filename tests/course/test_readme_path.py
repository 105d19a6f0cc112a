"""The README's commands for an instructor, as they are written, from an empty folder."""

import json
import re
import shlex
from contextlib import nullcontext
from pathlib import Path

import pytest

from grader.cli import main
from support.courses import RIGHT, NoModel, filled, in_process, released, write_exercise
from support.handed_out import canvas_name, moodle_name, zip_of

ROOT = Path(__file__).parent.parent.parent
IDS = {"张三": "2026001", "Ann Lee": "2026002", "谢伟": "2026003"}


def commands(readme: str) -> list[list[str]]:
    """Return the lines of the block that begins a course, with the small exercise's name."""
    text = (ROOT / readme).read_text("utf-8")
    block = re.search(r"```sh\n\s*(grader init .*?)```", text, re.DOTALL)[1]
    lines = [line.split("#")[0].strip() for line in block.splitlines()]
    return [shlex.split(line.replace("telescope", "mini")) for line in lines if line]


def moodle(notebooks):
    return {moodle_name(n, 70 + i, "mini.ipynb"): d for i, (n, d) in enumerate(notebooks.items())}


def canvas(notebooks):
    return {
        canvas_name(n, 100 + i, 900 + i, "mini.ipynb"): d
        for i, (n, d) in enumerate(notebooks.items())
    }


def plain(notebooks):
    return {f"{IDS[name]}/mini.ipynb": data for name, data in notebooks.items()}


WAYS = {
    "moodle": (moodle, "utf-8", ["Ann Lee", "张三", "谢伟"]),
    "moodle in GBK": (moodle, "gbk", ["Ann Lee", "张三", "谢伟"]),
    "canvas": (canvas, "utf-8", ["100", "101", "102"]),
    "plain folders": (plain, "utf-8", ["2026001", "2026002", "2026003"]),
}


def test_both_readmes_give_the_same_commands():
    assert commands("README.md") == commands("README.zh.md")


LONG = [pytest.param(way, marks=pytest.mark.long) for way in ("moodle in GBK", "canvas")]


@pytest.mark.parametrize("way", ["moodle", "plain folders", *LONG])
def test_the_readmes_commands_work_as_they_are_written(way, tmp_path, monkeypatch, capsys):
    """Kernels are left out: the cells are the test's own, and run in this process."""
    names, encoding, students = WAYS[way]
    write_exercise(tmp_path)
    monkeypatch.chdir(tmp_path)
    without_kernels(monkeypatch)
    ran = []
    for program, *words in commands("README.md"):
        ran.append(words[0])
        if program == "cd":
            monkeypatch.chdir(words[0])
            continue
        assert program == "grader"
        if words[0] == "collect":
            notebook = open_released()
            handed = {n: json.dumps(filled(notebook, RIGHT, IDS[n])).encode() for n in IDS}
            Path(words[1]).write_bytes(zip_of(names(handed), encoding))
        assert main(words) == 0, capsys.readouterr().err
    assert ran == ["init", "my-course", "release", "collect", "autograde"]
    out, err = capsys.readouterr()
    for student in students:
        line = next(one for one in out.splitlines() if one.startswith(student))
        assert "another variant" not in line
    assert ("roster.csv held no class list" in err) == (way != "plain folders")


def open_released():
    from grader.course.course import open_course

    return released(open_course(Path.cwd()))


def without_kernels(monkeypatch):
    from grader.grading import batch, kernels
    from grader.grading.run import sandbox

    settings = batch.Settings

    def ours(**chosen):
        chosen = {n: v for n, v in chosen.items() if n not in ("provisioner", "begun", "cluster")}
        return settings(**chosen | {"workers": 1, "run": in_process, "load_model": NoModel})

    monkeypatch.setattr(batch, "Settings", ours)
    monkeypatch.setattr(sandbox, "choose_kernels", lambda *_, **__: kernels.CONFINED)
    monkeypatch.setattr(sandbox, "begin_kernels", lambda *_, **__: nullcontext())
