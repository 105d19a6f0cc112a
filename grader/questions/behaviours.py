"""More measures that an exercise may name: what a head does over texts, and beside its weights.

Each gives one number for every head, as ``measures`` says. Those over texts count as the functions
of ``grader.heads`` do that a student calls: ``previous_token_scores`` and its like.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from grader.attention import Attention
from grader.heads import is_delimiter, mass_scores, offset_scores, window_scores
from grader.questions.authoring import Table
from grader.questions.facts import Facts

PerHead = Float[np.ndarray, "layer head"]


Score = Callable[[Sequence[str], np.ndarray], PerHead]
"""Tokens and weights [layer, head, query, key] -> a number for every head."""


@dataclass(frozen=True)
class OverTexts:
    """A behaviour, averaged over texts."""

    texts: tuple[str, ...]
    score: Score

    def values(self, facts: Facts) -> PerHead:
        """Return the mean score over the texts."""
        return np.mean([self.score(a.tokens, a.weights) for a in self._seen(facts)], axis=0)

    def mistakes(self, facts: Facts) -> dict[str, list[PerHead]]:
        """Return the score of the transposed patterns, and that of one text alone."""
        seen = self._seen(facts)
        turned = [self.score(a.tokens, a.weights.swapaxes(-1, -2)) for a in seen]
        first = [self.score(seen[0].tokens, seen[0].weights)] if len(seen) > 1 else []
        return {"transposed": [np.mean(turned, axis=0)], "one_sentence": first}

    def _seen(self, facts: Facts) -> list[Attention]:
        return [facts.attend(facts.fill(text)) for text in self.texts]


def _offset(offset: int) -> Score:
    return lambda tokens, weights: offset_scores(weights, range(len(tokens)), offset)


def _local(width: int) -> Score:
    return lambda tokens, weights: window_scores(weights, range(len(tokens)), width)


def _delimiter(tokens: Sequence[str], weights: np.ndarray) -> PerHead:
    marks = [i for i, token in enumerate(tokens) if is_delimiter(token)]
    words = [i for i in range(len(tokens)) if i not in marks]
    return mass_scores(weights, words, marks)


def _even(tokens: Sequence[str], weights: np.ndarray) -> PerHead:
    """Return what every key would get if rows were shared out evenly."""
    return np.full(weights.shape[:2], 1 / len(tokens))


BEHAVIOURS: dict[str, Score] = {
    "previous_token": _offset(-1),
    "next_token": _offset(+1),
    "delimiter": _delimiter,
    "even": _even,
}
"""What a head may do over ``texts``: name -> how much, for every head."""


def read_behaviour(name: str, table: Table, words: Collection[str]) -> OverTexts:
    """Return a behaviour over ``texts = [...]``, whose ``{places}`` are words of the variants."""
    texts = table.templates("texts", words)
    if name == "local":
        score = _local(int(table.number("width", 2, low=0, high=20)))
    else:
        score = BEHAVIOURS[name]
    return OverTexts(texts, score)


@dataclass(frozen=True)
class OnText:
    """What is measured on one text."""

    text: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The one text."""
        return (self.text,)


@dataclass(frozen=True)
class ValueNorm(OnText):
    """The length of the weighted value from one word to another: the part of its row, 0..1.

    Both words are one word piece each; a length of pieces cannot be added up.
    """

    query: str
    key: str

    def values(self, facts: Facts) -> PerHead:
        """Return the length over the sum of the lengths of its row."""
        row, column, norms = self._row(facts)
        return norms[:, :, row, column] / norms[:, :, row].sum(axis=-1)

    def mistakes(self, facts: Facts) -> dict[str, list[PerHead]]:
        """Return the plain weight, the length itself, and the transposed cell."""
        row, column, norms = self._row(facts)
        weights = facts.attend(facts.fill(self.text)).weights
        return {
            "weight_alone": [weights[:, :, row, column]],
            "not_a_share": [norms[:, :, row, column]],
            "transposed": [
                norms[:, :, column, row] / norms[:, :, column].sum(axis=-1),
                norms[:, :, row, column] / norms[:, :, :, column].sum(axis=-1),
            ],
        }

    def _row(self, facts: Facts) -> tuple[int, int, Float[np.ndarray, "layer head query key"]]:
        text = facts.fill(self.text)
        attention = facts.attend(text)
        row = attention.position(facts.fill(self.query))
        column = attention.position(facts.fill(self.key))
        return row, column, np.asarray(facts.model.value_norms(text), dtype=np.float64)


@dataclass(frozen=True)
class Induction(OnText):
    """What the second time of a text that is said twice gives to what followed the first time.

    The text is the words, a space, and the same words again, without marks. The first token of the
    second time is left out, and so is all before it.
    """

    def values(self, facts: Facts) -> PerHead:
        """Return the mean weight, 0..1, for every head."""
        return self._ahead(facts, 1)

    def mistakes(self, facts: Facts) -> dict[str, list[PerHead]]:
        """Return the weight on the same token the first time, and that of too many queries.

        Those are the first token of the second time with the others, or every query that has a
        token so far behind it.
        """
        weights, n = self._weights(facts)
        every = np.diagonal(weights, -(n - 1), -2, -1)
        return {
            "same_token": [self._ahead(facts, 0)],
            "every_query": [every[..., -n:].mean(axis=-1), every.mean(axis=-1)],
            "previous": [np.diagonal(weights, -1, -2, -1).mean(axis=-1)],
        }

    def _weights(self, facts: Facts) -> tuple[Float[np.ndarray, "layer head query key"], int]:
        text = facts.fill(self.text)
        weights = facts.attend(f"{text} {text}").weights
        return weights, weights.shape[-1] - facts.attend(text).n_tokens

    def _ahead(self, facts: Facts, by: int) -> PerHead:
        """Return what each later token gives to the one `by` behind its first time."""
        weights, n = self._weights(facts)
        total = weights.shape[-1]
        rows = np.arange(total - n + 1, total)
        return weights[:, :, rows, rows - n + by].mean(axis=-1)


def read_induction(table: Table, words: Collection[str]) -> Induction:
    """Return ``induction = {text}``, whose words are said twice."""
    return Induction(table.template("text", words))


def read_value_norm(table: Table, words: Collection[str]) -> ValueNorm:
    """Return ``value_norm = {text, query, key}``."""
    return ValueNorm(*(table.template(key, words) for key in ("text", "query", "key")))
