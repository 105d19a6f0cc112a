"""The loaded question-answering model: base weights, adapter added in, span head."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import Float

from grader.errors import TextError
from grader.models import find_model
from grader.models.known import MINILM_QA
from grader.network import load_network
from grader.qa.edges import Cut
from grader.qa.spans import LONGEST_QUESTION, Span, find_span, windows


class Reader:
    """Finds answers in contexts.

    Args:
        network: a network of ``grader.network`` with a span head.
    """

    def __init__(self, network):
        self.network = network

    def find(self, questions: list[str], contexts: list[str]) -> list[Span]:
        """Return the answer to each question in the context of the same place.

        Raises:
            TextError: a question is too long.
        """
        for question in questions:
            n_tokens = len(self.network.encode(question))
            if n_tokens > LONGEST_QUESTION:
                raise TextError(
                    f"the question has {n_tokens} tokens; ask in at most {LONGEST_QUESTION}."
                )
        return [
            find_span(self.network, question, context)
            for question, context in zip(questions, contexts, strict=True)
        ]

    def span_logits(self, question: str, context: str, *cuts: Cut) -> Float[np.ndarray, "2 token"]:
        """Return the start and the end logit of every token of a pair, with some edges cut.

        Args:
            question: the first text; its tokens come first.
            context: the second text; of a long one, the first window is read.
            cuts: edges of attention that are not there; positions are those of the tokens.

        Returns:
            The row of starts, the row of ends.
        """
        return self.network.run(windows(self.network, question, context)[0], cuts).logits.T


@lru_cache(maxsize=2)
def load_reader(path: Path = MINILM_QA.adapter) -> Reader:
    """Return the model with an adapter.

    Args:
        path: the adapter.
    """
    return Reader(load_network(find_model("minilm").path, path))
