"""What a student waits for: one `check(...)` in a warm notebook, and `grader check` of a file.

By hand: ``python tests/bench/student.py [EXERCISES]``. Prints wall and CPU seconds. Cells of sample
answers run in this process, in IPython's shell, each notebook twice; the second time is measured.
"""

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXERCISES = Path(__file__).parents[2] / "exercises"


def checks(slugs: list[str]) -> list[tuple[str, float, float]]:
    """Return (question, wall seconds, CPU seconds) of each check in a warm notebook."""
    from IPython.core.interactiveshell import InteractiveShell

    import grader.check
    from grader.course.release import released_bytes
    from grader.course.sample import fill_in
    from grader.questions import load_exercise
    from grader.questions.samples import read_samples

    InteractiveShell.instance()
    original, measured = grader.check.check, []

    def timed(question, answer):
        wall, cpu = time.perf_counter(), time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            original(question, answer)
        measured.append((question, time.perf_counter() - wall, time.process_time() - cpu))

    for slug in slugs:
        folder = EXERCISES / slug
        released = json.loads(released_bytes(folder, "en", "bench"))
        for sample in read_samples(folder, load_exercise(folder)):
            if sample.kernel or sample.name in ("cheat", "crash"):
                continue
            notebook = fill_in(released, sample, "")
            for warm in (False, True):
                before = len(measured)
                _run(notebook, timed)
                if not warm:
                    del measured[before:]
    return measured


def _run(notebook: dict, timed) -> None:
    scope = {"display": lambda *_: None}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            quiet = contextlib.redirect_stdout(io.StringIO())
            with contextlib.suppress(Exception, SystemExit), quiet:
                exec(compile(source, cell["id"], "exec"), scope)
            scope["check"] = timed


def files(slug: str, cache: Path | None) -> dict[str, tuple[float, float]]:
    """Return wall and CPU seconds of `grader check` and of nbgrader's validate on one file."""
    from grader.course.release import released_bytes
    from grader.course.sample import fill_in
    from grader.questions import load_exercise
    from grader.questions.samples import read_samples

    folder = EXERCISES / slug
    samples = {s.name: s for s in read_samples(folder, load_exercise(folder))}
    released = json.loads(released_bytes(folder, "en", "bench"))
    found = {}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{slug}.ipynb"
        path.write_text(json.dumps(fill_in(released, samples["full_by_code"], "")))
        programs = Path(sys.executable).parent
        for name, command in (
            ("grader check", [programs / "grader", "check", path]),
            ("nbgrader validate", [programs / "nbgrader", "validate", path]),
        ):
            environment = dict(os.environ, OMP_NUM_THREADS="1")
            if cache:
                environment["SEEING_ATTENTION_CACHE"] = str(_copy(cache, Path(place) / name))
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, env=environment, capture_output=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found[name] = (time.perf_counter() - started, cpu)
    return found


def _copy(cache: Path, target: Path) -> Path:
    """Return a cache with the model and nothing else: no text was ever asked."""
    target.mkdir()
    (target / "models").symlink_to(cache / "models")
    return target


def main() -> None:
    """Measure and print."""
    from grader.models import cache_folder

    slugs = sys.argv[1:] or sorted(path.parent.name for path in EXERCISES.glob("*/answers"))
    for which, cache in (("texts new to the machine", cache_folder()), ("texts kept", None)):
        for name, (wall, cpu) in files(slugs[-1], cache).items():
            print(f"{slugs[-1]}, {which}: {name}: {wall:.1f} s wall, {cpu:.1f} s CPU", flush=True)
    measured = checks(slugs)
    for title, at in (("wall", 1), ("CPU", 2)):
        times = sorted(one[at] for one in measured)
        p95 = times[int(0.95 * (len(times) - 1))]
        print(
            f"check(...): {len(times)} calls, {title}: median {times[len(times) // 2]:.3f} s, "
            f"95th percentile {p95:.3f} s, longest {times[-1]:.3f} s"
        )
    slowest = sorted(measured, key=lambda one: -one[2])[:5]
    print("slowest:", "; ".join(f"{q} {cpu:.3f} s CPU" for q, _, cpu in slowest))


if __name__ == "__main__":
    main()
