"""Several small answers worked out from measures: numbers, yes or no, which is larger.

Each named value is a criterion of its own::

    [question.means.value.mean_noun]
    number = {mean = "noun"}
    [question.means.value.most_heads]
    yes_no = {share_of_heads = "noun", above = "subject"}
    threshold = 0.5
    near = 0.02          # within this of the threshold either answer is right
    [question.means.value.larger]
    largest = {subject = {mean = "subject"}, noun = {mean = "noun"}}
    near = 0.005
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.quantities import QUANTITY_MISTAKES, Quantity, largest, read_quantity
from grader.questions.messages import say

FORMS = ("number", "yes_no", "largest")


@dataclass(frozen=True)
class Value:
    """One value asked for."""

    form: str
    quantity: Quantity | None = None
    tolerance: float = fields.ROUNDED
    because: dict | None = None
    """Why the tolerance is what it is, in both languages; None: rounding by hand."""
    threshold: float = 0.0
    near: float = 0.0
    options: dict[str, Quantity] = field(default_factory=dict)


class Values(Kind):
    """Numbers, yes or no, and which is larger."""

    name = "values"
    hints = tuple(dict.fromkeys((*QUANTITY_MISTAKES, "near_threshold")))

    def read(self, table: Table, scope: Scope) -> dict[str, Value]:
        """Return the values asked for, by name."""
        return {name: _read_value(below, scope) for name, below in table.tables("value").items()}

    def criteria(self, parameters: dict[str, Value]) -> list[str]:
        """Return the values' names."""
        return list(parameters)

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return [name for name, asked in parameters.items() if asked.form == "number"]

    def judge(self, parameters: dict[str, Value], value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield a finding for each value."""
        if len(parameters) == 1 and not isinstance(value, dict):
            value = dict.fromkeys(parameters, value)  # the one number, without its name
        answer = fields.mapping(value, parameters, facts)
        explained = _explained(parameters, answer, facts)
        for name, asked in parameters.items():
            try:
                yield _JUDGES[asked.form](name, asked, answer, facts, explained)
            except fields.FieldError as error:
                yield failed(name, error.reason)


def _read_value(table: Table, scope: Scope) -> Value:
    forms = [form for form in FORMS if form in table.data]
    if len(forms) != 1:
        table.problem(f"[{table.name}] must say one form; known are: {', '.join(FORMS)}.")
        table.read.update(table.data)
        return Value("number")
    form = forms[0]
    below = table.table(form)
    if form == "number":
        tolerance, because = fields.read_tolerance(table)
        found = Value(form, read_quantity(below, scope), tolerance, because)
    elif form == "yes_no":
        threshold, near = table.number("threshold"), table.number("near", low=0.0)
        found = Value(form, read_quantity(below, scope), threshold=threshold, near=near)
    else:
        options = {name: read_quantity(one, scope) for name, one in table.tables(form).items()}
        if len(options) < 2:
            table.problem(f"[{below.name}] needs two options or more; add one.", form)
        found = Value(form, near=table.number("near", low=0.0), options=options)
    table.finish()
    return found


Explanations = dict[str, tuple[diagnosis.Explained, frozenset[str]]]
"""Number -> what explains it where it is wrong, and which mistakes it could show at all."""


def _explained(parameters: dict[str, Value], answer: dict, facts: Facts) -> Explanations:
    found: Explanations = {}
    for name, asked in parameters.items():
        if asked.form != "number" or asked.quantity is None:
            continue
        mistakes = [(h, list(v)) for h, v in asked.quantity.mistakes(facts)]
        explained: diagnosis.Explained = {}
        truth = asked.quantity.value(facts)
        with suppress(fields.FieldError):
            got = fields.number(answer, name)
            if not fields.close(got, truth, asked.tolerance):
                explained = diagnosis.explain(got, truth, mistakes, asked.tolerance)
        found[name] = explained, frozenset(h for h, v in mistakes if v)
    return found


def _judge_number(
    name: str, asked: Value, answer: dict, facts: Facts, explained: Explanations
) -> Finding:
    assert asked.quantity is not None
    got = fields.number(answer, name)
    truth = asked.quantity.value(facts)
    if fields.close(got, truth, asked.tolerance):
        return passed(name, "number.right", got=got, tolerance=asked.tolerance, why=_why(asked))
    all_of_them = [found for found, _ in explained.values()]
    possible = Counter(h for _, known in explained.values() for h in known)
    hint = next(
        (
            hint
            for hint in explained[name][0]
            if diagnosis.is_evident(hint, all_of_them, possible[hint])
        ),
        None,
    )
    reason = say("number.wrong", got=got, tolerance=asked.tolerance, why=_why(asked))
    return failed(name, reason, hint)


def _judge_yes_no(name: str, asked: Value, answer: dict, facts: Facts, _: Explanations) -> Finding:
    assert asked.quantity is not None
    got = fields.yes_no(answer, name)
    truth = asked.quantity.value(facts)
    if abs(truth - asked.threshold) < asked.near:
        return passed(name, "either", near=asked.near)
    if got == (truth > asked.threshold):
        return passed(name)
    return failed(name, say("yes_no.wrong", got=say("yes" if got else "no")))


def _judge_largest(name: str, asked: Value, answer: dict, facts: Facts, _: Explanations) -> Finding:
    words = {option: [facts.variant[option]] for option in asked.options if option in facts.variant}
    got = fields.option(answer, name, asked.options, words)
    truth = {option: quantity.value(facts) for option, quantity in asked.options.items()}
    best = truth[largest(truth)]
    if truth[got] == best:
        return passed(name)
    if best - truth[got] < asked.near:
        return passed(name, "either", near=asked.near)
    return failed(name, say("largest.wrong", got=got))


_JUDGES = {"number": _judge_number, "yes_no": _judge_yes_no, "largest": _judge_largest}


def _why(asked: Value):
    return fields.why(asked.because)
