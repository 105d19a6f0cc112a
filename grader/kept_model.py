"""The default model on a student's machine: what it once said of a text is kept on disk."""

from typing import Any

from grader.attention import Attention
from grader.models import MINILM_SHA256


class KeptModel:
    """The default model, loaded when it has to be."""

    sha256 = MINILM_SHA256

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text."""
        from grader.capture import capture

        return capture(text, pair)

    def __getattr__(self, name: str) -> Any:
        """Return what else the loaded model can say."""
        if name.startswith("_"):
            raise AttributeError(name)
        from grader.capture import load_model

        return getattr(load_model(), name)
