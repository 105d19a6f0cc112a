"""What minilm-qa reads in a question and its context, worked out again from its logits.

The same rule as ``grader.qa.spans``, for one window: the span of at most so many tokens of
the context with the highest sum of start and end logit, unless ``[CLS]`` has a higher sum.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

import numpy as np

from grader.attention import Attention
from grader.questions.facts import Facts

LONGEST_ANSWER = 24
"""Tokens."""


@dataclass(frozen=True)
class Reading:
    """The best span of one pair."""

    attention: Attention
    """The reader's own."""
    start: int
    end: int
    """Its first and its last token."""
    best: float
    """Its start logit plus its end logit."""
    none: float
    """The same of ``[CLS]``: no answer."""

    @property
    def margin(self) -> float:
        """How far the best span is above no answer; below 0 there is none."""
        return self.best - self.none

    @property
    def words(self) -> list[str]:
        """The answer's words; empty where the model finds none."""
        if self.margin <= 0:
            return []
        places = self.attention.word_of[self.start : self.end + 1]
        return [self.attention.words[i] for i in dict.fromkeys(places)]

    @property
    def answer(self) -> str:
        """The answer as ``letters`` compares it."""
        if self.margin <= 0:
            return ""
        tokens = self.attention.tokens[self.start : self.end + 1]
        return letters("".join(token.removeprefix("##") for token in tokens))


def read(facts: Facts, question: str, context: str) -> Reading:
    """Return what minilm-qa finds.

    Raises:
        GraderError: a text is empty, or both together are too long.
    """
    attention = reader_attention(facts, question, context)
    logits = facts.model.reader_logits(question, context)
    span = context_of(attention)
    starts, ends = logits[:, span]
    sums = starts[:, None] + ends[None, :]
    allowed = np.triu(np.ones(sums.shape, bool)) & np.tril(
        np.ones(sums.shape, bool), LONGEST_ANSWER - 1
    )
    sums = np.where(allowed, sums, -np.inf)
    start, end = np.unravel_index(int(sums.argmax()), sums.shape)
    return Reading(
        attention,
        span[int(start)],
        span[int(end)],
        float(sums[start, end]),
        float(logits[0, 0] + logits[1, 0]),
    )


def reader_attention(facts: Facts, question: str, context: str) -> Attention:
    """Return minilm-qa's attention on a pair; its tokens are the base model's.

    Raises:
        GraderError: a text is empty, or both together are too long.
    """
    base = facts.attend(question, context)
    return replace(base, weights=facts.model.reader_weights(question, context))


def context_of(attention: Attention) -> list[int]:
    """Return the places of the context's tokens, without [SEP]."""
    assert attention.second_start is not None  # question and context are a pair
    return list(range(attention.second_start, attention.n_tokens - 1))


def letters(text: str) -> str:
    """Return a text as answers are compared: letters and digits only, without accents or case."""
    flat = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in flat if c.isalnum())


def agreement(a: list[str], b: list[str]) -> float:
    """Return the F1 of two lists of words, as SQuAD counts it: 0 nothing in common, 1 the same."""
    ours, theirs = ({w for w in map(letters, words) if w} for words in (a, b))
    common = len(ours & theirs)
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def words_of(text: str) -> list[str]:
    """Return the words of a text."""
    return re.findall(r"\w+", text)
