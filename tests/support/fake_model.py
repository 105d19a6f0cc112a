"""A model of two layers and three heads whose attention one can work out in the head."""

import numpy as np

from grader.attention import Attention
from grader.errors import TextError


class FakeModel:
    """Splits at spaces. Every head does one thing:

    | head | every token gives |
    |---|---|
    | L0H0 | all to the token before it ([CLS] to itself) |
    | L0H1 | the same to every token |
    | L0H2 | all to [CLS] |
    | L1H0 | .75 to `man`, .25 to [CLS]; all to [CLS] where there is no `man` |
    | L1H1 | .5 to `I`, .4 to `saw`, .1 to [CLS]; what is missing goes to [CLS] |
    | L1H2 | all to itself |
    """

    sha256 = "fa" * 32

    def __init__(self):
        self.asked = 0

    def attend(self, text, pair=None):
        self.asked += 1
        tokens = self._tokens(text)
        n = len(tokens)
        weights = np.zeros((2, 3, n, n), np.float32)
        weights[0, 0, np.arange(1, n), np.arange(n - 1)] = 1
        weights[0, 0, 0, 0] = 1
        weights[0, 1] = 1 / n
        weights[0, 2, :, 0] = 1
        self._look(weights[1, 0], tokens, {"man": 0.75})
        self._look(weights[1, 1], tokens, {"I": 0.5, "saw": 0.4})
        weights[1, 2] = np.eye(n)
        return Attention(
            tokens=self.pieces(text),
            weights=weights,
            words=tuple(tokens),
            word_of=tuple(range(n)),
            text=text,
            pair=pair,
            second_start=None,
            model=self.sha256,
        )

    def pieces(self, text, pair=None):
        return tuple(t.lower() if t[0] != "[" else t for t in self._tokens(text))

    @staticmethod
    def _tokens(text):
        words = text.replace(".", " .").split()
        if not words:
            raise TextError("the text is empty; give a sentence.")
        if len(words) > 200:
            raise TextError("the text is too long; shorten it.")
        return ["[CLS]", *words, "[SEP]"]

    @staticmethod
    def _look(pattern, tokens, given):
        left = 1.0
        for word, weight in given.items():
            if word in tokens:
                pattern[:, tokens.index(word)] = weight
                left -= weight
        pattern[:, 0] = left


HEAD_RIGHT = {
    "layer": 1,
    "head": 0,
    "noun": 0.75,
    "subject": 0.0,
    "survives": True,
    "noun_control": 0.75,
    "subject_control": 0.0,
}
"""The right answer to a question about a head: L1H0 gives `man` .75 in both sentences."""
