"""What the judge works out for itself: the model asked again, for this student's own sentence."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from grader.attention import Attention
from grader.heads import is_special
from grader.questions.messages import Message, fill
from grader.recent import MOST, Recent


@runtime_checkable
class Model(Protocol):
    """What judging needs of a model: the real one in the product, hand-made patterns in tests.

    Kinds and measures that need more ask for it by name, and only they need a model that has it:
    ``pieces``, ``queries_keys``, ``value_norms`` and ``embedding`` as ``grader.capture.Model`` has
    them. What a model lacks leaves the answer to a person. `Sibling` stands for another model than
    the course's.
    """

    @property
    def sha256(self) -> str:
        """Of its weights."""

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text."""


class Remembered:
    """A model that keeps its latest answers: the sentences of an exercise are asked for often.

    Args:
        model: the one that is asked.
        most: bytes of answers that are kept.
    """

    def __init__(self, model: Model, most: int = MOST):
        self.model = model
        self.sha256 = model.sha256
        self._once = Recent(lambda name, *arguments: getattr(model, name)(*arguments), most)

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text, worked out once."""
        return self._once("attend", text, pair)

    def __getattr__(self, name: str) -> Any:
        """Return another method of the model, which works each thing out once, too."""
        if name.startswith("_") or name == "model":
            raise AttributeError(name)
        getattr(self.model, name)
        return partial(self._once, name)


class Sibling:
    """Another known model than the one at hand, asked through that one.

    Args:
        model: the one at hand; it has ``ask`` and ``sha256_of``, as ``grader.capture.Model`` does.
        name: the other's.
    """

    def __init__(self, model: Any, name: str):
        self.model, self.name = model, name
        self.sha256 = model.sha256_of(name)

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text."""
        return self.model.ask(self.name, "attend", text, pair)

    def __getattr__(self, what: str) -> Any:
        """Return another method of the model."""
        if what.startswith("_") or what in ("model", "name", "sha256"):
            raise AttributeError(what)
        return partial(self.model.ask, self.name, what)


class Facts:
    """The truth about one variant of one exercise."""

    def __init__(self, variant: Mapping[str, str], model: Model, measures: Mapping, probes=None):
        self.variant = dict(variant)
        self.model: Any = model
        self.measures = measures
        self.probes = probes
        """The inputs that a function was called with; only function questions have them."""
        self.notes: list[Message] = []
        """What the answer holds that is not asked for; kinds add to it while they judge."""
        self._measured: dict[str, np.ndarray] = {}
        self._attended: dict[tuple[str, str | None], Attention] = {}

    def fill(self, template: str) -> str:
        """Return an author's text with the words of this variant."""
        return fill(template, self.variant)

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text or a pair of texts, asked for once."""
        if (text, pair) not in self._attended:
            self._attended[text, pair] = self.model.attend(text, pair)
        return self._attended[text, pair]

    def pieces(self, text: str, pair: str | None = None) -> tuple[str, ...]:
        """Return the tokens of a text: how long it is, before its attention costs the square."""
        return self.model.pieces(text, pair)

    def n_pieces(self, text: str) -> int:
        """Return how many tokens stand for a text, without the special ones around it."""
        return sum(not is_special(piece) for piece in self.pieces(text))

    def with_words(self, words: Mapping[str, str], measures: Mapping) -> "Facts":
        """Return the facts about a sentence of the student's own: more words, other measures."""
        found = Facts(self.variant | dict(words), self.model, measures, self.probes)
        found._attended = self._attended
        return found

    def measure(self, name: str) -> Float[np.ndarray, "layer head"]:
        """Return a measure of the exercise for every head."""
        if name not in self._measured:
            self._measured[name] = np.asarray(self.measures[name].values(self), dtype=np.float64)
        return self._measured[name]

    def mistakes(self, name: str) -> dict[str, list[Float[np.ndarray, "layer head"]]]:
        """Return what one measures instead by known mistakes: hint -> the wrong values."""
        return self.measures[name].mistakes(self)
