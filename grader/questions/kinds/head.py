"""A head that does something: named, shown by its weights, held against a control sentence.

No head is a stored key: whatever head is named, its numbers are worked out again::

    of = "noun"
    against = "subject"
    apart = {at_least = 0.2, half_at = 0.1}            # |of - against|; or
    prefers = {at_least = 0.2, half_at = 0.1}          # of - against; or
    most = {share_of_best = 0.9, near = 0.005}         # of - against, nearly the largest of all
    outside = {measure = "previous_token", at_least = 0.25}      # heads that do not count
    control = {of = "noun_control", against = "subject_control", keeps = 0.5, either = [0.4, 0.6]}
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Hint, Kind, Scope, failed, passed, row_of
from grader.questions.kinds.misnamed import Told, misnamings
from grader.questions.kinds.weights import LEAST, WEIGHT_MISTAKES, counted_from_one, judge_weights
from grader.questions.measures import read_measure_name
from grader.questions.messages import say
from grader.questions.shown import Shown

PerHead = Float[np.ndarray, "layer head"]

NOISE = 1e-4
"""A threshold is not held against float noise (3e-6 measured)."""

HARDLY_APART = 0.02
"""Below this difference there is nothing that could survive a control."""


@dataclass(frozen=True)
class Apart:
    """The claim that a head tells two words apart, whichever it prefers."""

    at_least: float
    half_at: float

    def share(self, differences: PerHead, allowed: np.ndarray, head: HeadId) -> float:
        """Return 1 for a clear difference, 0.5 for half a one."""
        size = abs(differences[head])
        return (
            1.0 if size >= self.at_least - NOISE else 0.5 if size >= self.half_at - NOISE else 0.0
        )


@dataclass(frozen=True)
class Prefers:
    """The claim that a head gives more to the one than to the other, by so much."""

    at_least: float
    half_at: float

    def share(self, differences: PerHead, allowed: np.ndarray, head: HeadId) -> float:
        """Return 1 for a clear preference, 0.5 for half a one."""
        lean = differences[head]
        if not allowed[head] or lean < self.half_at - NOISE:
            return 0.0
        return 1.0 if lean >= self.at_least - NOISE else 0.5


@dataclass(frozen=True)
class Most:
    """The claim that no other head prefers the one word over the other as much."""

    share_of_best: float
    near: float

    def share(self, differences: PerHead, allowed: np.ndarray, head: HeadId) -> float:
        """Return 1 for the best allowed head and those that come near it."""
        best = float(differences[allowed].max(initial=0.0))
        enough = min(self.share_of_best * best, best - self.near) - NOISE
        return 1.0 if allowed[head] and differences[head] >= enough else 0.0


@dataclass(frozen=True)
class Outside:
    """Heads that do not count because a measure explains them."""

    measure: str
    at_least: float


@dataclass(frozen=True)
class Control:
    """Another sentence in which the difference should stay."""

    of: str
    against: str
    keeps: float
    either: tuple[float, float]


@dataclass(frozen=True)
class Parameters:
    """What is claimed, of which two measures."""

    of: str
    against: str
    claim: Apart | Prefers | Most
    outside: Outside | None
    control: Control | None


class Head(Kind):
    """A head with its weights and perhaps a control."""

    name = "head"
    hints = (*WEIGHT_MISTAKES, "positional", "other_side", "swapped_numbers", "half")
    stated = ("positional", "other_side", "half")

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the claim, the heads that do not count and the control."""
        return Parameters(
            of=read_measure_name(table, "of", scope.measures),
            against=read_measure_name(table, "against", scope.measures),
            claim=_read_claim(table),
            outside=read_outside(table, scope) if table.has("outside") else None,
            control=_read_control(table, scope) if table.has("control") else None,
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return head, weights and, if there is one, control."""
        return ["head", "weights"] + (["control"] if parameters.control else [])

    def shows(self, parameters: Parameters, value: Any, facts: Facts) -> Shown | None:
        """Return the row of the head named, in the sentence of the first measure."""
        head = fields.head_id(value, facts.measure(parameters.of).shape)
        of, against = (facts.measures[name] for name in (parameters.of, parameters.against))
        return row_of(of, head, facts, against)

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["weights", "control"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the head does it, its weights, whether it stands the control."""
        names = (parameters.of, parameters.against)
        known = ["layer", "head", *names]
        if parameters.control:
            known += ["survives", parameters.control.of, parameters.control.against]
        answer = fields.mapping(value, known, facts)
        try:
            head = fields.head_id(answer, facts.measure(parameters.of).shape)
        except fields.FieldError as error:
            hint = counted_from_one(error, answer, names, facts)
            for criterion in self.criteria(parameters):
                yield failed(criterion, error.reason, hint)
            return
        others = [parameters.control.of, parameters.control.against] if parameters.control else []
        weights = judge_weights("weights", answer, names, head, facts, others)
        if max(facts.measure(name)[head] for name in names) < LEAST:
            nothing = say("weight.nothing", head=str(head), least=LEAST)
            weights = failed("weights", nothing, weights.hint)
        yield weights
        yield _judge_head(parameters, head, facts, weights.hint)
        if parameters.control:
            try:
                yield _judge_control(parameters, parameters.control, answer, head, facts)
            except fields.FieldError as error:
                yield failed("control", error.reason)


CLAIMS = {"apart": Apart, "prefers": Prefers, "most": Most}


def _read_claim(table: Table) -> Apart | Prefers | Most:
    forms = [form for form in CLAIMS if table.has(form)]
    if len(forms) != 1:
        table.problem(f"[{table.name}] must make one claim; known are: {', '.join(CLAIMS)}.")
        table.read.update(CLAIMS)
        return Apart(1.0, 1.0)
    if forms[0] == "most":
        return read_most(table)
    below = table.table(forms[0])
    made: type[Apart] | type[Prefers] = Apart if forms[0] == "apart" else Prefers
    claim = made(
        below.number("at_least", low=0.0, high=1.0), below.number("half_at", low=0.0, high=1.0)
    )
    below.finish()
    return claim


def read_most(table: Table) -> Most:
    """Return the claim under ``most``."""
    below = table.table("most")
    found = Most(
        below.number("share_of_best", low=0.0, high=1.0),
        below.number("near", low=0.0, high=1.0),
    )
    below.finish()
    return found


def read_outside(table: Table, scope: Scope) -> Outside:
    """Return which heads do not count, from ``outside``."""
    below = table.table("outside")
    found = Outside(
        read_measure_name(below, "measure", scope.measures), below.number("at_least", low=0.0)
    )
    below.finish()
    return found


def _read_control(table: Table, scope: Scope) -> Control:
    below = table.table("control")
    found = Control(
        of=read_measure_name(below, "of", scope.measures),
        against=read_measure_name(below, "against", scope.measures),
        keeps=below.number("keeps", low=0.0, high=1.0),
        either=read_two(below, "either", "[0.4, 0.6]"),
    )
    below.finish()
    return found


def read_two(table: Table, key: str, form: str) -> tuple[float, float]:
    """Return two numbers that stand under `key`."""
    found = table.value(key, (list,), form) or []
    if len(found) != 2 or not all(isinstance(x, (int, float)) for x in found):
        if found:
            table.problem(f"{key!r} needs two numbers; write {key} = {form}.", key)
        return 0.0, 0.0
    return float(found[0]), float(found[1])


def _judge_head(parameters: Parameters, head: HeadId, facts: Facts, of_weights: Hint) -> Finding:
    """Return whether the head does it; `of_weights` is the mistake that its weights show."""
    differences = facts.measure(parameters.of) - facts.measure(parameters.against)
    allowed = np.ones(differences.shape, dtype=bool)
    if parameters.outside:
        allowed = facts.measure(parameters.outside.measure) < parameters.outside.at_least
    claim = parameters.claim
    share = claim.share(differences, allowed, head)
    if share == 1.0:
        return passed("head", "head.right", head=str(head))
    if not allowed[head]:
        return failed("head", say("head.outside", head=str(head)), "positional")
    hint = _head_hint(parameters, differences, allowed, head, facts, of_weights)
    if share:
        return failed("head", say("head.half", head=str(head)), hint, share)
    key = _REFUSALS[type(claim)]
    return failed("head", say(key, head=str(head)), hint)


_REFUSALS = {Apart: "head.not_apart", Prefers: "head.not_prefers", Most: "head.not_most"}


def _head_hint(
    parameters, differences, allowed, head: HeadId, facts: Facts, of_weights: Hint
) -> str | None:
    """Return the first mistake under which the head named would be right."""
    claim = parameters.claim
    if not isinstance(claim, Apart) and claim.share(-differences, allowed, head) == 1.0:
        return "other_side"
    wrong_of = facts.mistakes(parameters.of)
    wrong_against = facts.mistakes(parameters.against)

    def share(other: HeadId) -> float:
        return claim.share(differences, allowed, other)

    def misread(hint: str) -> Callable[[HeadId], bool]:
        pairs = zip(wrong_of.get(hint, []), wrong_against.get(hint, []), strict=False)
        apart = [a - b for a, b in pairs]
        return lambda other: any(claim.share(one, allowed, other) == 1.0 for one in apart)

    special = wrong_of.get("special_token") or []
    told = [
        ("special_token", lambda other: bool(special) and float(special[0][other]) > 0.5),
        *misnamings(differences.shape, share),
        ("transposed", misread("transposed")),
        ("off_by_one", misread("off_by_one")),
    ]
    return hint_of_head(head, told, share, differences.shape, of_weights)


def hint_of_head(
    head: HeadId,
    told: Told,
    share: Callable[[HeadId], float],
    shape: tuple[int, ...],
    of_numbers: Hint,
) -> str | None:
    """Return the first mistake that a wrong head shows, where there is evidence for it.

    Evidence is that the answer's numbers show the same mistake, or that hardly any other wrong head
    shows it.

    Args:
        head: as the answer names it.
        told: the mistakes.
        share: gives what a head earns.
        shape: how many layers and heads there are.
        of_numbers: the mistake that the answer's numbers show.
    """
    for hint, holds in told:
        if holds(head) and (
            hint == of_numbers or diagnosis.rare(holds, lambda other: share(other) < 1.0, shape)
        ):
            return hint
    return None


def _judge_control(
    parameters: Parameters, control: Control, answer: dict, head: HeadId, facts: Facts
) -> Finding:
    survives = fields.yes_no(answer, "survives")
    originals = [parameters.of, parameters.against]
    weights = judge_weights(
        "control", answer, (control.of, control.against), head, facts, originals
    )
    if weights.share != 1.0:
        return failed("control", say("control.weights_first", why=weights.reason), weights.hint)
    before = float((facts.measure(parameters.of) - facts.measure(parameters.against))[head])
    after = float((facts.measure(control.of) - facts.measure(control.against))[head])
    if abs(before) < HARDLY_APART:
        return failed("control", say("control.nothing", head=str(head)))
    kept = after / before
    return judge_survival(survives, kept, control.keeps, control.either)


def judge_survival(
    survives: bool, kept: float, keeps: float, either: tuple[float, float]
) -> Finding:
    """Return whether the answer says rightly if the head stands the control.

    Args:
        survives: what the answer says.
        kept: the share of the number that is left in the control.
        keeps: from which share on the head stands it.
        either: between these shares both answers are right.
    """
    low, high = either
    if low <= kept <= high:
        return passed("control", "control.either", low=low, high=high)
    if survives == (kept >= keeps):
        return passed("control")
    return failed("control", say("control.wrong", keeps=keeps), "half", share=0.5)
