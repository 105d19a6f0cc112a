"""A function that the student writes: what it returns for drawn inputs is judged."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed, unchecked
from grader.questions.kinds.compare import decimals_of, near, recognise, to_array
from grader.questions.kinds.truths import mistaken
from grader.questions.messages import Message, say
from grader.questions.outcome import Refusal
from grader.questions.own_references import OwnReferences
from grader.questions.parser import decode
from grader.questions.probes import ProbeClass, plan, read_classes
from grader.questions.references import REFERENCE_MISTAKES, REFERENCES, Reference


@dataclass(frozen=True)
class Parameters:
    """Which function, and which cases it is called with."""

    reference: str
    tolerance: float
    because: dict[str, str]
    classes: tuple[ProbeClass, ...]
    own: OwnReferences | None = None
    """Where an exercise's own reference stands; None for one of the package, and in a student's
    notebook."""

    @property
    def truth(self) -> Reference | None:
        """What the function should return; None in a notebook, which lacks an own reference."""
        if self.own is not None:
            return self.own.functions[self.reference]
        return REFERENCES.get(self.reference)


class Function(Kind):
    """A function called on probes; each class of case is a criterion."""

    name = "function"
    hints = tuple(
        dict.fromkeys(
            ("transposed", "unchanged", "axis", *REFERENCE_MISTAKES, "not_finite", "raised")
        )
    )
    stated = ("not_finite", "raised")
    max_bytes = 1024 * 1024
    route = "own"

    def empty(self, parameters: Parameters, value: Any) -> bool:
        """Return whether there is no function, or one that is still without a body."""
        calls = value.get("calls") if isinstance(value, dict) else None
        return super().empty(parameters, value) or (
            isinstance(calls, list)
            and bool(calls)
            and all(isinstance(call, dict) and call.get("ok", 0) is None for call in calls)
        )

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the reference, the tolerance with its reason, and the classes."""
        own = scope.references if scope.references and not scope.public else None
        if scope.public:
            reference = table.text("reference")
        else:
            reference = table.choice("reference", [*REFERENCES, *(own.hints if own else ())])
        return Parameters(
            reference=reference,
            own=own if own and reference in own.hints else None,
            tolerance=table.number("tolerance", low=0.0, high=1.0),
            because=table.both("because"),
            classes=read_classes(table, public=scope.public),
        )

    def hints_of(self, table: Table, scope: Scope) -> Collection[str]:
        """Return the mistakes that any reference of the package, or this one of its own, knows."""
        reference = table.data.get("reference")
        if scope.public and reference not in REFERENCES:
            hint = table.data.get("hint")
            return [*self.hints, *(hint if isinstance(hint, dict) else ())]
        own = scope.references.hints if scope.references else {}
        return [*self.hints, *(own.get(reference, ()) if isinstance(reference, str) else ())]

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the classes' names."""
        return [c.name for c in parameters.classes]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield for each class whether every call of it returned what it should."""
        if facts.probes is None:
            raise RuntimeError("the inputs that the function was called with are missing")
        everything = plan(parameters.classes)
        names = everything
        if len(facts.probes) != len(everything):
            names = plan(parameters.classes, public_only=True)
        if len(facts.probes) != len(names):
            raise RuntimeError("the inputs are not those of this question")
        calls = _calls(value, len(names))
        for one in parameters.classes:
            mine = [i for i, name in enumerate(names) if name == one.name]
            if not mine or (truth := parameters.truth) is None:
                yield unchecked(one.name, say("later"))
                continue
            found = (_judge_call(parameters, truth, facts.probes[i], calls[i]) for i in mine)
            wrong = next((f for f in found if f is not None), None)
            if wrong is None:
                yield passed(one.name)
            else:
                reason, hint = wrong
                yield failed(one.name, reason if one.public else say("function.hidden"), hint)


def _calls(value: Any, count: int) -> list[dict]:
    if not isinstance(value, dict) or set(value) != {"calls"}:
        raise Refusal("not_a_function", got=fields.type_name(value))
    calls = value["calls"]
    if not isinstance(calls, list) or len(calls) != count:
        raise Refusal("calls", expected=count)
    for call in calls:
        if not isinstance(call, dict) or set(call) not in ({"ok"}, {"error"}):
            raise Refusal("unknown_keys")
    return calls


def _judge_call(
    parameters: Parameters, reference: Reference, probe: list, call: dict
) -> tuple[Message, str | tuple[str, ...]] | None:
    """Return what is wrong with one call: a reason, and a hint or several names for it."""
    if "error" in call:
        error = call["error"] if isinstance(call["error"], str) else "?"
        return say("function.raised", error=error), "raised"
    arguments = [decode(argument) for argument in probe]
    truth = reference(*arguments)
    got = to_array(call["ok"])
    if got is None:
        return say("function.type", got=fields.type_name(call["ok"])), ""
    if truth.ndim == 0 and got.size == 1:
        got = got.reshape(())
    if got.shape != truth.shape:
        hint = "transposed" if got.ndim > 1 and got.T.shape == truth.shape else ""
        if truth.ndim > 1 and got.shape in {_without(truth.shape, i) for i in range(truth.ndim)}:
            hint = "axis"
        return say("function.shape", expected=_shape(truth), got=_shape(got)), hint
    got = got.astype(np.float64)
    finite = bool(np.isfinite(got).all())
    if finite and near(got, truth, parameters.tolerance):
        return None
    hint = _hint(parameters, reference, arguments, got, truth)
    if not finite:
        return say("function.not_finite"), (hint, "not_finite")
    told = {"tolerance": parameters.tolerance, "why": say("as_written", **parameters.because)}
    decimals = decimals_of(got)
    if decimals and near(got, truth, 0.5 * 10.0**-decimals):
        return say("function.rounded", decimals=decimals, **told), hint
    return say("function.wrong", **told), hint


def _hint(
    parameters: Parameters,
    reference: Reference,
    arguments: list,
    got: np.ndarray,
    truth: np.ndarray,
) -> str:
    found = recognise(got, truth, mistaken(reference, arguments), parameters.tolerance)
    if found or len(arguments) > 1:
        return found or ""
    first = np.asarray(arguments[0])
    if first.ndim < 2:
        return ""
    turned = reference(first.swapaxes(-1, -2))
    others = [("transposed", turned), ("axis", turned.T)]
    return recognise(got, truth, others, parameters.tolerance) or ""


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], *shape[axis + 1 :])


def _shape(array: np.ndarray) -> str:
    return str(tuple(int(n) for n in array.shape))
