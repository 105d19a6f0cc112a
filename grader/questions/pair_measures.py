"""Measures on a question and its context: one word's weight on another, before and after tuning."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from grader.attention import Attention
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.reading import reader_attention

PerHead = Float[np.ndarray, "layer head"]


@dataclass(frozen=True)
class PairWeight:
    """The weight from one word to another in a pair of texts, words merged from their pieces."""

    text: str
    pair: str
    query: str
    key: str
    tuned: bool
    """Whether minilm-qa is asked; otherwise the base model, which never learnt to answer."""
    texts: ClassVar[tuple[str, ...]] = ()
    """It is taken on two texts at once."""

    def _attention(self, facts: Facts) -> Attention:
        texts = facts.fill(self.text), facts.fill(self.pair)
        return reader_attention(facts, *texts) if self.tuned else facts.attend(*texts)

    def values(self, facts: Facts) -> PerHead:
        """Return the weight from the word `query` to the word `key`."""
        attention = self._attention(facts)
        return attention.between(facts.fill(self.query), facts.fill(self.key))

    def mistakes(self, facts: Facts) -> dict[str, list[PerHead]]:
        """Return the transposed cell, one piece instead of the word, and a neighbour."""
        attention = self._attention(facts)
        merged = attention.merge_words()
        row = merged.position(facts.fill(self.query))
        column = merged.position(facts.fill(self.key))
        pieces = [i for i, word in enumerate(attention.word_of) if word == column]
        rows = [i for i, word in enumerate(attention.word_of) if word == row]
        return {
            "transposed": [merged.weights[:, :, column, row]],
            "one_piece": [attention.weights[:, :, q, k] for q in rows for k in pieces]
            if len(pieces) > 1
            else [],
            "special_token": [merged.weights[:, :, row, 0], merged.weights[:, :, row, -1]],
            "off_by_one": [merged.weights[:, :, row, k] for k in (column - 1, column + 1)],
        }


def _read(table: Table, words: Collection[str], tuned: bool) -> PairWeight:
    text, pair, query, key = (table.template(k, words) for k in ("text", "pair", "query", "key"))
    return PairWeight(text, pair, query, key, tuned)


def read_pair_weight(table: Table, words: Collection[str]) -> PairWeight:
    """Return ``pair_weight = {text, pair, query, key}``, of the base model."""
    return _read(table, words, False)


def read_reader_weight(table: Table, words: Collection[str]) -> PairWeight:
    """Return ``reader_weight = {text, pair, query, key}``, of minilm-qa."""
    return _read(table, words, True)
