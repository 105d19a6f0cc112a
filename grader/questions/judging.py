"""The judge: an answer in, a verdict out, whatever the answer is."""

import logging
from collections.abc import Mapping
from typing import Any

from grader.errors import GraderError
from grader.questions.exercise import DEFAULT_MODEL, Criterion, Question
from grader.questions.facts import Facts, Model, Sibling
from grader.questions.kinds import KINDS
from grader.questions.kinds.base import Finding
from grader.questions.messages import say
from grader.questions.outcome import Outcome, Refusal
from grader.questions.parser import Answer, read_bundles
from grader.questions.verdict import CriterionResult, Status, Verdict

log = logging.getLogger(__name__)


def judge_outputs(
    question: Question,
    variant_index: int,
    variant: Mapping[str, str],
    outputs_json: str,
    model: Model,
    probes: list | None = None,
) -> Verdict:
    """Return the verdict on what a check cell recorded; never raises.

    Args:
        question: the course's own, never the copy in the notebook.
        variant_index: which variant the student has, by the roster.
        variant: that variant's words.
        outputs_json: JSON text of the cell's outputs as they stood when the cell ended.
        model: asked again for the truth; hand in a `Remembered` one when judging many.
        probes: the inputs that this submission's function was called with (`draw_probes`).
    """
    try:
        model = model_of(question, model)
        answer = read_bundles(outputs_json, question.id)
        if answer.size > KINDS[question.kind].max_bytes:
            raise Refusal("too_large_here", limit=KINDS[question.kind].max_bytes // 1024)
        if KINDS[question.kind].empty(question.parameters, answer.value):
            # Before the variant: a notebook without an id and without answers needs no person.
            return Verdict.ended(question, Outcome.NO_ANSWER, say("nothing_yet"), variant)
        if answer.variant != variant_index:
            return Verdict.ended(
                question,
                Outcome.ANOTHER_VARIANT,
                variant=variant,
                got=answer.variant,
                expected=variant_index,
            )
        if answer.model and answer.model != model.sha256:
            return Verdict.ended(
                question,
                Outcome.ANOTHER_MODEL,
                variant=variant,
                got=answer.model[:8],
                expected=model.sha256[:8],
            )
    except Refusal as refusal:
        return Verdict.ended(question, refusal.outcome, refusal.message, variant)
    except Exception as error:
        return _ours(question, variant, error)
    return judge(question, variant, answer, model, probes)


def model_of(question: Question, model: Model) -> Model:
    """Return the model that a question is about: the one at hand, or another one through it."""
    if question.model == DEFAULT_MODEL or isinstance(model, Sibling):
        return model
    return Sibling(model, question.model)


def judge(
    question: Question,
    variant: Mapping[str, str],
    answer: Answer,
    model: Model,
    probes: list | None = None,
) -> Verdict:
    """Return the verdict on an answer; a bad answer never raises, nor does a fault of ours.

    A fault of ours gives the outcome ``internal``: nothing is decided and a person looks.
    """
    kind = KINDS[question.kind]
    try:
        if kind.empty(question.parameters, answer.value):
            return Verdict.ended(question, Outcome.NO_ANSWER, say("nothing_yet"), variant)
        facts = Facts(variant, model_of(question, model), question.measures, probes)
        found = {f.criterion: f for f in kind.judge(question.parameters, answer.value, facts)}
        results = [_result(question, c, found[c.name]) for c in question.criteria]
        return Verdict.of(question, variant, results, notes=facts.notes)
    except Refusal as refusal:
        return Verdict.ended(question, refusal.outcome, refusal.message, variant)
    except Exception as error:
        return _ours(question, variant, error)


def _result(question: Question, criterion: Criterion, finding: Finding) -> CriterionResult:
    share: Any = finding.share
    status: Status = "unchecked" if share is None else "passed" if share >= 1 else "failed"
    points = min(max(round(criterion.points * (share or 0.0), 2), 0.0), criterion.points)
    hints = (finding.hint,) if isinstance(finding.hint, str) else finding.hint or ()
    hint = next((hint for hint in hints if hint in question.hints), None)
    return CriterionResult(criterion.name, status, points, criterion.points, finding.reason, hint)


def _ours(question: Question, variant: Mapping[str, str], error: Exception) -> Verdict:
    log.info("%s could not be checked", question.id, exc_info=error)
    what = str(error) if isinstance(error, GraderError) else type(error).__name__
    return Verdict.ended(question, Outcome.INTERNAL, variant=variant, error=what)
