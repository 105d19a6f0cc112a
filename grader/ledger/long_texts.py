"""Claims about long texts: what a token gets beside its even share, and where far links lead.

All are taken between word pieces, as the figures of long texts show them; rows of special tokens
are left out. A share says little without the even share, 1 divided by the number of tokens: the
longer the text, the smaller is each share, whatever a head does.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

from grader.attention import Attention, HeadId
from grader.ledger.sets import MeasureError, one_head, ordinary

NEAR = 8
"""A word that stands again this near is not counted: nearness alone would lead there. The figures
of long texts count their far links from here too."""

SHORTEST = 5
"""Letters of a piece that is followed: nearly all shorter ones are little words, or parts."""


def even_token_share(at, sentence: str) -> float:
    """What each token gets where a row is shared out evenly: 1 divided by their number."""
    return 1 / at(sentence).n_tokens


def first_share(at, sentence: str, layer: int) -> float:
    """The weight, 0..1, that ordinary pieces give to the first token: a layer's mean."""
    attention = at(sentence)
    if not 0 <= layer < attention.n_layers:
        raise MeasureError(
            f"there is no layer {layer}; this model has layers 0 to {attention.n_layers - 1}"
        )
    return float(attention.weights[layer][:, ordinary(attention), 0].mean())


def first_times_even(at, sentence: str, layer: int) -> float:
    """How many times the even share that is."""
    return first_share(at, sentence, layer) / even_token_share(at, sentence)


def echo_rows(at, sentence: str) -> int:
    """On how many pieces it is measured what gets their like: those that stand again far away."""
    return len(_echoes(at(sentence))[0])


def echo_share(at, sentence: str, head: str) -> float:
    """The weight, 0..1, of one head on far pieces that read as the row's: the mean of rows."""
    return one_head(_echo_shares(at(sentence)), head)


def echo_layer_share(at, sentence: str, layer: int) -> float:
    """The same, averaged over the heads of a layer."""
    return float(_echo_shares(at(sentence))[layer].mean())


def echo_even_share(at, sentence: str) -> float:
    """What these pieces get where each row is shared out evenly."""
    attention = at(sentence)
    _, same, _ = _echoes(attention)
    return float(same.sum(axis=-1).mean() / attention.n_tokens)


def echo_hits(at, sentence: str, head: str) -> float:
    """In how many of the rows, 0..1, the far piece with most weight reads as the row's."""
    attention = at(sentence)
    rows, same, far = _echoes(attention)
    pattern = attention.pattern(HeadId.parse(head))[rows]
    best = np.where(far, pattern, -1.0).argmax(axis=-1)
    return float(same[np.arange(len(rows)), best].mean())


def echo_chance(at, sentence: str) -> float:
    """The same for a far piece that is drawn by lot."""
    _, same, far = _echoes(at(sentence))
    return float((same.sum(axis=-1) / far.sum(axis=-1)).mean())


def echo_weight(at, sentence: str, head: str, word: str, query: int, key: int) -> float:
    """The weight from one occurrence of a piece to another, each counted from 1."""
    attention = at(sentence)
    row, column = attention.position(word, query), attention.position(word, key)
    return float(attention.pattern(HeadId.parse(head))[row, column])


def echo_times_even(at, sentence: str, head: str, word: str, query: int, key: int) -> float:
    """How many times the even share that is."""
    return echo_weight(at, sentence, head, word, query, key) / even_token_share(at, sentence)


def echo_distance(at, sentence: str, word: str, query: int, key: int) -> int:
    """How many pieces two occurrences of a piece lie apart."""
    attention = at(sentence)
    return abs(attention.position(word, query) - attention.position(word, key))


def far_link_share(at, sentence: str, head: str, nearest: int, farthest: int) -> float:
    """In how many rows, 0..1, a head's strongest far link is `nearest` to `farthest` long."""
    attention = at(sentence)
    pieces = ordinary(attention)
    away = _distances(pieces, pieces)
    pattern = attention.pattern(HeadId.parse(head))[np.ix_(pieces, pieces)]
    best = np.where(away > NEAR, pattern, -1.0).argmax(axis=-1)
    length = away[np.arange(len(pieces)), best]
    return float(((length >= nearest) & (length <= farthest)).mean())


def far_link_chance(at, sentence: str, nearest: int, farthest: int) -> float:
    """The same where each row's far link is drawn by lot."""
    pieces = ordinary(at(sentence))
    away = _distances(pieces, pieces)
    there = (away > NEAR) & (away >= nearest) & (away <= farthest)
    return float((there.sum(axis=-1) / (away > NEAR).sum(axis=-1)).mean())


def place_share(at, sentence: str, head: str, place: int, nearest: int, farthest: int) -> float:
    """The weight, 0..1, from one token to those `nearest` to `farthest` away; places from 0."""
    attention = at(sentence)
    row = attention.pattern(HeadId.parse(head))[place]
    return float(row[_around(attention, place, nearest, farthest)].sum())


def place_even_share(at, sentence: str, place: int, nearest: int, farthest: int) -> float:
    """The same where the row is shared out evenly."""
    return float(_around(at(sentence), place, nearest, farthest).mean())


def _around(
    attention: Attention, place: int, nearest: int, farthest: int
) -> Bool[np.ndarray, " key"]:
    if not 0 <= place < attention.n_tokens:
        raise MeasureError(
            f"there is no token {place}; this text has tokens 0 to {attention.n_tokens - 1}"
        )
    away = _distances([place], range(attention.n_tokens))[0]
    return (away >= nearest) & (away <= farthest)


def _distances(queries, keys) -> Int[np.ndarray, "query key"]:
    return np.abs(np.subtract.outer(np.asarray(queries), np.asarray(keys)))


def _echoes(
    attention: Attention,
) -> tuple[list[int], Bool[np.ndarray, "row key"], Bool[np.ndarray, "row key"]]:
    """Return the rows of pieces that stand again, and per row which keys read so, and are far."""
    tokens = np.array(attention.tokens)
    pieces = ordinary(attention)
    followed = [i for i in pieces if tokens[i].isalpha() and len(tokens[i]) >= SHORTEST]
    far = np.zeros((len(followed), attention.n_tokens), dtype=bool)
    far[:, pieces] = _distances(followed, pieces) > NEAR
    same = far & (tokens[followed][:, None] == tokens)
    again = same.any(axis=-1)
    if not again.any():
        raise MeasureError(
            f"no piece of {SHORTEST} letters stands again more than {NEAR} away; "
            "name a text in which one does"
        )
    return [row for row, some in zip(followed, again, strict=True) if some], same[again], far[again]


def _echo_shares(attention: Attention) -> Float[np.ndarray, "layer head"]:
    rows, same, _ = _echoes(attention)
    return (attention.weights[:, :, rows] * same).sum(axis=-1).mean(axis=-1)


FUNCTIONS = (
    even_token_share,
    first_share,
    first_times_even,
    echo_rows,
    echo_share,
    echo_layer_share,
    echo_even_share,
    echo_hits,
    echo_chance,
    echo_weight,
    echo_times_even,
    echo_distance,
    far_link_share,
    far_link_chance,
    place_share,
    place_even_share,
)
