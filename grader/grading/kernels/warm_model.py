"""The trusted model, asked of the warm process instead of being loaded a second time.

The judge's questions are answered by a fork of the zygote of its own. No student's code ever ran
in the zygote, nor runs in this fork; what it says is as good as a model that the judge loads.

One text is one line of JSON; the answer is one line of JSON about the attention, then its weights.
"""

import json
import os
import socket
import threading
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from grader.attention import Attention
from grader.errors import GraderError, TextError
from grader.grading.kernels.zygote import MODEL_REQUEST

ERRORS = {"TextError": TextError, "GraderError": GraderError}


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
        with self._one_at_a_time:
            try:
                self._stream.write(json.dumps([text, pair]).encode() + b"\n")
                self._stream.flush()
                about = json.loads(self._stream.readline())
                if "error" in about:
                    raise ERRORS.get(about["error"], GraderError)(about["message"])
                weights = self._stream.read(4 * int(np.prod(about["shape"])))
                weights = np.frombuffer(weights, "<f4").reshape(about["shape"])
            except (OSError, ValueError) as error:
                if isinstance(error, GraderError):
                    raise
                raise GraderError("the warm process that holds the model is gone.") from error
        return Attention(
            tokens=tuple(about["tokens"]),
            weights=weights,
            words=tuple(about["words"]),
            word_of=tuple(about["word_of"]),
            text=text,
            pair=pair,
            second_start=about["second_start"],
            model=self.sha256,
        )


def answer_all(stream: BinaryIO, model: Any) -> None:
    """Answer until the other side closes; runs in a fork of the zygote."""
    while line := stream.readline():
        text, pair = json.loads(line)
        try:
            seen = model.attend(text, pair)
        except Exception as error:
            about = {"error": type(error).__name__, "message": str(error)}
            stream.write(json.dumps(about).encode() + b"\n")
        else:
            about = {
                "tokens": seen.tokens,
                "words": seen.words,
                "word_of": seen.word_of,
                "second_start": seen.second_start,
                "shape": seen.weights.shape,
            }
            stream.write(json.dumps(about).encode() + b"\n")
            stream.write(np.ascontiguousarray(seen.weights, "<f4").tobytes())
        stream.flush()


def serve(fd: int, name: str) -> None:
    """Be the model `name` for whoever holds the other end of `fd`; never returns."""
    from grader.capture import load_model

    with socket.socket(fileno=fd) as ours:
        stream = ours.makefile("rwb")
    try:
        answer_all(stream, load_model(name))
    finally:
        os._exit(0)
