"""Questions: answers in, verdicts out, in a process that never ran a student's code.

- ``exercise``: what an author wrote, read from ``questions.toml`` (``authoring``: problems with
  file, line and repair).
- ``kinds``: the kinds of question, one module each; ``measures`` and ``kinds.quantities`` are what
  they ask about; ``references`` and ``probes`` serve functions.
- ``answer``: what a check cell sends; ``parser``: reading it from a stranger's cell.
- ``judging``: the judge; ``facts``: what it works out again from the model.
- ``verdict``, ``outcome``, ``messages``, ``card``: what comes of it, and how it is said.
- ``percent``: notebooks as Python files; ``samples``: sample submissions and what they must earn.
- ``variants``: which sentence is whose.

Only numpy and the standard library: no torch, IPython or nbgrader.
"""

from grader.questions.answer import MIME, bundle, encode_answer
from grader.questions.card import card_html, card_of, card_text
from grader.questions.exercise import (
    Criterion,
    Exercise,
    Question,
    decode_public,
    encode_public,
    load_exercise,
)
from grader.questions.facts import Model, Remembered
from grader.questions.judging import judge, judge_outputs
from grader.questions.kinds import KINDS
from grader.questions.messages import LANGUAGES, Message, message
from grader.questions.outcome import Outcome, Refusal
from grader.questions.parser import Answer, read_bundles
from grader.questions.probes import PUBLIC_SEED, draw
from grader.questions.variants import variant_index
from grader.questions.verdict import CriterionResult, Verdict

__all__ = [
    "KINDS",
    "LANGUAGES",
    "MIME",
    "Answer",
    "Criterion",
    "CriterionResult",
    "Exercise",
    "Message",
    "Model",
    "Outcome",
    "Question",
    "Refusal",
    "Remembered",
    "Verdict",
    "bundle",
    "card_html",
    "card_of",
    "card_text",
    "decode_public",
    "draw_probes",
    "encode_answer",
    "encode_public",
    "judge",
    "judge_outputs",
    "load_exercise",
    "message",
    "public_probes",
    "read_bundles",
    "variant_index",
]


def draw_probes(question: Question, seed: bytes) -> list | None:
    """Return the inputs that a function is called with when grading; None for other kinds."""
    if question.kind != "function":
        return None
    return draw(question.parameters.classes, seed)


def public_probes(question: Question) -> list | None:
    """Return the inputs that a student's notebook calls a function with; None for other kinds."""
    if question.kind != "function":
        return None
    return draw(question.parameters.classes, PUBLIC_SEED, public_only=True)
