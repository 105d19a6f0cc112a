"""Means with their intervals, the sentence sets, and a model that is asked by token ids."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from grader.attention import HeadId
from grader.capture import load_model
from grader.network import Edit, Tokens, Trace, ZeroHead

DATA = Path(__file__).parents[2] / "lessons" / "data"
DRAWS = 2000
"""Samples of a bootstrap."""


def rows(name: str, half: str = "") -> list[dict[str, str]]:
    """Return the rows of a sentence set, or those of one of its halves."""
    with (DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in read if not half or row["half"] == half]


def texts(name: str) -> list[str]:
    """Return the texts of a sentence set."""
    return [row["text"] for row in rows(name)]


def halves(items: Sequence) -> tuple[Sequence, Sequence]:
    """Return every other item, on which heads are chosen, and the rest, on which they report."""
    return items[0::2], items[1::2]


def mean(values: Iterable[float]) -> dict[str, float | int]:
    """Return a mean over texts with its 95 % interval, by bootstrap, and the number of texts."""
    values = np.array(list(values), dtype=np.float64)
    draw = np.random.default_rng(0).integers(0, len(values), (DRAWS, len(values)))
    low, high = np.quantile(values[draw].mean(axis=1), [0.025, 0.975])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high), "n": len(values)}


def best(scores: Float[np.ndarray, "layer head"], n: int) -> list[HeadId]:
    """Return the heads with the largest scores, best first."""
    order = np.argsort(-scores, axis=None, kind="stable")[:n]
    return [HeadId(*divmod(int(at), scores.shape[1])) for at in order]


def random_heads(draw: np.random.Generator, n: int, but: Sequence[HeadId]) -> list[HeadId]:
    """Return `n` heads of the model, none of `but`."""
    shape = model().config.n_layers, model().config.n_heads
    every = [HeadId(layer, head) for layer in range(shape[0]) for head in range(shape[1])]
    others = [head for head in every if head not in but]
    return [others[at] for at in draw.choice(len(others), n, replace=False)]


def silence(heads: Iterable[HeadId]) -> list[ZeroHead]:
    """Return the edits that silence some heads."""
    return [ZeroHead(head) for head in heads]


def model():
    """Return the network of smollm2."""
    return load_model("smollm2").network


def ids_of(text: str) -> list[int]:
    """Return a text's token ids."""
    return model().encode(text).ids.tolist()


def tokens_of(ids: Sequence[int] | np.ndarray) -> Tokens:
    """Return token ids as what the network reads."""
    none = model().encode("a").take([])
    return model().reader.follow(none, "", [int(token) for token in ids])[0]


def look(ids: Sequence[int] | np.ndarray, edits: Sequence[Edit] = ()) -> np.ndarray:
    """Return every head's pattern."""
    return model().attend(tokens_of(ids), edits)


def trace(
    ids: Sequence[int],
    edits: Sequence[Edit] = (),
    before: Trace | None = None,
    *,
    last: bool = False,
) -> Trace:
    """Return all that the network works out, or the logits of the last token alone."""
    return model().run(tokens_of(ids), edits, before=before, last=last)


def losses(logits: Float[np.ndarray, "token word"], ids: Sequence[int]) -> np.ndarray:
    """Return how unexpected each token after the first was: minus the log of its probability."""
    logits = logits[:-1].astype(np.float64)
    top = logits.max(axis=-1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=-1)) + top[:, 0]
    return total - logits[np.arange(len(ids) - 1), ids[1:]]


def diagonal(pattern: Float[np.ndarray, "layer head query key"], back: int) -> np.ndarray:
    """Return what each token gives to the one `back` places before it, mean over the tokens.

    The first token that has one there is left out: it may be the text's first, where weight lies
    for reasons of its own.
    """
    return np.diagonal(pattern, -back, -2, -1)[..., 1:].mean(axis=-1)
