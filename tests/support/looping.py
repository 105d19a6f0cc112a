"""What one gets without looking: the students who try everything through `check`, and chance.

Both start from an answer that earns full marks, with every number made 0: they know the form of the
answer, its texts and its sentences. The looper then tries every head, every yes or no and every
option, and hands in what `check` likes best; chance takes any of them.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.questions import Answer, Exercise, Question, judge
from grader.questions.kinds.sentences import SIDES
from grader.questions.together import HANDFUL, judged_together
from support.perturb import leaves, placed

ALL_HEADS = {
    "minilm": tuple(itertools.product(range(6), range(12))),
    "smollm2": tuple(itertools.product(range(30), range(9))),
}


def points(question: Question, variant: dict, value: Any, model) -> float:
    answer = Answer(question.id, 0, model.sha256, value)
    return judge(question, variant, answer, model).points


def looped(exercise: Exercise, full: dict[str, Any], model) -> float:
    """Return what the looper gets of an exercise; `full` are answers that earn all points."""
    public = Exercise.from_public(exercise.public())
    total = 0.0
    for name, value in full.items():
        question, shown = exercise.questions[name], public.questions[name]
        found = list(candidates(question, value, exercise.variants[0], model))
        if not found:
            continue
        seen = [points(shown, exercise.variants[0], one, model) for one in found]
        best = [one for one, got in zip(found, seen, strict=True) if got == max(seen)]
        # Where `check` says nothing of what it likes, as for a choice, the luckiest guess counts.
        total += max(points(question, exercise.variants[0], one, model) for one in best[:8])
    return total


GRID = tuple(i / 500 for i in range(501))
"""0, .002 ... 1: within the tolerance of every weight."""
COUNTS = tuple(range(1, 101))


def number_looped(exercise: Exercise, full: dict[str, Any], model, *, together: bool) -> float:
    """Return what the looper gets who then tries number after number.

    Args:
        exercise: the course's own.
        full: answers that earn all points.
        model: the truth.
        together: whether the card judges numbers together after a handful of tries, as it does.
    """
    public = Exercise.from_public(exercise.public())
    variant, total = exercise.variants[0], 0.0
    for name, value in full.items():
        question, shown = exercise.questions[name], public.questions[name]
        found = list(candidates(question, value, variant, model))
        if not found:
            continue
        seen = [points(shown, variant, one, model) for one in found]
        best = max(
            (one for one, got in zip(found, seen, strict=True) if got == max(seen)),
            key=lambda one: points(question, variant, one, model),
        )
        for path in number_paths(question, best):
            best = _better(question, shown, best, path, variant, model, together)
        total += points(question, variant, best, model)
    return total


def number_paths(question: Question, value: Any) -> list[tuple]:
    """Return the places of the numbers that can be tried one by one."""
    return [
        path
        for path, leaf in leaves(value)
        if path
        and path[-1] not in ("layer", "head")
        and isinstance(leaf, (int, float))
        and not isinstance(leaf, bool)
    ]


def _better(question, shown, best, path, variant, model, together) -> Any:
    """Return the answer with the number at `path` that the card likes best."""
    counted = question.kind in ("span", "shape") or (
        question.kind == "values"
        and getattr(question.parameters.get(path[-1]), "tolerance", 1) == 0
    )
    kept, most = best, -1.0
    for tried, number in enumerate(COUNTS if counted else GRID):
        one = placed(best, path, number)
        verdict = judge(shown, variant, Answer(question.id, 0, model.sha256, one), model)
        if together and tried >= HANDFUL:
            verdict = judged_together(verdict, shown)
        if verdict.points > most + 1e-9:
            kept, most = one, verdict.points
    return kept


def guessed(exercise: Exercise, full: dict[str, Any], model, times: int = 12) -> float:
    """Return what chance gets on average."""
    luck = random.Random(0)
    total = 0.0
    for name, value in full.items():
        question, variant = exercise.questions[name], exercise.variants[0]
        found = list(candidates(question, value, variant, model))
        if found:
            drawn = [luck.choice(found) for _ in range(times)]
            total += float(np.mean([points(question, variant, one, model) for one in drawn]))
    return total


def candidates(question: Question, value: Any, variant: dict, model) -> Iterator[Any]:
    """Yield what can be tried without looking at a number."""
    if question.kind == "function":
        return
    if question.kind == "array":
        yield value  # two lines of code, no reading
        return
    if question.kind == "choice":
        yield from question.parameters.options
        return
    if question.kind == "tokens":
        yield list(model.attend(variant["sentence"]).tokens)
        return
    empty = zeros(value)
    if not isinstance(empty, dict):
        yield empty
        return
    tried = {name: (True, False) for name, one in empty.items() if isinstance(one, bool)}
    if question.kind == "values":
        tried |= {n: tuple(v.options) for n, v in question.parameters.items() if v.options}
    if question.kind == "sentences":
        tried["sides"] = SIDES
    heads = ALL_HEADS[question.model] if "layer" in empty else [None]
    for head in heads:
        at = {} if head is None else {"layer": head[0], "head": head[1]}
        for chosen in itertools.product(*tried.values()):
            yield empty | at | dict(zip(tried, chosen, strict=True))


def zeros(value: Any) -> Any:
    """Return an answer with 0 for every number."""
    if isinstance(value, dict):
        return {key: zeros(one) for key, one in value.items()}
    if isinstance(value, list):
        return [zeros(one) for one in value]
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    return 0 if isinstance(value, (int, float)) and not isinstance(value, bool) else value
