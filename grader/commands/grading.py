"""Grading a class: the batch and its table of scores."""

import argparse

from grader.commands import Command
from grader.commands.arguments import at_least_one, course, slug
from grader.commands.terminal import Progress, answer, talk

UNCONFINED = "Kernels are not confined: a notebook can read and change what you can."


def _autograde(arguments: argparse.Namespace) -> int:
    from grader.grading.batch import Settings, autograde, default_workers
    from grader.grading.wall import CONFINED, choose_kernels
    from grader.reports.table import read_table, table_text

    opened = course(arguments)
    provisioner = choose_kernels(opened, arguments.slug, unconfined=arguments.unconfined)
    if provisioner != CONFINED:
        talk(UNCONFINED)
    settings = Settings(
        provisioner=provisioner,
        workers=arguments.workers or default_workers(),
        students=tuple(arguments.student or ()),
        force=arguments.force,
        progress=Progress(),
    )
    batch = autograde(opened, arguments.slug, settings)
    talk(f"graded now: {len(batch.graded)}; unchanged: {len(batch.entries) - len(batch.graded)}")
    for student, reason in batch.not_graded.items():
        talk(f"{student}: not graded, or not wholly: {reason}")
    table = read_table(opened, arguments.slug)
    answer(
        arguments,
        table.to_json() | {"graded": batch.graded, "not_graded": batch.not_graded},
        table_text(table),
    )
    return 1 if batch.not_graded else 0


def _autograde_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    parser.add_argument("--workers", type=at_least_one, metavar="N", help="notebooks at once")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one")
    parser.add_argument("--force", action="store_true", help="also what did not change")
    parser.add_argument(
        "--unconfined", action="store_true", help="without a wall around kernels; marks each grade"
    )


def _table(arguments: argparse.Namespace) -> int:
    from grader.reports.table import read_table, table_text

    table = read_table(course(arguments), arguments.slug)
    answer(arguments, table.to_json(), table_text(table))
    return 0


COMMANDS = (
    Command(
        "autograde",
        "grade the submissions that changed",
        "exercise, maximum, students (as in table), graded (ids graded in this run), "
        "not_graded (id to reason)",
        _autograde,
        _autograde_arguments,
    ),
    Command(
        "table",
        "print the table of scores",
        "exercise, maximum (cell to points), students: a list of student, points (cell to "
        "points, null while a person has to mark it), total, why",
        _table,
        slug,
    ),
)
