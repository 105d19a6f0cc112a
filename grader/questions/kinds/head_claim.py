"""A claim about a head: it does something, this much, more than a baseline, and still in a control.

No head is a stored key; whichever is named, its numbers are worked out again::

    kind = "head_claim"
    measure = "next"                       # of [measure.next]
    at_least = 0.5                         # half the points from half_at; or
    half_at = 0.3
    most = {share_of_best = 0.9, near = 0.005}             # nearly the most of all heads
    baseline = {measure = "even", above = 0.2}             # the number beside it; how far above
    control = {measure = "next_control", keeps = 0.5, either = [0.4, 0.6]}
    outside = {measure = "positional", at_least = 0.25}    # heads that do not count

The answer holds ``layer``, ``head``, the head's number under the name of each measure, and with a
control ``survives``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Hint, Kind, Scope, failed, passed, row_of
from grader.questions.kinds.head import (
    NOISE,
    Most,
    Outside,
    hint_of_head,
    judge_survival,
    read_most,
    read_outside,
    read_two,
)
from grader.questions.kinds.misnamed import misnamings, one_before
from grader.questions.kinds.weights import LEAST, counted_from_one
from grader.questions.measures import MEASURE_MISTAKES, read_measure_name
from grader.questions.messages import say
from grader.questions.shown import Shown


@dataclass(frozen=True)
class Beside:
    """A baseline: what the head is compared with."""

    measure: str
    above: float


@dataclass(frozen=True)
class Control:
    """Other texts in which the head should still do it."""

    measure: str
    keeps: float
    either: tuple[float, float]


@dataclass(frozen=True)
class Parameters:
    """What is claimed."""

    measure: str
    at_least: float
    half_at: float
    most: Most | None
    baseline: Beside | None
    control: Control | None
    outside: Outside | None


class HeadClaim(Kind):
    """A head that does one thing, with its numbers."""

    name = "head_claim"
    hints = (
        *MEASURE_MISTAKES,
        "positional",
        "counted_from_one",
        "swapped_numbers",
        "swapped",
        "other_sentence",
        "other_measure",
        "below_baseline",
        "percent",
        "half",
    )
    stated = ("positional", "below_baseline", "half")

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the claim, its baseline and its control."""
        measure = read_measure_name(table, "measure", scope.measures)
        most, at_least, half_at = None, 0.0, 0.0
        if table.has("most"):
            most = read_most(table)
        else:
            at_least = table.number("at_least", low=-1.0, high=1.0)
            half_at = table.number("half_at", at_least, low=-1.0, high=1.0)
        return Parameters(
            measure,
            at_least,
            half_at,
            most,
            _read_baseline(table, scope) if table.has("baseline") else None,
            _read_control(table, scope) if table.has("control") else None,
            read_outside(table, scope) if table.has("outside") else None,
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return head and number, then baseline and control where there are any."""
        found = ["head", "number"]
        found += ["baseline"] if parameters.baseline else []
        return found + (["control"] if parameters.control else [])

    def shows(self, parameters: Parameters, value: Any, facts: Facts) -> Shown | None:
        """Return the row of the head named, where the measure is a weight."""
        head = fields.head_id(value, facts.measure(parameters.measure).shape)
        return row_of(facts.measures[parameters.measure], head, facts)

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["number", "baseline", "control"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the head does it, its number, the baseline, the control."""
        known = ["layer", "head", parameters.measure]
        if parameters.baseline:
            known.append(parameters.baseline.measure)
        if parameters.control:
            known += ["survives", parameters.control.measure]
        answer = fields.mapping(value, list(dict.fromkeys(known)), facts)
        values = facts.measure(parameters.measure)
        try:
            head = fields.head_id(answer, values.shape)
        except fields.FieldError as error:
            hint = counted_from_one(error, answer, [parameters.measure], facts)
            for criterion in self.criteria(parameters):
                yield failed(criterion, error.reason, hint)
            return
        number = _judge_number("number", answer, parameters.measure, head, facts)
        yield number
        yield _judge_head(parameters, values, head, facts, number.hint)
        does = _share(parameters, values, head, _allowed(parameters, values, facts)) > 0
        if parameters.baseline:
            yield _judge_baseline(parameters.baseline, answer, parameters.measure, head, facts)
        if parameters.control:
            yield _judge_control(parameters, parameters.control, answer, head, facts, does)


def _allowed(parameters: Parameters, values: np.ndarray, facts: Facts) -> np.ndarray:
    if parameters.outside is None:
        return np.ones(values.shape, dtype=bool)
    return facts.measure(parameters.outside.measure) < parameters.outside.at_least


def _share(parameters: Parameters, values: np.ndarray, head: HeadId, allowed: np.ndarray) -> float:
    if not allowed[head]:
        return 0.0
    if parameters.most:
        return parameters.most.share(values, allowed, head)
    if values[head] >= parameters.at_least - NOISE:
        return 1.0
    return 0.5 if values[head] >= parameters.half_at - NOISE else 0.0


def _judge_head(
    parameters: Parameters, values: np.ndarray, head: HeadId, facts: Facts, of_number: Hint
) -> Finding:
    """Return whether the head does it; `of_number` is the mistake that its number shows."""
    allowed = _allowed(parameters, values, facts)
    share = _share(parameters, values, head, allowed)
    if share == 1.0:
        return passed("head", "head.right", head=str(head))
    if not allowed[head]:
        return failed("head", say("head.outside", head=str(head)), "positional")
    hint = _head_hint(parameters, values, head, allowed, facts, of_number)
    if share:
        return failed("head", say("claim.half", head=str(head)), hint, share)
    return failed("head", say("claim.not", head=str(head)), hint)


def _head_hint(
    parameters, values, head: HeadId, allowed, facts: Facts, of_number: Hint
) -> str | None:
    def share(other: HeadId, of: np.ndarray = values) -> float:
        return _share(parameters, of, other, allowed)

    def misread(wrong: list[np.ndarray]) -> Callable[[HeadId], bool]:
        return lambda other: any(share(other, one) == 1.0 for one in wrong)

    others = [facts.measure(name) for name in facts.measures if name != parameters.measure]
    told = [
        *misnamings(values.shape, share),
        *((hint, misread(wrong)) for hint, wrong in facts.mistakes(parameters.measure).items()),
        ("other_measure", misread(others)),
    ]
    return hint_of_head(head, told, share, values.shape, of_number)


def _judge_number(
    criterion: str, answer: dict, name: str, head: HeadId, facts: Facts, first: str | None = None
) -> Finding:
    """Return whether a number is the head's; `first` is what a control's may be copied from."""
    try:
        got = fields.number(answer, name)
    except fields.FieldError as error:
        return failed(criterion, error.reason)
    values = facts.measure(name)
    truth = float(values[head])
    told = {"tolerance": fields.ROUNDED, "why": say("tolerance.rounded")}
    if abs(truth) >= LEAST and fields.close(got, truth, fields.ROUNDED):
        return passed(criterion, "number.right", got=got, **told)
    others = [float(facts.measure(n)[head]) for n in facts.measures if n != name]
    mistakes = [
        ("other_sentence", [float(facts.measure(first)[head])] if first else []),
        *((h, [float(w[head]) for w in wrong]) for h, wrong in facts.mistakes(name).items()),
        ("other_measure", others),
        ("counted_from_one", one_before(values, head)),
        ("percent", [100 * truth]),
    ]
    hint = diagnosis.recognise(got, truth, mistakes, fields.ROUNDED, asked=2)
    if abs(truth) < LEAST:
        return failed(criterion, say("claim.nothing", head=str(head), least=LEAST), hint)
    return failed(criterion, say("number.wrong", got=got, **told), hint)


def _judge_baseline(
    baseline: Beside, answer: dict, measure: str, head: HeadId, facts: Facts
) -> Finding:
    number = _judge_number("baseline", answer, baseline.measure, head, facts)
    if number.share != 1.0:
        return number
    above = float((facts.measure(measure) - facts.measure(baseline.measure))[head])
    if above >= baseline.above - NOISE:
        return passed("baseline")
    reason = say("claim.baseline", head=str(head), above=baseline.above)
    return failed("baseline", reason, "below_baseline", share=0.5)


def _judge_control(
    parameters: Parameters, control: Control, answer: dict, head: HeadId, facts: Facts, does: bool
) -> Finding:
    try:
        survives = fields.yes_no(answer, "survives")
    except fields.FieldError as error:
        return failed("control", error.reason)
    if not does:
        return failed("control", say("claim.head_first"))
    number = _judge_control_number(parameters, control, answer, head, facts)
    if number.share != 1.0:
        return failed("control", say("claim.number_first", why=number.reason), number.hint)
    kept = float(facts.measure(control.measure)[head] / facts.measure(parameters.measure)[head])
    return judge_survival(survives, kept, control.keeps, control.either)


def _judge_control_number(
    parameters: Parameters, control: Control, answer: dict, head: HeadId, facts: Facts
) -> Finding:
    """Return whether the number is right; here even next to nothing is one: it is the finding."""
    name = control.measure
    got = fields.as_number(answer.get(name))
    truth = float(facts.measure(name)[head])
    if abs(truth) >= LEAST or not isinstance(got, (int, float)) or isinstance(got, bool):
        return _judge_number("control", answer, name, head, facts, parameters.measure)
    if fields.close(float(got), truth, fields.ROUNDED):
        return passed("control")
    told = {"tolerance": fields.ROUNDED, "why": say("tolerance.rounded")}
    return failed("control", say("number.wrong", got=got, **told))


def _read_baseline(table: Table, scope: Scope) -> Beside:
    below = table.table("baseline")
    found = Beside(
        read_measure_name(below, "measure", scope.measures),
        below.number("above", low=0.0, high=1.0),
    )
    below.finish()
    return found


def _read_control(table: Table, scope: Scope) -> Control:
    below = table.table("control")
    found = Control(
        read_measure_name(below, "measure", scope.measures),
        below.number("keeps", low=0.0, high=1.0),
        read_two(below, "either", "[0.4, 0.6]"),
    )
    below.finish()
    return found
