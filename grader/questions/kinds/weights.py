"""The weights that an answer gives for a head, held against the model's."""

from collections.abc import Iterable

from grader.attention import HeadId
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, failed, passed
from grader.questions.messages import say

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
    other_sentence = list(other_sentence)
    half, wrong, hint = 0.0, None, None
    for i, name in enumerate(names):
        try:
            got = fields.number(answer, name)
        except fields.FieldError as error:
            wrong = wrong or error.reason
            continue
        truth = facts.measure(name)
        if fields.close(got, float(truth[head]), fields.ROUNDED):
            half = 0.5 if truth[head] >= LEAST else half
            continue
        wrong = wrong or say(
            "weight.wrong",
            field=name,
            got=got,
            head=str(head),
            tolerance=fields.ROUNDED,
            why=say("tolerance.rounded"),
        )
        mistakes = [
            ("swapped", [facts.measure(n)[head] for n in names if n != name]),
            *((h, [cell[head] for cell in cells]) for h, cells in facts.mistakes(name).items()),
            ("other_sentence", [facts.measure(n)[head] for n in other_sentence[i : i + 1]]),
            ("counted_from_one", _one_off(truth, head)),
            ("percent", [100 * truth[head]]),
        ]
        hint = hint or fields.recognise(got, float(truth[head]), mistakes, fields.ROUNDED)
    if wrong is None:
        return passed(criterion, "weight.right", head=str(head))
    return failed(criterion, wrong, hint, share=half)


def _one_off(values, head: HeadId) -> list[float]:
    layers, heads = values.shape
    return [
        float(values[head.layer + d, head.head + d])
        for d in (-1, 1)
        if 0 <= head.layer + d < layers and 0 <= head.head + d < heads
    ]
