"""Arrays that a question can ask for, each worked out by the judge; none is stored.

An author names one below ``of``::

    of = {pattern = {text = "{sentence}", layer = 5, head = 8}}
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds.base import Scope
from grader.questions.kinds.misnamed import misnamed
from grader.questions.references import REFERENCE_MISTAKES, REFERENCES, attention_scores

Mistakes = Iterable[tuple[str, np.ndarray]]

TRUTH_MISTAKES = tuple(
    dict.fromkeys(
        (
            "axis",
            "one_head",
            "counted_from_one",
            "swapped_numbers",
            "special_token",
            *REFERENCE_MISTAKES,
        )
    )
)
"""The mistakes that a wrong array can be recognised by, besides those of its shape."""


@dataclass(frozen=True)
class Truth:
    """An array that the judge works out."""

    axes: tuple[str, ...]
    """What its axes are called: ``("query", "key")``."""
    value: Callable[[Facts], np.ndarray]
    mistakes: Callable[[Facts], Mistakes]
    """Hint -> the array that this mistake leads to."""


def read_truth(table: Table, scope: Scope, key: str = "of") -> Truth:
    """Return the array that stands under `key`."""
    below = table.table(key)
    forms = [form for form in TRUTHS if below.has(form)]
    if len(forms) != 1:
        below.problem(f"[{below.name}] must name one array; known are: {', '.join(TRUTHS)}.")
        below.read.update(below.data)
        return Truth((), lambda facts: np.zeros(0), lambda facts: ())
    one = below.table(forms[0])
    found = TRUTHS[forms[0]](one, scope)
    one.finish()
    below.finish()
    return found


def _text(table: Table, scope: Scope, key: str = "text") -> Callable[[Facts], str]:
    template = table.template(key, scope.words)
    return lambda facts: facts.fill(template)


def _number(table: Table, key: str) -> int:
    return int(table.number(key, low=0, high=1000))


def _weights(table: Table, scope: Scope) -> Truth:
    text = _text(table, scope)

    def mistakes(facts: Facts) -> Mistakes:
        return [("transposed", facts.attend(text(facts)).weights.swapaxes(-1, -2))]

    axes = ("layer", "head", "query", "key")
    return Truth(axes, lambda facts: facts.attend(text(facts)).weights, mistakes)


def _pattern(table: Table, scope: Scope) -> Truth:
    text, layer, head = _text(table, scope), _number(table, "layer"), _number(table, "head")

    def value(facts: Facts) -> np.ndarray:
        return facts.attend(text(facts)).weights[layer, head]

    def mistakes(facts: Facts) -> Mistakes:
        weights = facts.attend(text(facts)).weights
        yield "transposed", weights[layer, head].T
        for hint, other in misnamed(HeadId(layer, head), weights.shape):
            yield hint, weights[other]
        yield "one_layer", weights[layer].mean(axis=0)

    return Truth(("query", "key"), value, mistakes)


def _row(table: Table, scope: Scope) -> Truth:
    text, query = _text(table, scope), _text(table, scope, "query")
    layer, head = _number(table, "layer"), _number(table, "head")

    def at(facts: Facts) -> tuple[np.ndarray, int]:
        attention = facts.attend(text(facts))
        return attention.weights, attention.position(query(facts))

    def value(facts: Facts) -> np.ndarray:
        weights, position = at(facts)
        return weights[layer, head, position]

    def mistakes(facts: Facts) -> Mistakes:
        weights, position = at(facts)
        yield "transposed", weights[layer, head, :, position]
        for near in (position - 1, position + 1):
            if 0 <= near < weights.shape[-1]:
                yield "off_by_one", weights[layer, head, near]
        for hint, other in misnamed(HeadId(layer, head), weights.shape):
            yield hint, weights[other][position]

    return Truth(("key",), value, mistakes)


def _received(table: Table, scope: Scope) -> Truth:
    """Return what each key gets from all queries together: the sums of the columns."""
    text, layer, head = _text(table, scope), _number(table, "layer"), _number(table, "head")

    def value(facts: Facts) -> np.ndarray:
        return facts.attend(text(facts)).weights[layer, head].sum(axis=0)

    def mistakes(facts: Facts) -> Mistakes:
        weights = facts.attend(text(facts)).weights
        yield "axis", weights[layer, head].sum(axis=1)
        yield "not_a_sum", weights[layer, head].mean(axis=0)
        for hint, other in misnamed(HeadId(layer, head), weights.shape):
            yield hint, weights[other].sum(axis=0)

    return Truth(("key",), value, mistakes)


def _mean_of_heads(table: Table, scope: Scope) -> Truth:
    text, layer = _text(table, scope), _number(table, "layer")

    def value(facts: Facts) -> np.ndarray:
        return facts.attend(text(facts)).weights[layer].mean(axis=0)

    def mistakes(facts: Facts) -> Mistakes:
        weights = facts.attend(text(facts)).weights
        yield "transposed", weights[layer].mean(axis=0).T
        yield "axis", weights.mean(axis=(0, 1))
        yield "axis", weights[:, min(layer, weights.shape[1] - 1)].mean(axis=0)
        yield "not_a_mean", weights[layer].sum(axis=0)
        if layer:
            yield "counted_from_one", weights[layer - 1].mean(axis=0)
        for pattern in weights[layer]:
            yield "one_head", pattern

    return Truth(("query", "key"), value, mistakes)


def _scores(table: Table, scope: Scope) -> Truth:
    """Return a head's scores before the softmax."""
    text, layer, head = _text(table, scope), _number(table, "layer"), _number(table, "head")

    def read(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
        queries, keys = facts.model.queries_keys(text(facts))
        return queries[layer, head].astype(np.float64), keys[layer, head].astype(np.float64)

    def mistakes(facts: Facts) -> Mistakes:
        for hint, wrong in REFERENCES["attention_scores"].mistakes.items():
            for function in wrong:
                yield hint, np.asarray(function(*read(facts)))

    return Truth(("query", "key"), lambda facts: attention_scores(*read(facts)), mistakes)


def _products(table: Table, scope: Scope) -> Truth:
    """Return the products of a word's query with another's key, number by number.

    Their sum is the dot product.
    """
    text = _text(table, scope)
    query, key = _text(table, scope, "query"), _text(table, scope, "key")
    layer, head = _number(table, "layer"), _number(table, "head")

    def read(facts: Facts, layer: int, head: int, turned: bool = False) -> np.ndarray:
        attention = facts.attend(text(facts))
        places = attention.position(query(facts)), attention.position(key(facts))
        row, column = places[::-1] if turned else places
        queries, keys = facts.model.queries_keys(text(facts))
        products = queries[layer, head, row].astype(np.float64) * keys[layer, head, column]
        return products

    def mistakes(facts: Facts) -> Mistakes:
        right = read(facts, layer, head)
        yield "transposed", read(facts, layer, head, turned=True)
        yield "scale", right / np.sqrt(len(right))
        yield "softmax", np.exp(right) / np.exp(right).sum()
        if layer and head:
            yield "counted_from_one", read(facts, layer - 1, head - 1)

    return Truth(("size",), lambda facts: read(facts, layer, head), mistakes)


def _result(table: Table, scope: Scope) -> Truth:
    """Return what a reference gives for arguments that stand in the exercise."""
    reference = REFERENCES.get(table.choice("reference", REFERENCES), REFERENCES["softmax"])
    given = table.value("arguments", (list,), "[[[1.0, 2.0], [3.0, 4.0]]]") or []
    try:
        arguments = [np.array(one, dtype=bool if _flags(one) else np.float64) for one in given]
        shape = reference(*arguments).shape
    except (ValueError, TypeError, IndexError) as error:
        table.problem(f"the reference cannot take these arguments: {error}; correct them.")
        arguments, shape = [np.zeros((1, 1))], (1, 1)

    def mistakes(facts: Facts) -> Mistakes:
        return mistaken(reference, arguments)

    axes = ("query", "key")[-len(shape) :] if 0 < len(shape) <= 2 else ("axis",) * len(shape)
    return Truth(axes, lambda facts: reference(*arguments), mistakes)


def _flags(value) -> bool:
    return _flags(value[0]) if isinstance(value, list) and value else isinstance(value, bool)


def mistaken(reference, arguments: list[np.ndarray]) -> Mistakes:
    """Yield what each known mistake of a reference gives for these arguments."""
    for hint, wrong in reference.mistakes.items():
        for function in wrong:
            try:
                with np.errstate(all="ignore"):
                    yield hint, np.asarray(function(*arguments), dtype=np.float64)
            except (ValueError, TypeError, IndexError):
                continue  # a mistake that these inputs do not allow


TRUTHS = {
    "weights": _weights,
    "pattern": _pattern,
    "row": _row,
    "received": _received,
    "mean_of_heads": _mean_of_heads,
    "scores": _scores,
    "products": _products,
    "result": _result,
}
"""What can be asked for: the key below ``of``, and who reads it."""
