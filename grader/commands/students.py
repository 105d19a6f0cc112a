"""What a student runs before handing in."""

import argparse
from pathlib import Path

from grader.commands import Command
from grader.commands.arguments import LANGUAGES, language
from grader.commands.terminal import answer
from grader.errors import GraderError


def _check(arguments: argparse.Namespace) -> int:
    from grader.grading.intake.notebook_file import NotANotebook
    from grader.reports.texts import text

    path = Path(arguments.notebook)
    asked = arguments.language
    languages = (asked,) if asked else LANGUAGES  # the notebook's own cannot be read yet
    try:
        from grader.grading.again.local_check import check_notebook
    except ModuleNotFoundError as error:  # JupyterLab brings what runs a notebook
        needs = (text("check.needs", one, name=error.name) for one in languages)
        raise GraderError("\n".join(needs)) from None
    if not path.exists():
        raise GraderError("\n".join(text("check.missing", one, path=path) for one in languages))
    try:
        checked = check_notebook(path, arguments.language)
    except NotANotebook as door:
        whys = [(one, text(f"door.{door.reason}", one, **door.values)) for one in languages]
        raise GraderError(
            "\n".join(text("check.unreadable", one, path=path, why=why) for one, why in whys)
        ) from None
    answer(arguments, checked.to_json(), checked.text())
    return 0 if checked.passed else 1


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", metavar="NOTEBOOK", help="the file to hand in")
    language(parser, "of the cards; the notebook's own by default")


COMMANDS = (
    Command(
        "check",
        "run a notebook here and show its cards",
        "exercise, passed, verdicts: a list of question, outcome, points, max_points, "
        "criteria (name, status, points, max_points, reason, hint), reason, variant; points, "
        "max_points, later: a list of question, points, why (person or handing_in); receipt",
        _check,
        _check_arguments,
    ),
)
