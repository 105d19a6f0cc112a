"""Settling what waits for a person."""

import argparse

from grader.commands import Command
from grader.commands.arguments import course, language, slug
from grader.commands.terminal import answer
from grader.errors import GraderError


def _settle(arguments: argparse.Namespace) -> int:
    from grader.grading.again import settle

    opened = course(arguments)
    decisions = [
        name
        for name in ("as_id", "mark", "new_hand_in", "keep", "undo")
        if getattr(arguments, name) not in (None, False)
    ]
    if not arguments.student:
        if decisions:
            raise GraderError("Name the student whose submission this is about.")
        return _show(arguments, opened)
    if len(decisions) != 1:
        raise GraderError(
            "Decide one thing: --as ID, --mark QUESTION=POINTS, --new-hand-in, --keep or --undo."
        )
    at = (opened, arguments.slug, arguments.student)
    if arguments.as_id is not None:
        done = settle.accept_id(*at, arguments.as_id, arguments.reason)
    elif arguments.mark:
        done = settle.give_marks(*at, dict(arguments.mark), arguments.comment, arguments.reason)
    elif arguments.new_hand_in:
        done = settle.ask_again(*at, arguments.reason)
    elif arguments.keep:
        done = settle.keep(*at, arguments.reason)
    else:
        done = settle.undo(*at)
    lines = [
        f"{cell.removesuffix('_check')}: {_points(done.before[cell])} -> {_points(points)}"
        for cell, points in done.after.items()
    ]
    lines.append(f"Written into the record as entry {done.entry.number}; --undo takes it back.")
    answer(arguments, done.to_json(), "\n".join(lines))
    return 0


def _show(arguments: argparse.Namespace, opened) -> int:
    from grader.grading.store.waiting import read_waiting
    from grader.reports.queue import queue_text
    from grader.reports.texts import text

    waiting = read_waiting(opened, arguments.slug)
    spoken = arguments.language or opened.language
    answer(
        arguments,
        {"exercise": arguments.slug, "waiting": [one.to_json() for one in waiting]},
        queue_text(waiting, spoken) or text("waits.nothing", spoken),
    )
    return 1 if waiting else 0


def _points(points: float | None) -> str:
    return "open" if points is None else f"{points:g}"


def _mark(text: str) -> tuple[str, float]:
    name, _, points = text.rpartition("=")
    try:
        return name, float(points.replace(",", "."))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no mark; write QUESTION=POINTS, for example friend=1.5'
        ) from None


def _arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    parser.add_argument(
        "student", metavar="STUDENT", nargs="?", help="whose; without one the queue is shown"
    )
    parser.add_argument(
        "--as", dest="as_id", metavar="ID", help="judge the answers by the sentence of this id"
    )
    parser.add_argument(
        "--mark", action="append", type=_mark, metavar="QUESTION=POINTS", help="give this mark"
    )
    parser.add_argument("--new-hand-in", action="store_true", help="ask for a new hand-in")
    parser.add_argument(
        "--keep", action="store_true", help="the grade stands: a person looked at what is doubtful"
    )
    parser.add_argument("--undo", action="store_true", help="take the last decision back")
    parser.add_argument("--comment", default="", metavar="TEXT", help="with --mark: to the student")
    parser.add_argument("--reason", default="", metavar="TEXT", help="for the record")
    language(parser, "of the queue; the course's by default")


COMMANDS = (
    Command(
        "settle",
        "show what waits for a person, and settle it",
        "exercise, waiting (as in table); with a student: exercise, student, decision, before, "
        "after (cell to points), entry (number in the record)",
        _settle,
        _arguments,
    ),
)
