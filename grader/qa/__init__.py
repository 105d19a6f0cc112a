"""minilm-qa: a small model that answers questions on a text, trained here to be looked into.

It is MiniLM with a low-rank adapter and a span head: 1.3 MB beside the base model's weights. It
reads a question and a context and marks where the answer starts and ends, or that there is none.
It is a teaching model; what it can do and where it fails is measured in ``results.json`` and
``failures.json`` and told in ``card.md``.

    answer              the answer, as a string: what most need
    reader  edges       the loaded model; the edges of its attention that a run may cut
    spans               tokens in, spans out, for training and serving alike
    adapter             low-rank changes beside the weights, while they are trained
    training            one run from a seed; its examples, invented and natural; how good its
                        answers are; what its attention shows, and what cutting it changes

It answers on ``grader.network``, in numpy; training alone needs torch and transformers.
"""

from grader.errors import TextError
from grader.models import find_model
from grader.models.known import MINILM_QA
from grader.qa.reader import load_reader


def answer(question: str, context: str) -> str:
    """Return the piece of a context that answers a question; empty where the model finds none.

    Args:
        question: in English.
        context: one sentence or some paragraphs; a long one is read in windows that overlap.

    Raises:
        TextError: the question or the context is empty, or the question is too long.
    """
    for text, what in ((question, "question"), (context, "context")):
        if not (isinstance(text, str) and text.strip()):
            raise TextError(f"the {what} is empty; give a sentence.")
    return load_reader(find_model(MINILM_QA.name).adapter).find([question], [context])[0].text
