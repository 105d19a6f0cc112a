"""The weights that an answer gives for a head, held against the model's."""

from collections.abc import Callable, Iterable

import numpy as np

from grader.attention import HeadId
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, failed, passed
from grader.questions.kinds.diagnosis import Mistakes
from grader.questions.kinds.misnamed import one_before
from grader.questions.messages import Message, say

WEIGHT_MISTAKES = (
    "swapped",
    "one_piece",
    "transposed",
    "off_by_one",
    "special_token",
    "other_sentence",
    "counted_from_one",
    "percent",
)
"""The mistakes that a wrong weight of a head can be recognised by."""

LEAST = 0.01
"""A weight below this earns nothing by itself: whoever writes 0 everywhere would be right."""


def judge_weights(
    criterion: str,
    answer: dict,
    names: tuple[str, str],
    head: HeadId,
    facts: Facts,
    other_sentence: Iterable[str] = (),
) -> Finding:
    """Return whether the two weights under `names` are those of `head`; one alone earns half.

    Args:
        criterion: the criterion judged.
        answer: the fields of the answer.
        names: measures, each also the name of a field.
        head: the head that the answer names.
        facts: the truth.
        other_sentence: the measures of another sentence that may be copied by mistake.
    """
    others = dict(zip(names, other_sentence, strict=False))

    def mistakes(name: str) -> Mistakes:
        truth = facts.measure(name)
        return [
            ("swapped", [facts.measure(n)[head] for n in names if n != name]),
            *((h, [cell[head] for cell in cells]) for h, cells in facts.mistakes(name).items()),
            ("other_sentence", [facts.measure(others[name])[head]] if name in others else []),
            ("counted_from_one", one_before(truth, head)),
            ("percent", [100 * truth[head]]),
        ]

    return judge_values(
        criterion, answer, names, head, lambda name: facts.measure(name)[head], mistakes, half
    )


def judge_values(
    criterion: str,
    answer: dict,
    names: Iterable[str],
    head: HeadId,
    true: Callable[[str], float],
    mistakes: Callable[[str], Mistakes],
    share: Callable[[list[float]], float],
) -> Finding:
    """Return whether the numbers under `names` are those of `head`.

    Args:
        criterion: the criterion judged.
        answer: the fields of the answer.
        names: the fields of the numbers.
        head: the head that the answer names.
        true: gives the right number of a field.
        mistakes: gives the wrong numbers of a field, by hint.
        share: what the right ones among them earn when others are wrong.
    """
    right, wrong, explained = [], None, []
    names = list(names)
    for name in names:
        try:
            got = fields.number(answer, name)
        except fields.FieldError as error:
            wrong = wrong or error.reason
            continue
        truth = true(name)
        if fields.close(got, float(truth), fields.ROUNDED):
            right.append(truth)
            continue
        wrong = wrong or wrong_weight(name, got, head)
        explained.append(diagnosis.explain(got, float(truth), mistakes(name), fields.ROUNDED))
    if wrong is None:
        return passed(criterion, "weight.right", head=str(head))
    hint = diagnosis.diagnose(explained, len(names))
    return failed(criterion, wrong, hint, share=share(right))


def counted_from_one(
    error: fields.FieldError, answer: dict, names: Iterable[str], facts: Facts
) -> str | None:
    """Return the hint where an answer names no head, but has the numbers of the one before it.

    Args:
        error: what is wrong with the head.
        answer: the fields of the answer.
        names: measures, each also the name of a field.
        facts: the truth.
    """
    names, explained = list(names), []
    for name in names:
        values = facts.measure(name)
        head = error.head
        if head is None or not (
            1 <= head.layer <= values.shape[0] and 1 <= head.head <= values.shape[1]
        ):
            return None
        try:
            got = fields.number(answer, name)
        except fields.FieldError:
            continue
        mistakes = [("counted_from_one", one_before(values, head))]
        explained.append(diagnosis.explain(got, np.inf, mistakes, fields.ROUNDED))
    return diagnosis.diagnose(explained, len(names))


def half(right: Iterable[float]) -> float:
    """Return half of the points where one of the `right` weights is more than next to nothing."""
    return 0.5 if any(weight >= LEAST for weight in right) else 0.0


def wrong_weight(field: str, got: float, head: HeadId) -> Message:
    """Return that a number is not what the head has."""
    return say(
        "weight.wrong",
        field=field,
        got=got,
        head=str(head),
        tolerance=fields.ROUNDED,
        why=say("tolerance.rounded"),
    )
