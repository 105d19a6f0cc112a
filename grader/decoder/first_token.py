"""The place where nothing is: most of the weight lies on the first token, whatever it is."""

from collections.abc import Sequence

import numpy as np

from grader.decoder.figures import halves, ids_of, look, mean, texts, trace
from grader.network import BlindToken, CutEdges

FIRST = 4
"""The first query that is counted: before it there is little to choose from."""
MUCH = 0.8
BLIND = 3
"""The token that is made blind."""


def figures() -> dict:
    """Return the figures; shares are of the weights of queries from the fifth token on."""
    chosen, reported = halves([ids_of(text) for text in texts("writer-sentences")])
    plain = [trace(ids) for ids in reported]
    by_head = np.mean([_on(one.pattern, 0) for one in plain], axis=0)
    by_layer = by_head.mean(axis=1)
    even = float(np.mean([_even(len(ids)) for ids in reported]))
    return {
        "share": mean(_on(one.pattern, 0).mean() for one in plain),
        "share_select": mean(_on(trace(ids).pattern, 0).mean() for ids in chosen[:10]),
        "even": even,
        "heads_above": int((by_head > MUCH).sum()),
        "layers_without": [int(at) for at in np.flatnonzero(by_layer < even)],
        "value_norm": float(np.median(np.mean([_short(one) for one in plain], axis=0))),
        "weighted": mean(_weighted(one) for one in plain),
        "in_front": {name: _in_front(front, reported) for name, front in _fronts().items()},
        "blind": _blind(reported, plain),
    }


def _on(pattern: np.ndarray, column: int, first: int = FIRST) -> np.ndarray:
    """Return each head's mean weight on one token."""
    return pattern[:, :, first:, column].mean(axis=-1)


def _even(n: int, first: int = FIRST) -> float:
    return float(np.mean([1 / (query + 1) for query in range(first, n)]))


def _short(one) -> np.ndarray:
    """Return how long the first token's value is, beside the others' mean."""
    lengths = np.linalg.norm(one.values, axis=-1)
    return lengths[:, :, 0] / lengths[:, :, FIRST:].mean(axis=-1)


def _weighted(one) -> float:
    """Return the first token's share of all that heads hand over, by the values' length."""
    handed = one.pattern * np.linalg.norm(one.values, axis=-1)[:, :, None, :]
    return float(_on(handed / handed.sum(axis=-1, keepdims=True), 0, FIRST + 1).mean())


def _fronts() -> dict[str, list]:
    draw = np.random.default_rng(0)
    return {
        "start": [[0]],
        "newline": [ids_of("\n")],
        "well": [ids_of("Well,")],
        "random": [[int(one)] for one in draw.integers(200, 40000, 100)],
    }


def _in_front(fronts: list[list[int]], several: Sequence[list[int]]) -> dict:
    """Return the share of what was put in front, and of the text's own first token behind it."""
    new, old = [], []
    for at, ids in enumerate(several[:15]):
        front = fronts[at % len(fronts)]
        pattern = look([*front, *ids])
        new.append(_on(pattern, 0, FIRST + len(front)).mean())
        old.append(_on(pattern, len(front), FIRST + len(front)).mean())
    return {"share": mean(new), "old": mean(old)}


def _blind(several: Sequence[list[int]], plain: list) -> dict:
    """Make a token blind to what comes before it, and, as a control, cut one of its edges."""
    long = [(ids, one) for ids, one in zip(several, plain, strict=True) if len(ids) > BLIND + 4]
    blind = [trace(ids, [BlindToken(BLIND)]) for ids, _ in long]
    cut = [look(ids, [CutEdges((BLIND,), (BLIND - 1,))]) for ids, _ in long]
    size = [_size(one) for one in blind]
    return {
        "before": mean(_on(one.pattern, BLIND, BLIND + 1).mean() for _, one in long),
        "after": mean(_on(one.pattern, BLIND, BLIND + 1).mean() for one in blind),
        "one_edge": mean(_on(pattern, BLIND, BLIND + 1).mean() for pattern in cut),
        "residual_before": float(np.mean([_size(one) for _, one in long])),
        "residual_after": float(np.mean(size)),
    }


def _size(one) -> float:
    """Return how long the token's vector is after half of the layers, beside those behind it."""
    lengths = np.linalg.norm(one.residuals[len(one.residuals) // 2], axis=-1)
    return float(lengths[BLIND] / lengths[BLIND + 1 :].mean())
