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
from grader.network.text_reader import Tokens


@dataclass(frozen=True)
class ZeroHead:
    """Silence a head: what it adds to every token is zero. Its pattern stays."""

    head: HeadId


@dataclass(frozen=True)
class CutEdges:
    """Let no query of some look at any key of some, as if their scores were minus infinity.

    The weight of a cut edge is 0, and the row's other weights grow so that it sums to 1 again:
    what would have been looked at there is looked for elsewhere.
    """

    queries: Sequence[int]
    """Rows: the tokens that look."""
    keys: Sequence[int]
    """Columns: the tokens looked at."""
    layers: Sequence[int] | None = None
    """None: all layers."""
    heads: Sequence[int] | None = None
    """Heads of those layers; None: all."""
    after_softmax: bool = False
    """Whether the row's other weights stay as they are, so that it sums to less than 1: the voice
    of what was looked at is missing and none takes its place."""

    def __post_init__(self):
        for name in ("queries", "keys", "layers", "heads"):
            places = getattr(self, name)
            if places is not None:
                object.__setattr__(self, name, tuple(map(int, places)))


@dataclass(frozen=True)
class BlindToken:
    """Let a token see nothing but itself, in every head of every layer."""

    token: int


@dataclass(frozen=True)
class LevelRow:
    """Let a token look at all tokens that it sees alike, in every head of one layer."""

    layer: int
    query: int


@dataclass(frozen=True)
class LeaveOut:
    """Leave one token out of what the network reads; those behind it move up."""

    token: int


Edit = ZeroHead | CutEdges | BlindToken | LevelRow | LeaveOut


def left_out(tokens: Tokens, edits: Sequence[Edit]) -> Tokens:
    """Return the tokens that the network is to read.

    Raises:
        GraderError: there is no such token, or none would be left.
    """
    gone = {edit.token for edit in edits if isinstance(edit, LeaveOut)}
    _check(gone, len(tokens), "token")
    if gone and len(gone) == len(tokens):
        raise GraderError("no token would be left to read; leave fewer out.")
    return tokens.take([at for at in range(len(tokens)) if at not in gone])


def edited_scores(
    scores: Float[np.ndarray, "head query key"], layer: int, edits: Sequence[Edit], first: int = 0
) -> Float[np.ndarray, "head query key"]:
    """Return the scores of one layer as the edits leave them before the softmax.

    Args:
        scores: minus infinity where a query does not see a key.
        layer: whose.
        edits: all of the run.
        first: which token the first query is; those before it were read earlier.

    Raises:
        GraderError: a row would have no key left.
    """
    rows = range(first, first + scores.shape[1])
    for edit in edits:
        if isinstance(edit, CutEdges) and not edit.after_softmax:
            places = _edges(edit, layer, scores, first)
            if places is not None:
                scores = scores.copy()
                scores[places] = -np.inf
        if isinstance(edit, BlindToken) and edit.token in rows:
            scores = scores.copy()
            others = np.arange(scores.shape[-1]) != edit.token
            scores[:, edit.token - first, others] = -np.inf
        if isinstance(edit, LevelRow) and edit.layer == layer and edit.query in rows:
            scores = scores.copy()
            row = scores[:, edit.query - first]
            row[np.isfinite(row)] = 0
    if edits and np.isneginf(scores.max(axis=-1)).any():
        raise GraderError("a token must be left something to look at; cut fewer edges of its row.")
    return scores


def edited_pattern(
    pattern: Float[np.ndarray, "head query key"], layer: int, edits: Sequence[Edit], first: int = 0
) -> Float[np.ndarray, "head query key"]:
    """Return the weights of one layer as the edits leave them after the softmax."""
    for edit in edits:
        if isinstance(edit, CutEdges) and edit.after_softmax:
            places = _edges(edit, layer, pattern, first)
            if places is not None:
                pattern = pattern.copy()
                pattern[places] = 0
    return pattern


def silenced(layer: int, edits: Sequence[Edit]) -> list[int]:
    """Return the heads of one layer whose output is to be zero."""
    heads = {e.head.head for e in edits if isinstance(e, ZeroHead) and e.head.layer == layer}
    return sorted(heads)


def check_places(edits: Sequence[Edit], n_layers: int, n_heads: int, n_tokens: int) -> None:
    """Refuse an edit of a layer, a head or a token that is not there.

    Raises:
        GraderError: names it.
    """
    for edit in edits:
        match edit:
            case ZeroHead(head):
                _check({head.layer}, n_layers, "layer")
                _check({head.head}, n_heads, "head")
            case LevelRow(layer, query):
                _check({layer}, n_layers, "layer")
                _check({query}, n_tokens, "token")
            case CutEdges():
                _check(set(edit.layers or ()), n_layers, "layer")
                _check(set(edit.heads or ()), n_heads, "head")
                _check({*edit.queries, *edit.keys}, n_tokens, "token")
            case BlindToken(token):
                _check({token}, n_tokens, "token")


def first_layer(edits: Sequence[Edit], n_layers: int) -> int:
    """Return the first layer in which an edit changes anything; `n_layers` where none does.

    An edit of what is read changes all of them.
    """
    return min((_first_layer(edit) for edit in edits), default=n_layers)


def _first_layer(edit: Edit) -> int:
    match edit:
        case ZeroHead(head):
            return head.layer
        case LevelRow(layer):
            return layer
        case CutEdges() if edit.layers:
            return min(edit.layers)
    return 0


def _edges(edit: CutEdges, layer: int, rows: np.ndarray, first: int) -> tuple | None:
    """Return where an edit's edges lie among some rows of a layer, None where none does."""
    queries = [query - first for query in edit.queries if 0 <= query - first < rows.shape[1]]
    keys = [key for key in edit.keys if key < rows.shape[2]]
    if not (queries and keys) or (edit.layers is not None and layer not in edit.layers):
        return None
    heads = range(len(rows)) if edit.heads is None else edit.heads
    return np.ix_(heads, queries, keys)


def _check(places: set[int], n: int, what: str) -> None:
    for place in sorted(places):
        if not 0 <= place < n:
            raise GraderError(f"there is no {what} {place}: they count from 0 to {n - 1}.")
