"""What authors of lessons and exercises run."""

import argparse
from pathlib import Path

from grader.commands import Command
from grader.commands.arguments import at_least_one, exercises, exercises_folder, slug
from grader.commands.terminal import Progress, answer, talk


def _test_exercise(arguments: argparse.Namespace) -> int:
    from grader.grading.again.rehearsal import rehearse

    tested = rehearse(exercises_folder(arguments.exercises) / arguments.slug)
    answer(arguments, tested.to_json(), tested.text())
    return 0 if tested.passed else 1


def _test_exercise_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    exercises(parser)


def _new_exercise(arguments: argparse.Namespace) -> int:
    from grader.questions.new import new_exercise

    written = new_exercise(exercises_folder(arguments.exercises), arguments.slug)
    answer(
        arguments,
        {"exercise": arguments.slug, "written": [str(path) for path in written]},
        "\n".join(map(str, written)) + f"\nnow: grader test-exercise {arguments.slug}",
    )
    return 0


def _claims(arguments: argparse.Namespace) -> int:
    from grader.ledger.claims_table import run

    data, lines, holds = run(arguments, talk, Progress())
    answer(arguments, data, lines)
    return 0 if holds else 1


def _claims_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quick",
        action="store_true",
        help="take the figures of smollm2 as they were kept; else they are computed again",
    )
    parser.add_argument(
        "--lessons", default="lessons", metavar="DIR", help="the folder that holds claims.toml"
    )


def _study(arguments: argparse.Namespace) -> int:
    from grader.study import run

    data, lines = run(arguments, Progress)
    answer(arguments, data, lines)
    return 0


def _study_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--select", type=Path, required=True, metavar="A.conllu", help="where heads are chosen"
    )
    parser.add_argument(
        "--report", type=Path, required=True, metavar="B.conllu", help="where they are reported"
    )
    parser.add_argument(
        "--model", default="minilm", metavar="NAME", help="a name, folder or hub id"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("study"), metavar="DIR", help="for the files"
    )
    parser.add_argument(
        "--least",
        type=at_least_one,
        default=50,
        metavar="N",
        help="arcs that a relation must have",
    )


COMMANDS = (
    Command(
        "test-exercise",
        "judge an exercise's sample answers",
        "exercise, answers (how many), passed, wrong (sentences)",
        _test_exercise,
        _test_exercise_arguments,
    ),
    Command(
        "new-exercise",
        "write a new exercise to begin with",
        "exercise, written (paths)",
        _new_exercise,
        _test_exercise_arguments,
    ),
    Command(
        "claims",
        "compute every number that the lessons claim",
        "ledger (path), claims: a list of id, pages, value, expected, tolerance, source, "
        "status (checked or published), holds, statement, kept_for; holding (how many), failing, "
        "unprinted, without_reason (ids), corrections, patterns (name to evidence), "
        "problems (sentences), moved (figures of smollm2 that are no longer as they were kept)",
        _claims,
        _claims_arguments,
    ),
    Command(
        "study",
        "find the heads of grammatical relations in treebanks",
        "what was studied, rows (one for each relation), files",
        _study,
        _study_arguments,
    ),
)
