"""A sentence in, its attention out: the one place that knows how transformers returns attention.

Importing this module is cheap; torch and transformers are loaded by the first capture.
"""

import hashlib
import io
import json
import os
import re
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float

from grader import internals
from grader.attention import Attention
from grader.errors import GraderError, ModelError, TextError
from grader.models import ModelFolder, cache_folder, find_model
from grader.whole import write_whole

WORD = re.compile(r"\w+|[^\w\s]")
"""A word of a text: letters and digits in a row, or one mark of punctuation."""

CACHE_FORMAT = 1
KEPT_IN_MEMORY = 64
DEFAULT_CACHE = object()


class Model:
    """A loaded model that attends to texts; ``load_model`` makes it."""

    def __init__(self, folder: ModelFolder):
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from transformers.utils import logging

        # nbgrader gives 0 points for any stderr text, so loading may not chat.
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.folder = folder
        self.tokenizer, self.network = (
            _load_adapted(folder) if folder.adapter else _load_own(folder)
        )
        self.attend = lru_cache(KEPT_IN_MEMORY)(self._attend)
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

    def _attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on `text`, or on `text` and `pair` together.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            GraderError: the model returned no attention.
        """
        if (text, pair) in self.known:
            return self.known[text, pair]
        import torch

        encoding, offsets = self._encode(text, pair)
        with torch.inference_mode():
            attentions = self.network(**encoding, output_attentions=True).attentions
        if not attentions:
            raise GraderError(
                f"{self.name} returned no attention; load it with attn_implementation='eager', "
                "and call it with output_attentions=True."
            )
        tokens = tuple(self.tokenizer.convert_ids_to_tokens(encoding["input_ids"][0].tolist()))
        parts = encoding.sequence_ids(0)
        words, word_of = _words(tokens, offsets, parts, (text, pair or ""))
        return Attention(
            tokens=tokens,
            weights=torch.cat(attentions).numpy(),
            words=words,
            word_of=word_of,
            text=text,
            pair=pair,
            second_start=parts.index(1) if 1 in parts else None,
            model=self.sha256,
        )

    def queries_keys(
        self, text: str, pair: str | None = None
    ) -> tuple[
        Float[np.ndarray, "layer head query size"], Float[np.ndarray, "layer head key size"]
    ]:
        """Return every head's queries and keys between word pieces: see ``grader.internals``.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            ModelError: the model is not built like BERT.
        """
        return internals.queries_and_keys(self.network, self._encode(text, pair)[0])

    def value_norms(
        self, text: str, pair: str | None = None
    ) -> Float[np.ndarray, "layer head query key"]:
        """Return the length of each weighted value: see ``grader.norms``.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            ModelError: the model is not built like BERT.
        """
        lengths = internals.value_lengths(self.network, self._encode(text, pair)[0])
        return self.attend(text, pair).weights * lengths[:, :, None, :]

    def embedding(self, text: str, pair: str | None = None) -> Float[np.ndarray, "token size"]:
        """Return the embedding of each word piece, which has seen no other token.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            ModelError: the model is not built like BERT.
        """
        return internals.word_embeddings(self.network, self._encode(text, pair)[0])

    def leave_one_out(self, text: str, pair: str | None = None) -> Float[np.ndarray, " token"]:
        """Return the effect of leaving out each token: see ``grader.importance``.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        return internals.leave_one_out(self.network, self._encode(text, pair)[0])

    def reader_weights(self, text: str, pair: str) -> Float[np.ndarray, "layer head query key"]:
        """Return the attention of minilm-qa on a question and its context.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        return load_model("minilm-qa").attend(text, pair).weights

    def reader_logits(self, text: str, pair: str) -> Float[np.ndarray, "2 token"]:
        """Return the start and the end logits of minilm-qa: see ``grader.models.qa.edges``.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        from grader.models.qa.reader import load_reader

        load_model("minilm-qa").attend(text, pair)  # refuses what is empty or too long
        return load_reader().span_logits(text, pair)

    def reader_cuts(self, text: str, pair: str) -> Float[np.ndarray, "side layer 2 token"]:
        """Return those logits with the edges between question and context cut in one layer.

        Side 0: nothing is cut, the same for every layer. Side 1: no word of the question looks at
        the context. Side 2: no word of the context looks at the question. Special tokens keep all
        their edges.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
        """
        from grader.models.qa.edges import Cut
        from grader.models.qa.reader import load_reader

        seen = load_model("minilm-qa").attend(text, pair)  # refuses what is empty or too long
        question = range(1, seen.second_start - 1)
        context = range(seen.second_start, seen.n_tokens - 1)
        logits, layers = load_reader().span_logits, range(seen.n_layers)
        whole = logits(text, pair)
        cut = [
            [logits(text, pair, Cut(looks, at, [layer])) for layer in layers]
            for looks, at in ((question, context), (context, question))
        ]
        return np.stack([[whole] * len(layers), *cut])

    def _encode(self, text: str, pair: str | None):
        """Return what the network reads of a text, and where each token stands in it."""
        _refuse_empty(text, pair)
        encoding = self.tokenizer(
            text, pair, return_tensors="pt", return_offsets_mapping=True, verbose=False
        )
        offsets = encoding.pop("offset_mapping")[0].tolist()
        if len(offsets) > self.longest:
            raise TextError(
                f"the text has {len(offsets)} tokens and {self.name} reads at most "
                f"{self.longest}; shorten it."
            )
        return encoding, offsets

    @property
    def longest(self) -> int:
        """The most tokens that the model has positions for."""
        config = self.network.config
        # RoBERTa's position ids start after the padding id.
        taken = (config.pad_token_id or 0) + 1 if "roberta" in config.model_type else 0
        return config.max_position_embeddings - taken


def _load_own(folder: ModelFolder):
    """Return tokenizer and network of a folder that transformers can load."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder.path, local_files_only=True)
        # eager: the default, sdpa, never forms the weights and returns an empty tuple instead.
        network = AutoModel.from_pretrained(
            folder.path,
            attn_implementation="eager",
            dtype=torch.float32,
            local_files_only=True,
        ).eval()
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{folder.path} cannot be loaded by transformers "
            f"({str(error).splitlines()[0][:160]}); name a folder that save_pretrained wrote, "
            "with its tokenizer."
        ) from error
    return tokenizer, network


def _load_adapted(folder: ModelFolder):
    """Return tokenizer and network of the reader: one copy answers and shows its attention."""
    from grader.models.qa.reader import load_reader

    reader = load_reader(folder.adapter)
    return reader.tokenizer, reader.network.bert


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
    folder = _default_cache() if cache is DEFAULT_CACHE else cache
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


def _default_cache() -> Path | None:
    """While grading, None: a notebook could leave a false capture there for the next one."""
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return None
    return cache_folder() / "captures"


def _refuse_empty(text: str, pair: str | None) -> None:
    for part in [text] if pair is None else [text, pair]:
        if not (isinstance(part, str) and part.strip()):
            raise TextError("the text is empty; give a sentence.")


def _words(
    tokens: tuple[str, ...],
    offsets: list[list[int]],
    parts: list[int | None],
    texts: tuple[str, str],
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Tell which word each token belongs to; a special token (part None) is a word of its own."""
    spans = [[(m.start(), m.end()) for m in WORD.finditer(text)] for text in texts]
    words: list[str] = []
    word_of: list[int] = []
    last = None
    for token, (start, end), part in zip(tokens, offsets, parts, strict=True):
        here = None
        if part is not None and end > start:
            here = next(((part, a, b) for a, b in spans[part] if a < end <= b), None)
        if here is None or here != last:
            words.append(token if here is None else texts[part][here[1] : here[2]])
        word_of.append(len(words) - 1)
        last = here
    return tuple(words), tuple(word_of)


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
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, about=json.dumps(about), weights=attention.weights)
    with suppress(OSError):
        write_whole(entry, packed.getvalue())
