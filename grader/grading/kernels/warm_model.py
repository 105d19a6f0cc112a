"""The trusted model, asked of the warm process instead of being loaded a second time.

The judge's questions are answered by a fork of the zygote of its own. No student's code ever ran
in the zygote, nor runs in this fork; what it says is as good as a model that the judge loads.

A question is one line of JSON: what is asked (``attend``, or one of ``ARRAYS``) and of which text
or pair. The answer is one line of JSON about it, then its arrays' numbers.
"""

import json
import os
import socket
import threading
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from grader.attention import Attention
from grader.errors import GraderError, ModelError, TextError
from grader.grading.kernels.zygote import MODEL_REQUEST

ERRORS = {"TextError": TextError, "ModelError": ModelError, "GraderError": GraderError}
ARRAYS = (
    "queries_keys",
    "value_norms",
    "embedding",
    "leave_one_out",
    "reader_weights",
    "reader_logits",
    "reader_cuts",
)
"""What a model is asked for besides its attention: methods that return float32 arrays."""


class WarmModel:
    """A model in a fork of the zygote; `attend` gives what ``load_model(...)`` would."""

    def __init__(self, zygote: Path | str, sha256: str):
        """Have the zygote at the socket `zygote` fork.

        Raises:
            OSError: no zygote listens there.
        """
        self.sha256 = sha256
        self._one_at_a_time = threading.Lock()
        ours, theirs = socket.socketpair()
        with theirs, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.connect(str(zygote))
            socket.send_fds(door, [MODEL_REQUEST], [theirs.fileno()])
        with ours:
            self._stream = ours.makefile("rwb")

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text or a pair of texts.

        Raises:
            TextError: a text is empty, or both together are longer than the model reads.
            GraderError: the fork is gone.
        """
        about, (weights,) = self._ask("attend", text, pair)
        return Attention(
            tokens=tuple(about["tokens"]),
            weights=weights,
            words=tuple(about["words"]),
            word_of=tuple(about["word_of"]),
            text=text,
            pair=pair,
            second_start=about["second_start"],
            model=self.sha256,
            causal=about["causal"],
        )

    def queries_keys(self, text: str, pair: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return what ``Model.queries_keys`` of ``grader.capture`` returns."""
        queries, keys = self._ask("queries_keys", text, pair)[1]
        return queries, keys

    def value_norms(self, text: str, pair: str | None = None) -> np.ndarray:
        """Return what ``Model.value_norms`` of ``grader.capture`` returns."""
        return self._ask("value_norms", text, pair)[1][0]

    def embedding(self, text: str, pair: str | None = None) -> np.ndarray:
        """Return what ``Model.embedding`` of ``grader.capture`` returns."""
        return self._ask("embedding", text, pair)[1][0]

    def leave_one_out(self, text: str, pair: str | None = None) -> np.ndarray:
        """Return what ``Model.leave_one_out`` of ``grader.capture`` returns."""
        return self._ask("leave_one_out", text, pair)[1][0]

    def reader_weights(self, text: str, pair: str) -> np.ndarray:
        """Return what ``Model.reader_weights`` of ``grader.capture`` returns."""
        return self._ask("reader_weights", text, pair)[1][0]

    def reader_logits(self, text: str, pair: str) -> np.ndarray:
        """Return what ``Model.reader_logits`` of ``grader.capture`` returns."""
        return self._ask("reader_logits", text, pair)[1][0]

    def reader_cuts(self, text: str, pair: str) -> np.ndarray:
        """Return what ``Model.reader_cuts`` of ``grader.capture`` returns."""
        return self._ask("reader_cuts", text, pair)[1][0]

    def _ask(self, what: str, text: str, pair: str | None) -> tuple[dict, list[np.ndarray]]:
        with self._one_at_a_time:
            try:
                self._stream.write(json.dumps([what, text, pair]).encode() + b"\n")
                self._stream.flush()
                about = json.loads(self._stream.readline())
                if "error" in about:
                    raise ERRORS.get(about["error"], GraderError)(about["message"])
                arrays = []
                for shape in about["shapes"]:
                    numbers = self._stream.read(4 * int(np.prod(shape)))
                    arrays.append(np.frombuffer(numbers, "<f4").reshape(shape))
            except (OSError, ValueError) as error:
                if isinstance(error, GraderError):
                    raise
                raise GraderError("the warm process that holds the model is gone.") from error
        return about, arrays


def answer_all(stream: BinaryIO, model: Any) -> None:
    """Answer until the other side closes; runs in a fork of the zygote."""
    while line := stream.readline():
        try:
            about, arrays = _answer(model, *json.loads(line))
        except Exception as error:
            about, arrays = {"error": type(error).__name__, "message": str(error)}, []
        about["shapes"] = [array.shape for array in arrays]
        stream.write(json.dumps(about).encode() + b"\n")
        for array in arrays:
            stream.write(np.ascontiguousarray(array, "<f4").tobytes())
        stream.flush()


def _answer(model: Any, what: str, text: str, pair: str | None) -> tuple[dict, list[np.ndarray]]:
    if what in ARRAYS:
        found = getattr(model, what)(text, pair)
        return {}, list(found) if isinstance(found, tuple) else [found]
    seen = model.attend(text, pair)
    about = {
        "tokens": seen.tokens,
        "words": seen.words,
        "word_of": seen.word_of,
        "second_start": seen.second_start,
        "causal": seen.causal,
    }
    return about, [seen.weights]


def serve(fd: int, name: str) -> None:
    """Be the model `name` for whoever holds the other end of `fd`; never returns."""
    from grader.capture import load_model

    with socket.socket(fileno=fd) as ours:
        stream = ours.makefile("rwb")
    try:
        answer_all(stream, load_model(name))
    finally:
        os._exit(0)
