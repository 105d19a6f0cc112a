"""A sentence in, its attention out, with the words that its tokens make up.

The default model runs on `grader.network`, in numpy; torch and transformers are loaded only by a
model of another shape.
"""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from grader.atomic import write_atomically
from grader.attention import Attention, HeadId
from grader.errors import TextError
from grader.models import KNOWN_MODELS, ModelFolder, cache_folder, find_model
from grader.network import (
    BlindToken,
    CutEdges,
    Edit,
    LeaveOut,
    Tokens,
    Trace,
    ZeroHead,
    is_readable,
    load_network,
)
from grader.recent import Recent
from grader.words import group_tokens

CACHE_FORMAT = 3
"""Rises with what is kept and with whose arithmetic made it: texts keep their bits."""
DEFAULT_CACHE = object()


class Model:
    """A loaded model that reads texts; ``load_model`` makes it.

    BERT, RoBERTa and Llama run on `grader.network`; any other shape needs the extra ``hub`` and
    shows its attention alone.
    """

    def __init__(self, folder: ModelFolder):
        self.folder = folder
        self.network: Any  # of three shapes, which give what they have
        if folder.adapter or is_readable(folder.path):
            self.network = load_network(folder.path, folder.adapter)
        else:
            from grader.models.hub import HubNetwork

            self.network = HubNetwork(folder.path, folder.name)
        self._recent = Recent(self._attend)
        self.known: dict[tuple[str, str | None], Attention] = {}
        """What was read in advance: (text, pair) -> attention, beside the latest ones."""

    @property
    def sha256(self) -> str:
        """The hash of the weights; a grade is bound to it."""
        return self.folder.sha256

    @property
    def name(self) -> str:
        """What the user called the model."""
        return self.folder.name

    @property
    def causal(self) -> bool:
        """Whether it reads one way, as models that write do."""
        return self.network.causal

    def trace(self, text: str, pair: str | None = None, edits: Sequence[Edit] = ()) -> Trace:
        """Return all that the model works out on a text, with some things changed on the way.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            ModelError: the model is of a shape that does not run here.
            GraderError: an edit names a place that is not there.
        """
        return self.network.run(self.encode(text, pair), edits)

    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """Return what the model reads of a text or of a pair of texts.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        _refuse_empty(text, pair)
        tokens = self.network.encode(text, pair)
        if len(tokens) > self.network.n_positions:
            raise TextError(
                f"the text has {len(tokens)} tokens and {self.name} reads at most "
                f"{self.network.n_positions}; shorten it."
            )
        return tokens

    def pieces(self, text: str, pair: str | None = None) -> tuple[str, ...]:
        """Return what the model reads of a text, token by token; it is not read yet.

        Raises as `encode`.
        """
        return self.encode(text, pair).names

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on `text`, or on `text` and `pair` together; the latest are kept.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            GraderError: the model returned no attention.
        """
        return self._recent(text, pair)

    def forget(self) -> None:
        """Keep nothing of what was read."""
        self._recent.clear()

    def _attend(self, text: str, pair: str | None) -> Attention:
        if (text, pair) in self.known:
            return self.known[text, pair]
        tokens = self.encode(text, pair)
        words, word_of = group_tokens(tokens, (text, pair or ""))
        return Attention(
            tokens=tokens.names,
            weights=self.network.attend(tokens),
            words=words,
            word_of=word_of,
            text=text,
            pair=pair,
            second_start=tokens.parts.index(1) if 1 in tokens.parts else None,
            model=self.sha256,
            causal=self.causal,
        )

    def queries_keys(
        self, text: str, pair: str | None = None
    ) -> tuple[
        Float[np.ndarray, "layer head query size"], Float[np.ndarray, "layer head key size"]
    ]:
        """Return every head's queries and keys between word pieces.

        ``softmax(queries @ keys.T / sqrt(size))`` over the keys is the head's pattern. Raises as
        `trace`.
        """
        trace = self.trace(text, pair)
        return trace.queries, trace.keys

    def value_norms(
        self, text: str, pair: str | None = None
    ) -> Float[np.ndarray, "layer head query key"]:
        """Return each weighted value's length: see ``grader.importance``. Raises as `trace`."""
        return self.trace(text, pair).weighted_value_norms

    def embedding(self, text: str, pair: str | None = None) -> Float[np.ndarray, "token size"]:
        """Return the embedding of each word piece, which has seen no other token.

        Raises as `trace`.
        """
        return self.trace(text, pair).embeddings

    def leave_one_out(self, text: str, pair: str | None = None) -> Float[np.ndarray, " token"]:
        """Return, for each token but the first and the last, the effect of leaving it out.

        1 minus the cosine of the text's vector, the mean over its tokens, before and after. Raises
        as `trace`.
        """
        tokens = self.encode(text, pair)
        whole = self.network.run(tokens).sentence
        left = (self.network.run(tokens, [LeaveOut(at)]) for at in range(1, len(tokens) - 1))
        return np.array([1 - one.sentence @ whole for one in left], dtype=np.float32)

    def logit_difference(
        self, text: str, right: str, wrong: str, silent: Sequence[Sequence[int]] = ()
    ) -> Float[np.ndarray, ""]:
        """Return how far one next word stands above another, by their first tokens.

        Args:
            text: what stands before.
            right: a word, without the space before it.
            wrong: its rival.
            silent: heads whose output is zero, each as layer and head.

        Raises as `trace`.
        """
        logits = self.trace(text, edits=_silence(silent)).head_logits[-1]
        first, second = (self.encode(f" {word}").ids[0] for word in (right, wrong))
        return np.array(logits[first] - logits[second])

    def likeliest(
        self, text: str, silent: Sequence[Sequence[int]] = ()
    ) -> Float[np.ndarray, "2 token"]:
        """Return the ids of a text's tokens, and of the likeliest token after each of them.

        Args:
            text: what is read.
            silent: heads whose output is zero, each as layer and head.

        Raises as `trace`.
        """
        tokens = self.encode(text)
        logits = self.network.run(tokens, _silence(silent)).head_logits
        return np.stack([tokens.ids, logits.argmax(axis=-1)]).astype(np.float32)

    def blinded(self, text: str, token: int) -> Float[np.ndarray, "layer head query key"]:
        """Return the weights when one token sees nothing but itself. Raises as `trace`."""
        return self.trace(text, edits=[BlindToken(token)]).pattern

    def ask(self, name: str, what: str, *arguments: Any) -> Any:
        """Ask another known model for what a method of it gives."""
        return getattr(load_model(name), what)(*arguments)

    def sha256_of(self, name: str) -> str:
        """Return the hash of another known model's weights."""
        return KNOWN_MODELS[name].sha256

    def reader_weights(self, text: str, pair: str) -> Float[np.ndarray, "layer head query key"]:
        """Return the attention of minilm-qa on a question and its context.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        return load_model("minilm-qa").attend(text, pair).weights

    def reader_logits(self, text: str, pair: str) -> Float[np.ndarray, "2 token"]:
        """Return the start and the end logits of minilm-qa.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        return load_model("minilm-qa").trace(text, pair).head_logits.T

    def reader_cuts(self, text: str, pair: str) -> Float[np.ndarray, "side layer 2 token"]:
        """Return those logits with the edges between question and context cut in one layer.

        Side 0: nothing is cut, the same for every layer. Side 1: no word of the question looks at
        the context. Side 2: no word of the context looks at the question. Special tokens keep all
        their edges.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        reader = load_model("minilm-qa")
        tokens = reader.encode(text, pair)
        question, context = tokens.places(0), tokens.places(1)
        layers = range(reader.network.config.n_layers)
        whole = reader.trace(text, pair).head_logits.T
        cut = [
            [
                reader.trace(text, pair, [CutEdges(looks, at, layers=(layer,))]).head_logits.T
                for layer in layers
            ]
            for looks, at in ((question, context), (context, question))
        ]
        return np.stack([[whole] * len(layers), *cut])


def load_model(name: str = "minilm") -> Model:
    """Return a loaded model by its name, folder or hub id; one copy of each stays in the process.

    Raises:
        ModelError: there is no such model, or its weights are not the known ones.
    """
    return _load(find_model(name))


_load = lru_cache(maxsize=2)(Model)


def capture(
    text: str,
    pair: str | None = None,
    *,
    model: str = "minilm",
    queries_keys: bool = False,
    cache: Path | object | None = DEFAULT_CACHE,
) -> Attention:
    """Return the attention of every head of a model on a text or a pair of texts.

    Args:
        text: one sentence, or the first of two.
        pair: the second text, for models that read two.
        model: a known name, a folder that ``save_pretrained`` wrote, or a hub id.
        queries_keys: whether ``.queries`` and ``.keys`` are wanted too; they are never kept.
        cache: a folder in which results are kept by weights hash and text; None keeps nothing. A
            damaged entry is computed again.

    Raises:
        TextError: a text is empty, or both together are longer than the model reads.
        ModelError: there is no such model, or its weights are not the known ones.
    """
    _refuse_empty(text, pair)
    if queries_keys:
        loaded = load_model(model)
        queries, keys = loaded.queries_keys(text, pair)
        return replace(loaded.attend(text, pair), queries=queries, keys=keys)
    folder: Any = _default_cache() if cache is DEFAULT_CACHE else cache
    if folder is None:
        return load_model(model).attend(text, pair)
    sha256 = find_model(model).sha256
    key = json.dumps([CACHE_FORMAT, sha256, text, pair])
    entry = Path(folder) / f"{hashlib.sha256(key.encode()).hexdigest()}.npz"
    kept = _read(entry, text, pair, sha256)
    if kept is None:
        kept = load_model(model).attend(text, pair)
        _write(entry, kept)
    return kept


def _silence(heads: Sequence[Sequence[int]]) -> list[ZeroHead]:
    return [ZeroHead(HeadId(*head)) for head in heads]


def _default_cache() -> Path | None:
    """While grading, None: a notebook could leave a false capture there for the next one."""
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return None
    return cache_folder() / "captures"


def _refuse_empty(text: str, pair: str | None) -> None:
    for part in [text] if pair is None else [text, pair]:
        if not (isinstance(part, str) and part.strip()):
            raise TextError("the text is empty; give a sentence.")


def _read(entry: Path, text: str, pair: str | None, sha256: str) -> Attention | None:
    """Return a kept capture, or None where there is none or it is damaged."""
    try:
        with np.load(io.BytesIO(entry.read_bytes()), allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            return Attention(
                tokens=tuple(about["tokens"]),
                weights=kept["weights"],
                words=tuple(about["words"]),
                word_of=tuple(about["word_of"]),
                text=text,
                pair=pair,
                second_start=about["second_start"],
                model=sha256,
                causal=about["causal"],
            )
    except Exception:  # whatever a damaged file does, the capture is computed again
        return None


def _write(entry: Path, attention: Attention) -> None:
    """Keep a capture, in one step; a cache that cannot be written is no error."""
    about = {
        "tokens": attention.tokens,
        "words": attention.words,
        "word_of": attention.word_of,
        "second_start": attention.second_start,
        "causal": attention.causal,
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, about=json.dumps(about), weights=attention.weights)
    with suppress(OSError):
        write_atomically(entry, packed.getvalue())
