"""A disk that is full: one sentence, exit code 2, and nothing half-written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.courses import RIGHT, filled, hand_in, make_course, released
from support.handed_out import moodle_name, zip_of

SCRIPT = """
import os, subprocess, sys
from pathlib import Path
disk, course = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=True)
subprocess.run(["cp", "-r", *course.parent.iterdir(), disk], check=True)
with open(disk / "filler", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
def files():
    return {p: p.read_bytes() for p in disk.rglob("*") if p.is_file() and p.suffix != ".db"}
before = files()
if sys.argv[3] == "autograde":
    from grader.commands import autograde as command
    from grader.grading.batch import Settings, autograde
    from support.courses import NoModel, in_process
    command._autograde = lambda a: autograde(
        command.course(a), a.slug, Settings(run=in_process, load_model=NoModel, force=True)) and 0
    from grader.cli import COMMANDS
    from dataclasses import replace
    COMMANDS["autograde"] = replace(COMMANDS["autograde"], run=command._autograde)
from grader.cli import main
code = main([*sys.argv[3:], "--course", str(disk / "course")])
changed = {str(p.relative_to(disk)) for p, data in files().items() if before.get(p) != data}
(Path(sys.argv[2]).parent.parent / "changed").write_text("\\n".join(sorted(changed)))
sys.exit(code)
"""


def namespaces() -> bool:
    unshare = shutil.which("unshare")
    return (
        bool(unshare)
        and not subprocess.run(
            [unshare, "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True
        ).returncode
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    from grader.grading.batch import Settings, autograde
    from support.courses import NoModel, in_process

    root = tmp_path_factory.mktemp("full")
    course = make_course(root / "all")
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    data = json.dumps(filled(released(course), RIGHT)).encode()
    names = [moodle_name(f"Bob {n}", n, "mini.ipynb") for n in range(20)]
    (root / "all" / "all.zip").write_bytes(zip_of(dict.fromkeys(names, data)))
    (root / "disk").mkdir()
    return root


COMMANDS = (
    "collect {disk}/all.zip",
    "export --to csv",
    "written mini --out {disk}/essays.csv",
    "feedback mini",
    "report mini",
    "autograde mini",
    "init {disk}/new --exercises {disk}/exercises",
)


@pytest.mark.parametrize(
    "command", [*COMMANDS[:2], *(pytest.param(one, marks=pytest.mark.long) for one in COMMANDS[2:])]
)
def test_a_full_disk_ends_in_one_sentence_and_nothing_is_half_written(graded, command):
    if not namespaces():
        pytest.skip("a small disk needs user namespaces (sysctl kernel.unprivileged_userns_clone)")
    words = command.format(disk=graded / "disk").split()
    places = (graded / "disk", graded / "all" / "course")
    here = Path(__file__).parent.parent
    ran = subprocess.run(
        [*("unshare", "-Urm", sys.executable, "-c", SCRIPT), *places, *words],
        capture_output=True,
        text=True,
        cwd=here.parent,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": f"{here}:{here.parent}"},
    )
    assert "Traceback" not in ran.stderr
    said = ran.stderr.strip().splitlines()[-1]
    assert (ran.returncode, said[-5:]) == (2, "gain."), ran.stderr
    assert "make room" in said
    assert (graded / "changed").read_text() == ""
