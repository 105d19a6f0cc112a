"""Wrong answers drawn at random: what a hint may not be given to, however often one draws."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.questions.facts import Facts
from support.perturb import leaves, placed

N_LAYERS, N_HEADS = 6, 12


def is_decimal(value: Any) -> bool:
    return isinstance(value, float)


def draw(question, value: Any, variant: dict, model, luck: random.Random) -> Iterator[tuple]:
    """Yield (kind of draw, wrong answer): one of every kind that the question has room for."""
    if question.kind == "choice":
        yield "choices", luck.choice(list(question.parameters.options))
        yield "texts", luck.choice(("x", "both", "", "none of these"))
        return
    if isinstance(value, np.ndarray):
        yield from _arrays(value, luck)
        return
    if isinstance(value, list):
        yield from _lists(value, variant, model, luck)
        return
    if not isinstance(value, dict):
        return
    numbers = _numbers(value, luck)
    places = [p for p, leaf in leaves(value) if p and _is_number(leaf, p)]
    for name, make in numbers.items():
        changed = value
        for path in places:
            changed = placed(changed, path, make(_at(value, path)))
        if places:
            yield name, changed
            one = luck.choice(places)
            yield f"one of them: {name}", placed(value, one, make(_at(value, one)))
    if "layer" in value:
        head = {"layer": luck.randrange(N_LAYERS), "head": luck.randrange(N_HEADS)}
        yield (
            "heads with their right numbers",
            _right_numbers(question, value | head, variant, model),
        )
        yield "heads with another's numbers", value | head
        past = {"layer": luck.randrange(N_LAYERS + 1), "head": luck.randrange(N_HEADS + 1)}
        yield "heads that may not be there", value | past
        changed = value | head
        for path in places:
            changed = placed(changed, path, round(luck.random(), 3))
        yield "heads with drawn numbers", changed
    for path, leaf in leaves(value):
        if path and isinstance(leaf, bool):
            yield "yes or no", placed(value, path, luck.random() < 0.5)
        elif path and isinstance(leaf, str):
            yield "texts", placed(value, path, luck.choice(list(variant.values())))


def _is_number(leaf: Any, path: tuple) -> bool:
    whole = (
        isinstance(leaf, int) and not isinstance(leaf, bool) and path[-1] not in ("layer", "head")
    )
    return is_decimal(leaf) or whole


def _at(value: Any, path: tuple) -> Any:
    for key in path:
        value = value[key]
    return value


def _numbers(value: dict, luck: random.Random) -> dict:
    """Return what draws a number in the place of a right one."""
    return {
        "0 to 1": lambda _: luck.random(),
        "0 to 1, three decimals": lambda _: round(luck.random(), 3),
        "0 to 1, two decimals": lambda _: round(luck.random(), 2),
        "0 to .2": lambda _: luck.random() / 5,
        "0 to .2, three decimals": lambda _: round(luck.random() / 5, 3),
        "any size": lambda _: 10 ** luck.uniform(-3, 1),
        "any size, three decimals": lambda _: round(10 ** luck.uniform(-3, 1), 3),
        "near the right one": lambda x: x * luck.uniform(0.5, 1.5),
        "near the right one, three decimals": lambda x: round(x * luck.uniform(0.5, 1.5), 3),
        "near the right one, four decimals": lambda x: round(x * luck.uniform(0.5, 1.5), 4),
        "whole numbers": lambda _: luck.randrange(1, 101),
        "percentages": lambda _: round(100 * luck.random(), 1),
        "of both signs": lambda x: x * luck.uniform(-2, 2),
    }


def _right_numbers(question, value: dict, variant: dict, model) -> dict:
    """Return an answer with the right numbers of the head it names, where they are measures'."""
    facts = Facts(variant, model, question.measures)
    head = value["layer"], value["head"]
    measured = {n: float(facts.measure(n)[head]) for n in value if n in question.measures}
    return value | measured


def _arrays(value: np.ndarray, luck: random.Random) -> Iterator[tuple]:
    generator = np.random.default_rng(luck.randrange(2**32))
    yield "arrays, 0 to 1", generator.random(value.shape)
    yield "arrays of both signs", generator.normal(size=value.shape)
    exps = np.exp(3 * generator.normal(size=value.shape))
    yield "arrays with rows that sum to 1", exps / exps.sum(axis=-1, keepdims=True)
    yield "arrays with zeros", value * (generator.random(value.shape) < 0.9)
    flat = value.reshape(-1).copy()
    generator.shuffle(flat)
    yield "shuffled arrays", flat.reshape(value.shape)
    axis = luck.randrange(value.ndim)
    yield (
        "arrays with an axis shuffled",
        np.take(value, generator.permutation(value.shape[axis]), axis),
    )
    if value.ndim > 2:  # of two axes the only exchange is a mistake that is to be recognised
        yield "arrays with axes exchanged", value.transpose(generator.permutation(value.ndim))
    shape = [luck.randrange(1, 17) for _ in range(luck.randrange(5))]
    yield "arrays of another shape", generator.random(shape)
    yield "arrays of another scale", value * luck.uniform(0.2, 3)
    yield "noisy arrays", value + generator.normal(scale=0.01, size=value.shape)


def _lists(value: list, variant: dict, model, luck: random.Random) -> Iterator[tuple]:
    if all(isinstance(one, str) for one in value):
        tokens = list(model.attend(variant["sentence"]).tokens)
        count = luck.randrange(1, len(tokens))
        yield "tokens of the sentence", luck.sample(tokens, count)
        yield "words", luck.sample(["apple", "the", "##ing", "run", "[PAD]", "x"], 3)
    elif value and isinstance(value[0], list):
        yield from _arrays(np.array(value, dtype=float), luck)
    else:
        yield "sizes", [luck.randrange(1, 17) for _ in range(luck.randrange(1, 6))]
        yield "sizes in another order", luck.sample(value, len(value))
        yield "one size drawn", [*value[:-1], luck.randrange(1, 17)]
