"""`make bench-worst`: one notebook at its worst, beside an honest one.

Every attack, forgery, fault and burden of tests/attacks and tests/faults is handed in by one
student; an honest student hands in beside it. Both are graded in one batch with two workers, the
pages are written, and what that costs is set against a batch of two honest students:

wall       seconds of the batch beyond the honest one's, over the notebook's own limit
worker     the most memory that a worker held at once (MiB), beyond the honest batch's
coordinator  the same of the process that grades
disk       bytes (MiB) and inodes in the temporary folder and the course, at most at once
feedback   CPU seconds of `grader feedback`, beyond the honest batch's
neighbour  points of the honest student, and how many times as long the notebook took

Exit 1 where a bound is passed three times in a row, the second and third time against an honest
batch of that moment: the machine may be busy with other things.
Writes build/bench/worst.json. By hand: ``python tests/bench/worst.py --only WORD`` for some.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from attacks.catalogue.burdening import BURDENS
from attacks.catalogue.escaping import ESCAPING
from attacks.catalogue.exhausting import EXHAUSTING
from attacks.catalogue.forging import FORGERIES
from attacks.catalogue.reaching import REACHING
from attacks.catalogue.reading import READING
from attacks.catalogue.surviving import SURVIVING
from attacks.catalogue.writing import WRITING
from attacks.world import World
from bench.measure import descendants
from faults.catalogue import ANSWERS, FAULTS

from grader.course.course import Course, open_course
from grader.grading.limits import Limits
from support.courses import RIGHT, NoModel, filled, hand_in, make_course, released

MIB = 1 << 20
LIMITS = Limits(cell_seconds=5, notebook_seconds=20)
BOUNDS = {
    "wall": 10.0,
    "worker": 150.0,
    "coordinator": 150.0,
    "disk": 64.0,
    "inodes": 2000,
    "feedback": 5.0,
    "slower": 1.5,
}
HONEST_RUNS, TRIES = 3, 3
OUT = Path(__file__).parent.parent.parent / "build" / "bench" / "worst.json"


@dataclass(frozen=True)
class Hostile:
    """A submission that does harm: what is done to an honest notebook, and what lies beside it."""

    name: str
    code: str = ""
    edit: Callable[[dict], None] | None = None
    files: Callable[[], dict[str, bytes]] = dict
    raw: Callable[[], bytes] | None = None

    def hand_in(self, course: Course, notebook: dict) -> None:
        mine = filled(notebook, RIGHT | ({"pick": self.code} if self.code else {}), "eve")
        if self.edit:
            self.edit(mine)
        folder = hand_in(course, "eve", self.raw() if self.raw else mine).parent
        for name, data in self.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


def corpus(world: World) -> list[Hostile]:
    """Return all that is tried, each under a name of its own."""
    attacks = [*READING, *WRITING, *REACHING, *SURVIVING, *EXHAUSTING, *ESCAPING]
    found = [Hostile(f"burden: {b.tries}", b.source, b.edit, b.files, b.raw) for b in BURDENS]
    found += [Hostile(f"attack: {a.name}", a.source(world.names)) for a in attacks]
    for forgery in FORGERIES:
        files = {name: text.encode() for name, text in forgery.files.items()}
        found.append(Hostile(f"forgery: {forgery.tries}", forgery.source, forgery.edit, files.copy))
    found += [Hostile(f"fault: {fault.name}", fault.source) for fault in (*FAULTS, *ANSWERS)]
    return found


class Watch:
    """Looks at what a process and its children hold, and at what lies in some folders."""

    def __init__(self, pid: int, folders: list[Path]):
        self.pid, self.folders = pid, folders
        self.coordinator = self.worker = self.disk = self.inodes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._before = stored(self.folders)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        looks = 0
        while not self._over.wait(0.05):
            self.coordinator = max(self.coordinator, most_held(self.pid))
            for child in descendants(self.pid):
                self.worker = max(self.worker, most_held(child))
            looks += 1
            if looks % 10 == 0:
                size, number = stored(self.folders)
                self.disk = max(self.disk, size - self._before[0])
                self.inodes = max(self.inodes, number - self._before[1])


def most_held(pid: int) -> int:
    """Return the most bytes that a process has held at once so far."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def stored(folders: list[Path]) -> tuple[int, int]:
    """Return the bytes on disk and the inodes below some folders."""
    size = number = 0
    for folder in folders:
        for base, inner, names in os.walk(folder):
            number += len(inner) + len(names)
            for name in names:
                with contextlib.suppress(OSError):
                    size += (Path(base) / name).lstat().st_blocks * 512
    return size, number


def measured(hostile: Hostile | None, place: Path) -> dict:
    """Grade a batch of two in a process of its own and return what it cost."""
    folder = Path(tempfile.mkdtemp(prefix="w", dir=place))
    course = make_course(folder)
    notebook = released(course)
    hand_in(course, "zoe", filled(notebook, RIGHT, "zoe"))
    if hostile:
        hostile.hand_in(course, notebook)
    else:
        hand_in(course, "eve", filled(notebook, RIGHT, "eve"))
    env = os.environ | {"OMP_NUM_THREADS": "1", "TMPDIR": str(place)}
    command = [sys.executable, __file__, "--course", str(course.path)]
    started = time.monotonic()
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        with Watch(running.pid, [place]) as watch:
            said, _ = running.communicate()
    wall = time.monotonic() - started
    if running.returncode:
        raise RuntimeError((folder / "log").read_text()[-3000:])
    result = json.loads(said.splitlines()[-1])
    shutil.rmtree(folder, ignore_errors=True)
    return result | {
        "wall": wall - result["feedback"],
        "worker": watch.worker / MIB,
        "coordinator": watch.coordinator / MIB,
        "disk": watch.disk / MIB,
        "inodes": watch.inodes,
    }


def grade(path: Path) -> None:
    """Grade a course's batch and write its pages; print points, times and CPU as JSON."""
    from grader.grading.batch import Settings, autograde
    from grader.grading.kernels import CONFINED
    from grader.models import MINILM_SHA256
    from grader.reports.feedback import write_feedback

    class Unasked(NoModel):
        sha256 = MINILM_SHA256

    course = open_course(path)
    settings = Settings(workers=2, provisioner=CONFINED, limits=LIMITS, load_model=Unasked)
    batch = autograde(course, "mini", settings)
    before = cpu()
    write_feedback(course, "mini")
    zoe, eve = batch.entries["zoe"], batch.entries["eve"]
    points = sum(verdict["points"] or 0 for verdict in zoe.verdicts.values())
    told = {"points": points, "seconds": zoe.seconds, "feedback": cpu() - before}
    print(json.dumps(told | {"fault": eve.fault, "outcomes": sorted(set(eve.outcomes.values()))}))


def cpu() -> float:
    """Return the CPU seconds of this process and of those that it has waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def against(found: dict, honest: dict) -> dict:
    """Return what a batch cost beyond an honest one, in the terms of `BOUNDS`."""
    more = {name: found[name] - honest[name] for name in ("worker", "coordinator", "feedback")}
    return {
        **{name: round(value, 2) for name, value in more.items()},
        "wall": round(max(0.0, found["wall"] - honest["wall"] - LIMITS.notebook_seconds), 2),
        "disk": round(found["disk"], 1),
        "inodes": found["inodes"],
        "slower": round(found["seconds"] / honest["seconds"], 2),
        "points": found["points"],
        "fault": found["fault"],
        "outcomes": found["outcomes"],
    }


def passed(cost: dict, honest: dict) -> list[str]:
    """Return the bounds that a cost passes."""
    over = [name for name, bound in BOUNDS.items() if cost[name] > bound]
    return over + ["points"] * (cost["points"] < honest["points"]) + ["fault"] * bool(cost["fault"])


def main() -> int:
    """Measure all, print each and the worst of all."""
    from grader.grading.kernels.zygote import SOCKET_VARIABLE, warm

    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", default="", help="a word in the names of what is tried")
    parser.add_argument("--course", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.course:
        grade(arguments.course)
        return 0
    place = Path(tempfile.mkdtemp(prefix="sa"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(place)
    rows, failed = {}, {}
    with World() as world, warm() as zygote:
        os.environ[SOCKET_VARIABLE] = str(zygote.path)
        runs = [measured(None, place) for _ in range(HONEST_RUNS)]
        names = ("wall", "worker", "coordinator", "feedback", "seconds")
        honest = {name: median(run[name] for run in runs) for name in names}
        honest["points"] = runs[0]["points"]
        print(json.dumps({"honest": {k: round(v, 2) for k, v in honest.items()}}), flush=True)
        for hostile in corpus(world):
            if arguments.only not in hostile.name:
                continue
            beside = honest
            for _ in range(TRIES):
                cost = against(measured(hostile, place), beside)
                over = passed(cost, beside)
                if not over:
                    break
                beside = measured(None, place)
            rows[hostile.name] = cost
            if over:
                failed[hostile.name] = over
            print(json.dumps({"tried": hostile.name, **cost, "passed": over}), flush=True)
    shutil.rmtree(place, ignore_errors=True)
    worst = {name: max(row[name] for row in rows.values()) for name in BOUNDS}
    report = {"tried": len(rows), "honest": honest, "worst": worst, "passed": failed, "rows": rows}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps({"tried": len(rows), "worst": worst, "passed": failed}, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
