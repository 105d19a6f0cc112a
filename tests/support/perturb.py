"""Right answers a hair off, and answers that miss by a little."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

NOISE = 3e-6
"""The most that two runs of the model differ by, whatever threads, batches or instructions."""


def numbers(value: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Return an answer with `change` made to all its decimal numbers; whole ones stay."""
    if isinstance(value, dict):
        return {key: numbers(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [numbers(one, change) for one in value]
    if isinstance(value, np.ndarray):
        return change(value.astype(np.float64)) if value.dtype.kind == "f" else value
    return float(change(np.float64(value))) if isinstance(value, float) else value


def has_numbers(value: Any) -> bool:
    found = []
    numbers(value, lambda x: found.append(1) or x)
    return bool(found)


def misses(value: Any, variant: dict, limits: tuple[float, ...]) -> Iterator[Any]:
    """Yield answers with one thing changed: a number a little too far off, another choice."""
    for path, leaf in leaves(value):
        for other in others(leaf, path, variant, limits):
            yield placed(value, path, other)


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Yield every part of an answer that can be changed, lists and dicts as wholes too."""
    if path or not isinstance(value, dict):
        yield path, value
    inner = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list) and len(value) <= 8:
        inner = enumerate(value)
    for key, one in inner:
        yield from leaves(one, (*path, key))


def others(leaf: Any, path: tuple, variant: dict, limits: tuple[float, ...]) -> Iterator[Any]:
    """Yield what could stand in the place of one part of an answer."""
    if isinstance(leaf, bool):
        yield not leaf
    elif isinstance(leaf, (int, float)):
        yield from (leaf + 1, leaf - 1, *(leaf + 2.5 * limit for limit in limits))
    elif isinstance(leaf, str):
        yield from ("nothing of the kind", *variant.values())
    elif isinstance(leaf, list):
        yield from (leaf[:-1], [*leaf, leaf[-1]] if leaf else [0], [leaf[0]] if leaf else [0])
        if leaf and isinstance(leaf[0], str):
            yield [*leaf, "more"]
    elif isinstance(leaf, np.ndarray):
        yield leaf[..., :-1]
        yield leaf[None]
        for limit in limits:
            off = leaf.astype(np.float64)
            off[(0,) * off.ndim] += 2.5 * limit
            yield off
        yield leaf - 1


def placed(value: Any, path: tuple, leaf: Any) -> Any:
    """Return an answer with one part of it replaced."""
    if not path:
        return leaf
    found = copy.deepcopy(value)
    at = found
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = leaf
    return found
