"""The loaded question-answering model: base network, adapter merged in, span head."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer
from transformers.utils import logging

from grader.errors import TextError
from grader.models.qa import ADAPTER, adapter
from grader.models.qa.edges import Cut, edges_cut
from grader.models.qa.reading import LONGEST_QUESTION, Span, encode, find_spans, inputs
from grader.models.registry import find_model


class Reader:
    """Finds answers in contexts.

    Args:
        network: a ``BertForQuestionAnswering``.
        tokenizer: that of the base model.
    """

    def __init__(self, network, tokenizer):
        self.network = network
        self.tokenizer = tokenizer

    def find(self, questions: list[str], contexts: list[str]) -> list[Span]:
        """Return the answer to each question in the context of the same place.

        Raises:
            TextError: a question is too long.
        """
        for question in questions:
            n_tokens = len(self.tokenizer(question)["input_ids"])
            if n_tokens > LONGEST_QUESTION:
                raise TextError(
                    f"the question has {n_tokens} tokens; ask in at most {LONGEST_QUESTION}."
                )
        return find_spans(self.network, self.tokenizer, questions, contexts)

    @torch.inference_mode()
    def span_logits(self, question: str, context: str, *cuts: Cut) -> np.ndarray:
        """Return the start and the end logit of every token of a pair, with some edges cut.

        Args:
            question: the first text; its tokens come first.
            context: the second text, short enough for one window.
            cuts: edges of attention that are not there; positions are those of the tokens.

        Returns:
            "2 token": the row of starts, the row of ends.
        """
        encoding = inputs(encode(self.tokenizer, [question], [context]))
        with edges_cut(self.network, *cuts):
            output = self.network(**encoding)
        return torch.cat([output.start_logits, output.end_logits]).numpy()


@lru_cache(maxsize=2)
def load_reader(path: Path = ADAPTER, *, merged: bool = True) -> Reader:
    """Return the model with an adapter.

    Args:
        path: the adapter.
        merged: add the adapter into the weights; otherwise its changes are computed beside them,
            as in training.
    """
    reader = load_base()
    if merged:
        adapter.merge(reader.network, adapter.load(path))
    else:
        adapter.attach(reader.network)
        adapter.fill(reader.network, adapter.load(path))
    return reader


def load_base() -> Reader:
    """Return the model before tuning: the base model under a span head of random values."""
    # nbgrader gives 0 points for any stderr text, so loading may not chat.
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    base = find_model("minilm").path
    network = adapter.build_network(base)
    return Reader(network, AutoTokenizer.from_pretrained(base, local_files_only=True))
