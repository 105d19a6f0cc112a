"""An exercise run without a kernel: notebook.py, some cells replaced, each check cell judged.

A control for the real kernels and far quicker: what a sample earns here it must earn there.
"""

import json
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import grader.check
from grader.course.notebooks import read_source
from grader.questions import (
    MIME,
    Exercise,
    Verdict,
    draw_probes,
    encode_public,
    judge_outputs,
    variant_index,
)

REGION = re.compile(r"(?ms)^[ \t]*### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION\n?")
SEED = b"a test's own seed"


def run(folder: Path, exercise: Exercise, cells: dict[str, str], *, student="", seed=SEED) -> dict:
    """Return what each check cell recorded: question name -> JSON text of its outputs.

    Solutions are taken out, `cells` put in, and a cell that raises is passed over, as when grading.
    """
    grader.check.forget()
    session = grader.check.start(
        exercise.slug, student=student, questions=encode_public(exercise.public())
    )
    names = {"session": session, "check": grader.check.check, "display": lambda *_: None}
    by_grade_id = {q.grade_id: q for q in exercise.questions.values()}
    recorded = {}
    for cell in read_source(folder / "notebook.py"):
        if cell.type != "code":
            continue
        question = by_grade_id.get(cell.grade_id) if cell.role == "check" else None
        if question is not None and question.kind == "function":
            grader.check.set_probes(question.id, draw_probes(question, seed))
        before = len(grader.check.recorded())
        source = REGION.sub("", cells.get(cell.grade_id, cell.source + "\n"))
        error = None
        try:
            with redirect_stdout(StringIO()):
                exec(compile(source, f"cell {cell.grade_id}", "exec"), names)
        except (Exception, SystemExit) as raised:
            error = {"output_type": "error", "ename": type(raised).__name__}
        if question is not None:
            bundles = grader.check.recorded()[before:]
            outputs = [{"output_type": "display_data", "data": {MIME: b}} for b in bundles]
            recorded[question.name] = json.dumps(outputs + ([error] if error else []))
    return recorded


def judge_all(
    exercise: Exercise, recorded: dict, model, *, student="", seed=SEED
) -> dict[str, Verdict]:
    """Return the verdict on each question that a machine judges."""
    index = variant_index("", exercise.slug, student, len(exercise.variants))
    return {
        name: judge_outputs(
            question,
            index,
            exercise.variants[index],
            recorded.get(name, "[]"),
            model,
            draw_probes(question, seed),
        )
        for name, question in exercise.questions.items()
        if not question.written
    }
