"""Interventions as values: what is changed in a forward pass, and where.

An edit is frozen data, so that it can be compared, sent, tested and shown. A network applies a
list of them in one run; what it works out before an edit's place stays the same to the last bit.
Zhang and Nanda (2023) compare such interventions and what they can show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from grader.attention import HeadId
from grader.errors import GraderError
from grader.network.tokens import Tokens


@dataclass(frozen=True)
class ZeroHead:
    """Silence a head: what it adds to every token is zero. Its pattern stays."""

    head: HeadId


@dataclass(frozen=True)
class CutEdges:
    """Let no query of some look at any key of some, as if their scores were minus infinity.

    The weight of a cut edge is 0, and the row's other weights grow so that it sums to 1 again.
    """

    queries: Sequence[int]
    """Rows: the tokens that look."""
    keys: Sequence[int]
    """Columns: the tokens looked at."""
    layers: Sequence[int] | None = None
    """None: all layers."""
    heads: Sequence[int] | None = None
    """Heads of those layers; None: all."""

    def __post_init__(self):
        for name in ("queries", "keys", "layers", "heads"):
            places = getattr(self, name)
            if places is not None:
                object.__setattr__(self, name, tuple(map(int, places)))


@dataclass(frozen=True)
class LevelRow:
    """Let a token look at all tokens alike, in every head of one layer."""

    layer: int
    query: int


@dataclass(frozen=True)
class LeaveOut:
    """Leave one token out of what the network reads; those behind it move up."""

    token: int


Edit = ZeroHead | CutEdges | LevelRow | LeaveOut


def left_out(tokens: Tokens, edits: Sequence[Edit]) -> Tokens:
    """Return the tokens that the network is to read.

    Raises:
        GraderError: there is no such token.
    """
    gone = {edit.token for edit in edits if isinstance(edit, LeaveOut)}
    _check(gone, len(tokens), "token")
    return tokens.take([at for at in range(len(tokens)) if at not in gone])


def edited_pattern(
    pattern: Float[np.ndarray, "head query key"], layer: int, edits: Sequence[Edit]
) -> Float[np.ndarray, "head query key"]:
    """Return the weights of one layer as the edits leave them.

    Raises:
        GraderError: a position is outside of the text, or a row would have no key left.
    """
    n_heads, n_tokens, _ = pattern.shape
    for edit in edits:
        if isinstance(edit, LevelRow) and edit.layer == layer:
            _check({edit.query}, n_tokens, "token")
            pattern = pattern.copy()
            pattern[:, edit.query] = 1 / n_tokens
        if isinstance(edit, CutEdges) and (edit.layers is None or layer in edit.layers):
            heads = tuple(range(n_heads)) if edit.heads is None else edit.heads
            _check({*edit.queries, *edit.keys}, n_tokens, "token")
            _check(set(heads), n_heads, "head")
            pattern = _cut(pattern, heads, edit)
    return pattern


def silenced(layer: int, edits: Sequence[Edit]) -> list[int]:
    """Return the heads of one layer whose output is to be zero."""
    heads = {e.head.head for e in edits if isinstance(e, ZeroHead) and e.head.layer == layer}
    return sorted(heads)


def check_places(edits: Sequence[Edit], n_layers: int, n_heads: int) -> None:
    """Refuse an edit whose layer or head the network does not have.

    Raises:
        GraderError: names it.
    """
    for edit in edits:
        if isinstance(edit, ZeroHead):
            _check({edit.head.layer}, n_layers, "layer")
            _check({edit.head.head}, n_heads, "head")
        elif isinstance(edit, LevelRow):
            _check({edit.layer}, n_layers, "layer")
        elif isinstance(edit, CutEdges):
            _check(set(edit.layers or ()), n_layers, "layer")


def _cut(pattern: np.ndarray, heads: Sequence[int], edit: CutEdges) -> np.ndarray:
    pattern = pattern.copy()
    pattern[np.ix_(heads, edit.queries, edit.keys)] = 0
    rows = np.ix_(heads, edit.queries)
    sums = pattern[rows].sum(axis=-1, keepdims=True)
    if not sums.all():
        raise GraderError("a token must be left something to look at; cut fewer edges of its row.")
    pattern[rows] /= sums
    return pattern


def _check(places: set[int], n: int, what: str) -> None:
    for place in sorted(places):
        if not 0 <= place < n:
            raise GraderError(f"there is no {what} {place}: they count from 0 to {n - 1}.")
