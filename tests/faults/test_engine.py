"""Every fault, forgery and sample answer comes out the same from the engine as from a kernel.

By hand (`make soak`), since each notebook runs twice. What the engine leaves to a kernel is the
kernel's already.
"""

import json
from pathlib import Path

import pytest
from attacks.catalogue.forging import FORGERIES
from faults.catalogue import ANSWERS, FAULTS
from faults.exercise import Bench

from grader.course.course import init_course
from grader.course.release import release
from grader.course.sample import fill_in
from grader.grading.batch import Settings, autograde
from grader.grading.kernels import CONFINED
from grader.grading.run.engine_client import SWITCH
from grader.grading.run.execute import run_job
from grader.questions import load_exercise
from grader.questions.samples import read_samples
from support.courses import RIGHT
from support.engines import plain, run_both, seen

pytestmark = [pytest.mark.soak]
EXERCISES = Path(__file__).parents[2] / "exercises"
SLUGS = sorted(path.parent.name for path in EXERCISES.glob("*/questions.toml"))


@pytest.fixture(scope="module")
def bench(zygote, tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("oracle"))


def is_the_same(bench, monkeypatch, soft, before=None, seconds=2):
    job = bench.job(soft, before=before, seconds=seconds)
    if run_job(job).left:
        return
    by_engine, by_kernel = run_both(job, monkeypatch)
    assert seen(by_engine) == seen(by_kernel)


def named(faults):
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.name)


@named(FAULTS)
def test_a_fault_between_the_questions(bench, fault, monkeypatch):
    is_the_same(bench, monkeypatch, RIGHT["soft"], fault.source, fault.seconds)


@named([fault for fault in FAULTS if fault.ends])
def test_a_fault_in_an_answers_cell(bench, fault, monkeypatch):
    source = f"{fault.source}\n{RIGHT['soft']}"
    is_the_same(bench, monkeypatch, source, seconds=fault.seconds)


@named(ANSWERS)
def test_a_faulty_answer(bench, fault, monkeypatch):
    is_the_same(bench, monkeypatch, fault.source, seconds=fault.seconds)


@pytest.mark.parametrize("forgery", FORGERIES, ids=[forgery.tries for forgery in FORGERIES])
def test_a_forgery(bench, forgery, monkeypatch):
    is_the_same(bench, monkeypatch, RIGHT["soft"], forgery.source, seconds=5)


@pytest.mark.parametrize("slug", SLUGS)
def test_all_samples_of_an_exercise(zygote, slug, tmp_path, monkeypatch):
    course, _ = init_course(tmp_path / "course", exercises=EXERCISES, language="en")
    release(course, slug)
    given = (course.folder("release", slug) / f"{slug}.ipynb").read_text()
    folder = course.exercises / slug
    for number, answer in enumerate(read_samples(folder, load_exercise(folder))):
        target = course.folder("submitted", slug, f"s{number:03}") / f"{slug}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(fill_in(json.loads(given), answer, f"s{number:03}")))
    found = []
    for switch in ("on", "off"):
        monkeypatch.setenv(SWITCH, switch)
        settings = Settings(provisioner=CONFINED, workers=2, force=True)
        batch = autograde(course, slug, settings)
        stored = {
            student: plain(json.loads((folder / f"{slug}.ipynb").read_text()))
            for student in batch.entries
            for folder in [course.folder("autograded", slug, student)]
        }
        verdicts = {student: entry.verdicts for student, entry in batch.entries.items()}
        notes = {student: entry.notes for student, entry in batch.entries.items()}
        found.append((stored, verdicts, notes))
    assert found[0] == found[1]
