"""What the pieces of a graded notebook take, each by itself, in milliseconds of processor time."""

import base64
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))


from grader.attention import HeadId
from grader.capture import Model, load_model
from grader.grading.kernels import preload
from grader.grading.kernels.zygote import SOCKET_VARIABLE, warm
from grader.grading.run.engine_client import SWITCH
from grader.grading.run.execute import run_job
from grader.grading.sanitize.pictures import Pictures, _remembered
from grader.plots import plot_grid, plot_heads, plot_pattern, plot_row
from support.engines import job_of

TEXT = "I saw the man with the telescope."
SUBJECTS = ("He", "She", "They", "We", "You", "It", "Nobody", "Somebody", "Everybody", "Who")
HEAD = HeadId(1, 6)
NOTEBOOKS = 30
FORKS = 20


def main() -> None:
    """Measure and print as JSON."""
    print(
        json.dumps({name: round(ms, 1) for name, ms in (pages() | cells() | notebooks()).items()})
    )


def pages() -> dict[str, float]:
    """Return what a fork of this process takes before and after its pages are joined."""
    preload.preload("minilm")
    apart = forks()
    preload.settle()
    return {"fork, small pages": apart, "fork": forks()}


def forks() -> float:
    """Return what a fork takes from its start to its end."""

    def fork() -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)

    return total([fork] * FORKS) / FORKS


def cells() -> dict[str, float]:
    """Return what a notebook's cells ask for most."""
    model = load_model("minilm")
    texts = [TEXT.replace("I", subject) for subject in SUBJECTS]
    seen = [Model._attend(model, text, None) for text in texts]
    kinds = [
        plot_grid,
        lambda one: plot_pattern(one, HEAD),
        lambda one: plot_heads(one.between("with", "man") - one.between("with", "saw")),
        lambda one: plot_row(one, HEAD, "with"),
    ]
    pictures = [png(draw(seen[0])) for draw in kinds]
    again = [each([lambda p=p: kept(p)] * 5) for p in pictures]
    return {
        "capture": each([lambda t=text: Model._attend(model, t, None) for text in texts]),
        "picture": statistics.mean(
            each([lambda d=draw, s=one: png(d(s)) for one in seen]) for draw in kinds
        ),
        "re-encoding, least": min(again),
        "re-encoding, most": max(again),
    }


def kept(picture: str) -> None:
    """Have a picture encoded anew."""
    _remembered.cache_clear()
    Pictures().of({"image/png": picture})


def notebooks() -> dict[str, float]:
    """Return what the start takes, and what a notebook does that has no cells."""
    start = total([lambda: run_empty(0)])
    found = {"start": start}
    for way, switch in (("by the engine", "on"), ("by a kernel", "off")):
        os.environ[SWITCH] = switch
        taken = total([lambda: run_empty(NOTEBOOKS)])
        found[f"empty notebook {way}"] = (taken - start) / NOTEBOOKS
    return found


def run_empty(count: int) -> None:
    """Have a warm process run so many notebooks of one cell that does nothing."""
    with warm() as zygote:
        os.environ[SOCKET_VARIABLE] = str(zygote.path)
        for _ in range(count):
            run_job(job_of("pass"))
    del os.environ[SOCKET_VARIABLE]


def png(figure) -> str:
    """Return a picture as a notebook holds it."""
    return base64.b64encode(figure._repr_png_()[0]).decode()


def each(pieces: list[Callable[[], object]]) -> float:
    """Return the median of what the pieces take in this process."""
    pieces[0]()
    times = []
    for piece in pieces:
        before = time.process_time()
        piece()
        times.append(time.process_time() - before)
    return 1000 * statistics.median(times)


def total(pieces: list[Callable[[], object]]) -> float:
    """Return what the pieces take together, with all processes that end meanwhile."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = [resource.getrusage(who) for who in whose]
    for piece in pieces:
        piece()
    after = [resource.getrusage(who) for who in whose]
    return 1000 * sum(
        (b.ru_utime + b.ru_stime) - (a.ru_utime + a.ru_stime)
        for a, b in zip(before, after, strict=True)
    )


if __name__ == "__main__":
    main()
