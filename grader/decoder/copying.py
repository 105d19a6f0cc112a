"""Copying: heads that look one step back, heads that look behind the last time; no copy without.

An induction head looks from a token to what followed it the last time that it stood there (Olsson
et al., 2022). It needs a head that looked one step back before it: the two work together.
"""

from collections.abc import Sequence

import numpy as np

from grader.attention import HeadId
from grader.decoder.figures import (
    best,
    diagonal,
    halves,
    ids_of,
    look,
    losses,
    mean,
    model,
    random_heads,
    rows,
    silence,
    texts,
    trace,
)

LENGTH = 25
"""Random tokens, which then stand there a second time."""
N_CHOSEN, N_REPORTED = 20, 20
"""Sequences on which heads are chosen, and on which they are reported."""
N_DRAWS = 6
"""Draws of as many random heads."""
BEST = (1, 3, 5)
NEEDED = HeadId(16, 0)
"""The previous-token head that is silenced to see whether induction heads need it."""


def figures() -> dict:
    """Return the figures."""
    draw = np.random.default_rng(7)
    vocabulary = _words()
    several = [_repeated(draw, vocabulary) for _ in range(N_CHOSEN + N_REPORTED)]
    chosen, reported = several[:N_CHOSEN], several[N_CHOSEN:]
    scores = np.mean([_induction(look(ids)) for ids in chosen], axis=0)
    heads = best(scores, 5)
    plain = [trace(ids) for ids in reported]
    once = [draw.choice(vocabulary, 2 * LENGTH, replace=False) for _ in range(8)]
    unrepeated = np.mean([_induction(look(ids)) for ids in once], axis=0)
    found = [_induction(one.pattern) for one in plain]
    return {
        "previous": _previous(draw, vocabulary),
        "heads": [str(head) for head in heads],
        "induction": {str(head): mean(one[head] for one in found) for head in heads},
        "unrepeated": float(max(unrepeated[head] for head in heads)),
        "even": float(np.mean([1 / (at + 1) for at in range(LENGTH, 2 * LENGTH)])),
        "silenced": _silenced(reported, plain, heads),
        "composition": _composition(reported, plain, heads[:2]),
        "names": _names(heads),
    }


def _words() -> np.ndarray:
    """Return the tokens that begin a plain word of at least three letters."""
    reader, size = model().reader, len(model().weights["embed_tokens.weight"])
    names = [reader.name(token) for token in range(17, size)]
    found = [
        token
        for token, name in enumerate(names, 17)
        if name[0] == " " and len(name) > 3 and name[1:].isascii() and name[1:].isalpha()
    ]
    return np.array(found)


def _repeated(draw: np.random.Generator, vocabulary: np.ndarray) -> list[int]:
    return 2 * draw.choice(vocabulary, LENGTH, replace=False).tolist()


def _induction(pattern: np.ndarray) -> np.ndarray:
    """Return what the second time gives to what followed the first time."""
    return diagonal(pattern, LENGTH - 1)


def _previous(draw: np.random.Generator, vocabulary: np.ndarray) -> dict:
    chosen, reported = halves([ids_of(text) for text in texts("writer-sentences")])
    scores = np.mean([diagonal(look(ids), 1) for ids in chosen], axis=0)
    heads = best(scores, 3)
    found = [diagonal(look(ids), 1) for ids in reported]
    random = [diagonal(look(draw.choice(vocabulary, 24)), 1) for _ in range(15)]
    even = [np.mean([1 / (at + 1) for at in range(2, len(ids))]) for ids in reported]
    return {
        "heads": [str(head) for head in heads],
        "score": {str(head): mean(one[head] for one in found) for head in heads},
        "on_random": {str(head): mean(one[head] for one in random) for head in heads},
        "even": float(np.mean(even)),
    }


def _loss(several: Sequence[list[int]], plain: Sequence, heads: Sequence[HeadId]) -> tuple:
    """Return the mean loss of each sequence the first time and the second."""
    first, second = [], []
    for ids, one in zip(several, plain, strict=True):
        told = losses(trace(ids, silence(heads), one).head_logits, ids)
        first.append(told[: LENGTH - 1].mean())
        second.append(told[LENGTH:].mean())
    return first, second


def _silenced(several: list[list[int]], plain: list, heads: list[HeadId]) -> dict:
    several, plain = several[:14], plain[:14]
    draw = np.random.default_rng(3)
    first, second = _loss(several, plain, [])
    found: dict[str, dict] = {"0": {"first": mean(first), "second": mean(second)}}
    for n in BEST:
        first, second = _loss(several, plain, heads[:n])
        found[str(n)] = {"first": mean(first), "second": mean(second)}
    means = [
        float(np.mean(_loss(several, plain, random_heads(draw, BEST[-1], heads))[1]))
        for _ in range(N_DRAWS)
    ]
    found["random"] = {
        "mean": float(np.mean(means)),
        "least": min(means),
        "most": max(means),
        "draws": N_DRAWS,
    }
    return found


def _composition(several: list[list[int]], plain: list, heads: list[HeadId]) -> dict:
    """Silence the one previous-token head, the two others, and random heads of the same layers."""
    several, plain = several[:8], plain[:8]
    draw = np.random.default_rng(5)
    early = [HeadId(*divmod(int(at), 9)) for at in draw.choice(16 * 9, 4, replace=False)]
    tried = {"none": [], "needed": [NEEDED], "others": [HeadId(1, 2), HeadId(11, 1)]}
    tried |= {f"random {number}": [head] for number, head in enumerate(early)}
    found = {}
    for name, silent in tried.items():
        looks = [_induction(look(ids, silence(silent))) for ids in several] if silent else None
        looks = looks or [_induction(one.pattern) for one in plain]
        found[name] = {str(head): float(np.mean([one[head] for one in looks])) for head in heads}
    random = [found.pop(f"random {number}") for number in range(len(early))]
    found["random"] = {str(head): min(one[str(head)] for one in random) for head in heads}
    return found


def _names(heads: list[HeadId]) -> dict:
    """Return how many later pieces of an invented name are guessed when it comes again."""
    draw = np.random.default_rng(11)
    items = [(ids_of(row["text"]), len(ids_of(" " + row["name"]))) for row in rows("writer-names")]
    items = items[:20]
    plain = [trace(ids) for ids, _ in items]

    def right(silent: Sequence[HeadId]) -> list[float]:
        return [
            _right(trace(ids, silence(silent), one).head_logits, ids, pieces)
            for (ids, pieces), one in zip(items, plain, strict=True)
        ]

    random = [float(np.mean(right(random_heads(draw, len(heads), heads)))) for _ in range(3)]
    return {
        "whole": mean(right([])),
        "without": mean(right(heads)),
        "random_least": min(random),
        "random_most": max(random),
    }


def _right(logits: np.ndarray, ids: list[int], pieces: int) -> float:
    """Return the share of the last `pieces` but the first that are the likeliest token."""
    places = range(len(ids) - pieces + 1, len(ids))
    return float(np.mean([int(logits[at - 1].argmax()) == ids[at] for at in places]))
