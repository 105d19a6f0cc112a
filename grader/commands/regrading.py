"""Mending a grade after a question was mended."""

import argparse

from grader.commands import Command
from grader.commands.arguments import course, slug
from grader.commands.terminal import Progress, answer

SHOWN = {"points": "{points:g} of {maximum:g}", "outcome": "{points:g} of {maximum:g} ({outcome})"}


def _regrade(arguments: argparse.Namespace) -> int:
    from grader.grading.again.regrade import apply, preview, undo

    opened = course(arguments)
    if arguments.undo:
        done = undo(opened, arguments.slug)
    elif arguments.apply:
        done = apply(opened, arguments.slug, told=Progress())
    else:
        done = preview(opened, arguments.slug, told=Progress())
    answer(arguments, done.to_json(), _lines(done, arguments))
    return 1 if done.left else 0


def change_lines(done) -> list[str]:
    """Return a line for each change, each total, and each student who cannot be judged again."""
    lines = []
    for change in done.changes:
        line = f"{change.student}  {change.question.removesuffix('_check')}: "
        line += f"{_verdict(change.before)} -> {_verdict(change.after)}"
        if change.words:
            line += ", other reasons or hints"
        if change.manual is not None:
            line += f"; the {change.manual:g} that a person gave stand"
        lines.append(line)
    lines += [f"{student}  total: {a:g} -> {b:g}" for student, (a, b) in done.totals.items()]
    lines += [f"not judged again: {why}" for why in done.left.values()]
    students = len({change.student for change in done.changes})
    lines.append(
        f"{len(done.changes)} changes for {students} students, {len(done.same)} stay as they are, "
        f"{len(done.left)} cannot be judged from what was recorded."
    )
    return lines


def _lines(done, arguments: argparse.Namespace) -> str:
    lines = change_lines(done)
    if arguments.undo:
        lines.append(
            "Taken back. Put the questions back too, before `grader autograde` judges by them."
        )
    elif arguments.apply:
        lines.append(f"Written. `grader regrade {arguments.slug} --undo` takes it back.")
    else:
        lines.append(f"Nothing was written; `grader regrade {arguments.slug} --apply` does this.")
    return "\n".join(lines)


def _verdict(short: dict | None) -> str:
    if short is None:
        return "no such question"
    return SHOWN["points" if short["outcome"] == "graded" else "outcome"].format(**short)


def _arguments(parser: argparse.ArgumentParser) -> None:
    slug(parser)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--apply", action="store_true", help="do what is shown otherwise")
    way.add_argument("--undo", action="store_true", help="take the last regrade back")


COMMANDS = (
    Command(
        "regrade",
        "judge recorded answers by mended questions: shows every change; writes with --apply",
        "exercise, changes: a list of student, question, before, after (outcome, points, maximum, "
        "or null), words (only reasons or hints change), manual (a person's points, which stand); "
        "totals (id to before and after), left (id to why it cannot be judged again), same (ids), "
        "written (ids)",
        _regrade,
        _arguments,
    ),
)
