"""Inputs that a student's function is called with: drawn anew for each submission.

A recipe says what a class of case looks like; every draw holds every class. The same seed draws
the same inputs on every machine: only ``random.Random.random``, whose stream Python promises.
"""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from grader.questions.answer import encode_answer
from grader.questions.authoring import Table

PUBLIC_SEED = b"public"
"""The seed of the inputs that a student's notebook calls a function with."""

TRIES = 20
"""At inputs of a new size; a recipe may know one alone."""
Draw = Callable[[random.Random], np.ndarray | tuple[np.ndarray, ...]]


@dataclass(frozen=True)
class ProbeClass:
    """A class of case, such as rows that hold one very large score."""

    name: str
    public: bool
    """Whether the student's notebook shows cases of this class."""
    count: int
    draw: Draw | None
    """None in a student's notebook where the class is hidden."""


def read_classes(table: Table, *, public: bool) -> tuple[ProbeClass, ...]:
    """Return the classes below ``[question.NAME.class]``."""
    return tuple(_read_class(name, below, public) for name, below in table.tables("class").items())


def draw(classes: Iterable[ProbeClass], seed: bytes, *, public_only: bool = False) -> list:
    """Return the arguments of each call, encoded as in an answer, in the order of `plan`."""
    generator = random.Random(seed)
    found = []
    for one in classes:
        sizes: set[tuple] = set()
        for _ in range(one.count):
            if one.draw is not None and (one.public or not public_only):
                arguments = _of_new_size(one.draw, generator, sizes)
                found.append([encode_answer(argument) for argument in arguments])
    return found


def _of_new_size(case: Draw, generator: random.Random, known: set) -> tuple[np.ndarray, ...]:
    """Draw until the sizes are new, if they can be: what works for one size alone is caught."""
    for _ in range(TRIES):
        drawn = case(generator)
        arguments = drawn if isinstance(drawn, tuple) else (drawn,)
        size = tuple(argument.shape for argument in arguments)
        if size not in known:
            break
    known.add(size)
    return arguments


def plan(classes: Iterable[ProbeClass], *, public_only: bool = False) -> list[str]:
    """Return the class of each call."""
    return [c.name for c in classes if c.public or not public_only for _ in range(c.count)]


def _read_class(name: str, table: Table, public: bool) -> ProbeClass:
    if public and not table.data:
        return ProbeClass(name, False, 0, None)
    shown = table.value("public", (bool,), "true", False)
    count = int(table.number("count", 2, low=1, high=20))
    forms = [form for form in DRAWS if table.has(form)]
    if len(forms) != 1:
        table.problem(f"[{table.name}] must draw one thing; known are: {', '.join(DRAWS)}.")
        table.read.update(DRAWS)
        return ProbeClass(name, shown, count, None)
    below = table.table(forms[0])
    drawing = DRAWS[forms[0]](below)
    below.finish()
    table.finish()
    return ProbeClass(name, shown, count, drawing)


def _sizes(table: Table, key: str) -> tuple[int, int]:
    found = table.value(key, (list,), "[2, 5]")
    if (
        isinstance(found, list)
        and len(found) == 2
        and all(type(n) is int for n in found)
        and 1 <= found[0] <= found[1] <= 64
    ):
        return found[0], found[1]
    if found is not None:
        table.problem(f"{key!r} in [{table.name}] needs two sizes; write {key} = [2, 5].", key)
    return 2, 2


def _between(generator: random.Random, low: int, high: int) -> int:
    return low + int(generator.random() * (high - low + 1))


def _floats(generator: random.Random, count: int, low: float, high: float) -> np.ndarray:
    values = [round(low + generator.random() * (high - low), 6) for _ in range(count)]
    return np.array(values, dtype=np.float64)


def _matrix(table: Table) -> Callable[[random.Random], np.ndarray]:
    rows, columns = _sizes(table, "rows"), _sizes(table, "columns")
    low, high = table.number("low"), table.number("high")
    batch, moved = _batch(table), _apart(table)

    def drawing(generator: random.Random) -> np.ndarray:
        shape = *batch, _between(generator, *rows), _between(generator, *columns)
        return moved(_floats(generator, math.prod(shape), low, high).reshape(shape))

    return drawing


def _apart(table: Table) -> Callable[[np.ndarray], np.ndarray]:
    """Return what moves each row so far from the one before that their exponentials are alone."""
    apart = table.number("apart", 0.0, low=-2000.0, high=2000.0)
    return lambda rows: rows + apart * np.arange(rows.shape[-2])[:, None]


def _batch(table: Table) -> tuple[int, ...]:
    """Return the sizes of axes in front of the others, such as ``batch = [2, 3]``."""
    found = table.value("batch", (list,), "[2, 3]", [])
    if not (
        isinstance(found, list)
        and len(found) <= 2
        and all(type(n) is int and 1 <= n <= 4 for n in found)
    ):
        table.problem(f"'batch' in [{table.name}] needs sizes of 1 to 4; write [2, 3].", "batch")
        return ()
    return tuple(found)


def _queries_keys(table: Table) -> Callable[[random.Random], tuple[np.ndarray, ...]]:
    """Return what draws queries and keys, and a mask where one is asked for."""
    queries, size = _sizes(table, "queries"), _sizes(table, "size")
    keys = _sizes(table, "keys") if table.has("keys") else None
    low, high = table.number("low"), table.number("high")
    batch, moved = _batch(table), _apart(table)
    mask = MASKS.get(table.choice("mask", MASKS, None))

    def drawing(generator: random.Random) -> tuple[np.ndarray, ...]:
        n, d = _between(generator, *queries), _between(generator, *size)
        m = n if keys is None else _between(generator, *keys)
        ours, theirs = (
            _floats(generator, math.prod(shape), low, high).reshape(shape)
            for shape in ((*batch, n, d), (*batch, m, d))
        )
        arrays = moved(ours), theirs
        return arrays if mask is None else (*arrays, mask(generator, n, m))

    return drawing


def _causal(generator: random.Random, n: int, m: int) -> np.ndarray:
    return np.tril(np.ones((n, m), dtype=bool))


def _padding(generator: random.Random, n: int, m: int) -> np.ndarray:
    """The last keys stand for no token; with one before them its weight would be 1 in any case."""
    real = _between(generator, 2, max(m - 1, 2))
    return np.broadcast_to(np.arange(m) < real, (n, m)).copy()


def _blocked(generator: random.Random, n: int, m: int) -> np.ndarray:
    """One query may look nowhere."""
    mask = np.array([generator.random() < 0.7 for _ in range(n * m)]).reshape(n, m)
    mask[:, 0] = True
    mask[_between(generator, 0, n - 1)] = False
    return mask


MASKS = {"causal": _causal, "padding": _padding, "blocked": _blocked}
"""Where queries may look (True) in a draw of queries and keys."""


def _pattern(table: Table) -> Callable[[random.Random], np.ndarray]:
    tokens = _sizes(table, "tokens")

    def drawing(generator: random.Random) -> np.ndarray:
        n = _between(generator, *tokens)
        weights = _floats(generator, n * n, 0.05, 1.0).reshape(n, n)
        return weights / weights.sum(axis=-1, keepdims=True)

    return drawing


DRAWS: dict[str, Callable[[Table], Draw]] = {
    "matrix": _matrix,
    "pattern": _pattern,
    "queries_keys": _queries_keys,
}
"""What can be drawn: the key of a recipe, and who reads it."""
