"""A thousand submissions: nothing that grades them grows, and what twenty thousand would take.

By hand (`make soak`). SEEING_ATTENTION_SOAK sets another number of submissions. Figures go to
build/bench/soak.json.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from bench.classes import OUT, SLUG, make_class
from bench.measure import descendants
from bench.simulate import coordinators_limit, makespan

from grader.grading.kernels.zygote import SOCKET_VARIABLE
from grader.grading.store.record import read_record

SUBMISSIONS = int(os.environ.get("SEEING_ATTENTION_SOAK", "1000"))
LARGE = 20_000
LOOK_EVERY_SECONDS = 5
MOST_GROWTH = 0.05
"""MiB a submission."""
ZYGOTE = b"grader.grading.kernels.serve"


@pytest.mark.soak
def test_a_thousand_submissions_leave_no_process_larger(wall, monkeypatch):
    monkeypatch.delenv(SOCKET_VARIABLE, raising=False)  # the batch's own warm process is watched
    shutil.rmtree(OUT / "courses" / "soak", ignore_errors=True)
    course = make_class("soak", SUBMISSIONS)
    command = ["grader", "autograde", SLUG, "--workers", "2"]
    log = (OUT / "soak.log").open("w")
    started = time.monotonic()
    cpu = 0.0
    seen: dict[str, list[tuple[int, float]]] = {}
    with log, subprocess.Popen(command, cwd=course.path, stdout=log, stderr=log) as running:
        while running.poll() is None:
            done = len(list(course.path.glob(f"autograded/*/{SLUG}/{SLUG}.ipynb")))
            for name, pid in watched(running.pid).items():
                seen.setdefault(name, []).append((done, anonymous_mib(pid)))
            cpu = coordinator_seconds(running.pid) or cpu
            time.sleep(LOOK_EVERY_SECONDS)
    wall_seconds = time.monotonic() - started
    assert running.returncode in (0, 1)
    entries = read_record(course, SLUG)
    assert len(entries) == SUBMISSIONS
    took = [entry.seconds for entry in entries.values()]
    growth = {name: slope(points) for name, points in seen.items()}
    each = cpu / SUBMISSIONS
    start = max(0.0, wall_seconds - sum(took) / 2)
    report = {
        "submissions": SUBMISSIONS,
        "wall": round(wall_seconds, 1),
        "mib_a_submission": growth,
        "coordinator_cpu_each": round(each, 4),
        "notebook_seconds_each": round(sum(took) / len(took), 3),
        "coordinator_is_the_limit_from_workers": round(coordinators_limit(took, each), 1),
        "hours_of_20000": {
            workers: round(
                makespan(took, each, submissions=LARGE, workers=workers, start=start) / 3600, 2
            )
            for workers in (1, 2, 4, 8, 16, 32, 64)
        },
    }
    (OUT / "soak.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    assert {"coordinator", "zygote"} <= growth.keys()
    assert max(growth.values()) < MOST_GROWTH


def watched(coordinator: int) -> dict[str, int]:
    """Return the processes that live as long as the batch, by name."""
    found = {"coordinator": coordinator}
    for pid in descendants(coordinator):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if ZYGOTE in words and parent == coordinator:
            found["zygote"] = pid
    if "zygote" in found:
        try:
            children = Path(f"/proc/{found['zygote']}/task/{found['zygote']}/children").read_text()
        except OSError:
            children = ""
        if children.split():
            found["parent of engines"] = int(children.split()[0])
    return found


def anonymous_mib(pid: int) -> float:
    """Return a process's own memory in MiB."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def coordinator_seconds(pid: int) -> float:
    """Return the processor time of a process itself; 0 if it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def slope(points: list[tuple[int, float]]) -> float:
    """Return the growth in MiB a submission over the last three quarters of a run."""
    most = max(done for done, _ in points)
    kept = [(done, size) for done, size in points if done >= most / 4 and size]
    if len({done for done, _ in kept}) < 2:
        return 0.0
    return round(float(np.polyfit(*zip(*kept, strict=True), 1)[0]), 4)
