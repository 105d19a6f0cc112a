"""Grading a class: the batch, its table of scores, and what the record says about a grade."""

import argparse
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from grader.commands import Command
from grader.commands.arguments import at_least_one, course, language, slug
from grader.commands.terminal import Progress, answer, talk

if TYPE_CHECKING:
    from grader.course.course import Course
    from grader.grading.store.standing import Held

UNCONFINED = "Kernels are not confined: a notebook can read and change what you can."


def _autograde(arguments: argparse.Namespace) -> int:
    from grader.grading.kernels import CONFINED
    from grader.grading.run.sandbox import begin_kernels, choose_kernels

    opened, cluster = course(arguments), None
    if arguments.cluster:
        from grader.grading.run.cluster import open_cluster

        cluster = open_cluster(arguments.cluster, unconfined=arguments.unconfined)
        provisioner = cluster.provisioner
    else:
        provisioner = choose_kernels(opened, arguments.slug, unconfined=arguments.unconfined)
    if provisioner != CONFINED:
        talk(UNCONFINED)
    # A cluster's workers have kernels of their own; ours come up while the rest is imported.
    with nullcontext() if cluster else begin_kernels(provisioner) as begun:
        return _grade(arguments, opened, provisioner, cluster=cluster, begun=begun)


def _grade(
    arguments: argparse.Namespace, opened: "Course", provisioner: str, **kernels: Any
) -> int:
    from grader.course.receipt import receipts_of
    from grader.course.submitted import misplaced
    from grader.grading.batch import Settings, autograde, default_workers
    from grader.grading.store.standing import Held
    from grader.reports.table import read_table, table_text
    from grader.reports.texts import text

    settings = Settings(
        provisioner=provisioner,
        workers=arguments.workers or default_workers(),
        students=tuple(arguments.student or ()),
        force=arguments.force,
        regrade=arguments.regrade,
        progress=Progress(),
        **kernels,
    )
    try:
        batch = autograde(opened, arguments.slug, settings)
    except Held as held:
        return _show_held(arguments, opened, held)
    talk(f"graded now: {len(batch.graded)}; unchanged: {len(batch.entries) - len(batch.graded)}")
    left = misplaced(opened, arguments.slug)
    for line in left:
        talk(line)
    for student, reason in batch.not_graded.items():
        if door := batch.entries[student].door:
            reason = text(f"door.{door['reason']}", opened.language, **door["values"])
        talk(f"{student}: not graded, or not wholly: {reason}")
    talk(f"record: {batch.head} (note it down: `grader verify` finds it again)")
    table = read_table(opened, arguments.slug)
    answer(
        arguments,
        table.to_json()
        | {"graded": batch.graded, "not_graded": batch.not_graded, "record": batch.head}
        | {"misplaced": left}
        | {
            "receipts": {
                student: receipts_of(opened.folder("submitted", arguments.slug, student))
                for student in batch.entries
            }
        },
        table_text(table),
    )
    return 1 if batch.not_graded or left else 0


def _show_held(arguments: argparse.Namespace, opened: "Course", held: "Held") -> int:
    """Say what changed, and what a regrade would change, before anybody's grade is touched."""
    from grader.commands.regrading import change_lines
    from grader.errors import GraderError
    from grader.grading.again.regrade import preview

    for line in str(held).splitlines():
        talk(line)
    shown = None
    if "secret" not in held.since:
        try:
            shown = preview(opened, held.exercise, told=Progress())
        except GraderError as why:
            talk(str(why))
    again = [
        f"`grader autograde {held.exercise} --regrade` runs these notebooks and grades them anew.",
    ]
    if shown:
        again.insert(0, f"`grader regrade {held.exercise} --apply` does what is shown; none runs.")
    if "secret" in held.since:
        again.insert(
            0, "Put the secret back from your copy: with another one, hidden inputs change."
        )
    data = {"exercise": held.exercise, "since": held.since}
    data |= {"changes": shown.to_json()["changes"] if shown else []}
    answer(arguments, data, "\n".join([*(change_lines(shown) if shown else ()), *again]))
    return 2


def _autograde_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    parser.add_argument("--workers", type=at_least_one, metavar="N", help="notebooks at once")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one")
    parser.add_argument("--force", action="store_true", help="also what did not change")
    parser.add_argument(
        "--regrade", action="store_true", help="also by questions or settings changed since"
    )
    parser.add_argument(
        "--unconfined",
        action="store_true",
        help="without a sandbox around kernels; marks each grade",
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="run notebooks on the workers of this Dask scheduler"
    )


def _table(arguments: argparse.Namespace) -> int:
    from grader.reports.table import read_table, table_text

    table = read_table(course(arguments), arguments.slug, arguments.language or "")
    answer(arguments, table.to_json(), table_text(table))
    return 0


def _table_arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    language(parser, "the course's by default")


def _why(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from grader.course.gradebook import open_gradebook
    from grader.course.marks import read_marks
    from grader.errors import GraderError
    from grader.grading.again.replay import exercise_then
    from grader.grading.store.decisions import Decided, decided
    from grader.grading.store.record import read_entries
    from grader.grading.store.waiting import waiting
    from grader.reports.why import find_cell, why_text

    opened = course(arguments)
    student = arguments.student
    slug, _, name = arguments.question.rpartition(".")
    history = [
        entry
        for entry in read_entries(opened)
        if entry.student == student and (entry.exercise == slug or not slug)
    ]
    exercises = sorted({entry.exercise for entry in history})
    if len(exercises) > 1:
        history = [e for e in history if _asks(e, name)]
        exercises = sorted({entry.exercise for entry in history})
    if len(exercises) != 1:
        raise GraderError(
            f"The record holds no one grade of {student!a} for {arguments.question!a}; "
            "write the question as EXERCISE.NAME"
            + (f"; there are: {', '.join(exercises)}." if exercises else ", and grade first.")
        )
    entry = history[-1]
    with open_gradebook(opened) as gradebook:
        marks = read_marks(gradebook, entry.exercise, student)
    said = decided(history).get(student, Decided())
    waits = tuple(waiting(opened, entry, marks, said))
    exercise = exercise_then(opened, entry)
    asked = {q.grade_id: q for q in exercise.questions.values()} if exercise else {}
    grade_id = find_cell(entry, name)
    told = why_text(
        name, history, marks, asked.get(grade_id), arguments.language or opened.language, waits
    )
    data = {"grade_id": grade_id, "sentences": told.splitlines(), "entry": asdict(entry)}
    answer(arguments, data, told)
    return 0


def _asks(entry, name: str) -> bool:
    cells = (*entry.verdicts, *entry.stock, *entry.written)
    return name in cells or f"{name}_check" in cells


def _why_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("student", metavar="STUDENT", help="whose grade")
    parser.add_argument("question", metavar="QUESTION", help="NAME, or EXERCISE.NAME")
    language(parser, "the course's by default")


COMMANDS = (
    Command(
        "autograde",
        "grade the submissions that changed",
        "exercise, maximum, students, waiting (as in table), graded (ids graded in this run), "
        "or, where questions or settings changed since: since (what to ids), changes (as in "
        "regrade); "
        "not_graded (id to reason), misplaced (sentences), record (hash of the record's last "
        "entry), receipts (id to notebook to receipt)",
        _autograde,
        _autograde_arguments,
    ),
    Command(
        "table",
        "print the table of scores",
        "exercise, maximum (cell to points), students: a list of student, points (cell to "
        "points, null while a person has to mark it), total, why, late (days begun, unknown, "
        "late or empty), taken_off, counted, changes (sentences); waiting: a list of "
        "student, cells, why, values, command (what a person has to settle)",
        _table,
        _table_arguments,
    ),
    Command(
        "why",
        "explain one student's grade for one question",
        "grade_id, sentences (a list), entry (the record's, as it stands there)",
        _why,
        _why_arguments,
    ),
)
