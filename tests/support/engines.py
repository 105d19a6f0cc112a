"""A notebook run both ways, in the engine and in the kernel, and what of it must be the same."""

import json
import re

from grader.grading.kernels import CONFINED
from grader.grading.limits import Limits
from grader.grading.run.engine_client import SWITCH
from grader.grading.run.execute import run_job
from grader.grading.run.job import Executed, Job

VARIES = (
    (re.compile(r"\b(0x)?(?=[0-9a-f]*[0-9])[0-9a-f]{9,32}\b"), "address"),
    (re.compile(r"ipykernel_\d+"), "ipykernel_n"),
    (re.compile(r"\b\d+(\.\d+)? ?([nmuµμ]s|s|min)\b"), "time"),
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
)
"""What differs from one run in a kernel to the next."""


def notebook_of(*sources: str) -> dict:
    """Return a notebook of code cells."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{at}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for at, source in enumerate(sources)
    ]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernelspec},
        "cells": cells,
    }


def job_of(*sources: str, files=None, **limits) -> Job:
    """Return a job that runs these cells."""
    limits = Limits(**{"cell_seconds": 20, "silence_seconds": 1, **limits})
    return Job("nb", notebook_of(*sources), files or {}, {}, provisioner=CONFINED, limits=limits)


def run_both(job: Job, monkeypatch) -> tuple[Executed, Executed]:
    """Run a job by the engine, which may leave it to a kernel, and by a kernel alone."""
    monkeypatch.delenv(SWITCH, raising=False)
    by_engine = run_job(job)
    monkeypatch.setenv(SWITCH, "off")
    by_kernel = run_job(job)
    monkeypatch.delenv(SWITCH)
    assert by_kernel.left is None
    return by_engine, by_kernel


def seen(executed: Executed) -> list:
    """Return what is kept of a run, without what differs between two runs in a kernel."""
    cells = [
        (cell.get("execution_count"), _outputs(cell), cell["metadata"])
        for cell in executed.notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    notes = [(note.kind, note.cell) for note in executed.notes]
    recorded = {name: json.loads(text) for name, text in executed.recorded.items()}
    return [plain(cells), recorded, executed.endings, notes, executed.kernels]


def _outputs(cell) -> list:
    """Streams in the order of their first letters: a kernel groups them as its clock has it."""
    outputs = [dict(output) for output in cell["outputs"]]
    streams = [output for output in outputs if output["output_type"] == "stream"]
    joined = {
        name: "".join(output["text"] for output in streams if output["name"] == name)
        for name in ("stdout", "stderr")
    }
    return [joined, [output for output in outputs if output["output_type"] != "stream"]]


def plain(value):
    """Return a value without what differs between two runs in a kernel."""
    if isinstance(value, str):
        for pattern, instead in VARIES:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value
