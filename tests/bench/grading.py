"""`make bench`: the telescope class graded by us and by stock nbgrader, alternating, in one run.

Ours: `grader autograde`, warm and confined, with N workers. Stock: `nbgrader autograde` with its
own loop and cold kernels, and the judge as one more step (see ``stock``). Everything from the start
of the command to its end counts. Writes build/bench/grading.json and grading.md.
"""

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.measure import Cost, run

from grader.course.folder import Course, init_course
from grader.course.gradebook import open_gradebook
from grader.course.release import release
from grader.course.sample import fill_in
from grader.questions import load_exercise
from grader.questions.samples import read_samples

ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "build" / "bench"
SLUG = "telescope"
STOCK_CONFIG = """\
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from bench.stock import configure
configure(get_config(), Path(__file__).parent)
"""


def main() -> int:
    """Measure, compare, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--submissions", type=int, default=40, help="of the smaller class")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    shutil.rmtree(OUT / "courses", ignore_errors=True)
    (OUT / "courses").mkdir(parents=True)
    sizes = (arguments.submissions, 2 * arguments.submissions)
    costs: dict[tuple[str, int], Cost] = {}
    differ = 0
    for size in sizes:
        courses = {who: make_course(who, size) for who in ("ours", "stock")}
        for who, course in courses.items():
            log = OUT / f"{who}-{size}.log"
            costs[who, size] = run(command(who, arguments.workers), course.path, log)
            print(f"{who:6} {size:4} submissions: {costs[who, size]}", flush=True)
        differ += compare(*(rows(course) for course in courses.values()))
    report = summary(costs, sizes, arguments.workers, differ)
    (OUT / "grading.json").write_text(json.dumps(report, indent=2) + "\n")
    (OUT / "grading.md").write_text(table(report))
    print(table(report))
    return 0 if differ == 0 else 1


def command(who: str, workers: int) -> list[str]:
    """Return the command that grades a class."""
    if who == "ours":
        return ["grader", "autograde", SLUG, "--workers", str(workers)]
    return ["nbgrader", "autograde", SLUG]


def make_course(who: str, size: int) -> Course:
    """Make a course whose class hands in the sample answers in turn.

    The answers that kill their kernel are left out: stock nbgrader drops such a submission.
    """
    folder = OUT / "courses" / f"{who}-{size}"
    course, _ = init_course(folder, exercises=ROOT / "exercises", course_id="bench")
    release(course, SLUG)
    released = json.loads((course.folder("release", SLUG) / f"{SLUG}.ipynb").read_text())
    exercise = course.exercise(SLUG)
    samples = [s for s in read_samples(exercise, load_exercise(exercise)) if not s.kernel]
    for number in range(size):
        student = f"s{number:03}"
        notebook = fill_in(released, samples[number % len(samples)], student)
        target = course.folder("submitted", SLUG, student) / f"{SLUG}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(notebook))
    if who == "stock":
        config = STOCK_CONFIG.format(tests=str(ROOT / "tests"))
        (folder / "nbgrader_config.py").write_text(config)
    return course


def rows(course: Course) -> dict[tuple[str, str], tuple]:
    """Return what the gradebook says: (student, cell) -> (points, maximum, left to a person)."""
    found = {}
    with open_gradebook(course) as gradebook:
        for submission in gradebook.assignment_submissions(SLUG):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    key = (submission.student.id, grade.cell.name)
                    found[key] = (grade.auto_score, grade.max_score, grade.needs_manual_grade)
    return found


def compare(ours: dict, stock: dict) -> int:
    """Return how many rows differ, and print each."""
    differ = 0
    for key in sorted(ours.keys() | stock.keys()):
        if ours.get(key) != stock.get(key):
            differ += 1
            print(f"differs: {key}: ours {ours.get(key)}, stock {stock.get(key)}")
    if not ours:
        raise RuntimeError("no row was graded")
    return differ


def summary(costs, sizes, workers: int, differ: int) -> dict:
    """Return the ratios, with everything that they were worked out from."""
    small, large = sizes
    marginal = {
        who: (costs[who, large].cpu - costs[who, small].cpu) / (large - small)
        for who in ("ours", "stock")
    }
    return {
        "submissions": small,
        "workers": workers,
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "throughput_ratio": round(costs["stock", small].wall / costs["ours", small].wall, 2),
        "cpu_ratio": round(costs["stock", small].cpu / costs["ours", small].cpu, 2),
        "marginal_cpu_ratio": round(marginal["stock"] / marginal["ours"], 2),
        "marginal_cpu_seconds": {who: round(value, 3) for who, value in marginal.items()},
        "rows_differ": differ,
        "runs": [
            {"who": who, "submissions": size, "wall": round(c.wall, 2), "cpu": round(c.cpu, 2)}
            for (who, size), c in costs.items()
        ],
    }


def table(report: dict) -> str:
    """Return the report as Markdown."""
    lines = [
        f"{report['workers']} workers, {report['machine']}; seconds, start-up included",
        "",
        "| who | submissions | wall | CPU |",
        "|---|---|---|---|",
    ]
    for ran in report["runs"]:
        lines.append(f"| {ran['who']} | {ran['submissions']} | {ran['wall']} | {ran['cpu']} |")
    lines += [
        "",
        f"throughput x {report['throughput_ratio']}, CPU / {report['cpu_ratio']}, "
        f"marginal CPU / {report['marginal_cpu_ratio']} "
        f"({report['marginal_cpu_seconds']['ours']} s a submission against "
        f"{report['marginal_cpu_seconds']['stock']} s), rows that differ: {report['rows_differ']}",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
