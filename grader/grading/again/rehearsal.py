"""`grader test-exercise`: each sample answer, graded as a class is, must earn what it declares."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.capture import load_model
from grader.course.course import init_course
from grader.course.release import release
from grader.course.sample import make_sample
from grader.grading.batch import Settings, autograde, default_workers
from grader.grading.store.record import Entry
from grader.questions import Exercise, Outcome, Remembered, Verdict, load_exercise
from grader.questions.facts import Facts
from grader.questions.judging import model_of
from grader.questions.kinds import KINDS
from grader.questions.samples import Sample, read_samples
from grader.questions.variants import FILE


@dataclass(frozen=True)
class Tested:
    """What the sample answers of an exercise earned."""

    exercise: str
    answers: int
    wrong: tuple[str, ...]
    """One sentence for each thing that is not as declared."""

    @property
    def passed(self) -> bool:
        """Whether everything is as declared."""
        return not self.wrong

    def to_json(self) -> dict:
        """Return it as plain data."""
        return {
            "exercise": self.exercise,
            "answers": self.answers,
            "passed": self.passed,
            "wrong": list(self.wrong),
        }

    def text(self) -> str:
        """Return it for a person."""
        good = f"{self.answers} sample answers earn what they declare."
        return good if self.passed else "\n".join(self.wrong)


def rehearse(exercise: Path, settings: Settings | None = None) -> Tested:
    """Grade the sample answers of `exercise` in a course of their own.

    Raises:
        CourseError: the exercise is wrong, or has no answers.
    """
    slug = exercise.name
    questions = load_exercise(exercise)
    samples = read_samples(exercise, questions)
    with tempfile.TemporaryDirectory(prefix="seeing-attention-") as folder:
        course, _ = init_course(Path(folder), exercises=exercise.parent, language="en")
        release(course, slug)
        make_sample(course, slug)
        students = {sample.name: sample.student(course.course_id, questions) for sample in samples}
        batch = autograde(course, slug, settings or Settings(workers=default_workers()))
    wrong = [
        f"{sample.path}: {problem}"
        for sample in samples
        for problem in differences(sample, batch.entries[students[sample.name]])
    ]
    load = settings.load_model if settings else None
    model = load() if load else load_model()
    wrong += unusable(exercise, questions, Remembered(model))
    return Tested(slug, len(samples), tuple(wrong))


def unusable(folder: Path, exercise: Exercise, model: Any) -> list[str]:
    """Say on which variants a question cannot be asked, asking the model for each.

    Args:
        folder: the exercise's.
        exercise: as read from it.
        model: the trusted one.
    """
    listed = folder / FILE
    found = []
    for number, variant in enumerate(exercise.variants):
        where = f"{listed}:{number + 2}" if listed.exists() else f"{folder}, variant {number}"
        facts = Facts(variant, model, exercise.measures)
        for name in exercise.measures:
            try:
                finite = bool(np.isfinite(facts.measure(name)).all())
            except Exception as error:  # whatever it is, no student should meet it
                found.append(f"{where}: [measure.{name}]: {error}; change or remove this variant.")
            else:
                if not finite:
                    found.append(f"{where}: [measure.{name}] is no number; change this variant.")
        for name, question in exercise.questions.items():
            asked = Facts(variant, model_of(question, model), exercise.measures)
            for reason in KINDS[question.kind].unusable(question.parameters, asked):
                found.append(f"{where}: [question.{name}]: {reason}; change this variant.")
    return found


def differences(sample: Sample, entry: Entry) -> list[str]:
    """Say where a grade is not what the sample declares."""
    if entry.fault:
        return [entry.fault]
    found = []
    for data in entry.verdicts.values():
        verdict = Verdict.from_json(data)
        name = verdict.question.split(".", 1)[1]
        points = sample.points[name]
        if abs(verdict.points - points) > 1e-9:
            found.append(f"{name} earns {verdict.points:g} points, declared are {points:g}.")
        outcome = sample.outcomes.get(name, Outcome.GRADED)
        if verdict.outcome != outcome:
            found.append(f'{name} ends as "{verdict.outcome}", declared is "{outcome}".')
        hints = set(sample.hints.get(name, ()))
        if hints != set(verdict.hints):
            given, declared = (", ".join(sorted(h)) or "none" for h in (verdict.hints, hints))
            found.append(f"{name} gives the hints {given}, declared are {declared}.")
    return found
