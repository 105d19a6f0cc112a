"""minilm-qa: a small model that answers questions on a text, trained here to be looked into.

It is MiniLM with a low-rank adapter and a span head: 1.3 MB beside the base model's weights. It
reads a question and a context and marks where the answer starts and ends, or that there is none.
It is a teaching model; what it can do and where it fails is measured in ``results.json`` and
``failures.json`` and told in ``card.md``.

    answer              the answer, as a string: what most need
    generate  qamr      where its examples come from: invented ones, natural ones
    adapter             low-rank changes beside the weights, while they are trained
    train  reading      one run from a seed; tokens in, spans out, for training and serving alike
    reader  edges       the loaded model; the edges of its attention that a run may cut
    measures  evaluate  how good its answers are
    study               what its attention shows, and what cutting it changes

It answers on ``grader.network``, in numpy; training alone needs torch and transformers.
"""

from pathlib import Path

from grader.errors import TextError

NAME = "minilm-qa"
ADAPTER = Path(__file__).with_name("adapter.safetensors")
ADAPTER_SHA256 = "13ad40a84fe1d7c555e80c40067cceb6e038977ea6317c75b68f9b0a60d2ad2c"
"""Of adapter.safetensors; a grade on this model is bound to it and to the base model's weights."""


def answer(question: str, context: str) -> str:
    """Return the piece of a context that answers a question; empty where the model finds none.

    Args:
        question: in English.
        context: one sentence or some paragraphs; a long one is read in windows that overlap.

    Raises:
        TextError: the question or the context is empty, or the question is too long.
    """
    from grader.models.qa.reader import load_reader
    from grader.models.registry import find_model

    for text, what in ((question, "question"), (context, "context")):
        if not (isinstance(text, str) and text.strip()):
            raise TextError(f"the {what} is empty; give a sentence.")
    return load_reader(find_model(NAME).adapter).find([question], [context])[0].text
