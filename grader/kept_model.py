"""A model on a student's machine: what it once said of a text is kept on disk."""

from typing import Any

from grader.attention import Attention
from grader.models import KNOWN_MODELS

JUDGES = "SEEING_ATTENTION_JUDGES"
"""Set for a kernel of `grader check`, which judges each answer at once, as the student's does."""


class KeptModel:
    """A known model, loaded when it has to be.

    Args:
        name: which.
    """

    def __init__(self, name: str = "minilm"):
        self.name = name
        self.sha256 = KNOWN_MODELS[name].sha256

    def attend(self, text: str, pair: str | None = None) -> Attention:
        """Return the attention on a text."""
        from grader.capture import capture

        return capture(text, pair, model=self.name)

    def ask(self, name: str, what: str, *arguments: Any) -> Any:
        """Ask another known model for what a method of it gives."""
        return getattr(KeptModel(name), what)(*arguments)

    def sha256_of(self, name: str) -> str:
        """Return the hash of another known model's weights."""
        return KNOWN_MODELS[name].sha256

    def __getattr__(self, name: str) -> Any:
        """Return what else the loaded model can say."""
        if name.startswith("_") or name in ("name", "sha256"):
            raise AttributeError(name)
        from grader.capture import load_model

        return getattr(load_model(self.name), name)
