"""Cells that are not ours: in-kernel tests and written answers, scored by nbgrader's rule.

Three things are otherwise than in nbgrader: a warning on stderr costs nothing, a number counts in
whatever form it is printed (``np.float64(0.5)`` is .5), and no number below 0 and none that is not
finite ever becomes points.
"""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from grader.grading.intake.assignment import Assignment
from grader.questions.messages import clean_text

_PRINTED = re.compile(
    r"""(?:(?P<type>[A-Za-z_][\w.]*)\(\s*)?      # np.float64(, tensor(, Decimal(
    (?P<quote>['"]?)(?P<number>[-+]?(?:[\d.]+(?:e[-+]?\d+)?|nan|inf(?:inity)?))(?P=quote)
    (?:\s*,\s*(?P<second>[-+]?\d+)\s*\)|[^)]*\)|)""",  # Fraction(1, 2); tensor(1., dtype=...)
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 200


class StockResult(NamedTuple):
    """What a test inside the kernel came to."""

    points: float | None
    """None: a person decides."""
    how: str
    """``error``, ``number``, ``negative``, ``not_finite``, ``above`` or ``passed``."""
    said: str = ""
    """The error, or the number as it was printed."""


def stock_scores(notebook: dict, assignment: Assignment) -> tuple[dict[str, list], dict[str, dict]]:
    """Score cells that are not ours.

    Returns:
        grade_id -> [points, or None for a person, and the maximum]; and for each in-kernel test
        ``{"how": ..., "said": ...}``, as in `Test`.
    """
    from nbformat import from_dict
    from nbgrader.utils import determine_grade, is_grade, is_solution

    scores, tests = {}, {}
    for cell in from_dict(notebook).cells:
        if not is_grade(cell) or cell.metadata.nbgrader.grade_id in assignment.questions:
            continue
        grade_id, maximum = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
        if cell.cell_type == "code" and not is_solution(cell):
            test = read_test(cell.outputs, maximum)
            tests[grade_id] = {"how": test.how, "said": test.said}
            scores[grade_id] = [test.points, maximum]
        else:
            scores[grade_id] = list(determine_grade(cell))
    return scores, tests


def untouched(notebook: dict) -> dict[str, bool]:
    """Return for each solution cell whether it is as released: nbgrader says "No response."."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum, is_solution

    return {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.get("checksum")
        == compute_checksum(cell)
        for cell in from_dict(notebook).cells
        if is_solution(cell)
    }


def read_test(outputs: list[Mapping[str, Any]], maximum: float) -> StockResult:
    """Return what the outputs of a test's cell are worth, 0..maximum.

    An error is 0; else the first result that is a number is partial credit; else all points.
    """
    for output in outputs:
        if output["output_type"] == "error":
            said = f"{output['ename']}: {output['evalue']}".removesuffix(": ")
            return StockResult(0.0, "error", clean_text(said))
        if output["output_type"] == "execute_result":
            printed = output["data"].get("text/plain", "")
            printed = printed if isinstance(printed, str) else "".join(printed)
            return _partial(printed.strip(), maximum)
    return StockResult(maximum, "passed")


def _partial(printed: str, maximum: float) -> StockResult:
    number = printed_number(printed)
    if number is None:
        return StockResult(maximum, "passed")
    said = clean_text(printed)
    if not math.isfinite(number):
        return StockResult(0.0, "not_finite", said)
    if number < 0:
        return StockResult(0.0, "negative", said)
    if number > maximum:
        return StockResult(None, "above", said)  # nbgrader would drop the whole submission
    return StockResult(number, "number", said)


def printed_number(printed: str) -> float | None:
    """Return the number that a value's repr shows; None where it shows none, or more than one."""
    if len(printed) > _LONGEST:
        return None
    try:
        return float(printed)
    except ValueError:
        pass
    found = _PRINTED.fullmatch(printed)
    try:
        if found is None or found["type"] is None:
            return None
        if found["second"] is not None:
            ratio = found["type"].endswith("Fraction")
            return float(Fraction(int(found["number"]), int(found["second"]))) if ratio else None
        return float(found["number"])
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
