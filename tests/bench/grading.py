"""`make bench`: one class graded by us, by stock nbgrader and by otter-grader, in one run.

Everything from the start of a command to its end counts. Parts, of which all run unless some are
named (`make bench PARTS="ratio workers"`):

ratio     ours (`grader autograde`, 2 workers) beside stock (`nbgrader autograde`: its own loop,
          cold kernels, the judge as one more step) with 40 and 80 submissions, alternating: ours
          three times each before, between and after stock's runs, each of which takes minutes;
          what 40 more cost is the marginal cost, the rest of 40's the start
kernels   ours with a confined kernel for each notebook, the engine switched off
workers   ours with 1 and 4 workers
parallel  stock as so many processes as there are cores, each with its part of the class
otter     `otter run` on 5 submissions
pieces    what a fork, a capture, a picture and an empty notebook take by themselves (`pieces.py`)

Writes build/bench/grading.json and grading.md.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import otter
from bench.classes import OUT, SLUG, compare, make_class, rows
from bench.measure import Cost, run
from bench.report import summary, table

from grader.grading.run.engine_client import SWITCH

PARTS = ("ratio", "kernels", "workers", "parallel", "otter", "pieces")
ROUNDS = 3
"""Of ours in a row: a run takes seconds, in which the machine can be a fifth slower or faster."""
OTTER_SUBMISSIONS = 5
MOST_PARTS = 10
"""Of a class, for stock nbgrader as several processes: by the last digit of the student's id."""


@dataclass(frozen=True)
class Ran:
    """One run: who graded how many, with how many workers, at what cost."""

    who: str
    submissions: int
    workers: int
    cost: Cost

    def to_json(self) -> dict:
        """Return it as plain data."""
        costs = {name: round(value, 2) for name, value in asdict(self.cost).items()}
        costs["memory"] = round(self.cost.memory / 2**20)
        return {"who": self.who, "submissions": self.submissions, "workers": self.workers, **costs}


class Bench:
    """The runs so far, and the rows that each left in its gradebook."""

    def __init__(self) -> None:
        shutil.rmtree(OUT / "courses", ignore_errors=True)
        (OUT / "courses").mkdir(parents=True)
        self.runs: list[Ran] = []
        self.rows: dict[int, dict] = {}
        self.differ = 0
        self.notes: list[str] = []
        self.pieces: dict[str, float] = {}

    def ours(self, size: int, workers: int, *, engine: bool = True) -> None:
        """Grade a class by our command."""
        who = "ours" if engine else "ours, kernels alone"
        environment = {SWITCH: "on" if engine else "off"}
        command = ["grader", "autograde", SLUG, "--workers", str(workers)]
        self._grade(who, size, workers, [command], environment)

    def stock(self, size: int, processes: int = 1) -> None:
        """Grade a class by nbgrader's command, or by several at once."""
        command = ["nbgrader", "autograde", SLUG]
        commands = [command]
        if processes > 1:
            ends = [[str(d) for d in range(10) if d % processes == p] for p in range(processes)]
            commands = [[*command, f"--student=*[{''.join(digits)}]"] for digits in ends]
        self._grade("stock", size, processes, commands, {})

    def take_apart(self) -> None:
        """Measure the pieces, in a process of their own: it is joined to large pages."""
        command = [sys.executable, str(Path(__file__).with_name("pieces.py"))]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        self.pieces = json.loads(done.stdout)

    def otter(self) -> None:
        """Grade a few submissions by otter-grader, one after the other."""
        try:
            program = otter.install()
        except RuntimeError as error:
            self.notes.append(str(error))
            return
        course = make_class("otter", OTTER_SUBMISSIONS)
        zipped = otter.autograder(program, course)
        costs = [
            run(
                otter.commands(program, zipped, course, f"s{number:04}"),
                otter.FOLDER,
                OUT / f"otter-{number}.log",
            )
            for number in range(OTTER_SUBMISSIONS)
        ]
        total = Cost(
            sum(cost.wall for cost in costs),
            sum(cost.cpu for cost in costs),
            max(cost.memory for cost in costs),
        )
        self._note(Ran("otter", OTTER_SUBMISSIONS, 1, total))

    def _grade(self, who: str, size: int, workers: int, commands: list, environment: dict) -> None:
        name = f"{who.replace(', ', '-').replace(' ', '-')}-{size}-{workers}-{len(self.runs)}"
        course = make_class(name, size, stock=who == "stock")
        cost = run(commands, course.path, OUT / f"{name}.log", environment)
        self._note(Ran(who, size, workers, cost))
        found = rows(course)
        self.differ += compare(found, self.rows.setdefault(size, found))

    def _note(self, ran: Ran) -> None:
        self.runs.append(ran)
        print(json.dumps(ran.to_json()), flush=True)


def main() -> int:
    """Measure, compare, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--submissions", type=int, default=40, help="of the smaller class")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parts", nargs="*", default=PARTS, choices=PARTS)
    arguments = parser.parse_args()
    size, workers = arguments.submissions, arguments.workers
    bench = Bench()
    if "ratio" in arguments.parts:
        for of_stock in (size, 2 * size, None):
            for count in (size, 2 * size) * ROUNDS:
                bench.ours(count, workers)
            if of_stock:
                bench.stock(of_stock)
    if "kernels" in arguments.parts:
        for count in (size, 2 * size):
            bench.ours(count, workers, engine=False)
    if "workers" in arguments.parts:
        for other in {1, 2, 4} - {workers if "ratio" in arguments.parts else 0}:
            bench.ours(size, other)
    if "parallel" in arguments.parts:
        bench.stock(size, min(os.cpu_count() or 1, MOST_PARTS))
    if "otter" in arguments.parts:
        bench.otter()
    if "pieces" in arguments.parts:
        bench.take_apart()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, "
    machine += f"Python {platform.python_version()}"
    report = {
        "machine": machine,
        "load_before": round(LOAD, 2),
        "rows_differ": bench.differ,
        "notes": bench.notes,
        "pieces": bench.pieces,
        "runs": [ran.to_json() for ran in bench.runs],
    }
    report |= summary(report["runs"], size, workers)
    (OUT / "grading.json").write_text(json.dumps(report, indent=2) + "\n")
    (OUT / "grading.md").write_text(table(report))
    print(table(report))
    return 0 if bench.differ == 0 else 1


LOAD = os.getloadavg()[0]

if __name__ == "__main__":
    sys.exit(main())
