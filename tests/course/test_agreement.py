"""`grader check` at home and the batch agree: what a student saw is what the class is graded by."""

import json
import random
import re
import shutil
from pathlib import Path

import pytest

import grader.grading.again.local_check as local_check
from grader.course.course import init_course
from grader.course.receipt import receipt
from grader.course.release import release
from grader.course.sample import fill_in
from grader.grading.again.local_check import check_notebook
from grader.grading.batch import Settings, autograde
from grader.questions import Remembered, Verdict, load_exercise
from grader.questions.samples import read_samples
from support.courses import RIGHT, NoModel, filled, hand_in, make_course, released
from support.here import execute_here, run_here

EXERCISES = Path(__file__).parents[2] / "exercises"
IN_KERNELS = 20
NUMBER = re.compile(r"(?<![\w.])0?[.]\d{2,}(?![\w.])")
NOT_HERE = ("cheat", "crash")
"""Samples that patch or end the process that they run in."""


def disagreements(checked, entry) -> list[str]:
    """Say where the check at home said otherwise than the batch, criterion by criterion."""
    found, compared = [], 0
    graded = {data["question"]: Verdict.from_json(data) for data in entry.verdicts.values()}
    for here in checked.verdicts:
        there = graded[here.question]
        criteria = {one.name: one for one in there.criteria}
        for one in here.criteria:
            if one.status == "unchecked":
                continue  # not public
            compared += 1
            other = criteria[one.name]
            if (one.status, one.points) != (other.status, other.points):
                found.append(f"{here.question}, {one.name}: {one} at home, {other} in the batch")
    assert compared or not checked.passed
    return found


def compare(course, slug, notebooks: dict[str, dict], settings, model, folder: Path) -> int:
    """Check each notebook at home and in a batch; returns how many criteria agree."""
    for student, notebook in notebooks.items():
        hand_in(course, student, notebook, slug)
    batch = autograde(course, slug, settings)
    assert batch.entries.keys() == notebooks.keys()
    compared = 0
    for student, notebook in notebooks.items():
        path = folder / f"{slug}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        checked = check_notebook(path, "en", model)
        assert disagreements(checked, batch.entries[student]) == []
        assert checked.receipt == receipt(
            (course.folder("submitted", slug, student) / f"{slug}.ipynb").read_bytes()
        )
        compared += sum(c.status != "unchecked" for v in checked.verdicts for c in v.criteria)
        print(slug, student, compared, flush=True)
    return compared


def mixed(notebook: dict, samples, drawn: random.Random, student: str) -> dict:
    """Return a submission that takes each cell from some sample, some of its numbers moved."""
    made = fill_in(notebook, drawn.choice(samples), student)
    sources = {}
    for sample in samples:
        for grade_id, source in sample.sources.items():
            sources.setdefault(grade_id, []).append(source)
    for cell in made["cells"]:
        others = sources.get(cell["id"])
        if others and drawn.random() < 0.5:
            cell["source"] = drawn.choice(others)
        if others and drawn.random() < 0.3:
            cell["source"] = NUMBER.sub(lambda m: _moved(m[0], drawn), "".join(cell["source"]))
    return made


def _moved(number: str, drawn: random.Random) -> str:
    return f"{float(number) + drawn.choice([0, 0, 0.0004, -0.002, 0.03]):.4f}"


WRONG = {
    "pick": ['pick = "queries"', "pick = 3", "pick = None", "1 / 0", "pick = 'keys' * 10**6"],
    "soft": [
        "def soft(scores):\n    return scores",
        "import numpy as np\ndef soft(s):\n    return np.exp(s) / np.exp(s).sum(-1, keepdims=True)",
        "def soft(scores):\n    raise ValueError('no')",
        "import numpy as np\ndef soft(s):\n    return np.zeros((2, 2))",
        "soft = 7",
        "",
    ],
    "essay": ["", "I looked.", "<script>alert(1)</script>"],
}


def test_home_and_batch_agree_on_generated_submissions(tmp_path, monkeypatch):
    monkeypatch.setattr(local_check, "execute", execute_here)
    course = make_course(tmp_path)
    drawn = random.Random(1)
    notebooks = {}
    for n in range(24):
        cells = {name: drawn.choice([RIGHT[name], *WRONG[name]]) for name in RIGHT}
        notebooks[f"s{n}"] = filled(released(course), cells, f"s{n}")
    settings = Settings(run=run_here, load_model=NoModel)
    assert compare(course, "mini", notebooks, settings, NoModel(), tmp_path) >= 19


@pytest.mark.soak
def test_home_and_batch_agree_on_480_mixtures_of_all_exercises(tmp_path, monkeypatch, kept_model):
    monkeypatch.setattr(local_check, "execute", execute_here)
    compared = generated(tmp_path, 480, Settings(run=run_here, load_model=lambda: kept_model))
    print(f"{compared} criteria agree")
    assert compared >= 480 * 5


@pytest.mark.soak
def test_home_and_batch_agree_in_kernels(tmp_path):
    """Both ways through kernels of their own, confined where that is possible."""
    from grader.grading.run.sandbox import CONFINED

    assert generated(tmp_path, IN_KERNELS, Settings(provisioner=CONFINED)) >= IN_KERNELS * 5


@pytest.fixture(scope="module")
def kept_model():
    import torch

    from grader.capture import load_model

    torch.set_num_threads(1)
    return Remembered(load_model(), size=10_000)


def generated(tmp_path, count: int, settings: Settings) -> int:
    """Compare `count` mixtures over all exercises; returns how many criteria agree."""
    slugs = sorted(path.parent.name for path in EXERCISES.glob("*/answers"))
    exercises = shutil.copytree(EXERCISES, tmp_path / "exercises")
    course, _ = init_course(tmp_path / "course", exercises=exercises, language="en")
    model = settings.load_model() if settings.load_model else None
    drawn, compared = random.Random(7), 0
    for n, slug in enumerate(slugs):
        release(course, slug)
        folder = course.exercise(slug)
        samples = [
            sample
            for sample in read_samples(folder, load_exercise(folder))
            if not sample.kernel and sample.name not in NOT_HERE
        ]
        notebook = released(course, slug)
        share = len(range(n, count, len(slugs)))
        notebooks = {f"s{k}": mixed(notebook, samples, drawn, f"s{k}") for k in range(share)}
        compared += compare(course, slug, notebooks, settings, model, tmp_path)
    return compared
