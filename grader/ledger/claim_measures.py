"""How a claimed number is computed: a table of measures, each a function of captured attention.

Weights between words are word-merged (``Attention.between``); the previous-token score is of word
pieces, as the model has them. Layers and heads count from 0.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from grader.attention import Attention, HeadId
from grader.heads import previous_token_score, previous_token_scores
from grader.ledger import (
    answering,
    attachment,
    coreference,
    decoder_figures,
    interventions,
    long_texts,
    norm_shares,
    positions,
    relations,
    studies,
)
from grader.ledger.sets import SPECIAL, MeasureError, best_head, one_head

Captured = Callable[[str], Attention]


@dataclass(frozen=True)
class Measure:
    """One way to compute a claim's value."""

    compute: Callable
    """Called with the captured texts and the claim's arguments by name."""

    @property
    def arguments(self) -> set[str]:
        """The names it takes."""
        return set(inspect.signature(self.compute).parameters) - {"at"}

    @property
    def required(self) -> set[str]:
        """The names it cannot do without."""
        parameters = inspect.signature(self.compute).parameters.values()
        return {p.name for p in parameters if p.default is p.empty} - {"at"}


def n_layers(at: Captured, sentence: str) -> int:
    """Number of layers."""
    return at(sentence).n_layers


def n_heads(at: Captured, sentence: str) -> int:
    """Number of heads in a layer."""
    return at(sentence).n_heads


def n_all_heads(at: Captured, sentence: str) -> int:
    """Number of heads in all layers."""
    return at(sentence).n_layers * at(sentence).n_heads


def n_tokens(at: Captured, sentence: str) -> int:
    """Number of word pieces, special tokens included."""
    return at(sentence).n_tokens


def n_words(at: Captured, sentence: str) -> int:
    """Number of words and marks, special tokens included."""
    return len(at(sentence).words)


def n_pieces(at: Captured, sentence: str, word: str) -> int:
    """Number of word pieces of a word that stands once."""
    attention = at(sentence)
    return attention.word_of.count(attention.merge_words().position(word))


def n_weights(at: Captured, sentence: str) -> int:
    """Number of weights in all patterns of all heads."""
    return at(sentence).weights.size


def weight(at: Captured, sentence: str, head: str, query: str, key: str) -> float:
    """The weight that one head gives from the word `query` to the word `key`."""
    return one_head(at(sentence).between(query, key), head)


def difference(at: Captured, sentence: str, head: str, query: str, key: str, other: str) -> float:
    """How much more one head gives to `key` than to `other`."""
    return one_head(_difference(at(sentence), query, key, other), head)


def mean_over_heads(at: Captured, sentence: str, query: str, key: str) -> float:
    """The weight from `query` to `key`, averaged over all heads."""
    return float(at(sentence).between(query, key).mean())


def heads_favouring(at: Captured, sentence: str, query: str, key: str, other: str) -> int:
    """How many heads give more to `key` than to `other`."""
    return int((_difference(at(sentence), query, key, other) > 0).sum())


def heads_changing_side(
    at: Captured, sentences: list[str], query: str, key: str, other: str
) -> int:
    """How many heads favour `key` in the first of two sentences and `other` in the second."""
    first, second = _two(at, sentences)
    favours = _difference(first, query, key, other) > 0
    against = _difference(second, query, key, other) < 0
    return int((favours & against).sum())


def largest_change(at: Captured, sentences: list[str], head: str, query: str, key: str) -> float:
    """How much more one head gives from `query` to `key` in the first of two sentences."""
    first, second = _two(at, sentences)
    return one_head(first.between(query, key) - second.between(query, key), head)


def largest_difference(
    at: Captured,
    sentence: str,
    query: str,
    key: str,
    other: str,
    max_previous_token: float = 2.0,
    over: Sequence[str] = (),
) -> float:
    """The largest ``key - other`` over the heads whose previous-token score stays below a limit."""
    allowed = _not_positional(at, sentence, max_previous_token, over)
    return float(_difference(at(sentence), query, key, other)[allowed].max())


def largest_difference_head(
    at: Captured,
    sentence: str,
    query: str,
    key: str,
    other: str,
    max_previous_token: float = 2.0,
    over: Sequence[str] = (),
) -> str:
    """The head of ``largest_difference``."""
    allowed = _not_positional(at, sentence, max_previous_token, over)
    return best_head(np.where(allowed, _difference(at(sentence), query, key, other), -np.inf))


def strongest_head(at: Captured, sentence: str, query: str, key: str) -> str:
    """The head that gives most from `query` to `key`."""
    return best_head(at(sentence).between(query, key))


def strongest_weight(at: Captured, sentence: str, query: str, key: str) -> float:
    """What the strongest head gives from `query` to `key`."""
    return float(at(sentence).between(query, key).max())


def strongest_key(at: Captured, sentence: str, head: str, query: str) -> str:
    """The word that `query` looks at most in one head."""
    merged = at(sentence).merge_words()
    row = merged.pattern(HeadId.parse(head))[merged.position(query)]
    return merged.tokens[int(row.argmax())]


def previous_token(at: Captured, sentences: list[str], head: str) -> float:
    """One head's previous-token score, averaged over sentences."""
    parsed = HeadId.parse(head)
    return float(np.mean([previous_token_score(at(text).pattern(parsed)) for text in sentences]))


def previous_token_head(at: Captured, sentences: list[str]) -> str:
    """The head with the largest previous-token score."""
    return best_head(previous_token_scores([at(text) for text in sentences]))


def heads_previous_token(at: Captured, sentences: list[str], threshold: float) -> int:
    """How many heads have a previous-token score of at least `threshold`."""
    return int((previous_token_scores([at(text) for text in sentences]) >= threshold).sum())


def offset_score(at: Captured, sentences: list[str], head: str, offset: int) -> float:
    """The mean weight that ordinary word pieces give to the piece `offset` away, in one head."""
    parsed = HeadId.parse(head)
    weights = []
    for attention in (at(text) for text in sentences):
        pattern, special = attention.pattern(parsed), _special(attention)
        rows = [i for i in range(len(pattern)) if not special[i] and 0 <= i + offset < len(pattern)]
        weights += [pattern[i, i + offset] for i in rows]
    return float(np.mean(weights))


def rank_of_head(at: Captured, sentence: str, head: str, query: str, key: str) -> int:
    """The place of one head among all, from 1, by its weight from `query` to `key`."""
    values = at(sentence).between(query, key)
    return int((values > one_head(values, head)).sum()) + 1


def special_weight(at: Captured, sentence: str, head: str = "") -> float:
    """The weight that ordinary words give to special tokens: one head's, or the mean of all."""
    merged = at(sentence).merge_words()
    special = _special(merged)
    mass = merged.weights[:, :, ~special][..., special].sum(axis=-1).mean(axis=-1)
    return one_head(mass, head) if head else float(mass.mean())


def row_sum(at: Captured, sentence: str, head: str, query: str) -> float:
    """The sum of one row: 1 up to rounding."""
    merged = at(sentence).merge_words()
    return float(merged.pattern(HeadId.parse(head))[merged.position(query)].sum())


def _special(attention: Attention) -> np.ndarray:
    """Return, per token, whether it is a special one."""
    return np.array([token in SPECIAL for token in attention.tokens])


def _two(at: Captured, sentences: list[str]) -> tuple[Attention, Attention]:
    if len(sentences) != 2:
        raise MeasureError(f"this measure compares two sentences, got {len(sentences)}; name two")
    return at(sentences[0]), at(sentences[1])


def _difference(
    attention: Attention, query: str, key: str, other: str
) -> Float[np.ndarray, "layer head"]:
    return attention.between(query, key) - attention.between(query, other)


def _not_positional(at: Captured, sentence: str, limit: float, over: Sequence[str]) -> np.ndarray:
    """Return, per head, whether its previous-token score over the sentences is below `limit`."""
    scores = previous_token_scores([at(text) for text in over or [sentence]])
    return scores < limit


MEASURES = {
    function.__name__: Measure(function)
    for function in (
        n_layers,
        n_heads,
        n_all_heads,
        n_tokens,
        n_words,
        n_pieces,
        n_weights,
        weight,
        difference,
        mean_over_heads,
        heads_favouring,
        heads_changing_side,
        largest_change,
        rank_of_head,
        offset_score,
        largest_difference,
        largest_difference_head,
        strongest_head,
        strongest_weight,
        strongest_key,
        previous_token_head,
        heads_previous_token,
        special_weight,
        row_sum,
        *relations.FUNCTIONS,
        *positions.FUNCTIONS,
        *coreference.FUNCTIONS,
        *attachment.FUNCTIONS,
        *norm_shares.FUNCTIONS,
        *studies.FUNCTIONS,
        *answering.FUNCTIONS,
        *interventions.FUNCTIONS,
        *decoder_figures.FUNCTIONS,
        *long_texts.FUNCTIONS,
    )
} | {"previous_token_score": Measure(previous_token)}
"""Name in claims.toml -> measure."""
