"""What recurs when an answer is judged: criteria one by one, numbers beside the right ones."""

from collections.abc import Callable, Iterator, Mapping

from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, failed, passed
from grader.questions.messages import say


def one_by_one(judged: Mapping[str, Callable[[], Finding]]) -> Iterator[Finding]:
    """Yield the finding of each criterion; a field that cannot be read fails its criterion alone.

    Args:
        judged: criterion -> what judges it.
    """
    for name, judge in judged.items():
        try:
            yield judge()
        except fields.FieldError as error:
            yield failed(name, error.reason, error.hint)


def judge_number(
    criterion: str,
    got: float,
    truth: float,
    mistakes: diagnosis.Mistakes,
    *,
    tolerance: float = fields.ROUNDED,
    why: str = "tolerance.rounded",
    asked: int = 1,
) -> Finding:
    """Return whether a number is right, and if not which mistake it shows.

    Args:
        criterion: whose points.
        got: the student's number.
        truth: the right one.
        mistakes: what each mistake leads to.
        tolerance: how far from the truth it may be.
        why: key of the sentence that says why.
        asked: how many numbers the criterion asks for: any might be hit by chance.
    """
    told = {"tolerance": tolerance, "why": say(why)}
    if fields.close(got, truth, tolerance):
        return passed(criterion, "number.right", got=got, **told)
    hint = diagnosis.recognise(got, truth, mistakes, tolerance, asked)
    return failed(criterion, say("number.wrong", got=got, **told), hint)


def judge_numbers(
    criterion: str, answer: dict, truths: Mapping[str, tuple[float, diagnosis.Mistakes]]
) -> Finding:
    """Return whether all numbers of a criterion are right; names the first that is not.

    Args:
        criterion: whose points, all or none.
        answer: what the student wrote, by name.
        truths: name -> the right number and what each mistake leads to.

    Raises:
        FieldError: one is no number.
    """
    told = {"tolerance": fields.ROUNDED, "why": say("tolerance.rounded")}
    wrong: list[float] = []
    explained = []
    for name, (truth, mistakes) in truths.items():
        got = fields.number(answer, name)
        if not fields.close(got, truth, fields.ROUNDED):
            wrong.append(got)
            explained.append(diagnosis.explain(got, truth, mistakes, fields.ROUNDED))
    if not wrong:
        return passed(criterion, "number.right", got=got, **told)
    hint = diagnosis.diagnose(explained, len(truths))
    return failed(criterion, say("number.wrong", got=wrong[0], **told), hint)
